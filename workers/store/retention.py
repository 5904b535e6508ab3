"""Forgetting: sightings and pages last seen before a day, everywhere or of one source."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, exists, or_, select

from workers.store import schema
from workers.store.engine import writing
from workers.store.summaries import summarise

CHUNK = 500
"""Sightings forgotten in one transaction: other writers wait for tens of milliseconds."""


def prune(engine: Engine, *, before: datetime, source: str | None = None) -> tuple[int, int]:
    """Forget sightings and pages last seen before the moment; return how many of each.

    A story lives while one of its sightings does; its canonical article is chosen again among what is left.
    """
    return (
        _in_chunks(engine, schema.sightings, before, source),
        _in_chunks(engine, schema.pages, before, source),
    )


def _in_chunks(engine: Engine, table: Table, before: datetime, source: str | None) -> int:
    forgotten = 0
    while True:
        with writing(engine) as connection:
            query = select(table.c.id).where(table.c.last_seen < before).limit(CHUNK)
            if source is not None:
                query = query.where(table.c.source == source)
            ids = connection.execute(query).scalars().all()
            if table is schema.sightings:
                forget_sightings(connection, ids)
            else:
                connection.execute(delete(table).where(table.c.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < CHUNK:
            return forgotten


def forget_sightings(connection: Connection, ids: Collection[int]) -> None:
    """Delete sightings, the texts that nothing else shows, and the stories that nothing is left of."""
    if not ids:
        return
    s = schema.sightings.c
    touched = set(connection.execute(select(s.story_id).where(s.id.in_(ids))).scalars())
    texts = set(connection.execute(select(s.article_id).where(s.id.in_(ids))).scalars())
    connection.execute(delete(schema.relations).where(schema.relations.c.sighting_id.in_(ids)))
    connection.execute(delete(schema.sightings).where(s.id.in_(ids)))
    drop_unseen_articles(connection, texts)
    _drop_empty_stories(connection, touched)
    summarise(connection, touched)


def drop_unseen_articles(connection: Connection, ids: Collection[int]) -> None:
    """Delete those of the articles that no sighting shows."""
    a, s = schema.articles.c, schema.sightings.c
    unseen = ~exists().where(s.article_id == a.id)
    connection.execute(delete(schema.articles).where(a.id.in_(ids), unseen))


def _drop_empty_stories(connection: Connection, ids: Collection[int]) -> None:
    st, s = schema.stories.c, schema.sightings.c
    empty = select(st.id).where(st.id.in_(ids), ~exists().where(s.story_id == st.id))
    gone: Any = connection.execute(empty).scalars().all()
    connection.execute(delete(schema.stories).where(or_(st.id.in_(gone), st.merged_into.in_(gone))))
