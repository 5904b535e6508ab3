"""``copydesk status``: how things stand."""

from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json, print_table


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(status)


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what is stored, what waits, and every refusal by its reason.

    Example: copydesk status --json
    """
    from copydesk.gauge import Gauge
    from copydesk.progress import facts
    from copydesk.stack import open_stack

    with open_stack(settings_of(context)) as settings, Gauge(settings) as gauge:
        now = gauge.read()
        crowd = gauge.workers()
    if as_json:
        print_json(facts(now) | {"workers": crowd})
        return
    rows = [
        (outcome, reason, n)
        for outcome, reasons in sorted(now.outcomes.items())
        for reason, n in sorted(reasons.items())
    ]
    print_table(f"{now.pages} pages by outcome", ["outcome", "reason", "pages"], rows)
    console.print(
        f"{now.stories} stories seen at {now.sightings} places. {now.waiting} URLs wait in the frontier, "
        f"{now.leased} are being fetched, {now.in_hands} pages are with the workers ({crowd} alive), "
        f"{now.dead} were put aside."
    )
    if now.in_hands and not crowd:
        console.print("No worker is alive: start copydesk work, or go on with copydesk crawl.")
    if now.in_hands >= (bound := settings.crawl.max_queued_pages):
        console.print(f"Fetchers wait for the workers: crawl.max_queued_pages is {bound}.")
