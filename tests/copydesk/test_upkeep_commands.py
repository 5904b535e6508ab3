"""``copydesk db``, ``failed`` and ``index`` from the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.handover import encode_outcomes
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.store import open_store
from workers.store.dead_letters import make_dead_letter

Run = Callable[..., Any]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = CanonicalUrl("https://a.example/1")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copydesk: Run) -> Run:
    """The command line over a data folder with one page put aside."""
    page = FetchedPage(
        url=URL, final_url=URL, status=200, body=b"<p>Poison</p>", fetched_at=NOW, source=SourceId("desk")
    )
    letter = make_dead_letter(
        url=URL,
        source="desk",
        reason="never_finished",
        detail=None,
        tries=3,
        failed_at=NOW,
        outcome=encode_outcomes([page]),
    )
    store = open_store(f"sqlite:///{tmp_path / 'copydesk.db'}")
    store.put_aside(letter)
    store.close()
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    return copydesk


def test_a_page_put_aside_can_be_listed_read_and_dropped(desk: Run) -> None:
    """Page by page, by the name that the list prints."""
    (listed,) = [json.loads(line) for line in desk("failed", "list", "--json").stdout.splitlines()]
    assert (listed["url"], listed["reason"], listed["tries"]) == (URL, "never_finished", 3)
    assert desk("failed", "show", listed["name"]).stdout == "<p>Poison</p>"
    assert desk("failed", "drop", listed["name"]).returncode == 0
    assert desk("failed", "list", "--json").stdout == ""


def test_a_page_put_aside_can_be_tried_again(desk: Run, tmp_path: Path) -> None:
    """It goes back to the queue, and its letter is gone."""
    done = desk("failed", "retry", "--all")
    assert done.returncode == 0, done.stderr
    assert "1 pages" in done.stdout
    assert desk("failed", "list", "--json").stdout == ""
    assert (tmp_path / "redis").is_dir()


@pytest.mark.parametrize(
    "words",
    [
        ("failed", "show", "nothing"),
        ("failed", "drop"),
        ("failed", "show", "f" * 40),
        ("failed", "drop", "0" * 16),
        ("failed", "retry", "0" * 16),
    ],
)
def test_a_name_that_names_nothing_is_one_line_and_exit_code_2(desk: Run, words: tuple[str, ...]) -> None:
    """So are no names at all."""
    done = desk(*words)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_sound_database_is_said_to_be_sound(desk: Run) -> None:
    """Check, upgrade and prune say what they did."""
    assert "Sound" in desk("db", "check").stdout
    assert json.loads(desk("db", "check", "--json").stdout)["faults"] == []
    assert "as before" in desk("db", "upgrade").stdout
    assert "0 sightings" in desk("db", "prune", "--older-than", "30d", "--yes").stdout
