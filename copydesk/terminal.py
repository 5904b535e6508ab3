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
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

console = Console(highlight=False)
progress_console = Console(stderr=True, highlight=False)
WHOLE = frozenset({"story", "when"})
"""Columns that are no use in pieces."""
LEAST_CELL = 8
"""Columns of a terminal that a cell needs to be read: two words, or a date in two lines."""
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
    cells = [[_cell(cell) for cell in row] for row in rows]
    if console.is_terminal and console.width < _least_width(columns, cells):
        _print_list(title, columns, cells)
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=_is_whole(number, column))
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    if console.is_terminal:
        console.print(table)
        return
    plain = Console(highlight=False, width=LONGEST_ROW, file=io.StringIO())
    with plain.capture() as printed:
        plain.print(table)
    # Cells are padded to the longest of their column: behind the last one that is of no use to anybody.
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def _is_whole(number: int, column: str) -> bool:
    return number == 0 or column in WHOLE


def _least_width(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns of the terminal a readable table takes, with three between two cells."""
    longest = [max(map(cell_len, column)) for column in zip(columns, *rows, strict=True)]
    needed = [
        width if _is_whole(number, columns[number]) else min(width, LEAST_CELL)
        for number, width in enumerate(longest)
    ]
    return sum(needed) + 3 * len(needed)


def _print_list(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table for which the terminal is too narrow: a line a cell, the empty ones left out."""
    console.print(title, markup=False, style="italic")
    for row in rows:
        console.print()
        for column, cell in zip(columns, row, strict=True):
            if cell:
                console.print(f"{column}: {cell}", markup=False, soft_wrap=True)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "page"), counted(3, "new story", "new stories")
    ('1 page', '3 new stories')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


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
