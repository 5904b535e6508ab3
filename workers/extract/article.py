"""Text and metadata joined into an ``Article``."""

import re
from typing import Any

from crawler.records import FeedHint
from workers.extract.languages import declared_language, spoken_language
from workers.extract.metadata import Metadata
from workers.records import Article, Block

_ONLY_THE_PAGE_S = frozenset(["section", "image", "declared_canonical", "amp_url", "next_url"])
"""Fields of which no feed says anything."""
_READ_BLOCKS = 40
"""Enough text to tell a language by."""


def article_of(
    url: str, data: Metadata, blocks: tuple[Block, ...], hint: FeedHint | None, *, feed_first: bool = False
) -> Article:
    """Join text, metadata and what a feed said: the page's own word wins, the feed fills what is missing.

    ``feed_first`` turns that round, for an entry whose text is the feed's own.
    """
    said = _from_feed(hint or FeedHint())
    own = {name: getattr(data, name) for name in said}
    first, second, rules = (said, own, {}) if feed_first else (own, said, dict(data.provenance))
    chosen = {name: first[name] or second[name] for name in said}
    for name, value in chosen.items():
        if value and value is said[name] and not (own[name] and not feed_first):
            rules[name] = "feed"
        elif value and name in data.provenance:
            rules[name] = data.provenance[name]
    rules |= {name: rule for name, rule in data.provenance.items() if name in _ONLY_THE_PAGE_S}
    text = " ".join(block.text for block in blocks[:_READ_BLOCKS])
    chosen["language"], is_read = spoken_language(text, chosen["language"])
    if is_read:
        rules["language"] = "text"
    return Article(
        url=url,
        blocks=blocks,
        section=data.section,
        image=data.image,
        declared_canonical=data.declared_canonical,
        amp_url=data.amp_url,
        next_url=data.next_url,
        provenance=tuple(sorted(rules.items())),
        **chosen,
    )


def _from_feed(hint: FeedHint) -> dict[str, Any]:
    return {
        "title": hint.title,
        "authors": hint.authors,
        "published_at": hint.published_at,
        "modified_at": hint.modified_at,
        "language": declared_language(hint.language or ""),
        "tags": hint.tags,
        "site": site_of(hint.site or "") or None,
    }


def site_of(feed_title: str) -> str:
    """Return the site's name out of a feed's title: without the archive, tag or format that the feed is of.

    >>> site_of("China US Archives - Gizmochina")
    'Gizmochina'
    >>> site_of("Harbour Post - All the coast's news")
    "Harbour Post - All the coast's news"
    """
    parts = [part for part in _BETWEEN.split(feed_title.strip()) if part]
    named = [part for part in parts if not _ARCHIVE.search(part)]
    return named[-1] if named and len(named) < len(parts) else feed_title.strip()


_BETWEEN = re.compile(r"\s+[-–—|»·:]+\s+")
_ARCHIVE = re.compile(
    r"\b(?:archives?|archiv|archivos|feed|rss|atom)$|^(?:tag|category|topic|author|rss|feed)\b", re.IGNORECASE
)
