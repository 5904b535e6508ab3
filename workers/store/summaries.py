"""A story's row: counts and canonical article, always worked out from its sightings, never incremented."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from workers.canonical import Copy, believable, choose_canonical
from workers.records import ArticleId
from workers.store import schema
from workers.store.engine import insert_into
from workers.store.extent import Extent, competing, extents

LEAD_CHARS = 300
CHECKED_AT_ONCE = 500
_NO_NEWS = {"change_id", "last_seen"}
"""Columns whose change alone is no news to a follower."""


def summarise(connection: Connection, stories: Collection[int]) -> tuple[list[int], int]:
    """Rewrite the rows of these stories; return those that changed, and how many are new."""
    if not stories:
        return [], 0
    old = _rows(connection, stories)
    return _write_changed(connection, _summaries(connection, stories), old)


def point_on(connection: Connection, story: int, into: int, at: datetime) -> None:
    """Make a merged story's row a signpost: where it went and since when it was known, nothing else."""
    old = _rows(connection, {story})
    known = old.get(story)
    signpost = {
        "id": story,
        "merged_into": into,
        "kind": "article",
        "canonical_id": None,
        "title": None,
        "url": None,
        "site": None,
        "language": None,
        "lead": None,
        "words": 0,
        "published_at": None,
        "dated_at": known["dated_at"] if known else at,
        "first_seen": known["first_seen"] if known else at,
        "last_seen": known["last_seen"] if known else at,
        "sightings": 0,
        "articles": 0,
        "sites": 0,
    }
    _write_changed(connection, [signpost], old)


def _rows(connection: Connection, stories: Collection[int]) -> dict[int, Any]:
    query = select(schema.stories).where(schema.stories.c.id.in_(stories))
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _write_changed(
    connection: Connection, rows: list[dict[str, Any]], old: dict[int, Any]
) -> tuple[list[int], int]:
    changed = [row for row in rows if _differs(row, old.get(row["id"]))]
    next_id = (connection.execute(select(func.max(schema.stories.c.change_id))).scalar() or 0) + 1
    for change_id, row in enumerate(changed, start=next_id):
        row["change_id"] = change_id
    fresh = {row["id"] for row in changed}
    for row in rows:
        if row["id"] not in fresh:
            row["change_id"] = old[row["id"]]["change_id"]
    _upsert(connection, rows)
    return [row["id"] for row in changed], sum(row["id"] not in old for row in changed)


def _differs(row: dict[str, Any], old: Any) -> bool:
    return old is None or any(old[name] != value for name, value in row.items() if name not in _NO_NEWS)


def _upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    insert = insert_into(connection, schema.stories)
    columns = {name: insert.excluded[name] for name in rows[0] if name != "id"}
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=columns), rows)


def _summaries(connection: Connection, stories: Collection[int]) -> list[dict[str, Any]]:
    found = extents(connection, stories)
    rows = competing(connection, found)
    chosen = {story: _chosen(of_story) for story, of_story in rows.items()}
    leads = dict(_leads(connection, {row.article_id for row in chosen.values()}))
    return [
        _summary(story, extent, chosen[story], leads.get(chosen[story].article_id, ""))
        for story, extent in found.items()
    ]


def _chosen(rows: Sequence[Row[Any]]) -> Row[Any]:
    copies = [as_copy(row) for row in rows]
    canonical = choose_canonical(copies).id
    return next(row for row in rows if row.id == canonical)


def as_copy(row: Row[Any]) -> Copy:
    """Return what the canonical rule needs of a sighting joined with its article's words."""
    return Copy(
        id=ArticleId(row.id),
        url=row.url,
        site=row.site,
        authors=tuple(msgspec.json.decode(row.authors)),
        declared_canonical=row.declared_canonical,
        published_at=row.published_at,
        first_seen=row.first_seen,
        words=row.words,
        verdict=row.verdict,
    )


def _leads(connection: Connection, articles: Collection[int]) -> Iterator[tuple[int, str]]:
    a = schema.articles.c
    query = select(a.id, a.title, func.substr(a.text, 1, 3 * LEAD_CHARS)).where(a.id.in_(articles))
    for article, title, text in connection.execute(query):
        yield article, lead_of(text, title)


def lead_of(text: str, title: str | None) -> str:
    r"""Return the first words of a text, its own headline left out.

    >>> lead_of("Chip rule\n\nThe rule, published Monday", "Chip Rule")
    'The rule, published Monday'
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and title and lines[0].strip().casefold() == title.strip().casefold():
        lines = lines[1:]
    return " ".join(" ".join(lines).split())[:LEAD_CHARS]


def _summary(story: int, extent: Extent, canonical: Row[Any], lead: str) -> dict[str, Any]:
    dated = believable(canonical.published_at, canonical.first_seen)
    return {
        "id": story,
        "merged_into": None,
        "kind": "digest" if canonical.kind == "digest" else "article",
        "canonical_id": canonical.id,
        "title": canonical.title,
        "url": canonical.url,
        "site": canonical.site,
        "language": canonical.language,
        "lead": lead,
        "words": canonical.words,
        "published_at": canonical.published_at,
        "dated_at": dated or extent.first_seen,
        "first_seen": extent.first_seen,
        "last_seen": extent.last_seen,
        "sightings": extent.sightings,
        "articles": extent.articles,
        "sites": extent.sites,
    }


def stale_summaries(connection: Connection) -> list[int]:
    """Return the living stories whose row is not what their sightings say."""
    s = schema.stories.c
    ids = connection.execute(select(s.id).where(s.merged_into.is_(None)).order_by(s.id)).scalars().all()
    stale = []
    for start in range(0, len(ids), CHECKED_AT_ONCE):
        chunk = ids[start : start + CHECKED_AT_ONCE]
        old = _rows(connection, chunk)
        fresh = _summaries(connection, chunk)
        stale += [row["id"] for row in fresh if _differs(row, old.get(row["id"]))]
    return stale
