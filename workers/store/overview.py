"""Counts over time and by source for the web pages: each one statement over an index."""

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Text, func, select, type_coerce

from workers.store import schema


def outcomes_per_minute(
    connection: Connection, since: datetime, until: datetime | None = None
) -> list[tuple[datetime, str, int]]:
    """Return (UTC minute, outcome, pages last fetched in it) from a moment on, before another, oldest first."""
    p = schema.pages.c
    minute = _minute(connection, p.last_seen)
    query = select(minute, p.outcome, func.count()).where(p.last_seen >= since)
    if until is not None:
        query = query.where(p.last_seen < until)
    rows = connection.execute(query.group_by(minute, p.outcome).order_by(minute))
    return [(_moment(at), outcome, n) for at, outcome, n in rows]


def stories_per_minute(
    connection: Connection, since: datetime, until: datetime | None = None
) -> list[tuple[datetime, int]]:
    """Return (UTC minute, stories first seen in it), oldest first; merged ones are not counted."""
    s = schema.stories.c
    minute = _minute(connection, s.first_seen)
    query = select(minute, func.count()).where(s.first_seen >= since, s.merged_into.is_(None))
    if until is not None:
        query = query.where(s.first_seen < until)
    return [(_moment(at), n) for at, n in connection.execute(query.group_by(minute).order_by(minute))]


def stories_per_source(connection: Connection, since: datetime) -> dict[str, dict[date, int]]:
    """Return source -> UTC day -> stories that it was the first to run, from a moment on.

    A story is named by its founding sighting; one that was merged has left its founder to another story.
    """
    seen = schema.sightings.c
    day = _day(connection, seen.first_seen)
    query = select(seen.source, day, func.count()).where(seen.id == seen.story_id, seen.first_seen >= since)
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for source, on, n in connection.execute(query.group_by(seen.source, day)):
        found[source][date.fromisoformat(on)] = n
    return dict(found)


def dead_letters_by_reason(connection: Connection) -> dict[str, int]:
    """Return reason -> pages put aside, the most frequent first."""
    reason = schema.dead_letters.c.reason
    n = func.count().label("n")
    query = select(reason, n).group_by(reason).order_by(n.desc(), reason)
    return {row.reason: row.n for row in connection.execute(query)}


def _minute(connection: Connection, moment: Any) -> Any:
    """The UTC minute as text, ``2026-11-01 09:30``: what SQLite keeps starts with it."""
    if connection.dialect.name == "sqlite":
        return func.substr(type_coerce(moment, Text), 1, 16)
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24:MI")


def _day(connection: Connection, moment: Any) -> Any:
    """The UTC day as text, ``2026-11-01``."""
    if connection.dialect.name == "sqlite":
        return func.substr(type_coerce(moment, Text), 1, 10)
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
