"""Where a page leads: its links, those of its navigation and footer last, and the feeds that its head names."""

from itertools import chain, islice

from workers.extract.head import Page
from workers.extract.tree import MAX_LINKS, anchors_of
from workers.records import Link

_MAX_FEEDS = 20
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"}
)


def links_of(page: Page) -> tuple[Link, ...]:
    """Return the page's links, in page order; those of what no text is read from (sections, older pages) come last."""
    framing = chain.from_iterable(anchors_of(node) for node, _ in page.tree.pruned)
    found = (
        Link(url=url, text=anchor.text[:200], rel=anchor.rel)
        for anchor in chain(page.tree.anchors, framing)
        if (url := page.absolute(anchor.href))
    )
    return tuple(islice(found, MAX_LINKS))


def feeds_of(page: Page) -> tuple[str, ...]:
    """Return the feeds that the head names as alternates of the page."""
    found = [
        href
        for rel, href, kind in page.tree.links
        if kind.lower() in _FEED_TYPES and "alternate" in rel.split()
    ]
    return tuple(url for href in found[:_MAX_FEEDS] if (url := page.absolute(href)))
