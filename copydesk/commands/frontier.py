"""``copydesk frontier``: which hosts wait for what, and what a person may do to them."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json, print_table

if TYPE_CHECKING:
    from crawler.frontier.records import HostState
    from crawler.frontier.view import FrontierView

app = typer.Typer(no_args_is_help=True, help="Hosts: what waits, when it is due, what went wrong.")

Host = Annotated[str, typer.Argument(help="A host as copydesk frontier list prints it.")]


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    parent.add_typer(app, name="frontier")


@app.command("list")
def list_hosts(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many.")] = 50,
    errors: Annotated[
        bool, typer.Option("--errors", help="Only hosts that failed, were paused or are dead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a host a line.")] = False,
) -> None:
    """List the hosts that the frontier knows, the next due first.

    Columns: URLs that wait, URLs that are visited again and again, the gap between two requests, requests that were
    answered, requests that were not.

    Example: copydesk frontier list --errors
    """
    with _view(context) as view:
        hosts, counts = view.hosts(), view.counts()
    chosen = [host for host in hosts if not errors or host.failed or host.is_paused or host.is_dead]
    if as_json:
        for host in chosen[:limit]:
            print_json(_plain(host))
        return
    columns = ["host", "state", "due", "wait", "again", "gap", "ok", "bad", "last error"]
    print_table("Frontier", columns, [_row(host) for host in chosen[:limit]])
    console.print(
        f"{counts['hosts']} hosts; {counts['waiting']} URLs wait, {counts['leased']} are being fetched, "
        f"{counts['retried']} come back after a failure, {counts['visited']} are visited again and again; "
        f"{counts['seen']} seen."
    )


@app.command()
def pause(context: typer.Context, host: Host) -> None:
    """Stop fetching from a host until it is resumed.

    Example: copydesk frontier pause www.example.com
    """
    with _view(context) as view:
        _demand(view.pause(host), host)
    console.print(f"{host} is paused; copydesk frontier resume {host} ends that.", markup=False)


@app.command()
def resume(context: typer.Context, host: Host) -> None:
    """Fetch from a paused or dead host again.

    Example: copydesk frontier resume www.example.com
    """
    with _view(context) as view:
        _demand(view.resume(host), host)
    console.print(f"{host} has its turns again.", markup=False)


@app.command()
def forget(context: typer.Context, host: Host) -> None:
    """Drop all that is known of a host: its queue, its visits, its robots.txt and which URLs were seen.

    Example: copydesk frontier forget www.example.com
    """
    with _view(context) as view:
        dropped = view.forget(host)
    _demand(dropped is not None, host)
    console.print(f"{host} is forgotten; {dropped} URLs no longer wait.", markup=False)


@app.command()
def visit(context: typer.Context, host: Host) -> None:
    """Make the next visits and retries of a host due now.

    Example: copydesk frontier visit www.example.com
    """
    with _view(context) as view:
        due = view.visit_now(host)
    _demand(due is not None, host)
    console.print(f"{due} URLs of {host} are due now.", markup=False)


@contextlib.contextmanager
def _view(context: typer.Context) -> "Iterator[FrontierView]":
    from copydesk.stack import open_stack
    from crawler.frontier.view import FrontierView
    from workers.worker import connect

    with open_stack(settings_of(context)) as settings, contextlib.closing(connect(settings)) as client:
        yield FrontierView(client)


def _demand(known: object, host: str) -> None:
    from crawler.errors import ConfigError

    if not known:
        raise ConfigError(f"{host[:200]!r} is not known: copydesk frontier list prints the hosts")


def _row(host: "HostState") -> tuple[object, ...]:
    error = host.error if host.error_ago_s is None else f"{host.error}, {_span(host.error_ago_s)} ago"
    due = "" if host.due_in_s is None else "now" if host.due_in_s <= 0 else f"in {_span(host.due_in_s)}"
    delay = f"{host.delay_s:g} s"
    return host.host, _state(host), due, host.waiting, host.visits, delay, host.fetched, host.failed, error


def _state(host: "HostState") -> str:
    marks = {
        "paused": host.is_paused,
        "dead": host.is_dead,
        "fetching": host.is_leased,
        "waiting": host.waiting > 0,
    }
    return next((name for name, is_so in marks.items() if is_so), "idle")


def _span(seconds: float) -> str:
    """Return a time span for a person, such as ``3 min``."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0.0):.0f} s"


def _plain(host: "HostState") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(host) | {"state": _state(host)}
