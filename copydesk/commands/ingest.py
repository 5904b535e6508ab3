"""``copydesk ingest``: files through the same pipeline."""

from typing import Annotated

import typer

from copydesk.options import settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(ingest)


def ingest(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(help="Files or folders; - for standard input.")],
    follow: Annotated[
        bool, typer.Option("--follow", help="Put the links that are found into the frontier.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Worker processes; default 2.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Read saved pages, feeds, plain text, JSON lines and WARCs; what a file is, its content tells.

    Example: copydesk ingest saved-pages/ CC-NEWS-20260101.warc.gz
    """
    from copydesk.running import ingest_paths

    settings = settings_of(context, work={"workers": workers})
    raise typer.Exit(ingest_paths(settings, paths, follow=follow, as_json=as_json))
