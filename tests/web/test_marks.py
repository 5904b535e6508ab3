"""What people found wrong is kept for the benchmarks."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from runpy import run_path

import pytest

from copydesk.web import marks
from tests.web.conftest import Room
from tests.web.press import site_url
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


def judged(folder: Path, url: str, *words: str) -> tuple[int, str]:
    """What the benchmark says of the marks in a folder: its exit code and what it prints."""
    bench = run_path(str(Path(__file__).parents[2] / "bench" / "marks.py"))
    with redirect_stdout(StringIO()) as said, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_REDIS_URL", url)
        code = bench["main"]([str(folder), *words])
    return code, said.getvalue()


def test_a_benchmark_reads_the_marks_and_judges_them_again(
    room: Room, redis_url: str, tmp_path: Path
) -> None:
    """A merge that the code would still make stands; a copy that it would still miss stands, too."""
    visitor, ids = room.visitor(), room.ids
    story, edited = story_name(StoryId(ids.wire)), article_name(ids.edited)
    visitor.post("/marks", kind="wrong_merge", story=story, article=edited, url="https://x.example/")
    other = story_name(StoryId(ids.hostile))
    visitor.post("/marks", kind="missed_copy", story=story, note=f"see {other}", url="https://x.example/")
    visitor.post("/marks", kind="wrong_text", url=site_url("Delta Wire", "port-scanners"))
    code, said = judged(tmp_path, redis_url, "--stream", str(tmp_path / "stream.jsonl"))
    assert code == 1
    assert "wrong_merge: 1 stands" in said
    assert "missed_copy: 1 stands" in said
    assert "wrong_text: 1 cannot be told" in said
    labels = [json.loads(line)["cluster"] for line in (tmp_path / "stream.jsonl").read_text().splitlines()]
    assert len(labels) == 4
    assert len(set(labels)) == 3


def test_without_marks_a_benchmark_says_so(room: Room, redis_url: str, tmp_path: Path) -> None:
    """A folder in which nobody marked anything, or somebody wrote nonsense."""
    assert judged(tmp_path, redis_url) == (0, "no marks\n")
    (tmp_path / "marks.jsonl").write_text('nonsense\n{"kind": 1}\n[]\n')
    assert judged(tmp_path, redis_url) == (0, "no marks\n")
