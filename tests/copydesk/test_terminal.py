"""Tables for people."""

import io
import json
import sys

import pytest
from rich.console import Console

from copydesk import terminal

ROWS = [("a-source-with-a-long-name", "s0123456789abc", "A headline " * 20)]


def test_in_a_pipe_every_row_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """So that it can be searched line by line."""
    terminal.print_table("Stories", ["id", "story", "headline"], ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert all(line == line.rstrip() for line in lines)
    [line] = [line for line in lines if "headline " in line and "s01" in line]
    assert line.split()[:2] == ["a-source-with-a-long-name", "s0123456789abc"]
    assert line.count("headline") == 20


def test_on_a_terminal_names_stay_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is to be copied is never broken; other cells are folded into the width."""
    monkeypatch.setattr(
        terminal, "console", Console(force_terminal=True, width=80, highlight=False, color_system=None)
    )
    terminal.print_table("Stories", ["id", "story", "headline"], ROWS)
    printed = capsys.readouterr().out
    assert "a-source-with-a-long-name   s0123456789abc   A headline" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_a_terminal_of_few_characters_shows_a_mark_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A headline in another script is no reason to fail; JSON keeps it, escaped."""
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii", write_through=True))
    terminal.allow_any_text()
    terminal.print_table("Stories", ["headline"], [("Fähre",)])
    terminal.print_json({"title": "Fähre"})
    *table, line = shown.getvalue().decode("ascii").splitlines()
    assert "F?hre" in "".join(table)
    assert json.loads(line) == {"title": "Fähre"}


def test_where_a_table_has_no_room_each_cell_has_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column two letters wide can be read by nobody; markup of a page is shown as it is here, too."""
    narrow = Console(force_terminal=True, width=40, highlight=False, color_system=None)
    monkeypatch.setattr(terminal, "console", narrow)
    terminal.print_table("Stories", ["id", "story", "site", "headline"], [("a" * 20, "s01", "", "[b]Ferry")])
    assert capsys.readouterr().out.splitlines() == [
        "Stories",
        "",
        f"id: {'a' * 20}",
        "story: s01",
        "headline: [b]Ferry",
    ]
