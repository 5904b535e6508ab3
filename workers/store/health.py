"""How each source is doing: what became of its pages, the stories it ran, its last failure; each read from an index."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from workers.store import schema
from workers.store.records import SourceHealth

BAD = ("rejected", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The pages of one source with one outcome for one reason."""

    source: str
    outcome: str
    reason: str
    pages: int
    last_seen: datetime


def source_health(connection: Connection) -> list[SourceHealth]:
    """Return every source with what became of its pages, the least healthy first."""
    stories = _stories_by_source(connection)
    failures = _last_failures(connection)
    rows = [
        _health(source, tallies, stories.get(source, 0), failures.get(source))
        for source, tallies in _tallies(connection).items()
    ]
    return sorted(rows, key=lambda row: (-(row.failed / row.pages), row.source))


def _tallies(connection: Connection) -> dict[str, list[Tally]]:
    """Return source -> its tallies; ``ix_pages_outcome_reason`` holds all that is asked, in this order."""
    p = schema.pages.c
    query = select(p.outcome, p.reason, p.source, func.count(), func.max(p.last_seen))
    found: dict[str, list[Tally]] = defaultdict(list)
    for outcome, reason, source, n, last in connection.execute(query.group_by(p.outcome, p.reason, p.source)):
        tally = Tally(source=source, outcome=outcome, reason=reason, pages=n, last_seen=last)
        found[source].append(tally)
    return found


def _stories_by_source(connection: Connection) -> dict[str, int]:
    # Pairs first: they come out of their index in order, where count(DISTINCT ...) would collect each source's.
    s = schema.sightings.c
    pairs = select(s.source, s.story_id).distinct().subquery()
    query = select(pairs.c.source, func.count()).group_by(pairs.c.source)
    return {row.source: row[1] for row in connection.execute(query)}


def _last_failures(connection: Connection) -> dict[str, Any]:
    p = schema.pages.c
    latest = (
        select(p.source, func.max(p.last_seen).label("at"))
        .where(p.outcome.in_(BAD))
        .group_by(p.source)
        .subquery()
    )
    query = (
        select(p.source, p.reason, p.url, p.last_seen)
        .join(latest, and_(p.source == latest.c.source, p.last_seen == latest.c.at))
        .where(p.outcome.in_(BAD))
        .order_by(p.id)
    )
    return {row.source: row for row in connection.execute(query)}


def _health(source: str, tallies: Sequence[Tally], stories: int, failure: Any) -> SourceHealth:
    pages: dict[str, int] = defaultdict(int)
    refusals: dict[str, int] = defaultdict(int)
    for tally in tallies:
        pages[tally.outcome] += tally.pages
        if tally.outcome in BAD:
            refusals[tally.reason] += tally.pages
    total = sum(pages.values())
    counted = {name: pages[name] for name in ("stored", "folded", *BAD)}
    return SourceHealth(
        source=source,
        pages=total,
        **counted,
        structure=total - sum(counted.values()),
        refusals=dict(sorted(refusals.items(), key=lambda item: (-item[1], item[0]))),
        stories=stories,
        last_seen=max(tally.last_seen for tally in tallies),
        last_ok=max((tally.last_seen for tally in tallies if tally.outcome not in BAD), default=None),
        last_failure=failure.last_seen if failure else None,
        last_failure_reason=failure.reason if failure else None,
        last_failure_url=failure.url if failure else None,
    )
