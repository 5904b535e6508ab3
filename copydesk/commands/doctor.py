"""``copydesk doctor``: what is configured, reachable, of which version, and how to mend what is not."""

from dataclasses import asdict
from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import print_json, print_table


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(doctor)


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at everything a run needs; exit code 1 when something must be mended.

    Example: copydesk doctor
    """
    from copydesk.checkup import examine

    findings = list(examine(settings_of(context)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        rows = [
            (f.what, f.found, "ok" if not f.mend else "note" if f.warning else "MEND", f.mend)
            for f in findings
        ]
        print_table("Copydesk", ["what", "found", "", "what to do"], rows)
    if any(finding.mend and not finding.warning for finding in findings):
        raise typer.Exit(1)
