"""What a fetcher can tell of a site from its front page's address and its robots.txt: where its news is listed."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.errors import RefusedError
from crawler.records import CanonicalUrl, DiscoveredUrl, FetchedPage, UrlRole
from crawler.urls import canonicalize

USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml")
USUAL_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_ROOT = re.compile(r"/?(?:[a-z]{2}(?:-[a-zA-Z]{2})?/?)?(?:(?:index|default|home)\.[a-z]{3,5})?")
MAX_SITEMAPS = 20
"""Of one robots.txt: archives list hundreds, and the news is in the first ones and in those that say so."""


_NAMED_FEED = re.compile(
    rb"<link\b[^>]{0,1000}[\"'\s=]application/(?:rss|atom|rdf|feed)\+(?:xml|json)", re.IGNORECASE
)


def names_feed(body: bytes) -> bool:
    """Tell whether a page names a feed of its own, so that the usual paths need not be tried.

    >>> names_feed(b'<link rel="alternate" type="application/rss+xml" href="/rss.php">'), names_feed(b"<title>Feed")
    (True, False)
    """
    return _NAMED_FEED.search(body) is not None


def is_front(url: str) -> bool:
    """Tell whether a URL looks like a front or section page: short, without a file name or a query.

    >>> is_front("https://example.com/"), is_front("https://example.com/tech/"), is_front("https://example.com/a.html")
    (True, True, False)
    """
    parts = urlsplit(url)
    segments = [s for s in parts.path.split("/") if s]
    return not parts.query and len(segments) <= 1 and not any("." in s or s.count("-") > 2 for s in segments)  # noqa: PLR2004


def is_root(url: str) -> bool:
    """Tell whether a URL is that of a whole host, or of its front page in one language.

    >>> is_root("https://example.com/"), is_root("https://example.com/en/"), is_root("https://example.com/tech/")
    (True, True, False)
    """
    parts = urlsplit(url)
    return not parts.query and _ROOT.fullmatch(parts.path) is not None


def sitemaps_of(page: FetchedPage, listed: Sequence[str]) -> list[DiscoveredUrl]:
    """Return the sitemaps that a seed's robots.txt lists, those of news first."""
    ordered = sorted(listed, key=lambda url: "news" not in url.lower())
    return _found(page, ordered[:MAX_SITEMAPS], UrlRole.SITEMAP)


def guesses_of(page: FetchedPage, *, has_sitemaps: bool, has_feeds: bool) -> list[DiscoveredUrl]:
    """Return the usual paths of feeds and sitemaps, as far as the site has not named its own."""
    feeds = [] if has_feeds else _found(page, USUAL_FEEDS, UrlRole.FEED)
    return feeds if has_sitemaps else feeds + _found(page, USUAL_SITEMAPS, UrlRole.SITEMAP)


def _found(page: FetchedPage, urls: Sequence[str], role: UrlRole) -> list[DiscoveredUrl]:
    found: dict[CanonicalUrl, None] = {}
    for url in urls:
        try:
            found[canonicalize(url, page.final_url)] = None
        except RefusedError:
            continue
    return [
        DiscoveredUrl(url=url, source=page.source, role=role, depth=page.depth, found_on=page.final_url)
        for url in found
    ]
