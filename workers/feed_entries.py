"""A feed's entries: full texts become articles, teasers lead to their pages."""

import re
from dataclasses import replace

from crawler.errors import FetchError
from crawler.feed_records import Feed, FeedEntry
from crawler.feeds import parse_feed
from crawler.records import DiscoveredUrl, FeedHint, FetchedPage, UrlRole
from crawler.urls import canonicalize
from workers.extract.fragment import extract_fragment
from workers.ids import article_id
from workers.parsed import Found, Parsed, Revisit, giving, page_entry
from workers.records import Extraction, PageKind
from workers.store.keys import content_hash
from workers.store.records import PageEntry

FULL_TEXT_WORDS = 120
"""Shorter than this ``content:encoded`` is a teaser: the first paragraphs, to make you click."""
SUMMARY_WORDS = 250
"""A ``description`` is a teaser by name; only one as long as a story is taken for one."""
_COMMENT = re.compile(r"#(?:comment|c\d|disqus)", re.IGNORECASE)
"""An entry that leads to a reader's comment: its author and date are not the story's."""
_SEPARATOR = re.compile(r"\s+[-|\u2013\u2014\u00bb\u203a:\u00b7]+\s+|:\s+")
_CUT = re.compile(
    r"(?:\[?(?:\u2026|\.\.\.)\]?|(?:read|continue) (?:more|on|reading|the (?:full|rest)\b.{0,40})\W*)\s*\Z",
    re.IGNORECASE,
)


def parse_feed_page(page: FetchedPage, body: bytes) -> Parsed:
    """Return what a feed gave: its own row, articles, and URLs of what it only announces."""
    feed = parse_feed(body, url=page.final_url, content_type=page.headers.get("content-type", ""))
    if feed is None:
        return Parsed(pages=(page_entry(page, body, outcome="rejected", reason="bad_feed"),))
    row = page_entry(page, body, outcome="feed", reason="feed" if feed.entries else "feed_empty")
    pages, found, discovered = [row], [], []
    for entry in feed.entries:
        hint = hint_of(entry, feed, page.final_url)
        address = _address(page, entry)
        if _COMMENT.search(entry.url or ""):
            pages.append(_entry_row(page, entry, _name_of(page, entry), "comment"))
            continue
        text = _full_text(page, entry, address, hint)
        if text is not None:
            found.append(text)
            pages.append(giving(_entry_row(page, entry, text.article.url, "entry"), text.id))
        elif address is None:
            pages.append(_entry_row(page, entry, _name_of(page, entry), "entry_without_url"))
        elif page.follow:
            discovered.append(_lead(page, address, hint))
        else:
            pages.append(_entry_row(page, entry, address, "teaser_not_followed"))
    return Parsed(
        pages=tuple(pages),
        found=tuple(found),
        discovered=tuple(discovered),
        revisit=Revisit(url=page.url, role=UrlRole.FEED, period_s=feed.ttl_s) if page.follow else None,
    )


def hint_of(entry: FeedEntry, feed: Feed, base: str) -> FeedHint:
    """Return what the feed says of the entry's page."""
    return FeedHint(
        title=entry.title,
        authors=entry.authors,
        published_at=entry.published_at,
        modified_at=entry.modified_at,
        language=entry.language or feed.language,
        tags=entry.tags,
        site=publication(feed.title, base),
    )


def publication(title: str | None, url: str) -> str | None:
    """Return the publication's name out of a feed's title: the part that the host's name agrees with.

    >>> publication("China Archives - Example Wire", "https://www.examplewire.com/feed")
    'Example Wire'
    >>> publication("All the news", "https://example.com/feed")
    'All the news'
    """
    host = url.partition("//")[2].partition("/")[0].lower()
    for part in _SEPARATOR.split(title or ""):
        letters = "".join(c for c in part.lower() if c.isalnum())
        if len(letters) > 2 and letters in host.replace("-", ""):  # noqa: PLR2004  (of "The Times", not of "TV")
            return part.strip()
    return title


def _name_of(page: FetchedPage, entry: FeedEntry) -> str:
    """Return a name for an entry that has no page of its own."""
    return f"{page.url}#{content_hash(repr(entry).encode())[:12]}"


def _address(page: FetchedPage, entry: FeedEntry) -> str | None:
    for url in (entry.url, entry.guid if entry.guid and "://" in entry.guid else None):
        if url:
            try:
                return canonicalize(url, page.final_url)
            except FetchError:
                continue
    return None


def _full_text(page: FetchedPage, entry: FeedEntry, address: str | None, hint: FeedHint) -> Found | None:
    """Return the entry's text as an article, if it is the whole story."""
    for html, least in ((entry.content_html, FULL_TEXT_WORDS), (entry.summary_html, SUMMARY_WORDS)):
        if not html or len(html) < least:
            continue
        url = address or f"{page.url}#{content_hash(html.encode('utf-8', 'replace'))[:12]}"
        extraction = extract_fragment(html, url=url, hint=hint)
        if _is_whole(extraction, least):
            return _found(extraction, url)
    return None


def _is_whole(extraction: Extraction, least: int) -> bool:
    article = extraction.article
    if extraction.kind is not PageKind.ARTICLE or article is None:
        return False
    text = article.text.rstrip()
    return len(text.split()) >= least and not _CUT.search(text[-80:])


def _found(extraction: Extraction, url: str) -> Found | None:
    article = extraction.article
    if article is None:
        return None
    named = replace(article, url=url)
    return Found(id=article_id(url, named.text, named.title or ""), article=named, kind="entry")


def _lead(page: FetchedPage, address: str, hint: FeedHint) -> DiscoveredUrl:
    return DiscoveredUrl(
        url=canonicalize(address),
        source=page.source,
        role=UrlRole.PAGE,
        depth=page.depth + 1,
        found_on=page.url,
        hint=hint,
    )


def _entry_row(page: FetchedPage, entry: FeedEntry, url: str, reason: str) -> PageEntry:
    """Return the row of an entry that is a page of its own to us: stored, or rejected for a reason."""
    held = (entry.content_html or entry.summary_html or entry.title or "").encode("utf-8", "replace")
    return PageEntry(
        url=url,
        content_hash=content_hash(held),
        source=page.source,
        role=UrlRole.PAGE.value,
        depth=page.depth + 1,
        body_bytes=len(held),
        fetched_at=page.fetched_at,
        outcome="rejected",
        reason=reason,
    )
