"""Where a page leads: its links, those of its navigation and footer last, and the feeds that its head names."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from urllib.parse import urlsplit

from workers.extract.head import Page
from workers.extract.jsonld import Node, types_of
from workers.extract.tree import MAX_LINKS, Anchor, anchors_of
from workers.records import Link

_MAX_FEEDS = 20
_PAGE_NUMBER = re.compile(r"(?:/(?:page|seite|pagina|p))?/\d{1,4}/?$", re.IGNORECASE)
_FILE = re.compile(r"/[^/]*\.[^/]*$")
_REFRESH = re.compile(
    r"\s*(\d{0,6}\.\d{1,6}|\d{1,6})?\s*[;,\s]\s*url\s*=\s*[\"']?\s*([^\"'\s]+)", re.IGNORECASE
)
_AT_ONCE_S = 10
"""Live pages and front pages read themselves anew after minutes."""
_FEED_TYPES = frozenset(
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "text/rss+xml",
        "application/x-rss+xml",
        "text/xml",
        "application/xml",
    ]
)
"""Old systems call their feeds plain XML."""
_NO_STORIES = re.compile(r"\bcomments/(?:feed|default)\b|[?&]feed=comments|/wp-json/", re.IGNORECASE)
"""Comments (WordPress, Blogger), and WordPress' interface for programs."""


def links_of(page: Page) -> tuple[Link, ...]:
    """Return the page's links in order, then ``rel=next`` of its head, then what its frame links below it."""
    framing = chain.from_iterable(anchors_of(node) for node, _ in page.tree.pruned)
    older = (Anchor(href, "", "next", 0) for rel, href, _ in page.tree.links if "next" in rel.split())
    place = _place(page.url)
    further = (link for link in _absolute(page, framing) if f"{urlsplit(link.url).path}/".startswith(place))
    listed = (Anchor(url, "", "", 0) for url in _listed(page.nodes))
    return tuple(islice(chain(_absolute(page, chain(page.tree.anchors, listed, older)), further), MAX_LINKS))


def _listed(nodes: Iterable[Node]) -> Iterator[str]:
    """Return the pages of JSON-LD's ``ItemList``: where a script writes the list, they stand nowhere else."""
    for node in nodes:
        items = node.get("itemListElement") if "itemlist" in types_of(node) else None
        for item in items if isinstance(items, list) else ():
            inner = item.get("item", item) if isinstance(item, dict) else item
            url = (inner.get("url") or inner.get("@id")) if isinstance(inner, dict) else inner
            if isinstance(url, str):
                yield url


def _absolute(page: Page, anchors: Iterable[Anchor]) -> Iterator[Link]:
    return (
        Link(url=url, text=anchor.text[:200], rel=anchor.rel)
        for anchor in anchors
        if (url := page.absolute(anchor.href))
    )


def _place(url: str) -> str:
    """Return the path below which a page's own parts lie: the menu of a section names the whole site.

    >>> _place("https://example.com/tech?page=2"), _place("https://example.com/tech/page/2/")
    ('/tech/', '/tech/')
    >>> _place("https://example.com/en/index.html"), _place("https://example.com/")
    ('/en/', '/')
    """
    path = _PAGE_NUMBER.sub("", urlsplit(url).path)
    return _FILE.sub("", path).rstrip("/") + "/"


def sent_to(page: Page) -> str | None:
    """Return where ``meta refresh`` sends a reader at once, ``None`` where it waits or reads the page anew."""
    for content in page.metas.get("refresh", ()):
        match = _REFRESH.match(content)
        if match and float(match[1] or 0) <= _AT_ONCE_S and (url := page.absolute(match[2])):
            return url if url.partition("#")[0] != page.url else None
    return None


def feeds_of(page: Page) -> tuple[str, ...]:
    """Return the feeds of stories that the head names as alternates of the page."""
    found = [
        href
        for rel, href, kind in page.tree.links
        if kind.partition(";")[0].strip().lower() in _FEED_TYPES
        and "alternate" in rel.split()
        and not _NO_STORIES.search(href)
    ]
    return tuple(url for href in found[:_MAX_FEEDS] if (url := page.absolute(href)))
