"""Text search: what a person typed, as FTS5 or PostgreSQL understand it."""

import re

from sqlalchemy import Connection, Select, select, text

from workers.store import schema

_PART = re.compile(r'(-?)"([^"]*)"?|(-?)(\S+)')


def stories_with(connection: Connection, typed: str) -> Select[tuple[int]]:
    """Select the ids of stories of which any version has these words (all of them; ``"a phrase"``; ``-not``)."""
    articles = schema.articles.c
    if connection.dialect.name == "sqlite":
        found = text("articles.id IN (SELECT rowid FROM articles_text WHERE articles_text MATCH :typed)")
        return select(articles.story_id).where(found.bindparams(typed=fts5_query(typed)))
    found = text("articles.text_index @@ websearch_to_tsquery('simple', :typed)")
    return select(articles.story_id).where(found.bindparams(typed=typed.replace("\x00", " ")))


def fts5_query(typed: str) -> str:
    r"""Return an FTS5 query that cannot be a syntax error.

    >>> fts5_query('export "chip controls" -memory "')
    '("export" AND "chip controls") NOT "memory"'
    >>> fts5_query("OR (")
    '"OR"'
    >>> fts5_query("--")
    '""'
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, bare_minus, word in _PART.findall(typed.replace("\x00", " ")):
        words = (phrase or word).replace('"', " ").strip()
        if any(character.isalnum() for character in words):
            (unwanted if minus or bare_minus else wanted).append(f'"{words}"')
    if not wanted:
        return '""'
    positive = " AND ".join(wanted)
    if not unwanted:
        return positive
    return f"({positive}) NOT " + (unwanted[0] if len(unwanted) == 1 else f"({' OR '.join(unwanted)})")
