"""Stories: the list, one story, one copy beside it."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from copydesk.seeds import known_sources
from copydesk.web.asking import StoryFilter, article_id, filled, story_filter, story_id
from copydesk.web.comparing import Comparison, compare, folded
from copydesk.web.desk import desk
from copydesk.web.drawing import Mark, timeline
from copydesk.web.snippets import Find, finds
from copydesk.web.words import clock, host, shortened
from copydesk.web.words import shown as as_shown
from workers.ids import article_name, story_name
from workers.records import BlockKind
from workers.store.engine import reading
from workers.store.openings import texts_of
from workers.store.records import RelationRow, SightingRow, StoredArticle, StoryDetail, StoryRow

stories = Blueprint("stories", __name__)

MOST_SIGHTINGS = 100
"""Copies on one page: a hundred rows are 40 KB."""
MOST_RELATIONS = 50
MOST_CHARACTERS = 30_000
"""Of a text on a page: twice 5,000 words, and the page stays under 100 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the filters offer."""

    sources: tuple[str, ...]
    topics: tuple[str, ...]


@stories.get("/stories")
def index() -> str:
    """List stories, newest first."""
    wanted = story_filter(filled(request.args))
    found = find_stories(wanted)
    more = found[-1].cursor if len(found) == wanted.limit else ""
    return render_template(
        "stories.html",
        wanted=wanted,
        stories=found,
        more=more,
        choices=_choices(),
        finds=_finds(wanted.text, found),
    )


def _finds(typed: str, found: list[StoryRow]) -> dict[int, Find]:
    """Return how each story shows what was searched for."""
    if not (typed and found):
        return {}
    with reading(desk().store.engine) as connection:
        texts = texts_of(connection, {row.id for row in found})
    titles: dict[int, str] = {row.id: row.title or "" for row in found}
    return finds(typed, titles, texts, list(titles))


def find_stories(wanted: StoryFilter) -> list[StoryRow]:
    """Return the stories that a filter lets through."""
    return desk().store.stories(
        text=wanted.text or None,
        source=wanted.source or None,
        sources=_sources_of(wanted.topic) if wanted.topic else None,
        site=wanted.site or None,
        since=wanted.first,
        until=wanted.end,
        min_sightings=wanted.copies,
        limit=wanted.limit,
        before=wanted.before or None,
    )


def _sources_of(topic: str) -> list[str]:
    return [source.id for source in known_sources(desk().settings) if topic in source.topics]


def _choices() -> Choices:
    known = known_sources(desk().settings)
    return Choices(
        sources=tuple(source.id for source in known),
        topics=tuple(sorted({topic for source in known for topic in source.topics})),
    )


@stories.get("/stories/<name>")
def story(name: str) -> str | Response:
    """Show one story: its text, who ran it when, what it is related to."""
    detail = load_story(name)
    if story_name(detail.story.id) != name:
        return redirect(url_for("stories.story", name=story_name(detail.story.id)), 302)
    shown = detail.sightings[:MOST_SIGHTINGS]
    first = min(seen.first_seen for seen in detail.sightings)
    return render_template(
        "story.html",
        detail=detail,
        story=detail.story,
        blocks=blocks_within(detail.canonical, MOST_CHARACTERS),
        sightings=shown,
        hidden=len(detail.sightings) - len(shown),
        first=first,
        line=timeline([_mark(s) for s in detail.sightings], "When each copy was first seen"),
        holders=[r for r in detail.relations if _is_holder(r, detail)][:MOST_RELATIONS],
        relations=[r for r in detail.relations if _leads_on(r, detail)][:MOST_RELATIONS],
        url_count=len({s.url for s in detail.sightings}),
    )


@stories.get("/stories/<name>/copies/<copy>")
def compared(name: str, copy: str) -> str | Response:
    """Show one copy beside the canonical text."""
    detail = load_story(name)
    seen, comparison = compare_copy(detail, copy)
    is_whole = "whole" in request.args
    rows = list(comparison.rows) if is_whole else folded(comparison.rows)
    return render_template(
        "copy.html",
        detail=detail,
        story=detail.story,
        seen=seen,
        comparison=comparison,
        rows=rows,
        is_whole=is_whole,
        is_folded=any(isinstance(row, int) for row in rows),
        others=[s for s in detail.sightings[:MOST_SIGHTINGS] if not s.canonical],
    )


def compare_copy(detail: StoryDetail, copy: str) -> tuple[SightingRow, Comparison]:
    """Return a copy and how its text differs from the canonical one, or answer that there is none."""
    wanted = article_id(copy)
    seen = next((s for s in detail.sightings if s.id == wanted), None)
    if seen is None:
        abort(404, "This story has no such copy.")
    held = next((a for a in (detail.canonical, *detail.versions) if a.id == seen.article_id), None)
    if held is None:
        abort(404, "The text of this copy is no longer kept.")
    return seen, compare(_paragraphs(detail.canonical), _paragraphs(held))


def load_story(name: str) -> StoryDetail:
    """Return the story of a name, or answer that there is none."""
    wanted = story_id(name)
    detail = None if wanted is None else desk().store.story(wanted)
    if detail is None:
        abort(404, "There is no story of this name.")
    return detail


def blocks_within(article: StoredArticle, most: int) -> list[object]:
    """Return the blocks that fit into so many characters."""
    shown, left = [], most
    for block in article.blocks:
        left -= len(block.text)
        if left < 0:
            break
        shown.append(block)
    return list(shown)


def _paragraphs(article: StoredArticle) -> list[str]:
    return [block.text for block in article.blocks if block.kind is not BlockKind.CAPTION]


def _mark(seen: SightingRow) -> Mark:
    kind = "canonical" if seen.canonical else seen.verdict
    return Mark(
        at=seen.first_seen,
        kind=kind,
        label=f"{clock(seen.first_seen)} {as_shown(shortened(seen.site or host(seen.url), 60))}",
    )


def _is_holder(relation: RelationRow, detail: StoryDetail) -> bool:
    """Whether another story holds this one."""
    return relation.kind == "contains" and relation.of_story_id == detail.story.id != relation.story_id


def _leads_on(relation: RelationRow, detail: StoryDetail) -> bool:
    """Whether it names another story; what copies of this one are to each other stands in the table."""
    ours = relation.story_id == detail.story.id == relation.of_story_id
    return not ours and not _is_holder(relation, detail)


def register_names(jinja_globals: dict[str, object]) -> None:
    """Let templates write names of stories and articles."""
    jinja_globals.update(story_name=story_name, article_name=article_name)
