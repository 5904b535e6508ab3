"""``copydesk extract`` on files."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import copydesk
from copydesk.commands.extract import register
from crawler.errors import UnreadableInputError


@pytest.fixture
def app() -> typer.Typer:
    """An application with this command and one more, so that it is addressed by name."""
    made = typer.Typer()
    register(made)
    made.command("other")(lambda: None)
    return made


def test_a_page_is_shown_with_its_reasons(
    app: typer.Typer, tmp_path: Path, page: Callable[..., bytes]
) -> None:
    """``--explain`` marks what was kept and what was dropped."""
    file = tmp_path / "page.html"
    file.write_bytes(
        page(extra='<div class="related"><p>Read more:</p><a href="/x">Ferry fares to rise</a></div>')
    )
    shown = CliRunner().invoke(app, ["extract", str(file), "--explain"])
    assert shown.exit_code == 0
    assert "Harbour closed for a third day" in shown.stdout
    assert "+ [paragraph]" in shown.stdout
    assert "- [related]" in shown.stdout


def test_json_holds_the_whole_extraction(app: typer.Typer, tmp_path: Path, story: tuple[str, ...]) -> None:
    """A text file is read as plain text; JSON is one object."""
    file = tmp_path / "page.txt"
    file.write_text("\n\n".join(story), encoding="utf-8")
    found = json.loads(CliRunner().invoke(app, ["extract", str(file), "--json"]).stdout)
    assert found["kind"] == "article"
    assert [b["text"] for b in found["article"]["blocks"]] == list(story)


def test_a_missing_file_is_one_line(app: typer.Typer, tmp_path: Path) -> None:
    """What cannot be read is said in one line, as an error made on purpose."""
    failed = CliRunner().invoke(app, ["extract", str(tmp_path / "none.html")])
    assert isinstance(failed.exception, UnreadableInputError)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "an image, not a page"),
        (bytes(range(256)) * 20, "no text, not a page"),
        (b"<?xml version='1.0'?><rss><channel><title>Post</title></channel></rss>", "a feed, not a page; `copydesk ingest`"),
        (b"%PDF-1.7\n", "pdf, not a page"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_said_in_one_line(
    app: typer.Typer, tmp_path: Path, body: bytes, said: str
) -> None:
    """A feed, an image or any other file is never shown as if it were a story, and is none for the library."""
    file = tmp_path / "file"
    file.write_bytes(body)
    failed = CliRunner().invoke(app, ["extract", str(file)])
    assert isinstance(failed.exception, UnreadableInputError)
    assert said in str(failed.exception)
    assert copydesk.extract(body, "https://post.example/a") is None
