"""``copydesk fold`` and ``copydesk compare`` as a user meets them."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copydesk.cli import build
from crawler.errors import UnreadableInputError
from workers.ids import article_id, article_name, story_name
from workers.records import Article, ArticleId, Block, BlockKind, Verdict, VerdictKind
from workers.store import open_store
from workers.store.records import Batch, Decided, PageEntry

TEXT = (
    "The last ferry to Brandsholm left on Sunday evening with forty passengers and a piano. From Monday a bridge "
    "does its work, and the crossing that took an hour and ten minutes takes four."
)


def test_fold_reads_lines_and_writes_lines(tmp_path: Path) -> None:
    """Each record gives one line; a line that cannot be read costs itself alone and is named on stderr."""
    rows = [
        {"id": 1, "text": TEXT, "site": "a.example"},
        {"id": "b", "text": "Update: " + TEXT, "links": [3]},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join([json.dumps(rows[0]), "{broken", '{"id": "x"}', "", json.dumps(rows[1])]))
    done = CliRunner().invoke(build(), ["fold", str(source)])
    written = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(w["id"], w["story"], w["verdict"], w["of"]) for w in written] == [
        ("1", "1", "new", None),
        ("b", "1", "near", "1"),
    ]
    assert set(written[0]) == {"id", "story", "verdict", "of", "resemblance", "containment"}
    assert "line 2: is not JSON" in done.stderr
    assert "line 3: has no text" in done.stderr
    assert "2 lines could not be read" in done.stderr
    assert "2 texts: new 1, near 1" in done.stderr
    assert done.exit_code == 1


def test_fold_reads_gzip_and_numbers_that_became_floats(tmp_path: Path) -> None:
    """A compressed file is read as it is, and 7.0 is the id 7: whole numbers come so from data frames."""
    source = tmp_path / "in.jsonl.gz"
    source.write_bytes(gzip.compress(json.dumps({"id": 7.0, "text": TEXT}).encode()))
    done = CliRunner().invoke(build(), ["fold", str(source)])
    assert (done.exit_code, json.loads(done.stdout)["id"]) == (0, "7")


def test_fold_takes_an_id_once(tmp_path: Path) -> None:
    """A second text of an id is named and left out: its line would pass for a correction of the first."""
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(json.dumps({"id": id_, "text": TEXT}) for id_ in (1, "1")))
    done = CliRunner().invoke(build(), ["fold", str(source)])
    assert (done.exit_code, len(done.stdout.splitlines())) == (1, 1)
    assert "line 2: has an id that an earlier line has" in done.stderr


def test_fold_names_few_of_many_bad_lines(tmp_path: Path) -> None:
    """A file of another kind does not fill the screen: ten lines are named, all are counted by what is wrong."""
    source = tmp_path / "in.jsonl"
    source.write_text("id,text\n" * 300)
    done = CliRunner().invoke(build(), ["fold", str(source)])
    assert len(done.stderr.splitlines()) == 12
    assert "300 lines could not be read and were left out: is not JSON 300" in done.stderr


def test_fold_names_a_gzip_file_that_is_cut_off(tmp_path: Path) -> None:
    """What came before the damage is no whole corpus: the file is refused by name."""
    source = tmp_path / "in.jsonl.gz"
    source.write_bytes(gzip.compress(json.dumps({"id": 7, "text": TEXT}).encode())[:-12])
    done = CliRunner().invoke(build(), ["fold", str(source)])
    assert isinstance(done.exception, UnreadableInputError)
    assert "in.jsonl.gz" in str(done.exception)


def test_fold_names_the_passages_when_asked(tmp_path: Path) -> None:
    """With --passages each line says which words a text shares with the one that it is a copy of."""
    source = tmp_path / "in.jsonl"
    rows = [{"id": "a", "text": TEXT}, {"id": "b", "text": "BRANDSHOLM, Monday: " + TEXT}]
    source.write_text("\n".join(map(json.dumps, rows)))
    done = CliRunner().invoke(build(), ["fold", "--passages", str(source)])
    first, second = (json.loads(line)["passages"] for line in done.stdout.splitlines())
    assert first == []
    [(at, other_at, words)] = second
    assert (at - other_at, words) == (2, pytest.approx(len(TEXT.split()), abs=3))


def test_fold_says_at_the_end_what_later_records_showed(tmp_path: Path) -> None:
    """A page is a digest once its stories have come, and gets a second line that replaces its first."""
    other = (
        "Snow closed the pass on Friday, and the post came by sled with eleven sacks, two full of skates. "
    )
    other += "Drivers wait in the valley until the plough comes down."
    page = f"Good evening.\n\n{TEXT}\n\n{other}\n\nThat is all."
    rows = [
        {"id": "page", "text": page, "title": "Evening letter"},
        {"id": "ferry", "text": TEXT, "title": "The last ferry has left"},
        {"id": "snow", "text": other, "title": "Snow closes the pass"},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)))
    written = [
        json.loads(line) for line in CliRunner().invoke(build(), ["fold", str(source)]).stdout.splitlines()
    ]
    assert [(w["id"], w["verdict"]) for w in written] == [
        ("page", "new"),
        ("ferry", "excerpt_of"),
        ("snow", "new"),
        ("page", "contains"),
    ]
    last = {w["id"]: w for w in written}
    assert sorted(last["page"]["stories"]) == sorted({last["ferry"]["story"], last["snow"]["story"]})
    assert last["ferry"]["story"] != last["snow"]["story"]


def test_fold_reads_standard_input() -> None:
    """A dash reads what is piped in."""
    done = CliRunner().invoke(build(), ["fold", "-"], input=json.dumps({"id": "a", "text": TEXT}) + "\n")
    assert json.loads(done.stdout)["verdict"] == "new"


@pytest.mark.parametrize("command", [["fold", "no-such-file"], ["compare", "no-such-file", "nor-this"]])
def test_a_missing_file_is_named(command: list[str]) -> None:
    """A file that is not there is an error made on purpose: one line, exit code 2."""
    error = CliRunner().invoke(build(), command).exception
    assert isinstance(error, UnreadableInputError)
    assert str(error) == "no-such-file: No such file or directory"


def test_compare_shows_what_is_shared(tmp_path: Path) -> None:
    """The verdict with its rule, the two measures, and the passages side by side."""
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(TEXT)
    other.write_text("BRANDSHOLM - " + TEXT.upper())
    shown = CliRunner().invoke(build(), ["compare", str(one), str(other)]).stdout
    assert "B is near A (contained)" in shown
    assert ["words", "A", "from", "B", "from", "A", "B"] in [line.split() for line in shown.splitlines()]
    assert re.search(r"^ *34 +1 +2 +The last .* THE LAST", shown, re.MULTILINE)


def test_compare_reads_the_story_of_an_html_file(tmp_path: Path) -> None:
    """A saved page is compared by its story, not by its tags and menus."""
    page, text = tmp_path / "a.html", tmp_path / "b.txt"
    body = "".join(f"<p>{TEXT} {n}</p>" for n in ("It rained.", "Gulls came along.", "Nobody waved."))
    page.write_text(
        f"<html><body><nav>Home News Sport</nav><article><h1>Last ferry</h1>{body}</article></body></html>"
    )
    text.write_text("\n\n".join(f"{TEXT} {n}" for n in ("It rained.", "Gulls came along.", "Nobody waved.")))
    shown = CliRunner().invoke(build(), ["compare", str(page), str(text)]).stdout
    assert "B is same A (identical)" in shown


def test_compare_takes_names_from_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article and its story go by the names that other commands print, a page by its URL; no other name does."""
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    url = "https://a.example/ferry"
    article = Article(url=url, title="Last ferry", blocks=(Block(kind=BlockKind.PARAGRAPH, text=TEXT),))
    decided = Decided(
        id=article_id(url, TEXT, "Last ferry"),
        article=article,
        verdict=Verdict(kind=VerdictKind.NEW, reason="no_candidate"),
        source="desk",
        fetched_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    )
    store = open_store(f"sqlite:///{tmp_path / 'copydesk.db'}")
    page = PageEntry(
        url=url,
        content_hash="00",
        source="desk",
        role="article",
        fetched_at=decided.fetched_at,
        outcome="stored",
        reason="article",
        sighting_id=decided.id,
    )
    store.save(Batch(decided=(decided,), pages=(page,)))
    detail = store.story(decided.id)
    store.close()
    assert detail is not None
    file = tmp_path / "b.txt"
    file.write_text("BRANDSHOLM - " + TEXT)
    for name in (article_name(decided.id), story_name(detail.story.id), url):
        shown = CliRunner().invoke(build(), ["compare", name, str(file)])
        assert "B is near A (contained)" in shown.stdout
    nothing = CliRunner().invoke(build(), ["compare", article_name(ArticleId(7)), str(file)])
    assert isinstance(nothing.exception, UnreadableInputError)
