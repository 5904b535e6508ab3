"""What parsing one outcome gives: articles to be judged, URLs to go on with, and the page's own row."""

from dataclasses import dataclass, replace

from crawler.records import CanonicalUrl, DiscoveredUrl, FetchedPage, FetchFailed, UrlRole
from workers.records import Article, ArticleId
from workers.store.keys import content_hash
from workers.store.records import PageEntry

REFUSALS = frozenset(
    {
        "address_refused",
        "bad_port",
        "bad_scheme",
        "bad_url",
        "body_too_large",
        "crawl_delay_too_long",
        "not_public",
        "not_text",
        "out_of_scope",
        "port_refused",
        "private_address",
        "robots_disallowed",
        "robots_unreachable",
        "unknown_encoding",
    }
)
"""Reasons for which we did not want a page or might not have it; every other failed fetch is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that a page gave, before its verdict."""

    id: ArticleId
    article: Article
    kind: str = "article"
    """article, entry (of a feed), item (of a digest) or digest; a digest is not judged."""
    holds: tuple[ArticleId, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """The page turned out to be one to visit again and again."""

    url: CanonicalUrl
    role: UrlRole
    period_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """All that one outcome gave."""

    pages: tuple[PageEntry, ...]
    """The outcome's own row first; a feed's entries that are not fetched add theirs."""
    found: tuple[Found, ...] = ()
    discovered: tuple[DiscoveredUrl, ...] = ()
    revisit: Revisit | None = None


def failed_entry(failed: FetchFailed) -> PageEntry:
    """Return the row of a URL that gave no page."""
    outcome = "rejected" if failed.reason in REFUSALS else "failed"
    return PageEntry(
        url=failed.url,
        final_url=failed.final_url,
        source=failed.source,
        role=failed.role.value,
        depth=failed.depth,
        status=failed.status,
        fetched_at=failed.fetched_at,
        outcome=outcome,
        reason=failed.reason,
        detail=failed.detail or None,
    )


def page_entry(
    page: FetchedPage, body: bytes, *, outcome: str, reason: str, detail: str | None = None
) -> PageEntry:
    """Return the row of a page that was fetched; ``body`` is inflated."""
    return PageEntry(
        url=page.url,
        content_hash=content_hash(body),
        final_url=page.final_url,
        source=page.source,
        role=page.role.value,
        depth=page.depth,
        status=page.status,
        content_type=page.headers.get("content-type"),
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        body_bytes=len(body),
        fetched_at=page.fetched_at,
        outcome=outcome,
        reason=reason,
        detail=detail,
    )


def giving(entry: PageEntry, sighting: ArticleId) -> PageEntry:
    """Return the row with the sighting that its page gave; the store then decides stored or folded."""
    return replace(entry, sighting_id=sighting)
