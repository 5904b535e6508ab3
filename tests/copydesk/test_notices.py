"""What the children's logs say of outages reaches the person at the terminal, once."""

import json
from pathlib import Path

import pytest

from copydesk import notices
from copydesk.notices import Notices


def say(log: Path, event: str, **more: str) -> None:
    """Write a line as a child does."""
    with log.open("a") as file:
        file.write(json.dumps({"event": event, **more}) + "\n")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with an outage of yesterday in it."""
    path = tmp_path / "worker.log"
    say(path, "work.paused", reason="yesterday")
    return path


@pytest.fixture
def told(log: Path) -> Notices:
    """Follows the log from now on."""
    made = Notices(log.parent)
    made.follow(log)
    return made


def test_an_outage_is_told_once_with_its_reason_and_its_end(log: Path, told: Notices) -> None:
    """Two workers pause and go on: the user reads two lines, not four, and nothing of yesterday."""
    assert told.news() == []
    say(log, "work.paused", reason="Redis is away (refused)")
    say(log, "work.paused", reason="Redis is away (refused)")
    assert told.news() == [
        "Paused: Redis is away (refused). Nothing is lost; the work goes on by itself.",
    ]
    say(log, "work.resumed")
    say(log, "work.resumed")
    assert told.news() == ["The work goes on."]
    assert told.news() == []


def test_half_a_line_waits_for_its_other_half(log: Path, told: Notices) -> None:
    """A child is not always read between two of its lines."""
    line = json.dumps({"event": "fetch.paused", "reason": "full"})
    with log.open("a") as file:
        file.write(line[:20])
    assert told.news() == []
    with log.open("a") as file:
        file.write(line[20:] + "\n")
    assert told.news() == ["Paused: full. Nothing is lost; the work goes on by itself."]


def test_what_a_page_says_is_no_notice(log: Path, told: Notices) -> None:
    """A page's address may hold our words; only the event counts.  Lines that are no JSON are passed over."""
    say(log, "page.fetched", url="https://a.example/work.paused")
    with log.open("a") as file:
        file.write("work.paused\n[1]\n")
    assert told.news() == []


def test_a_log_begun_anew_is_read_from_its_beginning(log: Path, told: Notices) -> None:
    """A large log is set aside when its process starts again."""
    log.replace(log.with_suffix(".old"))
    say(log, "redis.away", reason="gone")
    assert told.news() == ["Paused: gone. Nothing is lost; the work goes on by itself."]


def test_a_full_disk_is_told_though_no_log_can_say_it(told: Notices, monkeypatch: pytest.MonkeyPatch) -> None:
    """The logs lie on the disk that is full."""
    monkeypatch.setattr(notices, "LEAST_FREE_BYTES", 1 << 62)
    assert "is full" in told.news()[0]
    monkeypatch.setattr(notices, "LEAST_FREE_BYTES", 0)
    assert "room" in told.news()[0]
    assert told.news() == []


@pytest.mark.parametrize("end", ["network.back", "network.given_up"])
def test_a_network_that_is_away_is_told(log: Path, told: Notices, end: str) -> None:
    """A crawl that waits for its own network says so, and that it goes on."""
    say(log, "network.away", reason="no host can be reached")
    say(log, end)
    assert told.news() == [
        "Paused: no host can be reached. Nothing is lost; the work goes on by itself.",
        "The work goes on.",
    ]
