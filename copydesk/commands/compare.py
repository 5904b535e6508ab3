"""``copydesk compare``: explain why two texts are, or are not, one story."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from copydesk.options import settings_of
from copydesk.terminal import print_table
from crawler.errors import UnreadableInputError

MAX_BYTES = 16 << 20
_SHOWN = 8


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(name="compare")(compare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One side of the comparison; a file has no headline."""

    body: str
    title: str = ""


def compare(
    context: typer.Context,
    one: Annotated[
        str, typer.Argument(metavar="A", help="A file, a URL, or the name of an article or story.")
    ],
    other: Annotated[str, typer.Argument(metavar="B", help="Another.")],
) -> None:
    """Say how two texts stand to each other, and show the passages that they share side by side.

    A URL is looked up among the stored pages first, and fetched if it is not there. Of an HTML file the story is read.

    Example: copydesk compare s0123456789abc https://news.example/ferry
    """
    texts = _read(context, one), _read(context, other)
    typer.echo(explain(*texts))
    rows = side_by_side(*texts)
    if rows:
        print_table("", ("words", "A from", "B from", "A", "B"), rows)


def explain(one: Text, other: Text) -> str:
    """Return the comparison of two texts as lines for a terminal."""
    from workers.dedup.deduplicator import Deduplicator
    from workers.dedup.passages import compare as compare_texts

    dedup = Deduplicator(strip_lines=False)
    dedup.add("A", one.body, title=one.title)
    result = dedup.query(other.body, title=other.title)
    shared = compare_texts(one.body, other.body)
    return "\n".join(
        [
            f"verdict      B is {result.verdict.value.replace('_', ' ')}{' A' if result.of else ''} ({result.reason})",
            f"resemblance  {shared.resemblance:.3f}",
            f"containment  {shared.containment:.3f}",
            f"passages     {len(shared.passages)}",
        ]
    )


def side_by_side(one: Text, other: Text) -> list[tuple[object, ...]]:
    """Return the longest shared passages: length, first word in A and in B (from 1), and the words of either."""
    from workers.dedup.passages import compare as compare_texts
    from workers.dedup.passages import words_of

    return [
        (
            passage.length,
            passage.at + 1,
            passage.other_at + 1,
            words_of(one.body, passage.at, passage.length),
            words_of(other.body, passage.other_at, passage.length),
        )
        for passage in compare_texts(one.body, other.body).passages[:_SHOWN]
    ]


def _read(context: typer.Context, source: str) -> Text:
    if source.startswith(("http://", "https://")):
        return _stored_page(context, source) or _fetched(context, source)
    try:
        with Path(source).open("rb") as stream:
            return _text_of(stream.read(MAX_BYTES), source)
    except OSError as error:
        reason = f"{source}: {error.strerror or error}"
    stored = _stored(context, source)
    if stored is None:
        raise UnreadableInputError(reason)
    return stored


def _text_of(data: bytes, source: str) -> Text:
    """Return the story of an HTML file, or a text as it is."""
    from crawler.content import PAGE_KINDS, sniff

    if sniff(data) not in PAGE_KINDS:
        raise UnreadableInputError(f"{source}: {sniff(data).value}, neither a page nor a text")
    if data.lstrip()[:1] == b"<":
        return _page_text(data, "file:", called=source)
    return Text(body=data.decode("utf-8", "replace"))


def _page_text(data: bytes, url: str, content_type: str = "", *, called: str = "") -> Text:
    from copydesk.api import extract

    found = extract(data, url, content_type=content_type)
    if found is None:
        raise UnreadableInputError(f"{called or url}: no story was found on the page")
    return Text(body=found.text, title=found.title or "")


def _stored_page(context: typer.Context, url: str) -> Text | None:
    """Return what the database has of the last page at a URL that gave an article."""
    from copydesk.reading import open_reader

    with open_reader(settings_of(context)) as store:
        ids = [page.sighting_id for page in store.page(url) if page.sighting_id is not None]
        found = store.article(ids[0]) if ids else None
    return Text(body=found.text, title=found.article.title or "") if found is not None else None


def _fetched(context: typer.Context, url: str) -> Text:
    from crawler.content import inflate
    from crawler.errors import FetchError
    from crawler.fetcher import fetch_one

    try:
        page = asyncio.run(fetch_one(url, settings_of(context).fetch))
        body = inflate(page.body, page.content_encoding, max_bytes=MAX_BYTES)
    except FetchError as error:
        raise UnreadableInputError(str(error)) from None
    return _page_text(body, page.final_url, page.headers.get("content-type", ""))


def _stored(context: typer.Context, name: str) -> Text | None:
    """Return the text of that name in the database, ``None`` where nothing has it."""
    from copydesk.reading import open_reader
    from workers.ids import parse_article_name, parse_story_name

    try:
        number = parse_story_name(name) if name.startswith("s") else parse_article_name(name)
    except ValueError:
        return None
    with open_reader(settings_of(context)) as store:
        detail = store.story(number) if name.startswith("s") else None
        found = detail.canonical if detail is not None else store.article(number)
    return Text(body=found.text, title=found.article.title or "") if found is not None else None
