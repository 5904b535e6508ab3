"""``copydesk sources``: which publications are watched."""

import asyncio
from typing import Annotated, Any

import typer

from config.settings import Settings
from config.sources import Source
from copydesk.options import settings_of
from copydesk.terminal import print_json, print_table

sources = typer.Typer(no_args_is_help=True, help="List, add and check the publications that are watched.")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.add_typer(sources, name="sources")


@sources.command("list")
def list_sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the default sources and your own.

    Example: copydesk sources list --json
    """
    from copydesk.seeds import known_sources

    found = known_sources(settings_of(context))
    if as_json:
        print_json([source.model_dump() for source in found])
    else:
        rows = [
            (s.id, s.name, s.home or "", len(s.feeds), len(s.sitemaps), ", ".join(s.topics)) for s in found
        ]
        print_table("Sources", ["id", "name", "home", "feeds", "sitemaps", "topics"], rows)


@sources.command("add")
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Its front page, or with --feed / --sitemap that.")],
    name: Annotated[str | None, typer.Option(help="The publication's name; by default its host.")] = None,
    feed: Annotated[bool, typer.Option("--feed", help="The URL is a feed.")] = False,
    sitemap: Annotated[bool, typer.Option("--sitemap", help="The URL is a sitemap.")] = False,
    language: Annotated[str | None, typer.Option(help="BCP 47 tag, such as en.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="What it is watched for; may be repeated.")] = None,
) -> None:
    """Add a publication to sources.toml in the data folder.

    Example: copydesk sources add https://example.org/ --name "The Example" --topic trade
    """
    from copydesk.own_sources import add_source

    key = "feeds" if feed else "sitemaps" if sitemap else "home"
    source = add_source(
        settings_of(context), url, key=key, name=name, language=language, topics=tuple(topic or ())
    )
    print_table("Added", ["id", "name", "url"], [(source.id, source.name, url)])


@sources.command("check")
def check(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(help="Which; all when none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fetch every address of every source once and say what answered.

    Example: copydesk sources check gizmochina kitguru
    """
    from copydesk.own_sources import check_sources, pick

    settings = settings_of(context)
    found = asyncio.run(_checked(settings, pick(settings, ids or []), check_sources))
    if as_json:
        print_json(found)
    else:
        rows = [(row["source"], row["url"], row["is"], row["entries"], row["problem"]) for row in found]
        print_table("Checked", ["source", "url", "is", "entries", "problem"], rows)
    if any(row["problem"] for row in found):
        raise typer.Exit(1)


async def _checked(settings: Settings, picked: list[Source], check_all: Any) -> list[dict[str, Any]]:
    return [row async for row in check_all(settings, picked)]
