"""From one fetched outcome to articles and URLs: inflate, tell what it is by content, read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from crawler.content import ContentKind, decode_text, inflate, sniff
from crawler.discovery import is_root
from crawler.errors import CopydeskError, FetchError
from crawler.records import (
    CanonicalUrl,
    DiscoveredUrl,
    FeedHint,
    FetchedPage,
    FetchFailed,
    FetchOutcome,
    UrlRole,
)
from crawler.sitemaps import parse_sitemap
from crawler.urls import canonicalize, fold_twin, page_identity
from workers.extract.directives import directives_of
from workers.extract.kinds import NO_TEXT
from workers.extract.page import extract_page
from workers.extract.plain import extract_text
from workers.feed_entries import parse_feed_page
from workers.ids import article_id
from workers.jobs import sanitised
from workers.parsed import Found, Parsed, Revisit, failed_entry, giving, page_entry
from workers.records import Article, ArticleId, Extraction, PageKind
from workers.store.keys import content_hash

STRUCTURE = frozenset({UrlRole.FEED, UrlRole.SITEMAP, UrlRole.FRONT})
SEEDS = frozenset({UrlRole.SEED, UrlRole.FRONT})
MAX_LINKS = 2_000
"""URLs taken from one page: more is a trap or a directory, not a newsroom."""
MAX_LISTED = 50_000
"""URLs taken from one sitemap: as many as the protocol allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reading pages needs beside the page."""

    max_bytes: int
    """Of a body, inflated."""
    known: Mapping[tuple[str, str], ArticleId] = field(default_factory=dict)
    """(URL, content hash) to sighting, of pages that are stored: the same bytes are not read again."""
    passes: tuple[type[Exception], ...] = ()
    """Exceptions that are not the page's: a job's time limit."""

    def read(self, outcome: FetchOutcome) -> Parsed:
        """Return what the outcome gave; never raises: a page that breaks the parser costs that page."""
        if isinstance(outcome, FetchFailed):
            return Parsed(pages=(failed_entry(outcome),))
        try:
            return self._read_page(outcome)
        except FetchError as error:
            return _rejected(outcome, outcome.body, error.reason, error.detail)
        except CopydeskError:
            raise  # a back end is away: the batch waits
        except Exception as error:  # (the one place where a page's own fault ends)
            if isinstance(error, self.passes):
                raise
            detail = sanitised(f"{type(error).__name__}", 200)
            entry = page_entry(outcome, outcome.body, outcome="failed", reason="parser_error", detail=detail)
            return Parsed(pages=(entry,))

    def _read_page(self, page: FetchedPage) -> Parsed:
        body = inflate(page.body, page.content_encoding, max_bytes=self.max_bytes, url=page.url)
        if (
            page.role is UrlRole.PAGE
            and (known := self.known.get((page.url, content_hash(body)))) is not None
        ):
            return Parsed(pages=(giving(page_entry(page, body, outcome="stored", reason="known"), known),))
        kind = sniff(body, page.headers.get("content-type", ""), page.final_url)
        if kind in {ContentKind.FEED, ContentKind.JSON_FEED}:
            return parse_feed_page(page, body)
        if kind is ContentKind.SITEMAP or (kind is ContentKind.TEXT and page.role is UrlRole.SITEMAP):
            return _sitemap(page, body)
        if kind is ContentKind.HTML:
            return self._html(page, body)
        if kind is ContentKind.TEXT:
            return self._text(page, body)
        return _rejected(page, body, f"content_{kind.value}")

    def _html(self, page: FetchedPage, body: bytes) -> Parsed:
        extraction = extract_page(
            body,
            url=page.final_url,
            content_type=page.headers.get("content-type", ""),
            hint=page.hint,
            links=page.role in SEEDS,
        )
        return _page(page, body, extraction)

    def _text(self, page: FetchedPage, body: bytes) -> Parsed:
        text, _ = decode_text(body, page.headers.get("content-type", ""))
        return _page(page, body, extract_text(text, url=page.final_url, hint=page.hint))


def _sitemap(page: FetchedPage, body: bytes) -> Parsed:
    sitemap = parse_sitemap(body, url=page.final_url)
    if sitemap is None:
        return _rejected(page, body, "bad_sitemap")
    entry = page_entry(page, body, outcome="sitemap", reason="sitemap")
    if not page.follow:
        return Parsed(pages=(entry,))
    # What a site lists is no link, even where nothing more is said of it: it may lie elsewhere, under any query.
    hints = {entry.url: entry.hint or FeedHint() for entry in sitemap.urls}
    pages = discovered(page, hints, UrlRole.PAGE, hints=hints)
    further = discovered(page, [ref.url for ref in sitemap.sitemaps], UrlRole.SITEMAP)
    return Parsed(
        pages=(entry,), discovered=further + pages, revisit=Revisit(url=page.url, role=UrlRole.SITEMAP)
    )


def _page(page: FetchedPage, body: bytes, extraction: Extraction) -> Parsed:
    leads_on = _leads_on(page, extraction)
    parsed = _kept(page, body, extraction, _leads(page, extraction, leads_on=leads_on))
    if leads_on and page.role in SEEDS:
        return replace(parsed, revisit=Revisit(url=page.url, role=UrlRole.FRONT))
    return parsed


def _kept(page: FetchedPage, body: bytes, extraction: Extraction, leads: tuple[DiscoveredUrl, ...]) -> Parsed:
    if extraction.kind is PageKind.INDEX or (leads and extraction.reason == NO_TEXT):
        reason = extraction.reason if extraction.kind is PageKind.INDEX else "links_no_text"
        return Parsed(pages=(page_entry(page, body, outcome="index", reason=reason),), discovered=leads)
    if extraction.noindex or "noindex" in _asked(page):
        return _rejected(page, body, "noindex", discovered=leads)
    if extraction.kind is PageKind.ARTICLE:
        return _article(page, body, extraction, leads)
    if extraction.kind is PageKind.DIGEST:
        return _digest(page, body, extraction, leads)
    return _rejected(page, body, extraction.reason, discovered=leads)


def _article(
    page: FetchedPage, body: bytes, extraction: Extraction, leads: tuple[DiscoveredUrl, ...]
) -> Parsed:
    article = extraction.article
    if article is None or not article.text.strip():
        return _rejected(page, body, "empty_text", discovered=leads)
    found = make_found(
        article, identity_of(page, article), links=tuple(link.url for link in extraction.links)
    )
    entry = page_entry(page, body, outcome="stored", reason=extraction.reason)
    return Parsed(pages=(giving(entry, found.id),), found=(found,), discovered=leads)


def _digest(
    page: FetchedPage, body: bytes, extraction: Extraction, leads: tuple[DiscoveredUrl, ...]
) -> Parsed:
    whole = extraction.article
    items = [item for item in extraction.items if item.text.strip()]
    if whole is None or not whole.text.strip() or not items:
        return _article(page, body, extraction, leads)
    url = identity_of(page, whole)
    found = [make_found(item, f"{url}#item-{n}", kind="item") for n, item in enumerate(items, start=1)]
    digest = make_found(whole, url, kind="digest", holds=tuple(dict.fromkeys(item.id for item in found)))
    entry = page_entry(page, body, outcome="stored", reason="digest")
    return Parsed(pages=(giving(entry, digest.id),), found=(*found, digest), discovered=leads)


def make_found(
    article: Article,
    url: str,
    *,
    kind: str = "article",
    holds: tuple[ArticleId, ...] = (),
    links: tuple[str, ...] = (),
) -> Found:
    """Return the article under its page's identity, with its id."""
    named = replace(article, url=url)
    return Found(
        id=article_id(url, named.text, named.title or ""), article=named, kind=kind, holds=holds, links=links
    )


def identity_of(page: FetchedPage, article: Article) -> str:
    """Return which page this is: its own address, or the one it names where that can be true."""
    return page_identity(
        page.final_url, declared_canonical=article.declared_canonical, amp_url=article.amp_url
    )


def _leads_on(page: FetchedPage, extraction: Extraction) -> bool:
    """Say whether a page's links are followed: an index page's, and those of a page or seed that has nothing to read.

    The front page of a small site has too few links, or too long a greeting, to look like an index.
    """
    if extraction.kind is PageKind.INDEX or extraction.reason == NO_TEXT:
        return True
    if page.role not in SEEDS:
        return False
    return extraction.kind not in {PageKind.ARTICLE, PageKind.DIGEST} or is_root(page.final_url)


def _leads(page: FetchedPage, extraction: Extraction, *, leads_on: bool) -> tuple[DiscoveredUrl, ...]:
    if not page.follow or extraction.nofollow or "nofollow" in _asked(page):
        return ()
    if extraction.reason == NO_TEXT and (moved := _moved(page, extraction.sent_to)):
        return moved
    feeds = discovered(page, extraction.feeds, UrlRole.FEED) if page.role in SEEDS else ()
    if not leads_on:
        return feeds
    links = [link.url for link in extraction.links if "nofollow" not in link.rel]
    return feeds + _without_twins(page, discovered(page, links, UrlRole.PAGE))


def _without_twins(page: FetchedPage, found: tuple[DiscoveredUrl, ...]) -> tuple[DiscoveredUrl, ...]:
    """Leave out AMP and mobile twins of what the page links to anyway, or is: each is one story under one identity."""
    known = {url.rstrip("/") for url in (page.url, page.final_url, *(one.url for one in found))}
    twins = {one.url: fold_twin(one.url).rstrip("/") for one in found}
    return tuple(one for one in found if twins[one.url] == one.url.rstrip("/") or twins[one.url] not in known)


def _moved(page: FetchedPage, target: str | None) -> tuple[DiscoveredUrl, ...]:
    """Return where a page that only leads on leads: as a redirect does, no step further and under the same hint."""
    found = discovered(page, [target] if target else (), page.role)
    return tuple(replace(one, depth=page.depth, hint=page.hint) for one in found)


def discovered(
    page: FetchedPage,
    urls: Iterable[str],
    role: UrlRole,
    *,
    hints: Mapping[str, FeedHint | None] | None = None,
) -> tuple[DiscoveredUrl, ...]:
    """Return the URLs as the frontier takes them, one step further from the seed; bad ones are left out."""
    found: dict[str, DiscoveredUrl] = {}
    for url in urls:
        canonical = canonical_or_none(url, page.final_url)
        if canonical is not None and canonical not in {page.url, page.final_url}:
            found[canonical] = DiscoveredUrl(
                url=canonical,
                source=page.source,
                role=role,
                depth=page.depth + 1,
                found_on=page.url,
                hint=hints.get(url) if hints else None,
            )
        if len(found) >= (MAX_LINKS if hints is None else MAX_LISTED):
            break
    return tuple(found.values())


def canonical_or_none(url: str, base: str) -> CanonicalUrl | None:
    """Return the canonical URL, or ``None`` for one that no page has."""
    try:
        return canonicalize(url, base)
    except FetchError:
        return None


def _asked(page: FetchedPage) -> frozenset[str]:
    return directives_of([page.headers.get("x-robots-tag", "")])


def _rejected(
    page: FetchedPage,
    body: bytes,
    reason: str,
    detail: str = "",
    *,
    discovered: tuple[DiscoveredUrl, ...] = (),
) -> Parsed:
    entry = page_entry(page, body, outcome="rejected", reason=reason, detail=detail or None)
    return Parsed(pages=(entry,), discovered=discovered)
