"""``copydesk stories`` and ``copydesk show``: what is in the store."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import console, print_json, print_table

if TYPE_CHECKING:  # SQL is loaded when a command needs it
    from workers.store.records import StoryRow

LONGEST_HEADLINE = 100


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(stories)
    app.command()(show)


def stories(
    context: typer.Context,
    text: Annotated[str | None, typer.Option(help="Only stories that hold these words.")] = None,
    since: Annotated[str | None, typer.Option(help="A date (2026-11-01) or an age (24h, 7d).")] = None,
    source: Annotated[str | None, typer.Option(help="Only stories seen at this source.")] = None,
    copies: Annotated[
        int, typer.Option(min=1, max=2**31 - 1, help="Only stories seen at so many places or more.")
    ] = 1,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a story a line.")] = False,
) -> None:
    """List stories, newest first.

    Example: copydesk stories --since 24h --text "export controls"
    """
    from copydesk.reading import open_reader
    from workers.ids import story_name

    settings = settings_of(context)
    with open_reader(settings) as store:
        found = store.stories(
            text=text,
            source=source,
            since=_moment(since) if since else None,
            min_sightings=copies,
            limit=limit,
        )
    if as_json:
        for row in found:
            print_json(asdict(row) | {"id": story_name(row.id)})
    elif found:
        rows = [
            (story_name(r.id), _dated(r), r.sightings, r.site or "", _cut(r.title or r.lead)) for r in found
        ]
        print_table("Stories", ["story", "date", "places", "site", "headline"], rows)
    else:
        console.print("No story matches. Crawl or ingest something first, or ask for less.")


def _dated(row: "StoryRow") -> str:
    """The date by which the list is sorted; one that the page does not give is marked as that of the first sighting."""
    return f"{row.dated_at:%Y-%m-%d %H:%M}" + (" (first seen)" if row.dated_at == row.first_seen else "")


def show(
    context: typer.Context,
    story: Annotated[str, typer.Argument(help="A story's name, as copydesk stories prints it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a story: its text, and every place where it was seen.

    Example: copydesk show s0123456789abc
    """
    from copydesk.reading import open_reader, story_facts
    from workers.ids import story_name

    with open_reader(settings_of(context)) as store:
        detail = store.story(_story_id(story))
    if detail is None:
        console.print(f"There is no story {story}.", markup=False)
        raise typer.Exit(1)
    if as_json:
        print_json(story_facts(detail))
        return
    article = detail.canonical.article
    console.print(f"[bold]{_plain(article.title or 'Untitled')}[/bold]")
    byline = [
        ", ".join(article.authors),
        article.site or "",
        str(article.published_at or ""),
        detail.story.url,
    ]
    console.print("\n".join(line for line in map(_plain, byline) if line), style="dim")
    console.print("\n" + _plain(detail.canonical.text) + "\n", soft_wrap=True)
    rows = [
        (
            s.verdict + (" (canonical)" if s.canonical else ""),
            s.resemblance,
            s.containment,
            s.reason,
            s.first_seen,
            s.url,
        )
        for s in detail.sightings
    ]
    columns = ["verdict", "resemblance", "containment", "why", "first seen", "url"]
    print_table(f"Seen at {len(rows)} places ({story_name(detail.story.id)})", columns, rows)
    if detail.relations:
        relations = [
            (r.kind, r.url or "", story_name(r.of_story_id), r.of_title or "") for r in detail.relations
        ]
        print_table("Related", ["relation", "url", "story", "headline"], relations)


def _story_id(name: str) -> int:
    from crawler.errors import ConfigError
    from workers.ids import parse_story_name

    try:
        return parse_story_name(name)
    except ValueError:
        raise ConfigError(f"{name!r} is no story's name; copydesk stories lists them") from None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_HEADLINE else text[: LONGEST_HEADLINE - 2].rsplit(" ", 1)[0] + " …"


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape("".join(c if c.isprintable() or c == "\n" else " " for c in text))


def _moment(text: str) -> datetime:
    from copydesk.durations import parse_duration
    from crawler.errors import ConfigError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return datetime.now(UTC) - parse_duration(text, unit=None)
        except ConfigError:
            raise ConfigError(
                f"--since {text!r}: write a date such as 2026-11-01 or an age such as 24h"
            ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
