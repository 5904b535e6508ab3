"""``copydesk index``: the index of fingerprints, which the database can always rebuild."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json

app = typer.Typer(no_args_is_help=True, help="The index of fingerprints: rebuild, check.")


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    parent.add_typer(app, name="index")


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""No page was fetched before."""


@app.command()
def rebuild(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was seen before the window: the pages of an archive.")
    ] = False,
) -> None:
    """Fill the index anew from the database: after a lost Redis, or a change of its settings.

    Broken off, it is run again.  Workers may run meanwhile; a copy that comes before its story is back in becomes a
    story of its own, until the next copy after the rebuild finds both and merges them.

    Example: copydesk index rebuild
    """
    from copydesk.reading import open_reader
    from copydesk.stack import open_stack
    from workers.indexing import rebuild_index
    from workers.worker import connect

    with open_stack(settings_of(context)) as settings, open_reader(settings) as store:
        days = settings.dedup.window_days
        since = _BEGINNING if everything else datetime.now(UTC) - timedelta(days=days)
        articles = rebuild_index(store, connect(settings), window_days=days, since=since)
        older = store.articles_before(since)
    console.print(f"{articles} articles {'' if everything else f'of the last {days} days '}are in the index.")
    if older:
        console.print(f"{older} were seen before and are not: copydesk index rebuild --all adds them.")


@app.command()
def check(
    context: typer.Context,
    sample: Annotated[int, typer.Option(min=1, max=100_000, help="Articles to look for.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for stored articles in the index: each must be found again, as itself or as a copy.

    Exit code 1 when more than one in a hundred is missing.

    Example: copydesk index check
    """
    from copydesk.reading import open_reader
    from copydesk.stack import open_stack
    from workers.indexing import check_index
    from workers.worker import connect

    with open_stack(settings_of(context)) as settings, open_reader(settings) as store:
        since = datetime.now(UTC) - timedelta(days=settings.dedup.window_days)
        looked, found, stats = check_index(
            store, connect(settings), window_days=settings.dedup.window_days, since=since, sample=sample
        )
        older = store.articles_before(since)
    if as_json:
        print_json(
            {"looked_for": looked, "found": found, "articles": stats.articles, "bytes": stats.bytes}
            | {"older": older}
        )
    else:
        console.print(
            f"{found} of {looked} articles found; the index holds {stats.articles} in {stats.bytes} bytes."
        )
        if older:
            console.print(
                f"{older} that were seen before the last {settings.dedup.window_days} days were not looked for."
            )
    if found < 0.99 * looked:
        console.print("Run copydesk index rebuild.")
        raise typer.Exit(1)
