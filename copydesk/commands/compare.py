"""``copydesk compare``: explain why two texts are, or are not, one story."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from copydesk.options import settings_of
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
    one: Annotated[str, typer.Argument(metavar="A", help="A text file, or the name of an article or story.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another.")],
) -> None:
    """Say how two texts stand to each other, and show the passages that they share.

    Example: copydesk compare s0123456789abc draft.txt
    """
    typer.echo(explain(_read(context, one), _read(context, other)))


def explain(one: Text, other: Text) -> str:
    """Return the comparison of two texts as lines for a terminal."""
    from workers.dedup.deduplicator import Deduplicator
    from workers.dedup.passages import compare as compare_texts
    from workers.dedup.passages import words_of

    dedup = Deduplicator(strip_lines=False)
    dedup.add("A", one.body, title=one.title)
    result = dedup.query(other.body, title=other.title)
    shared = compare_texts(one.body, other.body)
    lines = [
        f"verdict      B is {result.verdict.value.replace('_', ' ')}{' A' if result.of else ''} ({result.reason})",
        f"resemblance  {shared.resemblance:.3f}",
        f"containment  {shared.containment:.3f}",
        f"passages     {len(shared.passages)}",
    ]
    for passage in shared.passages[:_SHOWN]:
        lines += [
            "",
            f"{passage.length} words, from word {passage.at + 1} of A and word {passage.other_at + 1} of B",
            f"  A  {words_of(one.body, passage.at, passage.length)}",
            f"  B  {words_of(other.body, passage.other_at, passage.length)}",
        ]
    return "\n".join(lines)


def _read(context: typer.Context, source: str) -> Text:
    try:
        with Path(source).open("rb") as stream:
            return Text(body=stream.read(MAX_BYTES).decode("utf-8", "replace"))
    except OSError as error:
        reason = f"{source}: {error.strerror or error}"
    stored = _stored(context, source)
    if stored is None:
        raise UnreadableInputError(reason)
    return stored


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
