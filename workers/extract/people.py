"""Who wrote the story: the places of a page that may name people, best first, and which of them is believed."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from workers.extract.authors import clean_authors
from workers.extract.bylines import (
    AUTHOR_URL,
    BY_ALONE,
    SIGNED,
    SIGNED_CHARS,
    beside_date,
    by_names,
    is_by,
    is_name_like,
    name_alone,
)
from workers.extract.head import Page
from workers.extract.headline import after_title
from workers.extract.jsonld import text_of, types_of
from workers.extract.names import BIT, kinds_of
from workers.extract.shown_dates import NEAR
from workers.extract.titles import normal

CLOSE = 5
"""Runs from the headline on in which a "By" weighs more than the head."""
_AUTHOR = [
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
    "dc.contributor", "byl", "byline", "article.author", "citation_author", "og:author",
    "og:article:author", "twitter:data1", "authors", "creator", "cxenseparse:author",
    "shareaholic:article_author_name", "dable:author", "rbauthors", "parsely-authors", "articleauthor",
]  # fmt: skip
_TWITTER_LABEL = re.compile(
    r"written by|author|verfasst von|escrito por|écrit par|scritto da|geschreven door|автор", re.IGNORECASE
)

_DEEPEST = 4


def _people(value: Any, depth: int = 0) -> list[str]:
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [name for item in value[:20] for name in _people(item, depth + 1)]
    if isinstance(value, dict):
        return _people(value.get("name"), depth + 1)
    return [value] if isinstance(value, str) else []


def authors(page: Page, title: str, site: str, near: int) -> tuple[tuple[str, ...], str]:
    """Return the names of the story's authors and the rule that found them; ``near``: the run of the headline."""
    publisher = text_of((page.story or {}).get("publisher"))
    sites = {normal(name).replace(" ", "") for name in (site, publisher, page.host)}
    fallback: tuple[tuple[str, ...], str] = (), ""
    opening = [text for text in _under(page, title, near)[:CLOSE] if is_by(text)]
    under = clean_authors(by_names(opening))
    for rule, raw in _candidates(page, title, near):
        names = clean_authors(raw)
        people = tuple(n for n in names if normal(n).replace(" ", "") not in sites)
        if people and _contradicts(under, people):
            return under, "by line under headline"
        if people:
            return people, rule
        if names and not fallback[0]:
            fallback = names, rule
    return fallback


def _contradicts(under: tuple[str, ...], people: tuple[str, ...]) -> bool:
    """Say whether the line under the headline names others: the head then names whoever typed the story in."""
    words = {word for name in people for word in normal(name).split()}
    return bool(under) and len(under[0].split()) > 1 and words.isdisjoint(normal(" ".join(under)).split())


def _under(page: Page, title: str, near: int) -> list[str]:
    """Return the runs under the headline, and first what follows it in its own run."""
    runs, wanted = page.tree.runs[near : near + 6], normal(title)
    after = after_title(page, near, wanted) if runs else ""
    return [*([after] if after else []), *(run.text for run in runs if normal(run.text) != wanted)]


def _candidates(page: Page, title: str, near: int) -> Iterator[tuple[str, list[str]]]:
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
    yield "by line under headline", by_names(_under(page, title, near))
    yield "rel=author", [a.text for a in tree.anchors if "author" in a.rel][:4]
    yield "name under headline", name_alone(page.tree.runs, near)
    yield from _bylines(page, near)
    yield "json-ld organisation", organisations


def _bylines(page: Page, near: int) -> Iterator[tuple[str, list[str]]]:
    tree, runs = page.tree, page.tree.runs
    window = range(max(near - 8, 0), min(near + NEAR, len(runs)))
    yield "by line", by_names(runs[i].text for i in window)
    after = [runs[i + 1].text for i in window if i + 1 < len(runs) and BY_ALONE.fullmatch(runs[i].text)]
    yield "line after by", [text for text in after if is_name_like(text)][:2]
    links = [a for a in tree.anchors if AUTHOR_URL.search(a.href) and near - 8 <= a.run <= near + NEAR]
    yield "author link", [a.text for a in links if is_name_like(a.text)][:3]
    dated = [runs[i].text for i in range(max(near - 2, 0), min(near + 5, len(runs)))]
    yield "name beside date", [name for text in dated for name in beside_date(text)][:2]
    for rule, where in (("byline element", window), ("author box", range(len(runs)))):
        yield (
            rule,
            [runs[i].text for i in where if is_name_like(runs[i].text) and _named_author(page, i)][:2],
        )
    signed = (found for run in runs if len(run.text) < SIGNED_CHARS and (found := SIGNED.match(run.text)))
    yield "signed", by_names(found[0] for found in islice(signed, 1))


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
