"""The records of a corpus that somebody already has: JSON lines, plain or gzip, one text each."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

from crawler.errors import UnreadableInputError
from crawler.inflate import GZIP_MAGIC

MAX_LINE_BYTES = 16 << 20
"""A longer line is no article; it is skipped with a warning, and never held in memory whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the input."""

    id: str
    text: str
    known: dict[str, Any]
    """What else the line says, as ``Deduplicator.add`` takes it."""


def parse_record(line: bytes) -> Record:
    """Return the record of one line; ``ValueError`` says in a few words what is wrong with it.

    >>> parse_record(b'{"id": 7.0, "text": "It rained."}').id
    '7'
    """
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("longer than 16 MB")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    fields = data if isinstance(data, dict) else {}
    missing = [name for name in ("id", "text") if fields.get(name) is None]
    if missing:
        raise ValueError(f"has no {' and no '.join(missing)}")
    if not isinstance(fields["text"], str):
        raise ValueError("has a text that is no string")  # noqa: TRY004 - a fault of the line, like the others
    known = {
        name: data[name] for name in ("title", "url", "site", "origin") if isinstance(data.get(name), str)
    }
    links = data.get("links")
    if isinstance(links, list):
        known["links"] = tuple(link for link in links if isinstance(link, str))
    return Record(id=_id(data["id"]), text=data["text"], known=known | _published(data.get("published")))


@contextmanager
def corpus_lines(source: str) -> Iterator[Iterator[tuple[int, bytes]]]:
    """Open a file, or standard input by the name of ``-``: its lines that are not blank, with their numbers.

    Raises:
        UnreadableInputError: if it is missing, no file, or gzip that is damaged.
    """
    try:
        with _opened(source) as stream:
            is_gzip = stream.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            yield _bounded(cast("BinaryIO", gzip.GzipFile(fileobj=stream)) if is_gzip else stream)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableInputError(f"{source}: is damaged gzip, or ends too early") from None
    except OSError as error:
        raise UnreadableInputError(f"{source}: {error.strerror or error}") from None


@contextmanager
def _opened(source: str) -> Iterator[BufferedReader]:
    if source != "-":
        with Path(source).open("rb") as stream:
            yield stream
        return
    stream = BufferedReader(cast("RawIOBase", sys.stdin.buffer))
    try:
        yield stream
    finally:
        stream.detach()  # standard input is not ours to close


def _bounded(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
        if line.strip():
            yield number, line


def _id(value: object) -> str:
    """Whole numbers come as 7.0 from programs that know no missing integers."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError("has an id that is neither text nor number")


def _published(value: object) -> dict[str, datetime]:
    if not isinstance(value, str):
        return {}
    try:
        return {"published": datetime.fromisoformat(value)}
    except ValueError:
        return {}
