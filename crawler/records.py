"""The vocabulary of the crawl: what travels from a source to the queue, one frozen record a stage.

Standard library only, so that both sides of the queue can import it for nothing.  Records that cross a process
are written as MessagePack by ``crawler.handover``; every field is a plain value.

    Source -> DiscoveredUrl -> FetchedPage | FetchFailed -> (queue) -> workers.records
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

CanonicalUrl = NewType("CanonicalUrl", str)
"""A URL after ``crawler.urls.canonicalize``: the identity of a page, by our rules."""

HostKey = NewType("HostKey", str)
"""The unit of politeness, made by ``crawler.urls.host_key``: lower-case ``host`` or ``host:port``."""

SourceId = NewType("SourceId", str)
"""Names one configured source; the short name of its table in ``sources.toml``, or the URL it was given as."""


class UrlRole(StrEnum):
    """What we take a URL to be before it is fetched; the content has the last word."""

    FEED = "feed"
    SITEMAP = "sitemap"
    FRONT = "front"
    """A front, section or tag page: links to stories, visited again and again."""
    PAGE = "page"
    """A page that may hold a story."""
    SEED = "seed"
    """Given by the user, nature unknown: found out when it is fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHint:
    """What a feed, sitemap or file said of a page before the page was read."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """Aware.  A date without a zone is read as UTC."""
    modified_at: datetime | None = None
    language: str | None = None
    """BCP 47 tag, as declared."""
    tags: tuple[str, ...] = ()
    site: str | None = None
    """The publication's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredUrl:
    """A URL that a source, feed, sitemap or page led to: what the frontier takes in."""

    url: CanonicalUrl
    source: SourceId
    role: UrlRole = UrlRole.PAGE
    depth: int = 0
    """Links followed from the seed; a seed is 0."""
    found_on: CanonicalUrl | None = None
    hint: FeedHint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A response as it came from the wire: the body is still compressed."""

    url: CanonicalUrl
    """The URL that was asked for."""
    final_url: CanonicalUrl
    """The URL that answered, after redirects."""
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    """Lower-case names; only those that a later stage reads (``crawler.answers.KEPT_HEADERS``)."""
    body: bytes = b""
    """Still in ``content_encoding``."""
    content_encoding: str = ""
    """``""``, ``gzip``, ``deflate``, ``br`` or ``zstd``; several, in the order of their use, with commas."""
    fetched_at: datetime
    """UTC-aware."""
    source: SourceId
    role: UrlRole = UrlRole.PAGE
    depth: int = 0
    hint: FeedHint | None = None
    follow: bool = True
    """Whether URLs found in this page go to the frontier (``ingest`` without ``--follow`` says no)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """A URL that gave no page, and why: stored, so that every refusal has a reason and a counter."""

    url: CanonicalUrl
    final_url: CanonicalUrl | None = None
    reason: str
    """A ``crawler.errors.FetchError`` reason such as ``http_404`` or ``robots_disallowed``."""
    detail: str = ""
    """One line for a human; never page text."""
    status: int | None = None
    fetched_at: datetime
    source: SourceId
    role: UrlRole = UrlRole.PAGE
    depth: int = 0


FetchOutcome = FetchedPage | FetchFailed
"""What a fetcher hands over for each URL that it leased."""
