"""What people found wrong is kept for the benchmarks."""

import json

import pytest
from conftest import Room

from copydesk.web import marks
from workers.ids import article_name, story_name
from workers.records import StoryId


def lines(room: Room) -> list[dict[str, str]]:
    """Return the marks that were written."""
    file = room.desk.settings.data_dir / marks.FILE
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@pytest.mark.parametrize("kind", marks.KINDS)
def test_a_mark_is_one_line_of_json(room: Room, kind: str) -> None:
    """Kind, story, copy, address, note and time."""
    story, article = story_name(StoryId(room.ids.wire)), article_name(room.ids.edited)
    visitor = room.visitor()
    answer = visitor.post(
        "/marks", kind=kind, story=story, article=article, url="https://a.example/", note="not “ours”"
    )
    assert answer.location == f"/stories/{story}/copies/{article}"
    assert lines(room) == [
        {
            "at": "2026-11-20T12:00:00+00:00",
            "kind": kind,
            "url": "https://a.example/",
            "story": story,
            "article": article,
            "note": "not “ours”",
        }
    ]
    assert "Marked as wrong" in visitor.get(answer.location).text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "rude"},
        {"kind": "wrong_text", "story": "s1"},
        {"kind": "wrong_text", "article": "x"},
        {"kind": "wrong_text", "note": "x" * 501},
    ],
)
def test_a_mark_that_says_nothing_is_refused(room: Room, fields: dict[str, str]) -> None:
    """Only known kinds, names that can exist, and notes of bounded length."""
    assert room.visitor().post("/marks", **fields).status_code == 400
    assert lines(room) == []


def test_the_file_has_a_bound(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the disk with marks."""
    monkeypatch.setattr(marks, "LARGEST_FILE_BYTES", 100)
    answers = [
        room.visitor().post("/marks", kind="wrong_text", url="https://a.example/").status_code
        for _ in range(3)
    ]
    assert answers == [303, 413, 413]
    assert len(lines(room)) == 1
