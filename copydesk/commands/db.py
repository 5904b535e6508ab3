"""``copydesk db``: the database, checked, upgraded, pruned."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json, print_table

app = typer.Typer(no_args_is_help=True, help="The database: check, upgrade, forget.")


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    parent.add_typer(app, name="db")


@app.command()
def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Prove the invariants: every article in one story, every sighting with its text, counts that agree.

    Exit code 1 when something is wrong and was not repaired.

    Example: copydesk db check --repair
    """
    from copydesk.reading import open_reader

    with open_reader(settings_of(context)) as store:
        faults = store.check(repair=repair)
        totals = store.totals()
    if as_json:
        print_json({"faults": [asdict(fault) for fault in faults], "totals": asdict(totals)})
    elif faults:
        rows = [(f.rule, f.count, f.example, "repaired" if f.repaired else "") for f in faults]
        print_table("Broken rules", ["rule", "rows", "for instance", ""], rows)
    else:
        console.print(f"Sound: {totals.stories} stories, {totals.sightings} sightings, {totals.pages} pages.")
    if any(not fault.repaired for fault in faults):
        raise typer.Exit(1)


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version's schema; an SQLite file upgrades itself when it is opened.

    Example: copydesk db upgrade
    """
    from copydesk.stack import database_url
    from workers.store.opening import upgrade_store

    before, after = upgrade_store(database_url(settings_of(context)))
    console.print(
        f"Schema {after}, as before." if before == after else f"Schema {before or 'none'} -> {after}."
    )


@app.command()
def prune(
    context: typer.Context,
    older_than: Annotated[str, typer.Option(help="An age, such as 90d: what was last seen before it goes.")],
    source: Annotated[str | None, typer.Option(help="Only what this source led to.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget sightings and pages that were last seen long ago; a story lives while one of its sightings does.

    A page that was read from an archive (WARC) was seen when it was archived.

    Example: copydesk db prune --older-than 365d --source example-wire
    """
    from copydesk.durations import parse_duration
    from copydesk.reading import open_reader

    before = datetime.now(UTC) - parse_duration(
        older_than, unit=None
    )  # 90 may mean days: seconds would forget nearly all
    with open_reader(settings_of(context)) as store:
        if not yes:
            whose = f" of {source}" if source else ""
            typer.confirm(
                f"Forget everything{whose} last seen before {before:%Y-%m-%d %H:%M} UTC?", abort=True
            )
        sightings, pages = store.prune(before=before, source=source)
    console.print(f"{sightings} sightings and {pages} pages forgotten.")
