"""``copydesk fold``: deduplicate a corpus that somebody already has, as JSON lines in and out."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from crawler.errors import UnreadableInputError

if TYPE_CHECKING:
    from workers.dedup.deduplicator import FoldResult

MAX_LINE_BYTES = 16 << 20
"""A longer line is no article; it is skipped with a warning, and never held in memory whole."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="fold")(fold)


def fold(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="JSON lines; - reads standard input.")],
    window_days: Annotated[
        float, typer.Option(min=1, help="Compare with the last N days of running time.")
    ] = 36_500,
    keep_lines: Annotated[
        bool, typer.Option("--keep-lines", help="Keep lines that a site prints under many headlines.")
    ] = False,
    passages: Annotated[
        bool, typer.Option("--passages", help='Add the passages shared with "of": [from, from in it, words].')
    ] = False,
) -> None:
    """Fold the copies of each story in a corpus, in one pass.

    Reads {"id", "text"} and, where known, "title", "url", "site", "published", "links", "origin"; writes
    {"id", "story", "verdict", "of", "resemblance", "containment"}, and for a digest the "stories" that it holds.

    What later records showed comes at the end, as a second line of the same id, which replaces the first: a story
    that turned out to be part of another, a page that turned out to be a digest of stories that came after it.

    Example: copydesk fold corpus.jsonl > folded.jsonl
    """
    from workers.dedup.deduplicator import Deduplicator

    dedup = Deduplicator(window_days=window_days, strip_lines=not keep_lines)
    bad = 0
    for number, line in _lines(source):
        try:
            record = parse_record(line)
        except ValueError as error:
            bad += 1
            sys.stderr.write(f"copydesk: line {number}: {error}\n")
            continue
        result = dedup.add(record.id, record.text, **record.known)
        sys.stdout.write(json.dumps(as_row(result, passages=passages)) + "\n")
    for result in dedup.revised():
        sys.stdout.write(json.dumps(as_row(result, passages=passages)) + "\n")
    sys.stdout.flush()
    if bad:
        sys.stderr.write(f"copydesk: {bad} lines could not be read and were left out\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the input."""

    id: str
    text: str
    known: dict[str, Any]
    """What else the line says, as ``Deduplicator.add`` takes it."""


def parse_record(line: bytes) -> Record:
    """Return the record of one line; ``ValueError`` says in a few words what is wrong with it."""
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("longer than 16 MB")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    fields = data if isinstance(data, dict) else {}
    missing = [name for name in ("id", "text") if not isinstance(fields.get(name), str | int)]
    if missing:
        raise ValueError(f"has no {' and no '.join(missing)}")
    known = {
        name: data[name] for name in ("title", "url", "site", "origin") if isinstance(data.get(name), str)
    }
    links = data.get("links")
    if isinstance(links, list):
        known["links"] = tuple(link for link in links if isinstance(link, str))
    return Record(id=str(data["id"]), text=str(data["text"]), known=known | _published(data.get("published")))


def as_row(result: "FoldResult", *, passages: bool = False) -> dict[str, object]:
    """Return the line that is written for a result."""
    row: dict[str, object] = {
        "id": result.id,
        "story": result.story,
        "verdict": str(result.verdict),
        "of": result.of,
        "resemblance": round(result.resemblance, 3),
        "containment": round(result.containment, 3),
    }
    if result.stories:
        row["stories"] = list(result.stories)
    if passages:
        row["passages"] = [[p.at, p.other_at, p.length] for p in result.passages]
    return row


def _published(value: object) -> dict[str, datetime]:
    if not isinstance(value, str):
        return {}
    try:
        return {"published": datetime.fromisoformat(value)}
    except ValueError:
        return {}


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    if source == "-":
        yield from _bounded(sys.stdin.buffer)
        return
    try:
        with Path(source).open("rb") as stream:
            yield from _bounded(stream)
    except OSError as error:
        raise UnreadableInputError(f"{source}: {error.strerror or error}") from None


def _bounded(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
        if line.strip():
            yield number, line
