"""Retention, checks and repairs, dead letters.  Runs on both databases."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, update

from crawler.errors import StoreRefusedError
from workers.records import VerdictKind
from workers.store import Store, open_store, schema
from workers.store.checking import _RULES
from workers.store.dead_letters import make_dead_letter
from workers.store.engine import writing

A, B, C = "https://a.example/1", "https://b.example/1", "https://c.example/1"


def fill(store: Store, make: Any) -> None:
    """Three stories; A has two copies, one verbatim; C was merged into B."""
    text = "A text that two papers print word for word."
    bridge = make.match(VerdictKind.NEAR, make.id(C))
    store.save(
        make.batch(
            make.decided(A, text),
            make.decided(
                "https://d.example/1", text, kind=VerdictKind.SAME, of=make.id(A, text), source="other"
            ),
            make.decided(B),
            make.decided(C, minute=1),
            make.decided(
                "https://e.example/1", kind=VerdictKind.NEAR, of=make.id(B), others=(bridge,), minute=2
            ),
        )
    )


def test_what_was_seen_lately_is_kept(store: Store, make: Any) -> None:
    """Pruning forgets old sightings, then texts and stories that nothing shows any more, and nothing else."""
    fill(store, make)
    assert store.prune(before=make.noon) == (0, 0)
    sightings, pages = store.prune(before=make.noon + timedelta(seconds=90))
    assert (sightings, pages) == (4, 4)
    totals = store.totals()
    assert (totals.stories, totals.sightings, totals.articles) == (1, 1, 1)
    assert store.check() == []
    store.prune(before=make.noon + timedelta(days=1))
    assert store.totals().stories == 0
    assert store.totals().merged == 0
    assert store.check() == []


def test_one_source_can_be_forgotten(store: Store, make: Any) -> None:
    """A text stays while another source still shows it, and its story chooses its canonical article again."""
    fill(store, make)
    store.prune(before=make.noon + timedelta(days=1), source="desk")
    totals = store.totals()
    assert (totals.stories, totals.sightings, totals.articles) == (1, 1, 1)
    (row,) = store.stories()
    assert row.url == "https://d.example/1"
    assert store.check() == []


def _break_counts(store: Store, make: Any) -> None:
    with writing(store.engine) as connection:
        connection.execute(update(schema.stories).values(sightings=77))


def _break_pointer(store: Store, make: Any) -> None:
    with writing(store.engine) as connection:
        signpost = schema.stories.c.merged_into.is_not(None)
        connection.execute(update(schema.stories).where(signpost).values(merged_into=12345))


def _break_story(store: Store, make: Any) -> None:
    with writing(store.engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        merged = make.id(C)
        moved = schema.sightings.c.story_id == make.id(B)
        connection.execute(update(schema.sightings).where(moved).values(story_id=merged))


def _break_article(store: Store, make: Any) -> None:
    with writing(store.engine) as connection:
        ours = schema.sightings.c.id == make.id(C)
        connection.execute(delete(schema.sightings).where(ours))


def _break_home(store: Store, make: Any) -> None:
    with writing(store.engine) as connection:
        ours = schema.articles.c.id == make.id(B)
        other = make.id(A, "A text that two papers print word for word.")
        connection.execute(update(schema.articles).where(ours).values(story_id=other))


@contextmanager
def _unguarded(store: Store) -> Iterator[Connection]:
    """Rows may be written that the tables' own rules would refuse: an older program, or a person, may have."""
    if store.engine.dialect.name == "sqlite":
        engine = create_engine(store.engine.url)  # keys are not looked after unless it is asked for
        with engine.begin() as connection:
            yield connection
        engine.dispose()
    else:
        with writing(store.engine) as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection


def _lose_text(store: Store, make: Any) -> None:
    with _unguarded(store) as connection:
        connection.execute(delete(schema.articles).where(schema.articles.c.id == make.id(B)))


def _lose_story(store: Store, make: Any) -> None:
    with _unguarded(store) as connection:
        text = "A text that two papers print word for word."
        connection.execute(delete(schema.stories).where(schema.stories.c.id == make.id(A, text)))


def _empty_story(store: Store, make: Any) -> None:
    with _unguarded(store) as connection:
        columns = [column.name for column in schema.stories.columns if column.name not in {"id", "change_id"}]
        row = connection.execute(select(schema.stories).where(schema.stories.c.merged_into.is_(None))).first()
        assert row is not None
        values = {name: getattr(row, name) for name in columns}
        connection.execute(insert(schema.stories).values(id=4711, change_id=4711, **values))


DAMAGES = {
    "story_counts_agree": _break_counts,
    "merged_stories_lead_to_a_story": _break_pointer,
    "every_sighting_is_in_a_living_story": _break_story,
    "every_article_was_seen": _break_article,
    "every_stored_page_has_its_sighting": _break_article,
    "article_and_sighting_agree_on_the_story": _break_home,
    "every_sighting_has_its_article": _lose_text,
    "every_living_story_was_seen": _empty_story,
}


def test_each_rule_is_broken_by_one_of_these_tests() -> None:
    """A rule that no test breaks proves nothing."""
    assert {rule.name for rule in _RULES} <= DAMAGES.keys()


@pytest.mark.parametrize("rule", DAMAGES)
def test_the_rule_that_was_broken_is_named(store: Store, make: Any, rule: str) -> None:
    """And a repair leaves it whole, but for a page whose sighting is gone: that cannot be known again."""
    fill(store, make)
    DAMAGES[rule](store, make)
    assert rule in {fault.rule for fault in store.check()}
    store.check(repair=True)
    assert {fault.rule for fault in store.check()} <= {"every_stored_page_has_its_sighting"}


@pytest.fixture
def lite(sqlite_url: str, make: Any) -> Iterator[Store]:
    """An SQLite store with stories on many pages of the file."""
    store = open_store(sqlite_url)
    store.save(make.batch(*(make.decided(f"https://a.example/{n}", f"Line {n}.\n" * 500) for n in range(40))))
    yield store
    store.close()


def test_an_index_that_lacks_rows_is_found_and_mended(lite: Store, make: Any) -> None:
    """SQLite: lists by this index would leave stories out, and no rule over rows would see it."""
    name = "ix_of_this_test"
    with writing(lite.engine) as connection:
        connection.exec_driver_sql(f"CREATE INDEX {name} ON articles (words)")
    file = lite.engine.url.database or ""
    lite.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        entry = raw.execute("SELECT * FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        raw.execute("DELETE FROM sqlite_schema WHERE name = ?", (name,))
    lite.save(make.batch(make.decided(B)))
    lite.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", entry)
    (fault,) = lite.check()
    assert (fault.rule, fault.repaired) == ("file_is_whole", False)
    assert [fault.repaired for fault in lite.check(repair=True)] == [True]
    assert lite.check() == []


@pytest.mark.parametrize("rubbish", [bytes(2_000), b"\xa5" * 2_000])
def test_a_file_with_rubbish_in_it_is_told(lite: Store, rubbish: bytes) -> None:
    """SQLite: the disk wrote something else; it is said, whichever page it hit, and is not called repaired."""
    file = Path(lite.engine.url.database or "")
    lite.close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = file.read_bytes()
    pages = len(whole) // 4096
    for page in range(
        pages // 2, pages, 2
    ):  # the first hold the schema: with them gone it is no database at all
        with file.open("r+b") as out:
            out.seek(page * 4096)
            out.write(rubbish)
    (fault,) = lite.check(repair=True)
    assert (fault.rule, fault.repaired) == ("file_is_whole", False)


@pytest.mark.parametrize("damage", [_break_counts, _lose_story])
def test_damage_is_told_from_its_repair(
    store: Store, make: Any, damage: Callable[[Store, Any], None]
) -> None:
    """A sound store has no faults; without being asked nothing is mended."""
    fill(store, make)
    assert store.check() == []
    damage(store, make)
    before = store.check()
    assert before
    assert not any(fault.repaired for fault in before)
    assert all(fault.repaired for fault in store.check(repair=True))
    assert store.check() == []


def test_a_damaged_text_index_is_rebuilt(sqlite_url: str, make: Any) -> None:
    """SQLite: an index that lacks an article is found out and filled again."""
    store = open_store(sqlite_url)
    store.save(make.batch(make.decided(A, "Gallium exports fell.")))
    with writing(store.engine) as connection:
        connection.exec_driver_sql("INSERT INTO articles_text(articles_text) VALUES ('delete-all')")
    assert store.stories(text="gallium") == []
    assert [fault.rule for fault in store.check(repair=True)] == ["text_index_holds_every_article"]
    assert len(store.stories(text="gallium")) == 1
    store.close()


def test_a_page_put_aside_is_kept_whole_until_dropped(store: Store, make: Any) -> None:
    """Listed without its bytes, read with them; put aside twice it is one letter; dropped it is gone."""
    letter = make_dead_letter(
        url=A,
        source="desk",
        reason="never_finished",
        detail="\ud800",
        tries=3,
        failed_at=make.noon,
        outcome=b"\x00\xff",
    )
    store.put_aside(letter)
    store.put_aside(letter)
    (listed,) = store.dead_letters()
    assert (listed.id, listed.outcome, listed.reason) == (letter.id, b"", "never_finished")
    read = store.dead_letter(letter.id)
    assert read is not None
    assert read.outcome == b"\x00\xff"
    assert store.drop_dead_letters([letter.id, 99]) == 1
    assert store.dead_letters() == []


def test_rows_that_no_database_takes_are_no_outage(store: Store) -> None:
    """A refused row is told from a database that is away: the first must not be waited for."""
    with pytest.raises(StoreRefusedError) as caught, writing(store.engine) as connection:
        connection.execute(
            insert(schema.sources), [{"id": "page text", "first_seen": None, "last_seen": None}]
        )
    assert "page text" not in str(caught.value)
