"""What a feed holds: one record for the feed, one for each of its entries."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One item of a feed, of whatever format."""

    url: str | None = None
    """Absolute, as the feed gives it (not yet canonical)."""
    title: str | None = None
    """Plain text."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """Aware.  A date without a zone is read as UTC."""
    modified_at: datetime | None = None
    tags: tuple[str, ...] = ()
    content_html: str | None = None
    """``content:encoded``, ``atom:content`` and the like, as HTML; plain text is escaped."""
    summary_html: str | None = None
    """``description``, ``atom:summary`` and the like, as HTML."""
    guid: str | None = None
    language: str | None = None
    comments: str | None = None
    """The address of the page with the readers' comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, newest entry wherever the feed put it."""

    title: str | None = None
    language: str | None = None
    site_url: str | None = None
    ttl_s: int | None = None
    """Seconds between two changes, as the feed claims (``ttl``, ``sy:updatePeriod``)."""
    entries: tuple[FeedEntry, ...] = ()
    hub: str | None = None
    """WebSub hub."""
    next_url: str | None = None
    """The next (older) page of the feed."""
