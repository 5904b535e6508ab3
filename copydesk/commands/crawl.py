"""``copydesk crawl``: everything in one command, from sources to stories."""

from pathlib import Path
from typing import Annotated

import typer

from copydesk.options import settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(crawl)


def crawl(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Feed, sitemap, site or page URLs, source ids or TOML files of sources."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Run on, and visit feeds and front pages again.")
    ] = False,
    max_pages: Annotated[int | None, typer.Option(min=1, help="End after so many pages.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help="End after this time, such as 10m.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Worker processes; default 2.")] = None,
    warc: Annotated[
        Path | None, typer.Option(help="Also archive requests and responses in this folder (WARC).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Crawl sources and store every story once.  Ctrl-C stops; started again, it goes on.

    Example: copydesk crawl https://example.org/feed --max-pages 100
    """
    from copydesk.running import Limits, crawl_sources
    from copydesk.seeds import seeds

    settings = settings_of(context, work={"workers": workers})
    limits = Limits(watch=watch, max_pages=max_pages, last=for_, warc=warc)
    raise typer.Exit(crawl_sources(settings, seeds(sources or [], settings), limits, as_json=as_json))
