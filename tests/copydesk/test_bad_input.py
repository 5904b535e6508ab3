"""Bad input is one clear line on stderr and exit code 2, never a traceback."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def assert_refused(done: Any, *parts: str) -> None:
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("copydesk: ")
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("ingest", "nowhere.html"), "nowhere.html"),
        (("ingest", "empty"), "empty"),
        (("crawl", "https://"), "https://"),
        (("crawl", "http:///path"), "no host"),
        (("crawl", "file:///etc/passwd"), "only http and https"),
        (("enqueue", "javascript:alert(1)"), "only http and https"),
        (("enqueue",), "no URL given"),
        (("enqueue", "--file", "nowhere.txt"), "nowhere.txt"),
        (("crawl", "nowhere.toml"), "nowhere.toml"),
        (("crawl", "broken.toml"), "broken.toml:2"),
        (("crawl", "no-such-source"), "copydesk sources list"),
        (("crawl", "https://example.org/", "--for", "soon"), "10m"),
        (("crawl", "https://example.org/"), "COPYDESK_FETCH_CONTACT"),
        (("crawl", "--nonsense"), "--nonsense"),
        (("nonsense",), "nonsense"),
        (("stories", "--since", "yesterday"), "--since"),
        (("stories", "--since", "2026"), "--since"),
        (("db", "prune", "--older-than", "90", "--yes"), "2d"),
        (("show", "no story's name"), "no story's name"),
        (("fold", "nowhere.jsonl"), "nowhere.jsonl"),
        (("extract", "nowhere.html"), "nowhere.html"),
        (("compare", "image.png", "image.png"), "image.png: image"),
        (("sources", "check", "no-such-source"), "no-such-source"),
        (("--config", "wrong.toml", "status"), "wrong.toml:2"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    tmp_path: Path, copydesk: Callable[..., Any], words: tuple[str, ...], part: str
) -> None:
    """The line names what is wrong; the exit code is 2."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "broken.toml").write_text('[[source]]\nid = "a\n')
    (tmp_path / "wrong.toml").write_text("[fetch]\ndely_s = 1\n")
    assert_refused(copydesk(*words), part)


def test_an_unknown_setting_in_the_environment(tmp_path: Path, copydesk: Callable[..., Any]) -> None:
    """A misspelt variable is named with the one that was probably meant."""
    assert_refused(copydesk("status", COPYDESK_DATA_DIRR="x"), "COPYDESK_DATA_DIR?")


def test_a_redis_that_refuses(tmp_path: Path, copydesk: Callable[..., Any]) -> None:
    """The address is named without its password."""
    done = copydesk("status", COPYDESK_REDIS_URL="redis://:geheim@127.0.0.1:1/0")
    assert_refused(done, "127.0.0.1:1", "COPYDESK_REDIS_URL")
    assert "geheim" not in done.stderr


def test_a_database_of_a_newer_version(tmp_path: Path, copydesk: Callable[..., Any]) -> None:
    """A file that a newer program wrote is refused, not touched."""
    folder = tmp_path / "copydesk-data"
    folder.mkdir()
    with sqlite3.connect(folder / "copydesk.db") as db:
        db.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        db.execute("INSERT INTO alembic_version VALUES ('9999')")
    db.close()
    assert_refused(copydesk("stories"), "newer")


def test_a_data_folder_that_cannot_be_written(tmp_path: Path, copydesk: Callable[..., Any]) -> None:
    """A file where the folder should be: the setting that mends it is named."""
    (tmp_path / "taken").write_text("")
    for words in (("status",), ("stories",), ("ingest", "taken")):
        assert_refused(copydesk(*words, COPYDESK_DATA_DIR="taken/inside"), "COPYDESK_DATA_DIR")


def test_a_read_only_data_folder(tmp_path: Path, copydesk: Callable[..., Any]) -> None:
    """A folder without write permission is refused (root may write anywhere, so this needs another user)."""
    if os.getuid() == 0:
        pytest.skip("root may write anywhere")
    folder = tmp_path / "copydesk-data"
    folder.mkdir(mode=0o500)
    assert_refused(copydesk("status"), "COPYDESK_DATA_DIR")
