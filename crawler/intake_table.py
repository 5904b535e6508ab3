"""Articles that come as a table: CSV with a header, parted by commas, semicolons or tabs.

A table is known by its header alone: two columns that ``crawler.intake_json`` knows, one of them the text or the HTML.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from crawler.charset import decode_text
from crawler.intake_json import known_columns

MAX_FIELD_CHARS = 20_000_000
"""Python's own limit, 131,072, is less than a long page; an open quote must not swallow the rest of a large file."""
_HEADER_CHARS = 2_000
_DELIMITERS = ",;\t"
_BODIES = {"html", "text", "mixed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How a table is written."""

    delimiter: str
    encoding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, by the names of its columns; or what is wrong with it."""

    number: int
    """From 1, the header not counted."""
    fields: dict[str, str] | None
    problem: str = ""


def table_of(head: bytes) -> Table | None:
    r"""How the table that begins with ``head`` is written; ``None`` if it is none.

    >>> table_of(b"url;title;text\nhttps://n.example/a;Storm;It rained.").delimiter
    ';'
    >>> table_of(b"Title, text and pictures: how a page is made") is None
    True
    """
    text, encoding = decode_text(head)
    first = next(iter(text[:_HEADER_CHARS].removeprefix("\ufeff").splitlines()), "")
    for delimiter in _DELIMITERS:
        known = known_columns(next(csv.reader([first], delimiter=delimiter), []))
        if len(known) > 1 and known & _BODIES:
            return Table(delimiter=delimiter, encoding=encoding)
    return None


def read_table(stream: Any, table: Table) -> Iterator[Row]:
    """Read the rows below the header, one at a time.  A row that has another number of fields is told, not guessed at.

    Raises:
        EOFError, zlib.error, OSError: from the stream, if it is damaged gzip.
    """
    csv.field_size_limit(MAX_FIELD_CHARS)
    encoding = "utf-8-sig" if table.encoding.lower().replace("-", "") in {"utf8", "ascii"} else table.encoding
    lines = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        yield from _rows(csv.reader(lines, delimiter=table.delimiter))
    finally:
        lines.detach()  # the stream is closed by whoever opened it


def _rows(rows: Iterator[list[str]]) -> Iterator[Row]:
    header: list[str] | None = None
    for number in count():
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield Row(number=number, fields=None, problem=str(error))
            continue
        if header is None:
            header = row
        elif len(row) == len(header):
            yield Row(number=number, fields=dict(zip(header, row, strict=True)))
        elif row:
            yield Row(number=number, fields=None, problem=f"{len(row)} fields, the header has {len(header)}")
