"""People as the head and the markup declare them: JSON-LD, metas, microdata."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import takewhile
from typing import Any

from workers.extract.head import Page
from workers.extract.jsonld import Node, types_of

_KEYS = [
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
    "citation_author", "bepress_citation_author", "eprints.creators_name", "dc.contributor", "byl", "byline", "article.author", "og:author", "og:article:author", "authors",
    "creator", "cxenseparse:author", "shareaholic:article_author_name", "dable:author", "rbauthors", "parsely-authors",
    "articleauthor", "article:author_name", "dcsext.author", "author.name", "sailthru.author_name",
]  # fmt: skip
_TWITTER_LABEL = re.compile(
    r"written by|author|by\b|verfasst von|geschrieben von|escrito por|écrit par|scritto da|geschreven door|автор|"
    r"napisane przez|skriven av|skrevet av|skrevet af|ditulis oleh|yazan|escrita por|napsal|작성자|執筆者|作者|كتبه",
    re.IGNORECASE,
)
_CATALOGUED = frozenset(
    [
        "dc.creator",
        "dcterms.creator",
        "dc.contributor",
        "citation_author",
        "eprints.creators_name",
        "bepress_citation_author",
    ]
)
"""Metas of libraries and archives, which put the family's name first."""
_GIVEN_NAMES = 3
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_VALUE = 400
_DEEPEST, _MOST = 4, 20
_APART = 6
"""Blocks between the authors of one byline, at most; further down others speak."""
_MOST_MARKED = 6
_AHEAD = 4
"""Properties behind ``author`` among which the name of its item is looked for."""


def json_ld_people(page: Page) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the persons and the organisations that the story's node, then the page's, has as authors."""
    by_id = {node["@id"]: node for node in _named(page) if isinstance(node.get("@id"), str)}
    for node in [page.story, *(n for n in page.nodes if "webpage" in types_of(n))]:
        value = (node.get("author") or node.get("creator")) if node else None
        people: list[str] = []
        organisations: list[str] = []
        for item in value[:_MOST] if isinstance(value, list) else [value]:
            person = _resolved(item, by_id)
            names = _names(person)
            is_body = isinstance(person, dict) and any(
                kind.endswith("organization") for kind in types_of(person)
            )
            (organisations if is_body else people).extend(names)
        yield people, organisations


def _named(page: Page) -> Iterator[Node]:
    """Yield the nodes that have a name, those inside another node's author, too."""
    for node in page.nodes:
        authors = node.get("author")
        people = authors[:_MOST] if isinstance(authors, list) else [authors]
        yield from (
            n for n in (*people, node) if isinstance(n, dict) and (n.get("name") or _name_of_parts(n))
        )


def _resolved(item: Any, by_id: dict[str, Node]) -> Any:
    if isinstance(item, dict) and not item.get("name") and isinstance(item.get("@id"), str):
        return by_id.get(item["@id"], item)
    return item


def _names(value: Any, depth: int = 0) -> list[str]:
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [name for item in value[:_MOST] for name in _names(item, depth + 1)]
    if isinstance(value, dict):
        return _names(value.get("name") or value.get("@value"), depth + 1) or _name_of_parts(value)
    return [_TAG.sub(" ", unescape(value[:_LONGEST_VALUE]))] if isinstance(value, str) else []


def _name_of_parts(person: Node) -> list[str]:
    parts = (person.get("givenName"), person.get("familyName"))
    name = " ".join(part.strip() for part in parts if isinstance(part, str)).strip()
    return [name] if name else []


def _turned(value: str) -> str:
    """Return a name in the order in which it is spoken: archives write the family's name first.

    >>> _turned("van den Berg, Jan"), _turned("Ana Perez, Bo Lind"), _turned("Ana Perez")
    ('Jan van den Berg', 'Ana Perez, Bo Lind', 'Ana Perez')
    """
    family, comma, given = (part.strip() for part in value.partition(","))
    words = family.split()
    is_family = len(words) == 1 or (words and words[0].islower())
    if not comma or "," in given or not given or not is_family or len(given.split()) > _GIVEN_NAMES:
        return value
    return f"{given} {family}"


def meta_people(page: Page) -> Iterator[tuple[str, list[str]]]:
    """Yield (rule, values) of the metas that name authors, best first."""
    for key in _KEYS:
        if key in page.metas:
            values = page.metas[key]
            yield f"meta {key}", [_turned(value) for value in values] if key in _CATALOGUED else values
    for number in "12":
        label = " ".join(page.metas.get(f"twitter:label{number}", []))
        if label and _TWITTER_LABEL.search(label):
            yield f"meta twitter:data{number}", page.metas.get(f"twitter:data{number}", [])


def microdata_people(page: Page) -> list[str]:
    """Return the names of the story's ``author`` properties: the ``name`` inside each, or its text; not of comments'."""
    runs = page.tree.runs
    props = list(takewhile(lambda prop: prop[0] != "comment", page.tree.itemprops))
    found: list[str] = []
    last = 0
    for place, author in enumerate(props):
        if author[0] not in ("author", "creator") or (found and author[2] > last + _APART):
            continue
        last = author[2]
        behind = takewhile(lambda prop: prop[0] != "author", props[place + 1 : place + 1 + _AHEAD])
        _, value, at = next((p for p in behind if p[0] == "name" and p[2] <= author[2] + 1), author)
        text = runs[at].text if at < len(runs) else ""
        found.append(text if not value or "/" in value else value)
    return found[:_MOST_MARKED]
