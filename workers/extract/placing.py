"""Where a page stands: its language, its section and tags, its picture, and the addresses it declares for itself."""

import re

from workers.extract.head import Page
from workers.extract.jsonld import text_of
from workers.extract.languages import declared_language

_SECTION = [
    "article:section", "og:article:section", "section", "parsely-section", "sailthru.verticals", "cxenseparse:section",
]  # fmt: skip
_TAGS = [
    "article:tag", "og:article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags", "citation_keywords",
    "dc.subject", "dcterms.subject",
]  # fmt: skip
_IMAGE = ["og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"]
_LANGUAGE = ["og:locale", "content-language", "language", "dc.language", "dcterms.language"]
_BETWEEN_TAGS = re.compile(r"[,;、，；]")
_RELATIONS = {"canonical": "declared_canonical", "amphtml": "amp_url", "next": "next_url"}
_LONGEST = 120
_LONGEST_TAG, _MOST_TAGS = 80, 30
_FIRST_IDEOGRAPH = "\u3400"
"""From here on one letter may be a word."""
_ROW = 8
"""Blocks of one list of tags; further down other stories' lists stand."""


def language(page: Page) -> tuple[str | None, str]:
    """Return the primary tag of the language that the page declares, and where."""
    said = (
        ("html lang", page.tree.language),
        ("json-ld inLanguage", text_of((page.story or {}).get("inLanguage"))),
        *((f"meta {key}", value) for key in _LANGUAGE for value in page.metas.get(key, ())),
    )
    declared = ((declared_language(value), rule) for rule, value in said if value)
    return next((found for found in declared if found[0]), (None, ""))


def section(page: Page) -> tuple[str | None, str]:
    """Return the section of the site that the story is filed under, and where it says so."""
    said = text_of((page.story or {}).get("articleSection"))
    value, rule = (said, "json-ld articleSection") if said else page.meta(_SECTION)
    return value[:_LONGEST] or None, rule


def topics(page: Page) -> tuple[tuple[str, ...], str]:
    """Return the story's tags, each once, and where they stand."""
    keywords = (page.story or {}).get("keywords")
    listed = keywords if isinstance(keywords, list) else [keywords]
    raw = [text_of(value) for value in listed[:_MOST_TAGS] if value]
    rule = "json-ld keywords"
    if "article:tag" in page.metas:
        raw, rule = page.metas["article:tag"], "meta article:tag"
    elif not any(raw):
        rule = page.meta(_TAGS)[1]
        raw = page.metas[rule.removeprefix("meta ")] if rule else _linked_tags(page)
        rule = rule or "rel=tag"
    parts = [part.strip() for value in raw for part in _BETWEEN_TAGS.split(value[:2000])]
    return tuple(dict.fromkeys(part for part in parts if _is_tag(part)))[:_MOST_TAGS], rule


def _is_tag(part: str) -> bool:
    return len(part) <= _LONGEST_TAG and (len(part) > 1 or part >= _FIRST_IDEOGRAPH)


def _linked_tags(page: Page) -> list[str]:
    """Return the texts of the first row of links to tags; ``rel="category tag"`` names a section."""
    links = [
        a
        for a in page.tree.anchors
        if (rel := a.rel.lower().split()) and "tag" in rel and "category" not in rel
    ]
    row = [a for a in links if a.run <= links[0].run + _ROW]
    return [a.text for a in row]


def lead_image(page: Page) -> tuple[str | None, str]:
    """Return the address of the picture that the page shows when it is shared, and where it stands."""
    value, rule = page.meta(_IMAGE)
    if found := page.absolute(value):
        return found, rule
    picture = (page.story or {}).get("image")
    first = picture[0] if isinstance(picture, list) and picture else picture
    address = first.get("url") or first.get("contentUrl") if isinstance(first, dict) else first
    if isinstance(address, str) and (found := page.absolute(address)):
        return found, "json-ld image"
    shown = next((value for name, value, _ in page.tree.itemprops if name == "image" and value), "")
    return page.absolute(shown), "microdata image"


def declared_links(page: Page) -> dict[str, tuple[str, str]]:
    """Return the canonical, AMP and next-page addresses that the page declares (by field), and where."""
    found: dict[str, tuple[str, str]] = {}
    for rel, href, _ in page.tree.links:
        for name in rel.split():
            field = _RELATIONS.get(name, "")
            if field and field not in found and (url := page.absolute(href)):
                found[field] = url, f"link {name}"
    if "declared_canonical" not in found and (url := page.absolute(page.meta(["og:url"])[0])):
        found["declared_canonical"] = url, "meta og:url"
    return found
