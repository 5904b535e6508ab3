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
"""Minutes that ended longer ago are not read again at every request: most pages are stored within seconds."""
LATE = 15 * MINUTE
"""Once a minute so much is read again: pages wait that long for workers that are behind.  Pages that waited out a
longer outage are drawn by a web process that starts later."""
UNDER_WAY = timedelta(seconds=10)
"""What was fetched since is still with the workers, and would make every rate look like a fall."""


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
        self._looked_back: datetime | None = None
        self._lock = threading.Lock()

    def points(self, span: str, now: datetime) -> list[Point]:
        """Return the points of a span, oldest first; the minute under way is left out."""
        count, width = SPANS[span]
        with self._lock:
            self._refresh(now)
            # Not the last full quarter of an hour: the day would know nothing of what happened since.
            end = _floor(now, 1)
            starts = [end - width * MINUTE * (count - n) for n in range(count)]
            return [self._point(start, width) for start in starts]

    def last_minute(self, now: datetime) -> Point:
        """Return the sixty seconds before what is under way."""
        until = now - UNDER_WAY
        whole = Minute()
        with reading(self._store.engine) as connection:
            for _, outcome, n in outcomes_per_minute(connection, until - MINUTE, until):
                whole.add(outcome, n)
            whole.stories = sum(n for _, n in stories_per_minute(connection, until - MINUTE, until))
        return _point(until - MINUTE, 1, whole)

    def _refresh(self, now: datetime) -> None:
        oldest = _floor(now - KEPT, SPANS["day"][1]) - SPANS["day"][1] * MINUTE
        is_due = self._looked_back is None or now - self._looked_back >= MINUTE
        since = oldest
        if self._read_to:
            since = max(oldest, self._read_to - (LATE if is_due else SETTLED_AFTER))
        if is_due:
            self._looked_back = now
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
        return _point(start, width, whole)


def _point(start: datetime, width: int, whole: Minute) -> Point:
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
