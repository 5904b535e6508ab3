"""What goes into an index of fingerprints and what comes out, whichever back end holds it."""

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

        Entries of one call see those before them.  An article never sees itself, so a batch can be repeated.
        """

    def check(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        """Return each entry's candidates and add nothing."""

    def withdraw(self, entries: Iterable[IndexEntry]) -> None:
        """Take entries back, with all their keys."""

    def remove(self, articles: Iterable[ArticleId]) -> None:
        """Forget articles of which only the id is known: their keys lapse with the window."""

    def clear(self) -> None:
        """Forget everything."""

    def stats(self) -> IndexStats:
        """Count what is held."""
