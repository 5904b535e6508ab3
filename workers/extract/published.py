"""When a story was published and last changed: the candidates of a page, best first.

Order of belief: JSON-LD ``datePublished``; meta tags; microdata; a line "originally published"; ``time`` beside the
headline; the URL; a dated line there; the first ``time``; labelled and bare dates.
"""

import re
from datetime import datetime

from workers.extract.dates import date_in_url, parse_date
from workers.extract.head import Page
from workers.extract.headline import OPENING_CHARS
from workers.extract.jsonld import text_of, types_of
from workers.extract.names import BIT, kinds_of

NEAR = 14
"""Runs around the headline in which a byline or a date is looked for."""
BARE_DATE_CHARS = 30
"""A date alone on its line is no longer."""
_PUBLISHED = [
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished",
    "published_time", "publication_date", "article.published", "parsely-pub-date", "sailthru.date",
    "pubdate", "publishdate", "publish-date", "publish_date", "published", "published-date", "date.issued",
    "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date", "dc.date.created",
    "originalpublicationdate", "rnews:datepublished", "article_date_original", "date",
    "iso-8601-publish-date", "cxenseparse:recs:publishtime", "ptime", "citation_publication_date",
    "bt:pubdate", "last-published", "article.created", "created", "analyticsattributes.articledate",
    "shareaholic:article_published_time", "citation_date", "datecreated",
]  # fmt: skip
_MODIFIED = [
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "article.updated",
    "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "shareaholic:article_modified_time",
    "revision_date", "modified",
]  # fmt: skip
_ORIGINALLY = re.compile(
    r"\b(?:originally|first) (?:published|posted|appeared)(?: on)?:? ([^.;|]{6,40})", re.IGNORECASE
)
_LABELLED = re.compile(
    r"(?:first |last |originally )?(?:published|posted|updated|reviewed|date|created|veröffentlicht|publié|publicado|"
    r"pubblicato|gepubliceerd|stand)\b",
    re.IGNORECASE,
)


def modified_at(page: Page) -> tuple[datetime, str] | None:
    """Return when the page says that the story last changed, and the rule that found it."""
    value, rule = text_of((page.story or {}).get("dateModified")), "json-ld dateModified"
    if not value:
        value, rule = page.meta(_MODIFIED)
    if not value:
        value = next((v for name, v, _ in page.tree.itemprops if name == "datemodified"), "")
        rule = "microdata dateModified"
    moment = parse_date(value)
    return (moment, rule) if moment else None


def published_at(page: Page, near: int) -> tuple[datetime, str] | None:
    """Return when the story was published and the rule that found it; ``near``: the run of the headline."""
    candidates = [
        ("json-ld datePublished", text_of(n.get(k)))
        for k in ("datePublished", "dateCreated", "uploadDate")
        for n in ([page.story] if page.story else [])
    ]
    candidates += [(f"meta {key}", value) for key in _PUBLISHED for value in page.metas.get(key, ())]
    candidates += [
        ("microdata datePublished", v) for name, v, _ in page.tree.itemprops if name == "datepublished"
    ]
    candidates += [
        ("json-ld datePublished", text_of(n.get("datePublished")))
        for n in page.nodes
        if n is not page.story and "webpage" in types_of(n)
    ]
    for rule, value in candidates:
        if value and (moment := parse_date(value)):
            return moment, rule
    return _originally(page) or _date_near(page, near)


def _originally(page: Page) -> tuple[datetime, str] | None:
    """Return the date of a line that says when the story first appeared."""
    for run in page.tree.runs:
        if found := _ORIGINALLY.search(run.text[:OPENING_CHARS]):
            moment = parse_date(found[1], day_first=not is_month_first(page))
            return (moment, "originally published") if moment else None
    return None


def _date_near(page: Page, near: int) -> tuple[datetime, str] | None:
    runs = page.tree.runs
    for value, at in sorted(page.tree.times, key=lambda time: (time[1] < near, abs(time[1] - near))):
        if near - NEAR // 2 <= at <= near + NEAR:
            moment = parse_date(value) or (parse_date(runs[at].text) if at < len(runs) else None)
            if moment:
                return moment, "time element"
    moment = date_in_url(page.url)
    if moment:
        return moment, "url"
    dated = _dated_line(
        page, sorted(range(max(near - 6, 0), min(near + NEAR, len(runs))), key=lambda i: abs(i - near - 1))
    )
    if dated:
        return dated, "line near headline"
    for value, _ in page.tree.times[:1]:
        moment = parse_date(value)
        if moment:
            return moment, "first time element"
    named = [
        i for i in range(len(runs)) if _LABELLED.match(runs[i].text) or kinds_of(runs[i].names) & BIT["date"]
    ]
    dated = _dated_line(page, named[:40])
    if dated:
        return dated, "labelled line"
    bare = [
        i for i in range(near, len(runs)) if len(runs[i].text) <= BARE_DATE_CHARS and runs[i].link_chars == 0
    ]
    dated = _dated_line(page, bare[:80])
    return (dated, "first bare date") if dated else None


def _dated_line(page: Page, order: list[int]) -> datetime | None:
    for i in order:
        text = page.tree.runs[i].text
        if 6 <= len(text) <= 160 and any(map(str.isdigit, text)):
            moment = parse_date(text, day_first=not is_month_first(page))
            if moment:
                return moment
    return None


def is_month_first(page: Page) -> bool:
    """Say whether numeric dates are month first: only pages that call themselves American."""
    return page.tree.language.lower() in ("en-us", "en", "")
