"""Canonical texts of several stories at once, as far as a list needs them."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from workers.store import schema

MOST_CHARACTERS = 20_000
"""Of each text: 99 % of news stories are shorter."""


def texts_of(connection: Connection, stories: Collection[int]) -> dict[int, str]:
    """Return story -> the beginning of its canonical text; one statement."""
    s, seen, a = schema.stories.c, schema.sightings.c, schema.articles.c
    query = (
        select(s.id, func.substr(a.text, 1, MOST_CHARACTERS))
        .join(schema.sightings, seen.id == s.canonical_id)
        .join(schema.articles, a.id == seen.article_id)
        .where(s.id.in_(stories))
    )
    return {row[0]: row[1] for row in connection.execute(query)}
