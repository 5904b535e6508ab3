"""Makes the records of ``/api`` from those of the store: field by field, named alike; ids become names."""

from dataclasses import fields
from typing import Any, TypeVar

from copydesk.web.answers import (
    CopyAnswer,
    FailureAnswer,
    HostAnswer,
    PageAnswer,
    ProcessAnswer,
    Relation,
    RowAnswer,
    RunAnswer,
    Sighting,
    SourceAnswer,
    StoryAnswer,
    StoryCard,
    TextBlock,
)
from copydesk.web.comparing import Comparison, Row, Run
from copydesk.web.failures import letter_name
from copydesk.web.now import Process
from copydesk.web.sources import SourceView
from crawler.frontier.records import HostState
from workers.ids import article_name, story_name
from workers.store.records import DeadLetter, PageRow, RelationRow, SightingRow, StoryDetail, StoryRow

Answer = TypeVar("Answer")


def _of(kind: type[Answer], row: object, **own: Any) -> Answer:
    """Return an answer with the row's values of the same names, and others of its own."""
    names = [field.name for field in fields(kind) if field.name not in own]  # type: ignore[arg-type]
    return kind(**{name: getattr(row, name) for name in names}, **own)


def card_of(row: StoryRow) -> StoryCard:
    """Return a row of the store for JSON."""
    return _of(StoryCard, row, story=story_name(row.id), texts=row.articles)


def sighting_of(row: SightingRow) -> Sighting:
    """Return a sighting for JSON."""
    return _of(
        Sighting, row, article=article_name(row.id), of=None if row.of is None else article_name(row.of)
    )


def story_of(detail: StoryDetail) -> StoryAnswer:
    """Return a story for JSON."""
    return StoryAnswer(
        story=card_of(detail.story),
        authors=detail.canonical.article.authors,
        blocks=tuple(_of(TextBlock, block) for block in detail.canonical.blocks),
        sightings=tuple(sighting_of(row) for row in detail.sightings),
        relations=tuple(_relation_of(row) for row in detail.relations),
        merged=tuple(story_name(merged) for merged in detail.merged),
    )


def _relation_of(row: RelationRow) -> Relation:
    return _of(Relation, row, story=story_name(row.story_id), of_story=story_name(row.of_story_id))


def copy_of(seen: SightingRow, comparison: Comparison) -> CopyAnswer:
    """Return a comparison for JSON."""
    return CopyAnswer(
        sighting=sighting_of(seen),
        kept_words=comparison.kept,
        deleted_words=comparison.deleted,
        inserted_words=comparison.inserted,
        is_cut=comparison.is_cut,
        rows=tuple(_row_of(row) for row in comparison.rows),
    )


def _row_of(row: Row) -> RowAnswer:
    return RowAnswer(canonical=_side_of(row.left), copy=_side_of(row.right))


def _side_of(side: tuple[tuple[Run, ...], ...]) -> tuple[tuple[RunAnswer, ...], ...]:
    return tuple(tuple(_of(RunAnswer, run) for run in part) for part in side)


def page_of(row: PageRow) -> PageAnswer:
    """Return a page for JSON."""
    return _of(PageAnswer, row, story=None if row.story_id is None else story_name(row.story_id))


def process_of(one: Process) -> ProcessAnswer:
    """Return a process for JSON."""
    return _of(ProcessAnswer, one, process=one.name)


def host_of(host: HostState, state: str) -> HostAnswer:
    """Return a host for JSON."""
    return _of(HostAnswer, host, state=state)


def failure_of(letter: DeadLetter) -> FailureAnswer:
    """Return a page put aside for JSON."""
    return _of(FailureAnswer, letter, name=letter_name(letter.id))


COUNTS = ("pages", "stored", "folded", "rejected", "failed", "stories")
LASTS = ("last_ok", "last_failure", "last_failure_reason")


def source_of(view: SourceView) -> SourceAnswer:
    """Return a source for JSON; one that was never fetched has no pages."""
    counts = {name: getattr(view.health, name, 0) for name in COUNTS}
    lasts = {name: getattr(view.health, name, None) for name in LASTS}
    hosts = tuple(host_of(host, state) for host, state in view.hosts)
    return _of(SourceAnswer, view, source=view.id, new_stories=view.per_day, hosts=hosts, **counts, **lasts)
