"""When a story was published and last changed: the candidates of a page, best first.

Order of belief: JSON-LD ``datePublished``; meta tags; microdata; a line "originally published"; ``time`` beside the
headline; the URL; a dated line there; a line labelled "published"; dates of a change; the first ``time``; bare dates.
An earlier day right under the headline outweighs the head, which then tells when the page was moved or made anew.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from workers.extract.dates import parse_date
from workers.extract.head import Page
from workers.extract.jsonld import moment_of, types_of
from workers.extract.shown_dates import changed, originally, shown, under_headline

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
_PUBLISHED_KEY = re.compile(
    r"(?:^|[-_.:])(?:first)?publi(?:shed?|cation|sh)?[-_.:]?(?:date|time|on|at)?$|publi\w*[-_.:]?(?:date|time)"
)
"""Names of metas that no list can hold: ``w-published-date``, ``PublicationDate``."""
_MODIFIED_KEY = re.compile(r"(?:modif|updat)\w*[-_.:]?(?:date|time|on|at)?$")
_DAY = timedelta(days=1)


def modified_at(page: Page, near: int) -> tuple[datetime, str] | None:
    """Return when the page says that the story last changed, and the rule that found it."""
    story = page.story or {}
    candidates = [("json-ld dateModified", moment_of(story.get("dateModified")))]
    candidates += _metas(page, _MODIFIED, _MODIFIED_KEY)
    candidates += [
        ("microdata dateModified", v) for name, v, _ in page.tree.itemprops if name == "datemodified"
    ]
    for rule, value in candidates:
        if value and (moment := parse_date(value)):
            return moment, rule
    moment = changed(page, near)
    return (moment, "line of a change") if moment else None


def published_at(page: Page, near: int) -> tuple[datetime, str] | None:
    """Return when the story was published and the rule that found it; ``near``: the run of the headline."""
    dated = ((moment, rule) for rule, value in _declared(page) if value and (moment := parse_date(value)))
    declared = next(dated, None)
    if not declared:
        return originally(page) or shown(page, near)
    moment, rule = declared
    seen = under_headline(page, near)
    if seen and seen < moment - _DAY:
        return seen, "date under headline"
    return moment, rule


def _declared(page: Page) -> Iterator[tuple[str, str]]:
    story = page.story or {}
    for key in ("datePublished", "dateCreated", "uploadDate", "coverageStartTime"):
        yield f"json-ld {key}", moment_of(story.get(key))
    yield from _metas(page, _PUBLISHED, _PUBLISHED_KEY)
    for key in ("datePublished", "dateCreated"):
        yield from (
            (f"microdata {key}", value) for name, value, _ in page.tree.itemprops if name == key.lower()
        )
    for node in page.nodes:
        if node is not page.story and "webpage" in types_of(node):
            yield "json-ld datePublished", moment_of(node.get("datePublished"))


def _metas(page: Page, keys: list[str], pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the metas of well-known names, best first, then those whose name says the same."""
    for key in keys:
        yield from ((f"meta {key}", value) for value in page.metas.get(key, ()))
    for key, values in page.metas.items():
        if ("publi" in key or "modif" in key or "updat" in key) and key not in keys and pattern.search(key):
            yield from ((f"meta {key}", value) for value in values)
