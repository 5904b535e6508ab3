"""What ``/api`` answers: one record an answer; the OpenAPI document is made from them.

Ids are names (``s...``, ``a...``): 63-bit numbers do not survive JavaScript.  Times are UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime

from copydesk.web.comparing import Comparison, Row, Run
from copydesk.web.failures import letter_name
from copydesk.web.now import Process
from copydesk.web.sources import SourceView
from crawler.frontier.records import HostState
from workers.ids import article_name, story_name
from workers.store.records import DeadLetter, PageRow, RelationRow, SightingRow, StoryDetail, StoryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """A story in a list."""

    story: str
    kind: str
    title: str | None
    url: str
    site: str | None
    language: str | None
    lead: str
    words: int
    published_at: datetime | None
    dated_at: datetime
    first_seen: datetime
    last_seen: datetime
    sightings: int
    texts: int
    sites: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """Stories, newest first."""

    stories: tuple[StoryCard, ...]
    next: str | None
    """Give it as ``before`` for the stories after these; null when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place where a story was seen, and why it was taken for it."""

    article: str
    url: str
    source: str
    site: str | None
    title: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    verdict: str
    of: str | None
    resemblance: float | None
    containment: float | None
    reason: str
    words: int
    canonical: bool
    superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How a story stands to another."""

    kind: str
    story: str
    title: str | None
    url: str | None
    of_story: str
    of_title: str | None
    of_url: str | None
    resemblance: float
    containment: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """One block of a text."""

    kind: str
    text: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAnswer:
    """One story: canonical text, sightings, relations."""

    story: StoryCard
    authors: tuple[str, ...]
    blocks: tuple[TextBlock, ...]
    sightings: tuple[Sighting, ...]
    relations: tuple[Relation, ...]
    merged: tuple[str, ...]
    """Names that this story had before it turned out to be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAnswer:
    """A copy beside the canonical text, paragraph by paragraph."""

    sighting: Sighting
    kept_words: int
    deleted_words: int
    inserted_words: int
    is_cut: bool
    rows: tuple["RowAnswer", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """Words that met the same fate: kept, deleted or inserted."""

    change: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """Paragraphs side by side."""

    canonical: tuple[tuple[RunAnswer, ...], ...]
    copy: tuple[tuple[RunAnswer, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What became of a page at one fetch."""

    url: str
    final_url: str | None
    source: str
    role: str
    depth: int
    status: int | None
    content_type: str | None
    body_bytes: int
    outcome: str
    reason: str
    detail: str | None
    story: str | None
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Pages, the last fetched first."""

    pages: tuple[PageAnswer, ...]
    next: str | None
    """Give it as ``before`` for the pages after these; null when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAnswer:
    """One host.  Times are seconds from now; negative ones are past."""

    host: str
    state: str
    waiting: int
    due_in_s: float | None
    delay_s: float
    fetched: int
    failed: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """How a source is doing."""

    source: str
    name: str
    topics: tuple[str, ...]
    pages: int
    stored: int
    folded: int
    rejected: int
    failed: int
    stories: int
    error_rate: float | None
    refusals: dict[str, int]
    last_ok: datetime | None
    last_failure: datetime | None
    last_failure_reason: str | None
    new_stories: dict[date, int]
    """By UTC day, of the last fortnight; days without any are left out."""
    hosts: tuple[HostAnswer, ...]
    next_s: float | None
    """Seconds until one of its hosts is asked for something; null when nothing waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesAnswer:
    """Every source, the least healthy first."""

    sources: tuple[SourceAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureAnswer:
    """A page that was put aside after its last try."""

    name: str
    """As ``copydesk failed`` takes it."""
    url: str
    source: str
    reason: str
    detail: str | None
    tries: int
    failed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailuresAnswer:
    """Pages put aside, newest first."""

    by_reason: dict[str, int]
    failures: tuple[FailureAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAnswer:
    """Columns over time; ``at`` holds the beginnings, in seconds since the epoch."""

    span: str
    step_s: int
    at: tuple[int, ...]
    pages_per_s: tuple[float, ...]
    stories_per_min: tuple[float, ...]
    folded_per_min: tuple[float, ...]
    rejected_per_min: tuple[float, ...]
    failed_per_min: tuple[float, ...]
    in_hands: tuple[int | None, ...]
    """Pages handed over and not stored; null where nobody looked."""
    waiting: tuple[int | None, ...]
    """URLs in the frontier; null where nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessAnswer:
    """A fetcher or worker that is there, busy or idle."""

    process: str
    role: str
    host: str
    pid: int
    since: datetime
    done: int
    """URLs that a fetcher has done with, pages that a worker has taken to the store."""
    cpu_s: float
    memory_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NowAnswer:
    """How things stand."""

    at: datetime
    pages_per_s: float
    """Over the last whole minute, as the next two."""
    stories_per_min: float
    folded_per_min: float
    stories: int
    digests: int
    sightings: int
    folded: int
    pages: int
    dead_letters: int
    outcomes: dict[str, dict[str, int]]
    """Outcome -> reason -> pages."""
    urls_waiting: int
    urls_leased: int
    urls_to_retry: int
    pages_in_hands: int
    batches_queued: int
    batches_failed: int
    oldest_batch_s: float | None
    workers: int
    workers_busy: int
    fetchers: int
    """Alive, at work or idle."""
    fetchers_at_work: int
    hosts: dict[str, int]
    """State -> hosts."""
    processes: tuple[ProcessAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """Why there is no other answer."""

    error: str


def card_of(row: StoryRow) -> StoryCard:
    """Return a row of the store for JSON."""
    return StoryCard(
        story=story_name(row.id),
        kind=row.kind,
        title=row.title,
        url=row.url,
        site=row.site,
        language=row.language,
        lead=row.lead,
        words=row.words,
        published_at=row.published_at,
        dated_at=row.dated_at,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        sightings=row.sightings,
        texts=row.articles,
        sites=row.sites,
    )


def sighting_of(row: SightingRow) -> Sighting:
    """Return a sighting for JSON."""
    return Sighting(
        article=article_name(row.id),
        url=row.url,
        source=row.source,
        site=row.site,
        title=row.title,
        authors=row.authors,
        published_at=row.published_at,
        modified_at=row.modified_at,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        verdict=row.verdict,
        of=None if row.of is None else article_name(row.of),
        resemblance=row.resemblance,
        containment=row.containment,
        reason=row.reason,
        words=row.words,
        canonical=row.canonical,
        superseded=row.superseded,
    )


def story_of(detail: StoryDetail) -> StoryAnswer:
    """Return a story for JSON."""
    return StoryAnswer(
        story=card_of(detail.story),
        authors=detail.canonical.article.authors,
        blocks=tuple(
            TextBlock(kind=block.kind, text=block.text, level=block.level)
            for block in detail.canonical.blocks
        ),
        sightings=tuple(sighting_of(row) for row in detail.sightings),
        relations=tuple(_relation_of(row) for row in detail.relations),
        merged=tuple(story_name(merged) for merged in detail.merged),
    )


def _relation_of(row: RelationRow) -> Relation:
    return Relation(
        kind=row.kind,
        story=story_name(row.story_id),
        title=row.title,
        url=row.url,
        of_story=story_name(row.of_story_id),
        of_title=row.of_title,
        of_url=row.of_url,
        resemblance=row.resemblance,
        containment=row.containment,
        reason=row.reason,
    )


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
    return tuple(tuple(RunAnswer(change=run.change, text=run.text) for run in part) for part in side)


def page_of(row: PageRow) -> PageAnswer:
    """Return a page for JSON."""
    return PageAnswer(
        url=row.url,
        final_url=row.final_url,
        source=row.source,
        role=row.role,
        depth=row.depth,
        status=row.status,
        content_type=row.content_type,
        body_bytes=row.body_bytes,
        outcome=row.outcome,
        reason=row.reason,
        detail=row.detail,
        story=None if row.story_id is None else story_name(row.story_id),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


def process_of(one: Process) -> ProcessAnswer:
    """Return a process for JSON."""
    return ProcessAnswer(
        process=one.name,
        role=one.role,
        host=one.host,
        pid=one.pid,
        since=one.since,
        done=one.done,
        cpu_s=one.cpu_s,
        memory_bytes=one.memory_bytes,
    )


def host_of(host: HostState, state: str) -> HostAnswer:
    """Return a host for JSON."""
    return HostAnswer(
        host=host.host,
        state=state,
        waiting=host.waiting,
        due_in_s=host.due_in_s,
        delay_s=host.delay_s,
        fetched=host.fetched,
        failed=host.failed,
        error=host.error,
    )


def failure_of(letter: DeadLetter) -> FailureAnswer:
    """Return a page put aside for JSON."""
    return FailureAnswer(
        name=letter_name(letter.id),
        url=letter.url,
        source=letter.source,
        reason=letter.reason,
        detail=letter.detail,
        tries=letter.tries,
        failed_at=letter.failed_at,
    )


def source_of(view: SourceView) -> SourceAnswer:
    """Return a source for JSON."""
    health = view.health
    return SourceAnswer(
        source=view.id,
        name=view.name,
        topics=view.topics,
        pages=health.pages if health else 0,
        stored=health.stored if health else 0,
        folded=health.folded if health else 0,
        rejected=health.rejected if health else 0,
        failed=health.failed if health else 0,
        stories=health.stories if health else 0,
        error_rate=view.error_rate,
        refusals=view.refusals,
        last_ok=health.last_ok if health else None,
        last_failure=health.last_failure if health else None,
        last_failure_reason=health.last_failure_reason if health else None,
        new_stories=view.per_day,
        hosts=tuple(host_of(host, state) for host, state in view.hosts),
        next_s=view.next_s,
    )
