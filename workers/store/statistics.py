"""Counts over rows: nothing here is ever incremented."""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, func, or_, select

from workers.store import schema
from workers.store.reading import MOST_ROWS, page_row, parse_cursor, select_pages
from workers.store.records import PageRow, Totals


def count_outcomes(connection: Connection) -> dict[str, dict[str, int]]:
    """Return outcome -> reason -> how many pages; their sum is every page that came in."""
    p = schema.pages.c
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    query = select(p.outcome, p.reason, func.count()).group_by(p.outcome, p.reason)
    for outcome, reason, n in connection.execute(query.order_by(p.outcome, func.count().desc(), p.reason)):
        counts[outcome][reason] = n
    return dict(counts)


def count_totals(connection: Connection) -> Totals:
    """Return the store in one line."""
    s = schema.stories.c
    live = s.merged_into.is_(None)
    counted = (schema.sightings, schema.articles, schema.pages, schema.sources, schema.dead_letters)
    stories, digests, merged, sightings, articles, pages, sources, dead_letters = connection.execute(
        select(
            func.coalesce(func.sum(case((and_(live, s.kind == "article"), 1), else_=0)), 0),
            func.coalesce(func.sum(case((and_(live, s.kind == "digest"), 1), else_=0)), 0),
            func.coalesce(func.sum(case((live, 0), else_=1)), 0),
            *(select(func.count()).select_from(table).scalar_subquery() for table in counted),
        )
    ).one()
    return Totals(
        stories=stories,
        digests=digests,
        articles=articles,
        sightings=sightings,
        folded=sightings - stories - digests,
        pages=pages,
        sources=sources,
        dead_letters=dead_letters,
        merged=merged,
    )


def count_articles_before(connection: Connection, moment: datetime) -> int:
    """Return how many texts were first seen before the moment."""
    query = select(func.count()).where(schema.articles.c.first_seen < moment)
    found: int = connection.execute(query).scalar_one()
    return found


def stories_per_day(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    source: str | None = None,
) -> list[tuple[date, int]]:
    """Return (UTC day, stories first seen that day), oldest first; days without stories are left out."""
    s, seen = schema.stories.c, schema.sightings.c
    moment = s.first_seen
    on_sqlite = connection.dialect.name == "sqlite"
    day = func.date(moment) if on_sqlite else func.date(func.timezone("UTC", moment))
    query = select(day.label("day"), func.count()).where(s.merged_into.is_(None), s.kind == "article")
    if since is not None:
        query = query.where(moment >= since)
    if until is not None:
        query = query.where(moment < until)
    if source is not None:
        query = query.where(s.id.in_(select(seen.story_id).where(seen.source == source)))
    rows = connection.execute(query.group_by(day).order_by(day))
    return [(found if isinstance(found, date) else date.fromisoformat(found), n) for found, n in rows]


def recent_pages(
    connection: Connection,
    *,
    outcome: str | None = None,
    reason: str | None = None,
    source: str | None = None,
    limit: int = 50,
    before: str | None = None,
) -> list[PageRow]:
    """Return pages, the last fetched first."""
    p = schema.pages.c
    query = select_pages()
    for column, value in ((p.outcome, outcome), (p.reason, reason), (p.source, source)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        moment, last = parse_cursor(before)
        query = query.where(or_(p.last_seen < moment, and_(p.last_seen == moment, p.id < last)))
    query = query.order_by(p.last_seen.desc(), p.id.desc()).limit(max(1, min(limit, MOST_ROWS)))
    return [page_row(row) for row in connection.execute(query)]
