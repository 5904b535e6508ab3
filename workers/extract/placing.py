"""Where a page stands: its language, its section and tags, its picture, and the addresses it declares for itself."""

import re
from typing import Any

from workers.extract.head import Page
from workers.extract.jsonld import text_of
from workers.extract.languages import declared_language

_SECTION = [
    "article:section", "og:article:section", "section", "parsely-section", "sailthru.verticals", "cxenseparse:section",
]  # fmt: skip
_TAGS = ["article:tag", "og:article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags"]
_IMAGE = ["og:image", "og:image:url", "twitter:image"]
_LANGUAGE = ["og:locale", "content-language", "language", "dc.language", "dcterms.language"]
_LONGEST = 120
_LONGEST_TAG, _MOST_TAGS = 80, 30


def language(page: Page) -> tuple[str | None, str]:
    """Return the primary tag of the language that the page declares, and where."""
    said = (
        ("html lang", page.tree.language),
        ("json-ld inLanguage", text_of((page.story or {}).get("inLanguage"))),
        *((f"meta {key}", value) for key in _LANGUAGE for value in page.metas.get(key, ())),
    )
    declared = ((declared_language(value), rule) for rule, value in said if value)
    return next((found for found in declared if found[0]), (None, ""))


def section(page: Page) -> str | None:
    """Return the section of the site that the story is filed under."""
    return (text_of((page.story or {}).get("articleSection")) or page.meta(_SECTION)[0])[:_LONGEST] or None


def topics(page: Page) -> tuple[str, ...]:
    """Return the story's tags, each once."""
    keywords = (page.story or {}).get("keywords")
    listed = keywords if isinstance(keywords, list) else [keywords]
    raw = [str(k) for k in listed if isinstance(k, str)]
    raw = page.metas.get("article:tag") or raw or [page.meta(_TAGS)[0]]
    parts = [part.strip() for value in raw for part in re.split(r"[,;]", value[:2000])]
    return tuple(dict.fromkeys(part for part in parts if 1 < len(part) <= _LONGEST_TAG))[:_MOST_TAGS]


def lead_image(page: Page) -> str | None:
    """Return the address of the picture that the page shows when it is shared."""
    image: Any = page.meta(_IMAGE)[0]
    picture = (page.story or {}).get("image")
    if not image and picture:
        first = picture[0] if isinstance(picture, list) else picture
        image = first.get("url") if isinstance(first, dict) else first
    return page.absolute(image) if isinstance(image, str) else None


def declared_links(page: Page) -> tuple[str | None, str | None, str | None]:
    """Return the canonical, AMP and next-page addresses that the page declares."""
    found: dict[str, str | None] = {}
    for rel, href, _ in page.tree.links:
        wanted = next((name for name in ("canonical", "amphtml", "next") if name in rel.split()), "")
        if wanted and not found.get(wanted):
            found[wanted] = page.absolute(href)
    canonical = found.get("canonical") or page.absolute(page.meta(["og:url"])[0])
    return canonical, found.get("amphtml"), found.get("next")
