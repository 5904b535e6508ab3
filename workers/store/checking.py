"""``copydesk db check``: the invariants of the tables, each as one query, and what can be repaired."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, exists, select, text, update
from sqlalchemy.exc import DatabaseError

from crawler.errors import StoreError
from workers.store import schema
from workers.store.engine import reading, writing
from workers.store.records import Fault
from workers.store.retention import drop_unseen_articles, forget_sightings
from workers.store.summaries import stale_summaries, summarise

A, S, ST, P = schema.articles.c, schema.sightings.c, schema.stories.c, schema.pages.c
_target = schema.stories.alias("target")


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    broken: Select[Any]
    """Ids of the rows that break the rule."""
    repair: Callable[[Connection, list[int]], None] | None


def check_store(engine: Engine, *, repair: bool = False) -> list[Fault]:
    """Return every broken invariant; with ``repair`` also mend what can be mended, in one transaction."""
    broken = _file(engine, repair=repair)
    if any(not fault.repaired for fault in broken):
        return broken  # nothing that is read from such a file proves anything
    with writing(engine) as connection:
        faults = broken + [
            fault for rule in _RULES if (fault := _check(connection, rule, repair=repair)) is not None
        ]
        stale = stale_summaries(connection)
        if stale:
            if repair:
                summarise(connection, stale)
            faults.append(_fault("story_counts_agree", stale, repaired=repair))
        faults += _text_index(connection, repair=repair)
    return faults


def _check(connection: Connection, rule: _Rule, *, repair: bool) -> Fault | None:
    broken = list(connection.execute(rule.broken).scalars())
    if not broken:
        return None
    if repair and rule.repair is not None:
        rule.repair(connection, broken)
    return _fault(rule.name, broken, repaired=repair and rule.repair is not None)


def _fault(rule: str, broken: list[int], *, repaired: bool) -> Fault:
    return Fault(rule=rule, count=len(broken), example=str(broken[0]), repaired=repaired)


def _compress(connection: Connection, broken: list[int]) -> None:
    """Point every signpost of a chain at the chain's end; one that leads nowhere or in a circle is dropped."""
    pointers = dict(
        connection.execute(select(ST.id, ST.merged_into).where(ST.merged_into.is_not(None))).all()
    )
    live = set(connection.execute(select(ST.id).where(ST.merged_into.is_(None))).scalars())
    for story in broken:
        seen, end = {story}, pointers[story]
        while end in pointers and end not in seen:
            seen.add(end)
            end = pointers[end]
        if end in live:
            connection.execute(update(schema.stories).where(ST.id == story).values(merged_into=end))
        else:
            connection.execute(delete(schema.stories).where(ST.id == story))


def _rehome(connection: Connection, broken: list[int]) -> None:
    """Sightings and articles of a merged or missing story go where it went, else to the story of their own name."""
    went: dict[int, int | None] = dict(connection.execute(select(ST.id, ST.merged_into)).all())
    homes = set()
    for story in broken:
        home = went.get(story) or story
        homes.add(home)
        for table in (schema.sightings, schema.articles):
            connection.execute(update(table).where(table.c.story_id == story).values(story_id=home))
    summarise(connection, homes)


def _follow_sighting(connection: Connection, broken: list[int]) -> None:
    story = (
        select(S.story_id).where(S.article_id == A.id).order_by(S.first_seen, S.id).limit(1).scalar_subquery()
    )
    connection.execute(update(schema.articles).where(A.id.in_(broken)).values(story_id=story))


def _delete_stories(connection: Connection, broken: list[int]) -> None:
    connection.execute(delete(schema.stories).where(ST.id.in_(broken)))


_RULES = (
    _Rule(
        "merged_stories_lead_to_a_story",
        select(ST.id)
        .select_from(schema.stories.join(_target, _target.c.id == ST.merged_into, isouter=True))
        .where(ST.merged_into.is_not(None), _target.c.id.is_(None) | _target.c.merged_into.is_not(None)),
        _compress,
    ),
    _Rule(
        "every_sighting_has_its_article",
        select(S.id).where(~exists().where(A.id == S.article_id)),
        forget_sightings,
    ),
    _Rule(
        "every_sighting_is_in_a_living_story",
        select(S.story_id).distinct().where(~exists().where(ST.id == S.story_id, ST.merged_into.is_(None))),
        _rehome,
    ),
    _Rule(
        "every_article_was_seen",
        select(A.id).where(~exists().where(S.article_id == A.id)),
        drop_unseen_articles,
    ),
    _Rule(
        "article_and_sighting_agree_on_the_story",
        select(A.id).where(
            exists().where(S.article_id == A.id),
            ~exists().where(S.article_id == A.id, S.story_id == A.story_id),
        ),
        _follow_sighting,
    ),
    _Rule(
        "every_stored_page_has_its_sighting",
        select(P.id).where(P.sighting_id.is_not(None), ~exists().where(S.id == P.sighting_id)),
        None,
    ),
    _Rule(
        "every_living_story_was_seen",
        select(ST.id).where(ST.merged_into.is_(None), ~exists().where(S.story_id == ST.id)),
        _delete_stories,
    ),
)


def _file(engine: Engine, *, repair: bool) -> list[Fault]:
    """SQLite: read every page of the file, holding up nobody; what only an index lacks is mended."""
    said = _complaints(engine)
    if not said:
        return []
    if repair:
        with suppress(StoreError), writing(engine) as connection:
            connection.exec_driver_sql("REINDEX")
    whole = repair and not _complaints(engine)
    return [Fault(rule="file_is_whole", count=len(said), example=said[0][:200], repaired=whole)]


def _complaints(engine: Engine) -> list[str]:
    if engine.dialect.name != "sqlite":
        return []
    with reading(engine) as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    # The text index has a rule, and a remedy, of its own.
    return [line for part in said for line in part.splitlines() if line != "ok" and "FTS5" not in line]


def _text_index(connection: Connection, *, repair: bool) -> list[Fault]:
    if connection.dialect.name != "sqlite":
        return []  # a generated column cannot differ
    try:
        connection.execute(
            text("INSERT INTO articles_text(articles_text, rank) VALUES ('integrity-check', 1)")
        )
    except DatabaseError:
        if repair:
            connection.execute(text("INSERT INTO articles_text(articles_text) VALUES ('rebuild')"))
        return [
            Fault(rule="text_index_holds_every_article", count=1, example="articles_text", repaired=repair)
        ]
    return []
