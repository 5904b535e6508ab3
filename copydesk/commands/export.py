"""``copydesk export``: every story with its sightings, for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import progress_console


class Format(StrEnum):
    """What is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(export)


def export(
    context: typer.Context,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="jsonl, csv or parquet; left out, the file's name tells, else jsonl."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; standard output when left out.")
    ] = None,
    since_id: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="Only what has changed after this export id.")
    ] = 0,
) -> None:
    """Write every story once, with every place where it was seen.

    Each row has an id that grows with every change of the story: remember the largest, give it as --since-id, and get
    only what is new or changed since.

    Example: copydesk export --output stories.parquet
    """
    from copydesk.exporting import write
    from copydesk.reading import open_reader

    with open_reader(settings_of(context)) as store:
        count = write(store.export(since_id=since_id), (form or format_of(output)).value, output)
    if output is not None:
        progress_console.print(f"{count} stories written to {output}", markup=False)


def format_of(output: Path | None) -> Format:
    """Return what a file of this name should hold.

    >>> format_of(Path("stories.CSV")).value, format_of(None).value
    ('csv', 'jsonl')
    """
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return Format(ending) if ending in set(Format) else Format.JSONL
