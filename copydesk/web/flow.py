"""What came in, minute by minute: sums over the store's rows, so that nothing is missing that was not watched."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from workers.store.engine import reading
from workers.store.overview import outcomes_per_minute, stories_per_minute
from workers.store.store import Store

MINUTE = timedelta(minutes=1)
KEPT = timedelta(hours=24)
SPANS = {"hour": (60, 1), "day": (96, 15)}
"""Name -> (points, minutes a point): as many points as a plot of 600 pixels can show."""
NAMED = frozenset({"folded", "rejected", "failed"})
"""Outcomes that have a line of their own."""
SETTLED_AFTER = 2 * MINUTE
"""Minutes that ended longer ago are not read again: pages are stored within seconds of being fetched, or much
later, when the time of their fetch is of no more interest here."""


@dataclass(slots=True)
class Minute:
    """One minute, or several together."""

    pages: int = 0
    stories: int = 0
    folded: int = 0
    rejected: int = 0
    failed: int = 0

    def add(self, outcome: str, pages: int) -> None:
        """Count pages of one outcome."""
        self.pages += pages
        if outcome in NAMED:
            setattr(self, outcome, getattr(self, outcome) + pages)

    def take_in(self, other: "Minute") -> None:
        """Add another minute to this one."""
        self.pages += other.pages
        self.stories += other.stories
        self.folded += other.folded
        self.rejected += other.rejected
        self.failed += other.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a plot."""

    at: datetime
    """When it begins, in UTC."""
    pages_per_s: float
    stories_per_min: float
    folded_per_min: float
    rejected_per_min: float
    failed_per_min: float


class Flow:
    """The minutes of the last day, read once each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._minutes: dict[datetime, Minute] = {}
        self._read_to: datetime | None = None
        self._lock = threading.Lock()

    def points(self, span: str, now: datetime) -> list[Point]:
        """Return the points of a span, oldest first; the minute under way is left out."""
        count, width = SPANS[span]
        with self._lock:
            self._refresh(now)
            end = _floor(now, width)
            starts = [end - width * MINUTE * (count - n) for n in range(count)]
            return [self._point(start, width) for start in starts]

    def last_minute(self, now: datetime) -> Point:
        """Return the last whole minute."""
        with self._lock:
            self._refresh(now)
            return self._point(_floor(now, 1) - MINUTE, 1)

    def _refresh(self, now: datetime) -> None:
        oldest = _floor(now - KEPT, SPANS["day"][1]) - SPANS["day"][1] * MINUTE
        since = max(oldest, self._read_to - SETTLED_AFTER) if self._read_to else oldest
        with reading(self._store.engine) as connection:
            pages = outcomes_per_minute(connection, since)
            stories = stories_per_minute(connection, since)
        kept = {at: minute for at, minute in self._minutes.items() if oldest <= at < since}
        for at, outcome, n in pages:
            kept.setdefault(at, Minute()).add(outcome, n)
        for at, n in stories:
            kept.setdefault(at, Minute()).stories += n
        self._minutes = kept
        self._read_to = _floor(now, 1)

    def _point(self, start: datetime, width: int) -> Point:
        whole = Minute()
        for n in range(width):
            if (found := self._minutes.get(start + n * MINUTE)) is not None:
                whole.take_in(found)
        return Point(
            at=start,
            pages_per_s=whole.pages / (60 * width),
            stories_per_min=whole.stories / width,
            folded_per_min=whole.folded / width,
            rejected_per_min=whole.rejected / width,
            failed_per_min=whole.failed / width,
        )


def _floor(moment: datetime, minutes: int) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % minutes, second=0, microsecond=0)
