"""What goes into the store and what comes out of it."""

from dataclasses import dataclass, field
from datetime import datetime

from workers.records import Article, ArticleId, Block, StoryId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """What became of one page (or feed entry): its key is (url, content_hash)."""

    url: str
    content_hash: str = ""
    """Hex; empty where no body came."""
    final_url: str | None = None
    source: str
    role: str
    depth: int = 0
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_bytes: int = 0
    """Inflated."""
    fetched_at: datetime
    outcome: str
    """An ``Outcome`` value; of a page that gave a sighting the store decides stored or folded."""
    reason: str
    """The rule that decided: a counter's name."""
    detail: str | None = None
    sighting_id: ArticleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An article with its verdict, ready to be written."""

    id: ArticleId
    article: Article
    verdict: Verdict
    kind: str = "article"
    """article, entry (of a feed), item (of a digest) or digest."""
    source: str
    fetched_at: datetime
    fingerprint: bytes | None = None
    holds: tuple[ArticleId, ...] = ()
    """Of a digest: the sightings of its items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All that one job writes, in one transaction."""

    pages: tuple[PageEntry, ...] = ()
    decided: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save did."""

    stories: tuple[StoryId, ...] = ()
    """Stories whose row changed."""
    new_stories: int = 0
    new_sightings: int = 0
    new_articles: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """A story in a list."""

    id: StoryId
    kind: str
    """article or digest."""
    title: str | None
    url: str
    """Of the canonical article."""
    site: str | None
    language: str | None
    lead: str
    """First words of the canonical text."""
    words: int
    published_at: datetime | None
    dated_at: datetime
    """``published_at`` where it can be believed, else ``first_seen``; lists are sorted by it."""
    first_seen: datetime
    last_seen: datetime
    sightings: int
    articles: int
    """Distinct texts."""
    sites: int
    cursor: str
    """Give it as ``before`` to go on after this row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingRow:
    """One place where a story was seen."""

    id: ArticleId
    url: str
    article_id: ArticleId
    """The article that holds this copy's text."""
    story_id: StoryId
    source: str
    site: str | None
    title: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    verdict: str
    of: ArticleId | None
    resemblance: float | None
    containment: float | None
    reason: str
    first_seen: datetime
    last_seen: datetime
    words: int
    canonical: bool
    superseded: bool
    """A later version of the same URL was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """A relation between two stories (or within one): who, to whom, how much."""

    sighting_id: ArticleId
    story_id: StoryId
    url: str | None
    title: str | None
    kind: str
    of: ArticleId
    of_story_id: StoryId
    of_url: str | None
    of_title: str | None
    resemblance: float
    containment: float
    reason: str
    passages: tuple[tuple[int, int, int], ...] = ()
    """(at, other_at, length) in tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as stored."""

    id: ArticleId
    story_id: StoryId
    kind: str
    article: Article
    words: int
    source: str
    first_seen: datetime
    fingerprint: bytes | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The text's blocks, in reading order."""
        return self.article.blocks

    @property
    def text(self) -> str:
        """The text, blocks separated by a blank line."""
        return self.article.text


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDetail:
    """Everything known of one story."""

    story: StoryRow
    asked: StoryId
    """The id that was asked for; differs from ``story.id`` after a merge."""
    canonical: StoredArticle
    """The article that stands for the story, with the canonical sighting's own URL, title and dates."""
    sightings: tuple[SightingRow, ...]
    """Canonical first, then by first seen."""
    versions: tuple[StoredArticle, ...]
    """The other texts of the story, newest first."""
    relations: tuple[RelationRow, ...]
    merged: tuple[StoryId, ...]
    """Stories that turned out to be this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """What became of a page at one fetch (one content)."""

    url: str
    content_hash: str
    final_url: str | None
    source: str
    role: str
    depth: int
    status: int | None
    content_type: str | None
    etag: str | None
    last_modified: str | None
    body_bytes: int
    outcome: str
    reason: str
    detail: str | None
    sighting_id: ArticleId | None
    story_id: StoryId | None
    first_seen: datetime
    last_seen: datetime
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The store in one line."""

    stories: int
    digests: int
    articles: int
    """Distinct texts."""
    sightings: int
    folded: int
    """Sightings that joined a story already there: ``sightings - stories - digests``."""
    pages: int
    sources: int
    dead_letters: int
    merged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source is doing."""

    source: str
    pages: int
    stored: int
    folded: int
    rejected: int
    failed: int
    structure: int
    """Feeds, sitemaps, index pages."""
    refusals: dict[str, int]
    """Reason -> pages rejected or failed, the most frequent first."""
    stories: int
    last_seen: datetime | None
    last_ok: datetime | None
    last_failure: datetime | None
    last_failure_reason: str | None
    last_failure_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSighting:
    """A copy of an exported story."""

    url: str
    site: str | None
    source: str
    title: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    first_seen: datetime
    verdict: str
    resemblance: float | None
    containment: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """A story for another system: canonical article and all sightings."""

    id: int
    """Grows with every change of the story: follow with ``since_id``."""
    story: StoryId
    merged_into: StoryId | None = None
    """Set for a follower only: forget ``story``, it is part of this one."""
    kind: str
    url: str | None
    title: str | None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    site: str | None = None
    source: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    text: str = ""
    words: int = 0
    first_seen: datetime
    last_seen: datetime
    sightings: tuple[ExportSighting, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A page that was put aside after its last try."""

    id: int
    url: str
    source: str
    reason: str
    detail: str | None
    tries: int
    failed_at: datetime
    outcome: bytes = b""
    """As ``crawler.handover`` writes it; only from ``dead_letter(id)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A broken invariant that ``db check`` found."""

    rule: str
    count: int
    example: str
    repaired: bool
