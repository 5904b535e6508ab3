"""Feeds that no XML parser accepts, read by feedparser with its sanitising off (it costs nine tenths of its time).

Nothing is fetched: feedparser is given text, never an address.
"""

import contextlib
import warnings
from io import BytesIO
from typing import Any

import feedparser

from crawler.feed_dates import parse_date
from crawler.feed_fields import join
from crawler.feed_records import Feed, FeedEntry
from crawler.feed_text import mend_c1, one_line, plain
from crawler.feed_xml import MAX_ENTRIES, ttl_s

LOOSE_CHARS = 1_000_000
"""Read here; feedparser does about 12 MB a second of CPU."""


def parse_loose_feed(text: str, url: str) -> Feed | None:
    """The feed as far as it can be made out, or ``None``."""
    data: Any = None
    with contextlib.suppress(Exception), warnings.catch_warnings():  # a fallback that fails is no feed
        warnings.simplefilter("ignore")
        data = feedparser.parse(
            BytesIO(text[:LOOSE_CHARS].encode()),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    if data is None or not (data.get("version") or data.entries):
        return None
    feed = data.feed
    return Feed(
        title=plain(feed.get("title")),
        language=one_line(feed.get("language")),
        site_url=_url(feed.get("link"), url),
        ttl_s=ttl_s(feed.get("ttl"), feed.get("sy_updateperiod"), feed.get("sy_updatefrequency")),
        entries=tuple(_entry(entry, url) for entry in data.entries[:MAX_ENTRIES]),
        hub=_related(feed, "hub", url),
        next_url=_related(feed, "next", url),
    )


def _entry(entry: Any, base: str) -> FeedEntry:
    contents = [content.get("value", "") for content in entry.get("content", ())]
    people = [
        entry.get("author_detail", {}).get("name"),
        *(who.get("name") for who in entry.get("authors", ())),
    ]
    names = [plain(person) for person in people if person] or [plain(entry.get("author"))]
    content, summary = max(contents, key=len, default=""), entry.get("summary", "")
    if summary == content:  # feedparser's copy
        summary = ""
    return FeedEntry(
        url=_url(entry.get("feedburner_origlink") or entry.get("link"), base),
        title=plain(entry.get("title")),
        authors=tuple(dict.fromkeys(name for name in names if name)),
        published_at=parse_date(entry.get("published") or entry.get("created")),
        modified_at=parse_date(entry.get("updated")) if "updated" in entry else None,
        tags=tuple(dict.fromkeys(tag for item in entry.get("tags", ()) if (tag := plain(item.get("term"))))),
        content_html=mend_c1(content) or None,
        summary_html=mend_c1(summary) or None,
        guid=entry.get("id") or None,
        language=entry.get("language") or None,
        comments=_url(entry.get("comments"), base),
    )


def _url(text: str | None, base: str) -> str | None:
    return join(base, text) if text else None


def _related(feed: Any, rel: str, base: str) -> str | None:
    links = (link.get("href") for link in feed.get("links", ()) if link.get("rel") == rel)
    return next((found for href in links if (found := _url(href, base))), None)
