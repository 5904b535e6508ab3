"""Sitemaps (sitemaps.org 0.9, news, index, plain text, gzip) to the addresses they name.

A scanner over the few tags that matter, in linear time: real sitemaps have bare ampersands, upper-case tags and
missing ends, and no entity is worth expanding for them.  An entry counts once its end has been seen, so that a
document that was cut off gives no half addresses.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from crawler.charset import decode_text
from crawler.errors import RefusedError
from crawler.feed_dates import parse_date
from crawler.feed_fields import join
from crawler.feed_text import one_line
from crawler.inflate import inflate
from crawler.records import FeedHint
from crawler.urls import is_url_text

MAX_BYTES = 52_428_800
MAX_URLS = 50_000
"""Both are the protocol's own limits for one file; what is beyond them is not read."""
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE)
_ROOT_WINDOW = 65_536
_TOKEN = re.compile(
    r"<!--|<(?P<end>/?)(?:(?P<prefix>[\w.-]{1,40}):)?"
    r"(?P<name>url|sitemap|loc|lastmod|title|name|language|publication_date|keywords)(?:\s[^<>]{0,2000})?(?P<empty>/?)>",
    re.IGNORECASE,
)
_NEWS_PREFIX = re.compile(
    r"xmlns:([\w.-]{1,40})\s*=\s*[\"']https?://www\.google\.com/schemas/sitemap-news", re.IGNORECASE
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_MAX_VALUE = 8192
"""Characters of one field that are read."""
_NEWS_NAMES = frozenset({"title", "name", "language", "publication_date", "keywords"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapUrl:
    """A page that a sitemap names, with what a news sitemap says of it."""

    url: str
    """Absolute, not yet canonical."""
    lastmod: datetime | None = None
    hint: FeedHint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapRef:
    """A further sitemap, named by an index."""

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one sitemap file names."""

    urls: tuple[SitemapUrl, ...] = ()
    sitemaps: tuple[SitemapRef, ...] = ()


def parse_sitemap(body: bytes, *, url: str) -> Sitemap | None:
    """The sitemap in ``body`` (gzip inside is undone), or ``None``.  ``url`` is the base of relative addresses."""
    try:
        body = inflate(body, "", max_bytes=MAX_BYTES, url=url)
    except RefusedError:
        return None
    text, _ = decode_text(body)
    if _ROOT.search(text, 0, _ROOT_WINDOW):
        return _read_entries(text, url)
    return _read_lines(text) if "<" not in text[:_ROOT_WINDOW] else None


@dataclass(slots=True)
class _Entry:
    """A ``url`` or ``sitemap`` element while it is being read."""

    name: str
    prefix: str
    fields: dict[str, str] = field(default_factory=dict)


def _read_entries(text: str, base: str) -> Sitemap:
    pages: list[SitemapUrl] = []
    refs: list[SitemapRef] = []
    for entry in islice(_entries(text), MAX_URLS):
        url = join(base, entry.fields["loc"])
        if url is None:
            continue
        lastmod = parse_date(entry.fields.get("lastmod"))
        if entry.name == "sitemap":
            refs.append(SitemapRef(url=url, lastmod=lastmod))
        else:
            pages.append(SitemapUrl(url=url, lastmod=lastmod, hint=_hint(entry.fields)))
    return Sitemap(urls=tuple(pages), sitemaps=tuple(refs))


def _entries(text: str) -> Iterator[_Entry]:
    """Each entry that has an address, at its end tag (or where the next one begins)."""
    match = _NEWS_PREFIX.search(text, 0, _ROOT_WINDOW)
    news = match[1].lower() if match else "news"
    entry: _Entry | None = None
    opened: tuple[str, int] | None = None
    at = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token[0] == "<!--":
            at = text.find("-->", at)
            if at < 0:
                return
            continue
        name, prefix = token["name"].lower(), (token["prefix"] or "").lower()
        if name in {"url", "sitemap"}:
            if entry is not None and "loc" in entry.fields:
                yield entry
            entry = None if token["end"] else _Entry(name, prefix)
        elif entry is not None and prefix == (news if name in _NEWS_NAMES else entry.prefix):
            if not token["end"]:
                opened = None if token["empty"] else (name, at)
            elif opened is not None and opened[0] == name:
                entry.fields.setdefault(
                    name, _value(text[opened[1] : min(token.start(), opened[1] + _MAX_VALUE)])
                )
                opened = None


def _value(raw: str) -> str:
    if "<![CDATA[" in raw:
        return _CDATA.sub(r"\1", raw).strip()
    return html.unescape(raw).strip()


def _hint(fields: dict[str, str]) -> FeedHint | None:
    """What a news sitemap says of a page."""
    if not _NEWS_NAMES & fields.keys():
        return None
    keywords = (one_line(word) for word in fields.get("keywords", "").split(","))
    return FeedHint(
        title=one_line(fields.get("title")),
        published_at=parse_date(fields.get("publication_date")),
        language=one_line(fields.get("language")),
        tags=tuple(word for word in keywords if word),
        site=one_line(fields.get("name")),
    )


def _read_lines(text: str) -> Sitemap | None:
    """A plain-text sitemap is a list of addresses, one a line, and nothing else."""
    lines = [line.strip() for line in islice(text.lstrip("\ufeff").splitlines(), MAX_URLS)]
    lines = [line for line in lines if line]
    urls = [line for line in lines if is_url_text(line) and line[:4].lower() == "http"]
    if not urls or 2 * len(urls) < len(lines):
        return None
    return Sitemap(urls=tuple(SitemapUrl(url=url) for url in urls))
