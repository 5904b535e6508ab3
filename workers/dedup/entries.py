"""What goes into an index of fingerprints and what comes out, whichever back end holds it."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from workers.records import ArticleId

CANDIDATES = 24
"""Most candidates that a look-up returns for one article: those that share the most keys."""

HOLDERS = 4
"""Most articles that one key lists: the first four, so that a common passage costs no more than a rare one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """An article as the index takes it."""

    article: ArticleId
    keys: tuple[int, ...]
    """64 bits each."""
    record: bytes
    """Handed back with the candidate; the index does not look inside."""


def pack_entry(entry: IndexEntry) -> bytes:
    """Return the entry without its article's id: two bytes of how many keys, the keys, the record."""
    return struct.pack(f"<H{len(entry.keys)}Q", len(entry.keys), *entry.keys) + entry.record


def unpack_entry(article: ArticleId, data: bytes) -> IndexEntry:
    """Return the entry that ``pack_entry`` wrote.

    >>> entry = IndexEntry(article=ArticleId(7), keys=(1, 2**64 - 1), record=b"r")
    >>> unpack_entry(ArticleId(7), pack_entry(entry)) == entry
    True
    """
    (count,) = struct.unpack_from("<H", data)
    keys = struct.unpack_from(f"<{count}Q", data, 2)
    return IndexEntry(article=article, keys=keys, record=data[2 + 8 * count :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article that the index knows under some of the same keys."""

    article: ArticleId
    record: bytes
    shared_keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStats:
    """How full an index is."""

    articles: int
    keys: int
    bytes: int
    """Of memory, as near as the back end knows."""


class Index(Protocol):
    """Articles under keys, for a window of time.

    For each key, looking up who holds it and adding oneself is one atomic step: of two articles that share a key
    and are added at the same moment by two processes, at least one sees the other.
    """

    def check_and_add(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        """Return each entry's candidates, most shared keys first, and add the entry.

        Entries of one call see those before them.  An article never sees itself, so a batch can be repeated; what was
        noted behind its record stays.
        """

    def check(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        """Return each entry's candidates and add nothing."""

    def note(self, additions: Iterable[tuple[ArticleId, bytes]]) -> None:
        """Write more behind the records of articles, in one atomic step each; what is there already is not repeated.

        Two processes that add to one record at the same moment both find their words in it.  An article that is not
        held is left out.
        """

    def withdraw(self, entries: Iterable[IndexEntry]) -> None:
        """Take entries back, with all their keys."""

    def remove(self, articles: Iterable[ArticleId]) -> None:
        """Forget articles of which only the id is known: their keys lapse with the window."""

    def clear(self) -> None:
        """Forget everything."""

    def stats(self) -> IndexStats:
        """Count what is held."""
