"""Writes exported stories as JSON lines, CSV or Parquet, a bounded number of rows in memory."""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from copydesk.reading import export_facts
from copydesk.terminal import drop_output
from crawler.errors import ConfigError, UnreadableInputError
from workers.store.records import ExportRow

ROW_GROUP = 1_000
"""Stories that Parquet holds in memory at once: about 10 MB of text."""

STAMP = pa.timestamp("us", tz="UTC")
SIGHTING = pa.struct(
    [
        ("url", pa.string()),
        ("site", pa.string()),
        ("source", pa.string()),
        ("title", pa.string()),
        ("authors", pa.list_(pa.string())),
        ("published_at", STAMP),
        ("first_seen", STAMP),
        ("verdict", pa.string()),
        ("resemblance", pa.float64()),
        ("containment", pa.float64()),
        ("reason", pa.string()),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("story", pa.string()),
        ("merged_into", pa.string()),
        ("kind", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("authors", pa.list_(pa.string())),
        ("published_at", STAMP),
        ("modified_at", STAMP),
        ("language", pa.string()),
        ("site", pa.string()),
        ("source", pa.string()),
        ("section", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("image", pa.string()),
        ("text", pa.string()),
        ("words", pa.int64()),
        ("first_seen", STAMP),
        ("last_seen", STAMP),
        ("sightings", pa.list_(SIGHTING)),
    ]
)


def write(rows: Iterable[ExportRow], form: str, output: Path | None) -> int:
    """Write the rows and return how many they were.

    Raises:
        ConfigError: Parquet to a terminal.
        UnreadableInputError: The output cannot be written.
    """
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise ConfigError("Parquet is no text; name a file with --output")
    writers: dict[str, Callable[[Iterable[ExportRow], IO[bytes]], int]] = {
        "jsonl": _jsonl,
        "csv": _csv,
        "parquet": _parquet,
    }
    with _opened(output) as out:
        return writers[form](rows, out)


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        try:
            with _told("standard output"):
                yield sys.stdout.buffer
                sys.stdout.buffer.flush()
        except UnreadableInputError:
            drop_output()
            raise
        return
    with _told(str(output)):
        file = output.resolve()  # a link stays one
        if file.exists() and not file.is_file():  # a pipe or a device is written to, never replaced
            with file.open("wb") as out:
                yield out
            return
        # Written beside and renamed: a reader never sees half a file.
        part = file.with_name(file.name + ".part")
        try:
            with part.open("wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())  # else a power cut could leave the name without the bytes
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read it has enough
    except OSError as error:
        raise UnreadableInputError(f"{where}: cannot be written ({error.strerror or error})") from None


def _jsonl(rows: Iterable[ExportRow], out: IO[bytes]) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last count is the answer
        line = json.dumps(export_facts(row), ensure_ascii=False, default=lambda moment: moment.isoformat())
        out.write(line.encode("utf-8", "replace") + b"\n")
    return count


def _csv(rows: Iterable[ExportRow], out: IO[bytes]) -> int:
    class Utf8:
        def write(self, text: str) -> int:
            return out.write(text.encode("utf-8", "replace"))

    writer = csv.writer(Utf8())
    writer.writerow(SCHEMA.names)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last count is the answer
        facts = export_facts(row)
        writer.writerow([_cell(facts[name]) for name in SCHEMA.names])
    return count


def _cell(value: Any) -> str:
    """Return a CSV cell; lists are JSON.  A leading sign would be run as a formula by a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" else text


def _parquet(rows: Iterable[ExportRow], out: IO[bytes]) -> int:
    count = 0
    source = iter(rows)
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        while group := [export_facts(row) for row in islice(source, ROW_GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=SCHEMA))
            count += len(group)
    return count
