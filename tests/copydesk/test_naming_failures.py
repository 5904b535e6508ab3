"""``ingest`` says which files and lines gave nothing: a count alone helps nobody who has ten thousand of them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from copydesk.running import MOST_NAMED, name_failures
from crawler.intake import read_paths
from crawler.records import FetchOutcome

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def told_of(outcomes: Iterable[FetchOutcome]) -> tuple[int, list[str]]:
    told: list[str] = []
    passed = list(name_failures(outcomes, told.extend))
    return len(passed), told


def test_a_file_that_gives_nothing_is_named_with_its_path(tmp_path: Path) -> None:
    """The path is there, in its own script; what the reader passed on is passed on all the same."""
    folder = tmp_path / "新闻"
    folder.mkdir()
    (folder / "index.html").touch()
    (folder / "story.txt").write_text("The rules take effect in March.")
    count, told = told_of(read_paths([tmp_path], now=NOW))
    assert count == 2
    assert told == [f"empty_file: {folder / 'index.html'}: holds nothing"]


def test_of_many_failures_the_first_are_named(tmp_path: Path) -> None:
    """A file of broken lines does not bury everything else; the last line says how many more there are."""
    path = tmp_path / "saved.jsonl"
    path.write_text('{"text": "It rained."}\n' + "{broken\n" * (MOST_NAMED + 7))
    count, told = told_of(read_paths([path], now=NOW))
    assert count == MOST_NAMED + 8
    assert (len(told), told[-1]) == (MOST_NAMED + 1, "7 more files or lines gave nothing.")
