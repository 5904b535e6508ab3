"""``copydesk enqueue``: give URLs to the fetchers."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(enqueue)


def enqueue(
    context: typer.Context,
    urls: Annotated[list[str] | None, typer.Argument(help="Feeds, sitemaps, sites or pages.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with a URL a line; - for standard input.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put URLs into the frontier, where running fetchers find them.

    Example: copydesk enqueue https://example.org/feed --file more-urls.txt
    """
    from copydesk.seeds import seed_of
    from copydesk.stack import open_stack
    from crawler.errors import ConfigError

    words = [*(urls or []), *(_lines(file) if file else [])]
    if not words:
        raise ConfigError("no URL given; name one, or a file of them with --file")
    found = [seed_of(word) for word in words]
    with open_stack(settings_of(context)) as settings:
        from copydesk.feeding import plant

        counts = plant(settings, found)
    if as_json:
        print_json(counts)
    else:
        console.print(", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n))


def _lines(file: Path) -> list[str]:
    from crawler.errors import UnreadableInputError

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{file}: cannot be read ({error})") from None
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
