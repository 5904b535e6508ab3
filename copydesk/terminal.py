"""How commands print: tables for people, JSON for programs."""

import codecs
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

console = Console(highlight=False)
progress_console = Console(stderr=True, highlight=False)
WHOLE = frozenset({"story", "when"})
"""Columns that are no use in pieces."""
LONGEST_ROW = 4_000
"""Characters of a row that is printed to no terminal."""


def print_json(value: Any) -> None:
    """Print one JSON document on a line."""
    told = json.dumps(value, ensure_ascii=not _is_utf8(sys.stdout.encoding), default=_plain)
    sys.stdout.write(told + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; cell text is shown as it is, never read as markup (it may come from a hostile page).

    What names a row stays on one line, to be copied; in a file or a pipe every row does, to be searched.
    """
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0 or column in WHOLE)
    for row in rows:
        table.add_row(*(escape(_cell(cell)) for cell in row))
    wide = console if console.is_terminal else Console(highlight=False, width=LONGEST_ROW)
    wide.print(table)


def allow_any_text() -> None:
    """Show "?" for a character that the terminal's encoding does not have, instead of failing at it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (
            stream.errors == "strict" or not _is_utf8(stream.encoding)
        ):
            stream.reconfigure(errors="replace")


def _is_utf8(encoding: str | None) -> bool:
    return codecs.lookup(encoding or "utf-8").name == "utf-8"


def drop_output() -> None:
    """Send what standard output still holds nowhere: its reader is gone, or its disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:.2f}"
    # Control characters in a page's title could rewrite the terminal.
    return "".join(c if c.isprintable() else " " for c in str(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
