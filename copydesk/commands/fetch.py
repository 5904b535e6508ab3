"""``copydesk fetch``: one fetcher process."""

from pathlib import Path
from typing import Annotated

import typer

from copydesk.options import settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(fetch)


def fetch(
    context: typer.Context,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is due.")] = False,
    max_pages: Annotated[int | None, typer.Option(min=1, help="End after so many pages.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help="End after this time, such as 10m.")] = None,
    warc: Annotated[
        Path | None, typer.Option(help="Also archive requests and responses in this folder (WARC).")
    ] = None,
    lifeline: Annotated[bool, typer.Option("--lifeline", hidden=True)] = False,
) -> None:
    """Fetch what the frontier has due and hand it to the workers, until stopped.

    Example: copydesk fetch --for 1h
    """
    from copydesk.fetching import run
    from copydesk.stack import open_stack
    from crawler.crawl import run_in_loop

    with open_stack(settings_of(context)) as settings:
        run_in_loop(
            run(settings, until_idle=until_idle, max_pages=max_pages, last=for_, warc=warc, lifeline=lifeline)
        )
