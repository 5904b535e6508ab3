"""``copydesk demo``: the main job on a simulated press."""

from typing import Annotated

import typer

from copydesk.options import settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(demo)


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="The same seed prints the same press.")] = 1,
    publishers: Annotated[int, typer.Option(min=3, max=12, help="How many papers.")] = 12,
    stories: Annotated[int, typer.Option(min=8, max=500, help="How many stories.")] = 60,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Worker processes; default 2.")] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the press, to look at in a browser.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Crawl a simulated press on loopback and hold the stories against the truth.

    The press (a dozen papers with feeds, sitemaps, menus, ads, syndicated copies, look-alikes and mishaps) knows what
    should come out, so the report is exact.  Exit code 1 when something is below its floor.

    Example: copydesk demo --seed 7
    """
    from crawler.errors import ConfigError

    settings = settings_of(context)
    if publishers > stories * 3:
        raise ConfigError(f"{stories} stories are too few for {publishers} papers")
    if serve:
        _serve(seed, publishers, stories)
        return
    from copydesk.demo.run import run_demo

    report = run_demo(
        settings, seed=seed, publishers=publishers, stories=stories, workers=workers, as_json=as_json
    )
    raise typer.Exit(0 if report.ok else 1)


def _serve(seed: int, publishers: int, stories: int) -> None:
    import asyncio

    from copydesk.demo.press import DEFAULT_PORT, FIRST_ADDRESS
    from copydesk.demo.serve import serve_forever
    from copydesk.terminal import console

    console.print(
        f"Serving at http://127.0.0.{FIRST_ADDRESS}:{DEFAULT_PORT}/ and the addresses after it; Ctrl-C ends it."
    )
    try:
        asyncio.run(serve_forever(seed, publishers=publishers, stories=stories, port=DEFAULT_PORT))
    except KeyboardInterrupt:
        return
