"""``copydesk fold``: deduplicate a corpus that somebody already has, as JSON lines in and out."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from copydesk.corpus import corpus_lines, parse_record

if TYPE_CHECKING:
    from workers.dedup.deduplicator import Deduplicator, FoldResult

LINE_EVERY_S = 10.0
"""A long run says so often how far it is."""

MOST_NAMED = 10
"""Lines that are named one by one; of the others their number is told, not to bury the summary."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="fold")(fold)


def fold(
    source: Annotated[
        str, typer.Argument(metavar="FILE|-", help="JSON lines, also gzip; - reads standard input.")
    ],
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

    Ids are written as text, and each may come once.  A line that cannot be read is left out; exit code 1 then.

    Example: copydesk fold corpus.jsonl > folded.jsonl
    """
    from workers.dedup.deduplicator import Deduplicator

    dedup = Deduplicator(window_days=window_days, strip_lines=not keep_lines)
    with corpus_lines(source) as lines:
        verdicts, left_out = _fold_lines(dedup, lines, passages=passages)
    for result in dedup.revised():
        _write(result, passages=passages)
    sys.stdout.flush()
    _tell(f"{verdicts.total()} texts: {_counted(verdicts)}")
    if left_out:
        _tell(f"{left_out.total()} lines could not be read and were left out: {_counted(left_out)}")
        raise typer.Exit(1)


def _fold_lines(
    dedup: "Deduplicator", lines: Iterable[tuple[int, bytes]], *, passages: bool
) -> tuple[Counter[str], Counter[str]]:
    """Fold and write line by line; return the verdicts, and the faults of the lines that were left out."""
    verdicts, left_out = Counter[str](), Counter[str]()
    next_line_s = time.monotonic() + LINE_EVERY_S
    for number, line in lines:
        try:
            record = parse_record(line)
            # A second line of an id replaces the first for whoever reads what is written: one text would vanish.
            if record.id in dedup:
                raise ValueError("has an id that an earlier line has")  # noqa: TRY301 - a fault like the others
        except ValueError as error:
            left_out[str(error)] += 1
            if left_out.total() <= MOST_NAMED:
                _tell(f"line {number}: {error}")
            continue
        result = dedup.add(record.id, record.text, **record.known)
        verdicts[str(result.verdict)] += 1
        _write(result, passages=passages)
        if (now_s := time.monotonic()) >= next_line_s:
            next_line_s = now_s + LINE_EVERY_S
            _tell(f"line {number}: {_counted(verdicts)}")
    return verdicts, left_out


def _write(result: "FoldResult", *, passages: bool) -> None:
    sys.stdout.write(json.dumps(as_row(result, passages=passages)) + "\n")


def _tell(line: str) -> None:
    sys.stderr.write(f"copydesk: {line}\n")


def _counted(counts: Counter[str]) -> str:
    """Say how often each came, the most frequent first.

    >>> _counted(Counter(near=2, new=40))
    'new 40, near 2'
    """
    return ", ".join(f"{name} {n}" for name, n in counts.most_common()) or "none"


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
