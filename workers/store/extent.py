"""How large stories are, and which of their sightings compete to stand for them: bounded, however many there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from workers.canonical import FIRST_WEB_PAGE
from workers.store import schema

MOST_COMPETING = 200
"""Sightings of one story that are read at each save; hardly a story has more, and the counts are over all of them."""

_S, _A = schema.sightings.c, schema.articles.c
_COMPETING = (
    _S.id,
    _S.url,
    _S.article_id,
    _S.story_id,
    _S.site,
    _S.title,
    _S.authors,
    _S.published_at,
    _S.declared_canonical,
    _S.verdict,
    _S.first_seen,
    _A.words,
    _A.language,
    _A.kind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A story's counts, over all its sightings."""

    first_seen: datetime
    last_seen: datetime
    sightings: int
    articles: int
    sites: int


def extents(connection: Connection, stories: Collection[int]) -> dict[int, Extent]:
    """Return the counts of the stories that have sightings."""
    query = (
        select(
            _S.story_id,
            func.min(_S.first_seen).label("first_seen"),
            func.max(_S.last_seen).label("last_seen"),
            func.count().label("sightings"),
            func.count(_S.article_id.distinct()).label("articles"),
            func.count(func.coalesce(_S.site, _host(connection)).distinct()).label("sites"),
        )
        .where(_S.story_id.in_(stories))
        .group_by(_S.story_id)
    )
    return {
        row.story_id: Extent(
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            sightings=row.sightings,
            articles=row.articles,
            sites=row.sites,
        )
        for row in connection.execute(query)
    }


def competing(connection: Connection, found: dict[int, Extent]) -> Mapping[int, Sequence[Row[Any]]]:
    """Return the sightings that may stand for each story; of a very large one, those dated earliest.

    Which they are depends on what is stored alone, never on the order in which it came.
    """
    rows: dict[int, list[Any]] = {story: [] for story in found}
    query = select(*_COMPETING).join(schema.articles, _A.id == _S.article_id)
    small = [story for story, extent in found.items() if extent.sightings <= MOST_COMPETING]
    if small:
        for row in connection.execute(query.where(_S.story_id.in_(small))):
            rows[row.story_id].append(row)
    for story in found.keys() - set(small):
        earliest = query.where(_S.story_id == story).order_by(*_rank()).limit(MOST_COMPETING)
        rows[story] = list(connection.execute(earliest))
    return rows


def _rank() -> tuple[ColumnElement[Any], ...]:
    """The canonical rule, as far as SQL knows it: excerpts last, then the earliest date that can be true."""
    can_be_true = _S.published_at.between(FIRST_WEB_PAGE, _S.first_seen)
    return _S.verdict == "excerpt_of", case((can_be_true, _S.published_at), else_=_S.first_seen), _S.id


def _host(connection: Connection) -> ColumnElement[Any]:
    """The host of a sighting's URL, for one whose page names no site."""
    if connection.dialect.name == "postgresql":
        return func.split_part(func.split_part(_S.url, "://", 2), "/", 1)
    rest = func.substr(_S.url, func.instr(_S.url, "://") + 3)
    return func.substr(rest, 1, func.instr(rest.concat("/"), "/") - 1)
