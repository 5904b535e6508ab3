"""What the first version wrote, the last one reads, whole."""

import gzip
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from crawler.handover import decode_outcomes
from workers.records import VerdictKind
from workers.store import Store, open_store
from workers.store.engine import make_engine, reading, writing
from workers.store.opening import HEAD, upgrade_store

WRITTEN = Path(__file__).with_name("first_version")


@pytest.fixture(params=["sqlite", "postgresql"])
def first(request: pytest.FixtureRequest, tmp_path: Path, postgres_database: Callable[[], str]) -> str:
    """A database of the first version; its URL."""
    if request.param == "sqlite":
        file = tmp_path / "copydesk.db"
        file.write_bytes(gzip.decompress((WRITTEN / "sqlite.db.gz").read_bytes()))
        return f"sqlite:///{file}"
    url = postgres_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(gzip.decompress((WRITTEN / "postgresql.sql.gz").read_bytes()))
    return url


@pytest.fixture
def upgraded(first: str) -> Iterator[Store]:
    """The same, upgraded as its user would: by opening it (SQLite), by ``copydesk db upgrade`` (PostgreSQL)."""
    if first.startswith("postgresql"):
        assert upgrade_store(first) == ("0001", HEAD)
    store = open_store(first)
    yield store
    store.close()


def test_nothing_is_missing_and_every_invariant_holds(upgraded: Store) -> None:
    """The counts are those of the day it was written."""
    totals = upgraded.totals()
    assert (totals.stories, totals.articles, totals.sightings, totals.pages) == (3, 5, 6, 7)
    assert totals.dead_letters == 1
    assert upgraded.check() == []


def test_merged_stories_are_found_by_where_they_went_without_reading_the_others(upgraded: Store) -> None:
    """The index of signposts serves both to follow them and not at all where nearly every story passes."""
    if upgraded.engine.dialect.name != "sqlite":
        return  # PostgreSQL reads tables this small from end to end
    with reading(upgraded.engine) as connection:

        def plan(condition: str) -> str:
            rows = connection.execute(text(f"EXPLAIN QUERY PLAN SELECT id FROM stories WHERE {condition}"))
            return " ".join(str(row) for row in rows)

        assert "ix_stories_merged_into" in plan("merged_into = 7")
        assert "ix_stories_merged_into" not in plan("merged_into IS NULL ORDER BY dated_at DESC LIMIT 5")


def test_text_without_spaces_is_found_in_what_was_there_before(first: str) -> None:
    """Old rows get their pairs; the index is made anew, and sound."""
    engine = make_engine(first)
    with writing(engine) as connection:
        changed = (
            "UPDATE articles SET text = '港口工人投票决定停工' WHERE id = (SELECT max(id) FROM articles)"
        )
        connection.execute(text(changed))
    engine.dispose()
    upgrade_store(first)
    store = open_store(first)
    assert len(store.stories(text="工人", digests=True)) == 1
    assert store.stories(text="人工", digests=True) == []
    assert len(store.stories(text="deckhands Øyvåg")) == 1
    assert "text_index_holds_every_article" not in {fault.rule for fault in store.check()}
    store.close()


KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from sqlalchemy import Engine, event
from workers.store.opening import upgrade_store

@event.listens_for(Engine, "after_cursor_execute")
def end(_connection, _cursor, statement, *_):
    if "new.pairs" in statement or "to_tsvector('simple', left(coalesce(pairs" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade_store(sys.argv[1])
"""


def test_an_upgrade_that_is_killed_is_run_again(first: str) -> None:
    """Killed while the search index is made anew: the database is as before, and the next upgrade succeeds."""
    killed = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, first], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert upgrade_store(first) == ("0001", HEAD)
    store = open_store(first)
    assert len(store.stories(text="deckhands Øyvåg")) == 1
    assert store.check() == []
    store.close()


def test_stories_are_found_and_exported(upgraded: Store) -> None:
    """By their words, by their names, and all of them for a follower."""
    (ferry,) = upgraded.stories(text="deckhands Øyvåg")
    assert (ferry.title, ferry.sightings) == ("Ferry to sail every hour", 3)
    detail = upgraded.story(ferry.id)
    assert detail is not None
    assert "“Nobody plans a life" in detail.canonical.text
    assert [row.story for row in upgraded.export()]
    assert sum(len(row.sightings) for row in upgraded.export()) == 6


def test_a_page_put_aside_can_be_tried_again(upgraded: Store) -> None:
    """The bytes kept with it are still an outcome."""
    (letter,) = upgraded.dead_letters()
    kept = upgraded.dead_letter(letter.id)
    assert kept is not None
    assert [outcome.url for outcome in decode_outcomes(kept.outcome)] == [letter.url]


def test_work_goes_on_in_it(upgraded: Store, make: Any) -> None:
    """A new copy joins an old story, and the old one's page is known."""
    (ferry,) = upgraded.stories(text="deckhands")
    copy = make.decided("https://late.example/ferry", kind=VerdictKind.NEAR, of=ferry.id)
    upgraded.save(make.batch(copy))
    detail = upgraded.story(ferry.id)
    assert detail is not None
    assert detail.story.sightings == 4
    assert upgraded.known_pages({"https://quay.example/ferry"})
    assert upgraded.check() == []
