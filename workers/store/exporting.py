"""Stories for another system, in the order in which they changed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from workers.records import StoryId
from workers.store import schema
from workers.store.engine import reading
from workers.store.reading import AS_READ, stored_article
from workers.store.records import ExportRow, ExportSighting, StoredArticle

CHUNK = 200
"""Stories read at once: with their texts a few megabytes."""


def export_stories(
    engine: Engine,
    *,
    since_id: int = 0,
    since: datetime | None = None,
    source: str | None = None,
    digests: bool = False,
) -> Iterator[ExportRow]:
    """Yield stories changed after ``since_id``, in order of their change.

    Each chunk is one short transaction, so that a slow reader holds up nobody; a story that changes meanwhile
    comes again, later, with a greater id.  With ``since_id`` merged stories come too, as ``merged_into``.
    """
    last = since_id
    while True:
        with reading(engine) as connection:
            stories = _next(
                connection, last, since=since, digests=digests, signposts=since_id > 0, source=source
            )
            rows = _export_rows(connection, stories)
        yield from rows
        if len(stories) < CHUNK:
            return
        last = stories[-1].change_id


def _next(
    connection: Connection,
    last: int,
    *,
    since: datetime | None,
    source: str | None,
    digests: bool,
    signposts: bool,
) -> Sequence[Any]:
    s, seen = schema.stories.c, schema.sightings.c
    query = select(schema.stories).where(s.change_id > last)
    if not signposts:
        query = query.where(s.merged_into.is_(None))
    if not digests:
        query = query.where(s.kind != "digest")
    if since is not None:
        query = query.where(s.dated_at >= since)
    if source is not None:
        query = query.where(s.id.in_(select(seen.story_id).where(seen.source == source)))
    return connection.execute(query.order_by(s.change_id).limit(CHUNK)).all()


def _export_rows(connection: Connection, stories: Sequence[Any]) -> list[ExportRow]:
    ids = [story.id for story in stories if story.merged_into is None]
    seen: dict[int, list[Any]] = defaultdict(list)
    s, a = schema.sightings.c, schema.articles.c
    for row in connection.execute(
        select(schema.sightings).where(s.story_id.in_(ids)).order_by(s.first_seen, s.id)
    ):
        seen[row.story_id].append(row)
    held = {row.article_id for story in stories for row in seen[story.id] if row.id == story.canonical_id}
    texts = {row.id: row for row in connection.execute(select(*_TEXT).where(a.id.in_(held)))}
    return [_export_row(story, seen[story.id], texts) for story in stories]


_TEXT = [
    schema.articles.c[name]
    for name in ("id", "text", "language", "section", "tags", "image", "words", "modified_at")
]


def _export_row(story: Any, seen: Sequence[Any], texts: dict[int, Any]) -> ExportRow:
    if story.merged_into is not None:
        return ExportRow(
            id=story.change_id,
            story=StoryId(story.id),
            merged_into=StoryId(story.merged_into),
            kind=story.kind,
            url=None,
            title=None,
            first_seen=story.first_seen,
            last_seen=story.last_seen,
        )
    canonical = next(row for row in seen if row.id == story.canonical_id)
    text = texts[canonical.article_id]
    return ExportRow(
        id=story.change_id,
        story=StoryId(story.id),
        kind=story.kind,
        url=canonical.url,
        title=canonical.title,
        authors=tuple(msgspec.json.decode(canonical.authors)),
        published_at=canonical.published_at,
        modified_at=canonical.modified_at,
        language=text.language,
        site=canonical.site,
        source=canonical.source,
        section=text.section,
        tags=tuple(msgspec.json.decode(text.tags)),
        image=text.image,
        text=text.text,
        words=text.words,
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        sightings=tuple(_export_sighting(row) for row in seen),
    )


def _export_sighting(row: Any) -> ExportSighting:
    return ExportSighting(
        url=row.url,
        site=row.site,
        source=row.source,
        title=row.title,
        authors=tuple(msgspec.json.decode(row.authors)),
        published_at=row.published_at,
        first_seen=row.first_seen,
        verdict=row.verdict,
        resemblance=row.resemblance,
        containment=row.containment,
        reason=row.reason,
    )


def all_articles(engine: Engine, *, since: datetime | None = None) -> Iterator[StoredArticle]:
    """Yield every text first seen since the moment, oldest first."""
    a = schema.articles.c
    last: tuple[datetime, int] | None = None
    while True:
        query = select(*AS_READ).order_by(a.first_seen, a.id).limit(CHUNK)
        if since is not None:
            query = query.where(a.first_seen >= since)
        if last is not None:
            moment, article = last
            query = query.where((a.first_seen > moment) | ((a.first_seen == moment) & (a.id > article)))
        with reading(engine) as connection:
            rows = connection.execute(query).all()
        yield from map(stored_article, rows)
        if len(rows) < CHUNK:
            return
        last = (rows[-1].first_seen, rows[-1].id)
