"""What a page says about its story: title, people, dates, place on the site.

Order of belief, best first:

title      what a newsroom's JSON-LD and ``og:title`` agree on; a heading that the head repeats; ``og:title``;
           ``twitter:title``; JSON-LD ``headline``; ``title``; ``h1``
authors    JSON-LD ``author``; meta tags; microdata; ``rel=author``; an element named byline near the headline; "By ..."
published  JSON-LD ``datePublished``; meta tags; microdata; ``time`` near the headline; the URL; a dated line there
modified   JSON-LD ``dateModified``; meta tags; microdata
site       ``og:site_name``; JSON-LD ``publisher``; ``application-name``
language   ``html lang``; JSON-LD ``inLanguage``; ``og:locale``; ``content-language``; the text itself
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from workers.extract import tags
from workers.extract.authors import clean_authors
from workers.extract.dates import date_in_url, parse_date
from workers.extract.jsonld import Node, nodes, story_node, text_of, types_of
from workers.extract.names import BIT, kinds_of
from workers.extract.phrases import boilerplate_reason
from workers.extract.titles import NEWSROOM, best_title, normal
from workers.extract.tree import Tree

_WORDS = re.compile(r"\w+")
_OPENING_CHARS = 800
_TITLE_WORDS = 4
_OPENINGS = 120
"""Texts of a page among which a headline without a heading of its own is looked for."""
_PUBLISHED = [
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "published_time",
    "publication_date",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published",
    "published-date",
    "date.issued",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "dc.date.created",
    "originalpublicationdate",
    "rnews:datepublished",
    "article_date_original",
    "date",
    "iso-8601-publish-date",
    "cxenseparse:recs:publishtime",
    "ptime",
    "citation_publication_date",
    "bt:pubdate",
    "last-published",
    "article.created",
    "created",
    "analyticsattributes.articledate",
    "shareaholic:article_published_time",
    "citation_date",
    "datecreated",
]
_MODIFIED = [
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "article.updated",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "shareaholic:article_modified_time",
    "revision_date",
    "modified",
]
_AUTHOR = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "byl",
    "byline",
    "article.author",
    "citation_author",
    "og:author",
    "og:article:author",
    "twitter:data1",
    "authors",
    "creator",
    "cxenseparse:author",
    "shareaholic:article_author_name",
    "dable:author",
    "rbauthors",
    "parsely-authors",
    "articleauthor",
]
_SECTION = [
    "article:section",
    "og:article:section",
    "section",
    "parsely-section",
    "sailthru.verticals",
    "cxenseparse:section",
]
_TAGS = ["article:tag", "og:article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags"]
_SITE = [
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "cxenseparse:sitename",
]
_CLOSE = 5
"""Runs from the headline on in which a name may stand alone, and a "By" weighs more than the head."""
_NEAR = 14
"""Runs around the headline in which a byline or a date is looked for."""
_TWITTER_LABEL = re.compile(
    r"written by|author|verfasst von|escrito por|écrit par|scritto da|geschreven door|автор", re.IGNORECASE
)


@dataclass(slots=True)
class Metadata:
    """The fields of ``workers.records.Article`` that do not come from the text itself."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    site: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    declared_canonical: str | None = None
    amp_url: str | None = None
    next_url: str | None = None
    provenance: dict[str, str] = field(default_factory=dict)


class Page:
    """A tree with its metas indexed and its JSON-LD read, for the rules below."""

    def __init__(self, tree: Tree, url: str) -> None:
        self.tree = tree
        self.url = url
        self.base = urljoin(url, tree.base) if tree.base else url
        self.metas: dict[str, list[str]] = {}
        for key, value in tree.metas:
            self.metas.setdefault(key, []).append(value.strip())
        self.nodes: list[Node] = nodes(tree.json_ld)
        self.story = story_node(self.nodes)
        self.host = (urlsplit(url).hostname or "").removeprefix("www.")
        self.headings = [
            (i, run.text)
            for i, run in enumerate(tree.runs)
            if tree.elements[run.element].code == tags.HEADING_1
        ]

    def absolute(self, href: str) -> str | None:
        """Return an absolute http(s) URL, or ``None``."""
        href = href.strip()
        if not href or len(href) > 2000:
            return None
        try:
            url = urljoin(self.base, href)
            return url if urlsplit(url).scheme in ("http", "https") else None
        except ValueError:
            return None

    def meta(self, keys: list[str]) -> tuple[str, str]:
        """Return the first non-empty value among ``keys`` and the rule's name."""
        for key in keys:
            for value in self.metas.get(key, ()):
                if value:
                    return value, f"meta {key}"
        return "", ""


def read_metadata(page: Page) -> Metadata:
    """Apply every rule to one page."""
    data = Metadata()
    _site(page, data)
    _title(page, data)
    near = _headline_at(page, data.title)
    _dates(page, data, near)
    _authors(page, data, near)
    _rest(page, data)
    return data


def _site(page: Page, data: Metadata) -> None:
    value, rule = page.meta(_SITE[:1])
    if not value and page.story:
        value, rule = text_of(page.story.get("publisher")), "json-ld publisher"
    if not value:
        value, rule = page.meta(_SITE[1:])
    if value and not value.startswith("http"):
        data.site = value[:120]
        data.provenance["site"] = rule


def _site_names(page: Page, data: Metadata) -> list[str]:
    names = [normal(data.site or "").replace(" ", "")]
    names += [normal(text_of(n.get("name"))).replace(" ", "") for n in page.nodes if "website" in types_of(n)]
    labels = page.host.split(".")
    names += [label.replace("-", "") for label in labels[:-1] if len(label) > 3]
    names.append(page.host.replace(".", "").replace("-", ""))
    return [name for name in names if name]


def _title(page: Page, data: Metadata) -> None:
    declared = [(f"meta {key}", page.metas.get(key, [""])[0]) for key in ("og:title", "twitter:title")]
    if page.story:
        rule = NEWSROOM if any("news" in kind for kind in types_of(page.story)) else "json-ld headline"
        declared.append((rule, text_of(page.story.get("headline")) or text_of(page.story.get("name"))))
    declared += [(f"meta {key}", page.metas.get(key, [""])[0]) for key in ("dc.title", "title")]
    title, rule = best_title(
        headings=[text for _, text in page.headings],
        declared=declared,
        document=page.tree.title,
        sites=_site_names(page, data),
        openings=[run.text for run in page.tree.runs[:_OPENINGS]],
    )
    if title:
        data.title = title
        data.provenance["title"] = rule


def _headline_at(page: Page, title: str | None) -> int:
    """Return the run at which the headline stands, alone or at the start of a longer run, or 0."""
    wanted = normal(title or "")
    for index, text in page.headings:
        if normal(text) == wanted:
            return index
    if wanted:
        for index, run in enumerate(page.tree.runs):
            if (
                len(run.text) < 400
                and page.tree.elements[run.element].code in tags.HEADINGS
                and normal(run.text) == wanted
            ):
                return index
    opened = [i for i in range(len(page.tree.runs)) if wanted and _after_title(page, i, wanted)]
    if page.headings or not opened:
        return page.headings[0][0] if page.headings else 0
    return opened[0]


def _after_title(page: Page, index: int, wanted: str) -> str:
    """Return what follows the headline in its run, as where a line break is all that parts it from the byline."""
    text = page.tree.runs[index].text[:_OPENING_CHARS]
    if len(wanted.split()) < _TITLE_WORDS or not normal(text).startswith(f"{wanted} "):
        return ""
    words = _WORDS.finditer(text)
    last = next(islice(words, len(wanted.split()) - 1, None))
    return text[last.end() :].lstrip(" \"'”’»?!.:")[:_BYLINE_CHARS]


def _dates(page: Page, data: Metadata, near: int) -> None:
    found = _published(page, near)
    if found:
        data.published_at, data.provenance["published_at"] = found
    value, rule = text_of((page.story or {}).get("dateModified")), "json-ld dateModified"
    if not value:
        value, rule = page.meta(_MODIFIED)
    if not value:
        value, rule = (
            next((v for name, v, _ in page.tree.itemprops if name == "datemodified"), ""),
            "microdata dateModified",
        )
    modified = parse_date(value)
    if modified:
        data.modified_at, data.provenance["modified_at"] = modified, rule


def _published(page: Page, near: int) -> tuple[datetime, str] | None:
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
        if found := _ORIGINALLY.search(run.text[:_OPENING_CHARS]):
            moment = parse_date(found[1], day_first=not data_us(page))
            return (moment, "originally published") if moment else None
    return None


def _date_near(page: Page, near: int) -> tuple[datetime, str] | None:
    runs = page.tree.runs
    for value, at in sorted(page.tree.times, key=lambda time: (time[1] < near, abs(time[1] - near))):
        if near - _NEAR // 2 <= at <= near + _NEAR:
            moment = parse_date(value) or (parse_date(runs[at].text) if at < len(runs) else None)
            if moment:
                return moment, "time element"
    moment = date_in_url(page.url)
    if moment:
        return moment, "url"
    dated = _dated_line(
        page, sorted(range(max(near - 6, 0), min(near + _NEAR, len(runs))), key=lambda i: abs(i - near - 1))
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
        i for i in range(near, len(runs)) if len(runs[i].text) <= _BARE_DATE_CHARS and runs[i].link_chars == 0
    ]
    dated = _dated_line(page, bare[:80])
    return (dated, "first bare date") if dated else None


def _dated_line(page: Page, order: list[int]) -> datetime | None:
    for i in order:
        text = page.tree.runs[i].text
        if 6 <= len(text) <= 160 and any(map(str.isdigit, text)):
            moment = parse_date(text, day_first=not data_us(page))
            if moment:
                return moment
    return None


_BARE_DATE_CHARS = 30
_ORIGINALLY = re.compile(
    r"\b(?:originally|first) (?:published|posted|appeared)(?: on)?:? ([^.;|]{6,40})", re.IGNORECASE
)
_LABELLED = re.compile(
    r"(?:first |last |originally )?(?:published|posted|updated|reviewed|date|created|veröffentlicht|publié|publicado|"
    r"pubblicato|gepubliceerd|stand)\b",
    re.IGNORECASE,
)


def data_us(page: Page) -> bool:
    """Say whether numeric dates are month first: only pages that call themselves American."""
    return page.tree.language.lower() in ("en-us", "en", "")


_DEEPEST = 4


def _people(value: Any, depth: int = 0) -> list[str]:
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [name for item in value[:20] for name in _people(item, depth + 1)]
    if isinstance(value, dict):
        return _people(value.get("name"), depth + 1)
    return [value] if isinstance(value, str) else []


def _authors(page: Page, data: Metadata, near: int) -> None:
    publisher = text_of((page.story or {}).get("publisher"))
    sites = {normal(name).replace(" ", "") for name in (data.site or "", publisher, page.host)}
    fallback: tuple[tuple[str, ...], str] | None = None
    opening = [text for text in _under(page, data, near)[:_CLOSE] if _BY.match(text)]
    under = clean_authors(_by_names(opening))
    for rule, raw in _author_candidates(page, data, near):
        names = clean_authors(raw)
        people = tuple(n for n in names if normal(n).replace(" ", "") not in sites)
        if people and _contradicts(under, people):
            data.authors, data.provenance["authors"] = under, "by line under headline"
            return
        if people:
            data.authors, data.provenance["authors"] = people, rule
            return
        if names and fallback is None:
            fallback = names, rule
    if fallback:
        data.authors, data.provenance["authors"] = fallback


def _contradicts(under: tuple[str, ...], people: tuple[str, ...]) -> bool:
    """Say whether the line under the headline names others: the head then names whoever typed the story in."""
    words = {word for name in people for word in normal(name).split()}
    return bool(under) and len(under[0].split()) > 1 and words.isdisjoint(normal(" ".join(under)).split())


def _under(page: Page, data: Metadata, near: int) -> list[str]:
    """Return the runs under the headline, and first what follows it in its own run."""
    runs, wanted = page.tree.runs[near : near + 6], normal(data.title or "")
    after = _after_title(page, near, wanted) if runs else ""
    return [*([after] if after else []), *(run.text for run in runs if normal(run.text) != wanted)]


def _author_candidates(page: Page, data: Metadata, near: int) -> Iterator[tuple[str, list[str]]]:
    """Yield (rule, lines that should hold names), best first."""
    tree, runs = page.tree, page.tree.runs
    by_id = {n.get("@id"): n for n in page.nodes if isinstance(n.get("@id"), str)}
    organisations: list[str] = []
    for node in [page.story, *(n for n in page.nodes if "webpage" in types_of(n))]:
        value = (node.get("author") or node.get("creator")) if node else None
        people = []
        for item in value if isinstance(value, list) else [value]:
            person = item
            if isinstance(item, dict) and not item.get("name") and isinstance(item.get("@id"), str):
                person = by_id.get(item["@id"], item)
            if isinstance(person, dict) and "organization" in types_of(person):
                organisations += _people(person)
            else:
                people += _people(person)
        yield "json-ld author", people
    for key in _AUTHOR:
        labelled = key != "twitter:data1" or _TWITTER_LABEL.search(
            " ".join(page.metas.get("twitter:label1", []))
        )
        if labelled and key in page.metas:
            yield f"meta {key}", page.metas[key]
    yield (
        "microdata author",
        [runs[at].text for name, _, at in tree.itemprops if name == "author" and at < len(runs)][:3],
    )
    yield "by line under headline", _by_names(_under(page, data, near))
    yield "rel=author", [a.text for a in tree.anchors if "author" in a.rel][:4]
    yield "name under headline", _name_alone(page, near)
    yield from _bylines(page, near)
    yield "json-ld organisation", organisations


def _bylines(page: Page, near: int) -> Iterator[tuple[str, list[str]]]:
    tree, runs = page.tree, page.tree.runs
    window = range(max(near - 8, 0), min(near + _NEAR, len(runs)))
    yield "by line", _by_names(runs[i].text for i in window)
    after = [runs[i + 1].text for i in window if i + 1 < len(runs) and _BY_ALONE.fullmatch(runs[i].text)]
    yield "line after by", [text for text in after if _is_name_like(text)][:2]
    links = [a for a in tree.anchors if _AUTHOR_URL.search(a.href) and near - 8 <= a.run <= near + _NEAR]
    yield "author link", [a.text for a in links if _is_name_like(a.text)][:3]
    dated = [runs[i].text for i in range(max(near - 2, 0), min(near + 5, len(runs)))]
    yield "name beside date", [name for text in dated for name in _beside_date(text)][:2]
    for rule, where in (("byline element", window), ("author box", range(len(runs)))):
        yield (
            rule,
            [runs[i].text for i in where if _is_name_like(runs[i].text) and _named_author(page, i)][:2],
        )
    signed = (found for run in runs if len(run.text) < _SIGNED_CHARS and (found := _SIGNED.match(run.text)))
    yield "signed", _by_names(found[0] for found in islice(signed, 1))


def _name_alone(page: Page, near: int) -> list[str]:
    """Return a name alone on its line right under the headline, with a date on the next line or the one before."""
    runs = page.tree.runs
    for i in range(near + 1, min(near + _CLOSE, len(runs))):
        beside = [
            run.text for run in (*runs[i - 1 : i], *runs[i + 1 : i + 3]) if len(run.text) < _BARE_DATE_CHARS
        ]
        if _is_name(runs[i].text) and any(parse_date(line) for line in beside):
            return [runs[i].text]
    return []


def _is_name(text: str) -> bool:
    """Say whether a line is two to four capitalised words of letters, not all capitals, and nothing else."""
    words = [word.replace("-", "").replace("'", "").replace("’", "").rstrip(".") for word in text.split()]
    return (
        _is_name_like(text)
        and len(words) <= _NAME_WORDS
        and not text.isupper()
        and all(word.isalpha() and word[0].isupper() and len(word) < _LONG_WORD for word in words)
        and bool(clean_authors([text]))
    )


def _by_names(texts: Iterable[str]) -> list[str]:
    """Return what follows "By" in short lines, wherever in the line it stands."""
    found = []
    for text in texts:
        match = _BY.search(text) if len(text) < _BYLINE_CHARS else None
        if (
            match
            and not _NOT_WRITTEN.search(text[: match.end()])
            and _is_name_like(" ".join(clean_authors([text[match.end() :]])[:1]), fewest=1)
        ):
            found.append(text[match.end() :])
    return found[:2]


def _beside_date(text: str) -> list[str]:
    """Return the parts of a short dated line that look like a person's name."""
    if len(text) > _BYLINE_CHARS or not parse_date(text):
        return []
    parts = _BETWEEN.split(_DATE_WORDS.sub(" | ", text))
    return [part.strip() for part in parts if _is_name_like(part)]


def _named_author(page: Page, index: int) -> bool:
    """Say whether a run, its element or one of the two around it is named after an author."""
    run = page.tree.runs[index]
    bits, element = kinds_of(run.names), run.element
    for _ in range(3):
        bits |= kinds_of(page.tree.elements[element].names)
        element = max(page.tree.elements[element].parent, 0)
    return bool(bits & BIT["author"]) and not bits & (
        BIT["comment"] | BIT["related"] | BIT["nav"] | BIT["footer"]
    )


def _is_name_like(text: str, *, fewest: int = 2) -> bool:
    """Say whether a short line could be one person's name, or "By" and a name."""
    words = _BY_PREFIX.sub("", text).split()
    if not fewest <= len(words) <= 5 or len(text) > 60 or any(map(str.isdigit, text)) or text[-1] in "?!:":
        return False
    if _NO_NAME.intersection(word.casefold().strip(".,") for word in words):
        return False
    return (
        sum(word[0].isupper() for word in words) >= len(words) - (fewest > 1)
        and boilerplate_reason(text) is None
    )


_NO_NAME = frozenset(
    [
        "about",
        "us",
        "contact",
        "powered",
        "more",
        "read",
        "author",
        "authors",
        "home",
        "news",
        "the",
        "our",
        "your",
        "team-page",
        "categories",
        "category",
        "tags",
        "posted",
        "published",
        "updated",
        "written",
        "blog",
        "view",
        "all",
        "posts",
        "share",
        "follow",
        "minutes",
        "min",
        "with",
        "this",
        "information",
        "meet",
        "comments",
    ]
)
_BETWEEN = re.compile(r"\s*[|·•–—,/]\s*|\s(?:in|on|for|at)\s")
_DATE_WORDS = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:\d{1,2}(?:st|nd|rd|th|\.)?\s)?"
    r"[^\W\d_]{3,12}\.?\s(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?(?:19|20)\d\d|\d[\d./:-]+|\d+\s(?:min\w*|hours?|days?)(?:\s(?:read|ago))?",
    re.IGNORECASE,
)
_BYLINE_CHARS = 100
_BY_PREFIX = re.compile(r"^(?:by|von|par|por|written by|author:?|posted by)\s+", re.IGNORECASE)
_BY = re.compile(
    r"(?:^|(?<=[\s|·•,–—-]))(?:[Bb]y:?|BY:?|[Ww]ritten [Bb]y:?|[Aa]uthors?:|[Pp]osted [Bb]y:?)\s+(?=[A-ZÀ-ÞА-Я\d])|"
    r"(?:^|(?<=[\s|·•●]))(?:[Ww]ritten [Bb]y|[Bb]y|[Aa]uthors?|[Cc]ontributors?):\s?(?=[A-ZÀ-ÞА-Я])|"
    r"^(?:Von|Par|Por|Di|Door|Av|Af|De|By)\s?(?=[A-ZÀ-ÞА-Я])"
)
_SIGNED_CHARS = 200
_SIGNED = re.compile(
    r"(?:This \w+ was )?[Ww]ritten by\s?:?\s?[^,|·•.]{3,60}|(?:By|Authors?):\s?[^,|·•.]{3,60}"
)
_NAME_WORDS = 4
_LONG_WORD = 20
_NOT_WRITTEN = re.compile(
    r"(?:reviewed|edited|checked|verified|approved|translated|photo\w*|images?|picture|illustrat\w+|video|updated|"
    r"powered|sponsored|presented|funded|owned|produced)\W+by\b",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(
    r"(?:by|written by|authors?|posted by|published by|von|par|por|autor|auteur)\s?:?", re.IGNORECASE
)
_AUTHOR_URL = re.compile(
    r"/(?:authors?|people|staff|profile|contributors?|by|autor(?:en)?|auteurs?|team|writers?)/", re.IGNORECASE
)


def _rest(page: Page, data: Metadata) -> None:
    story = page.story or {}
    language = (
        page.tree.language
        or text_of(story.get("inLanguage"))
        or page.meta(["og:locale", "content-language", "language"])[0]
    )
    primary = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", language.strip())
    data.language = primary[0].lower() if primary else None
    data.section = (text_of(story.get("articleSection")) or page.meta(_SECTION)[0])[:120] or None
    keywords = story.get("keywords")
    raw = (
        [str(k) for k in keywords if isinstance(k, str)]
        if isinstance(keywords, list)
        else [keywords]
        if isinstance(keywords, str)
        else []
    )
    raw = page.metas.get("article:tag") or raw or [page.meta(_TAGS)[0]]
    parts = [part.strip() for value in raw for part in re.split(r"[,;]", value[:2000])]
    data.tags = tuple(dict.fromkeys(part for part in parts if 1 < len(part) <= 80))[:30]
    image: Any = page.meta(["og:image", "og:image:url", "twitter:image"])[0]
    picture = story.get("image")
    if not image and picture:
        first = picture[0] if isinstance(picture, list) else picture
        image = first.get("url") if isinstance(first, dict) else first
    data.image = page.absolute(image) if isinstance(image, str) else None
    for rel, href, _ in page.tree.links:
        names = rel.split()
        if "canonical" in names and not data.declared_canonical:
            data.declared_canonical = page.absolute(href)
        elif "amphtml" in names and not data.amp_url:
            data.amp_url = page.absolute(href)
        elif "next" in names and not data.next_url:
            data.next_url = page.absolute(href)
    if not data.declared_canonical:
        data.declared_canonical = page.absolute(page.meta(["og:url"])[0])
