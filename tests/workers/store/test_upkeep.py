"""Retention, checks and repairs, dead letters.  Runs on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from crawler.errors import StoreRefusedError
from workers.records import VerdictKind
from workers.store import Store, open_store, schema
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


@pytest.mark.parametrize("damage", [_break_counts, _break_pointer, _break_story, _break_article, _break_home])
def test_damage_is_found_and_repaired(store: Store, make: Any, damage: Callable[[Store, Any], None]) -> None:
    """Each broken invariant is named; after a repair only what cannot be known again is still missing."""
    fill(store, make)
    assert store.check() == []
    damage(store, make)
    faults = store.check()
    assert faults
    assert not any(fault.repaired for fault in faults)
    store.check(repair=True)
    left = {fault.rule for fault in store.check()}
    assert left <= {"every_stored_page_has_its_sighting"}


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
