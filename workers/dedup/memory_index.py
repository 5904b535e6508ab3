"""The index in one process's memory: the library's, and the twin against which the one in Redis is tested."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from workers.dedup.entries import CANDIDATES, HOLDERS, Candidate, IndexEntry, IndexStats
from workers.dedup.key_table import KeyTable
from workers.records import ArticleId

_DAY_S = 86_400

RECORD_COST = 250
"""Bytes an article beside its keys and its record: two dictionary entries, the id, the number, a list slot."""


class _Generation:
    """The keys and records of one period; articles go by numbers, which are shorter than their ids."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.keys = KeyTable()
        self.articles: list[ArticleId] = []
        self.records: dict[ArticleId, bytes] = {}
        self._numbers: dict[ArticleId, int] = {}

    def find(self, entry: IndexEntry) -> list[list[int]]:
        """Return the numbers of each key's holders."""
        return [self.keys.find(key) for key in entry.keys]

    def add(self, entry: IndexEntry, found: list[list[int]]) -> None:
        """Add an entry, given what ``find`` said of it."""
        if not self.records.get(entry.article, b"").startswith(entry.record):
            self.records[entry.article] = entry.record
        number = self._numbers.setdefault(entry.article, len(self.articles))
        if number == len(self.articles):
            self.articles.append(entry.article)
        for key, holders in zip(entry.keys, found, strict=True):
            if len(holders) < HOLDERS and number not in holders:
                self.keys.add(key, number)

    def withdraw(self, entry: IndexEntry) -> None:
        self.records.pop(entry.article, None)
        number = self._numbers.pop(entry.article, None)
        if number is not None:
            for key in entry.keys:
                self.keys.discard(key, number)


class MemoryIndex:
    """Articles under keys in memory, two generations of ``window_days`` each: the current and the last."""

    def __init__(self, *, window_days: float = 30, clock: Callable[[], float] = time.time) -> None:
        self._period_s = window_days * _DAY_S
        self._clock = clock
        self._generations: list[_Generation] = []

    def check_and_add(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        current, *_ = self._live()
        found = []
        for entry in entries:
            holders = [generation.find(entry) for generation in self._generations]
            found.append(self._candidates(entry, holders))
            current.add(entry, holders[0])
        return found

    def check(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        self._live()
        return [self._candidates(entry, [g.find(entry) for g in self._generations]) for entry in entries]

    def note(self, additions: Iterable[tuple[ArticleId, bytes]]) -> None:
        for article, addition in additions:
            holding = next((g.records for g in self._generations if article in g.records), None)
            if holding is not None and addition not in holding[article]:
                holding[article] += addition

    def withdraw(self, entries: Iterable[IndexEntry]) -> None:
        for entry in entries:
            for generation in self._generations:
                generation.withdraw(entry)

    def remove(self, articles: Iterable[ArticleId]) -> None:
        for article in articles:
            for generation in self._generations:
                generation.records.pop(article, None)

    def clear(self) -> None:
        self._generations.clear()

    def stats(self) -> IndexStats:
        live = self._live()
        records = sum(len(r) + RECORD_COST for g in live for r in g.records.values())
        return IndexStats(
            articles=sum(len(g.records) for g in live),
            keys=sum(len(g.keys) for g in live),
            bytes=records + sum(g.keys.size for g in live),
        )

    def _live(self) -> list[_Generation]:
        number = int(self._clock() // self._period_s)
        self._generations = [g for g in self._generations if g.number >= number - 1]
        if not self._generations or self._generations[0].number < number:
            self._generations.insert(0, _Generation(number))
        return self._generations

    def _candidates(self, entry: IndexEntry, holders: list[list[list[int]]]) -> tuple[Candidate, ...]:
        shared: Counter[ArticleId] = Counter()
        for generation, by_key in zip(self._generations, holders, strict=True):
            shared.update(generation.articles[number] for numbers in by_key for number in numbers)
        shared.pop(entry.article, None)
        ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        found: list[Candidate] = []
        for article, count in ranked:
            record = next((g.records[article] for g in self._generations if article in g.records), None)
            if record is not None:
                found.append(Candidate(article=article, record=record, shared_keys=count))
            if len(found) == CANDIDATES:
                break
        return tuple(found)
