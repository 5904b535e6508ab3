"""``copydesk failed``: pages that were put aside after their last try."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json, print_table

if TYPE_CHECKING:
    from workers.store.store import Store

app = typer.Typer(no_args_is_help=True, help="Pages that were put aside after their last try.")

Names = Annotated[list[str] | None, typer.Argument(help="Names, as copydesk failed list prints them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    parent.add_typer(app, name="failed")


@app.command("list")
def list_failed(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a page a line.")] = False,
) -> None:
    """List the pages put aside, the newest first.

    Example: copydesk failed list
    """
    from copydesk.reading import open_reader

    with open_reader(settings_of(context)) as store:
        letters = store.dead_letters(limit=limit)
    if as_json:
        for letter in letters:
            print_json(
                {
                    "name": _name(letter.id),
                    "url": letter.url,
                    "source": letter.source,
                    "reason": letter.reason,
                    "detail": letter.detail,
                    "tries": letter.tries,
                    "failed_at": letter.failed_at,
                }
            )
    elif letters:
        rows = [(_name(x.id), x.failed_at, x.tries, x.reason, x.detail, x.url) for x in letters]
        print_table("Put aside", ["name", "when", "tries", "reason", "detail", "url"], rows)
    else:
        console.print("Nothing was put aside.")


@app.command()
def show(context: typer.Context, name: Annotated[str, typer.Argument(help="A page's name.")]) -> None:
    """Write the page's bytes, as they came, to standard output.

    Example: copydesk failed show 3f2a9c0d11e45b67 > page.html
    """
    import sys

    from copydesk.reading import open_reader
    from crawler.content import inflate
    from crawler.errors import FetchError
    from crawler.handover import decode_outcomes
    from crawler.records import FetchedPage

    settings = settings_of(context)
    with open_reader(settings) as store:
        letter = store.dead_letter(_number(name))
    if letter is None:
        raise _no_such(name)
    for outcome in decode_outcomes(letter.outcome):
        if isinstance(outcome, FetchedPage):
            limit = int(settings.fetch.max_body_mb * 1_000_000)
            try:
                body = inflate(outcome.body, outcome.content_encoding, max_bytes=limit, url=outcome.url)
            except FetchError:
                body = outcome.body
            sys.stdout.buffer.write(body)


@app.command()
def retry(context: typer.Context, names: Names = None, every: All = False) -> None:
    """Hand pages to the workers again, with all their tries before them.

    Example: copydesk failed retry --all
    """
    from copydesk.reading import open_reader
    from copydesk.stack import open_stack
    from crawler.handover import Handover, decode_outcomes
    from workers.recovery import Recovery
    from workers.worker import connect

    with open_stack(settings_of(context)) as settings, open_reader(settings) as store:
        redis = connect(settings)
        handover = Handover(redis, settings.work.queue, job_timeout_s=settings.work.job_timeout_s)
        sent = 0
        for number in _chosen(store, names, every=every):
            letter = store.dead_letter(number)
            if letter is not None:
                # The name is kept until the page is handed over: twice is harmless, never is not.
                handover.send(decode_outcomes(letter.outcome))
                store.drop_dead_letters([number])
                sent += 1
        recovery = Recovery(redis, settings.work.queue, job_timeout_s=settings.work.job_timeout_s)
        batches = recovery.given_up() if every else []
        for batch in batches:
            recovery.enqueue(batch)
    console.print(f"{sent} pages and {len(batches)} batches wait for the workers again.")


@app.command()
def drop(context: typer.Context, names: Names = None, every: All = False) -> None:
    """Forget pages that were put aside.

    Example: copydesk failed drop 3f2a9c0d11e45b67
    """
    from copydesk.reading import open_reader

    with open_reader(settings_of(context)) as store:
        dropped = store.drop_dead_letters(_chosen(store, names, every=every))
    console.print(f"{dropped} pages forgotten.")


def _chosen(store: "Store", names: Sequence[str] | None, *, every: bool) -> list[int]:
    from crawler.errors import ConfigError

    if every:
        found: list[int] = []
        while letters := store.dead_letters(limit=1000, offset=len(found)):
            found += [letter.id for letter in letters]
        return found
    if not names:
        raise ConfigError("name the pages (copydesk failed list prints their names), or say --all")
    numbers = [_number(name) for name in names]
    for name, number in zip(names, numbers, strict=True):
        if store.dead_letter(number) is None:
            raise _no_such(name)  # before anything is done to the others
    return numbers


def _name(number: int) -> str:
    return f"{number:016x}"


def _number(name: str) -> int:
    try:
        number = int(name, 16)
    except ValueError:
        raise _no_such(name) from None
    if not 0 <= number < 1 << 63:
        raise _no_such(name)
    return number


def _no_such(name: str) -> Exception:
    from crawler.errors import ConfigError

    return ConfigError(f"{name[:40]!r} is no page that was put aside: copydesk failed list prints the names")
