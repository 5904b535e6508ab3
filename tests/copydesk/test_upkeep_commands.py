"""``copydesk db``, ``failed`` and ``index`` from the command line."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.handover import encode_outcomes
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.store import open_store
from workers.store.dead_letters import make_dead_letter

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = CanonicalUrl("https://a.example/1")


def copydesk(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "copydesk", *words],
        env={"COPYDESK_DATA_DIR": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A data folder with one page put aside."""
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
    return tmp_path


def test_a_page_put_aside_can_be_listed_read_and_dropped(desk: Path) -> None:
    """Page by page, by the name that the list prints."""
    (listed,) = [json.loads(line) for line in copydesk(desk, "failed", "list", "--json").stdout.splitlines()]
    assert (listed["url"], listed["reason"], listed["tries"]) == (URL, "never_finished", 3)
    assert copydesk(desk, "failed", "show", listed["name"]).stdout == "<p>Poison</p>"
    assert copydesk(desk, "failed", "drop", listed["name"]).returncode == 0
    assert copydesk(desk, "failed", "list", "--json").stdout == ""


def test_a_page_put_aside_can_be_tried_again(desk: Path) -> None:
    """It goes back to the queue, and its letter is gone."""
    done = copydesk(desk, "failed", "retry", "--all")
    assert done.returncode == 0, done.stderr
    assert "1 pages" in done.stdout
    assert copydesk(desk, "failed", "list", "--json").stdout == ""
    assert (desk / "redis").is_dir()


@pytest.mark.parametrize(
    "words", [("failed", "show", "nothing"), ("failed", "drop"), ("failed", "show", "f" * 40)]
)
def test_a_name_that_names_nothing_is_one_line_and_exit_code_2(desk: Path, words: tuple[str, ...]) -> None:
    """So are no names at all."""
    done = copydesk(desk, *words)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_sound_database_is_said_to_be_sound(desk: Path) -> None:
    """Check, upgrade and prune say what they did."""
    assert "Sound" in copydesk(desk, "db", "check").stdout
    assert json.loads(copydesk(desk, "db", "check", "--json").stdout)["faults"] == []
    assert "as before" in copydesk(desk, "db", "upgrade").stdout
    assert "0 sightings" in copydesk(desk, "db", "prune", "--older-than", "30d", "--yes").stdout
