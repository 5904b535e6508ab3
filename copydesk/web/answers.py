"""What ``/api`` answers: one record an answer; the OpenAPI document is made from them.

Ids are names (``s...``, ``a...``): 63-bit numbers do not survive JavaScript.  Times are UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime


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
