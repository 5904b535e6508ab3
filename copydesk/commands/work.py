"""``copydesk work``: RQ worker processes."""

import threading
from typing import Annotated

import typer

from copydesk.options import settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(work)


def work(
    context: typer.Context,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Worker processes; default 2.")] = None,
    lifeline: Annotated[bool, typer.Option("--lifeline", hidden=True)] = False,
) -> None:
    """Turn fetched pages into stories, until stopped.  Dead workers are replaced.

    Example: copydesk work --workers 4
    """
    from copydesk.lifeline import on_stop
    from copydesk.stack import open_stack
    from workers.pool import run_pool

    stop = threading.Event()
    on_stop(stop.set, lifeline=lifeline)
    with open_stack(settings_of(context, work={"workers": workers})) as settings:
        run_pool(settings, settings.work.workers, stop)
