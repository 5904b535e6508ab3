"""What went into the index of late, as the store keeps it: an index is rebuilt from it without reading the texts."""

from collections.abc import Iterable, Sequence

from workers.dedup.entries import Candidate, Index, IndexEntry, IndexStats, pack_entry, unpack_entry
from workers.dedup.fingerprint import VERSION
from workers.records import ArticleId

_VERSION = bytes([VERSION])


class RememberingIndex:
    """An index that remembers what was added to it, and not taken back, since it was last asked.

    What is taken back (a copy that could lead to nothing that its match does not, a digest) is not remembered: when
    the index is rebuilt, such a text is read again, and stays out only if its match is there.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._remembered: dict[ArticleId, bytes] = {}

    def remembered(self) -> dict[ArticleId, bytes]:
        """Return the entries added since the last time, and forget them."""
        held, self._remembered = self._remembered, {}
        return held

    def check_and_add(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        found = self._index.check_and_add(entries)
        self._remembered.update({entry.article: _VERSION + pack_entry(entry) for entry in entries})
        return found

    def check(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        return self._index.check(entries)

    def note(self, additions: Iterable[tuple[ArticleId, bytes]]) -> None:
        noted = list(additions)
        self._index.note(noted)
        for article, addition in noted:
            if article in self._remembered:
                self._remembered[article] += addition

    def withdraw(self, entries: Iterable[IndexEntry]) -> None:
        taken = list(entries)
        self._index.withdraw(taken)
        for entry in taken:
            self._remembered.pop(entry.article, None)

    def remove(self, articles: Iterable[ArticleId]) -> None:
        self._index.remove(articles)

    def clear(self) -> None:
        self._index.clear()

    def stats(self) -> IndexStats:
        return self._index.stats()


def entry_of(article: ArticleId, remembered: bytes | None) -> IndexEntry | None:
    """Return the entry that was remembered; ``None`` where there is none that this version can use."""
    if not remembered or remembered[:1] != _VERSION:
        return None
    return unpack_entry(article, remembered[1:])
