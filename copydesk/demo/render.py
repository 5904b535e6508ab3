"""Draws the press's pages: a paper's template around a story, a list, a digest or a page of prose."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from copydesk.demo.pages import Page, PageKind
from copydesk.demo.publishers import Publisher
from copydesk.demo.syndication import Copy

_GERMAN_MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


@cache
def _environment() -> Environment:
    loader = PackageLoader("copydesk.demo", "templates")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _dates(when: datetime, publisher: Publisher) -> dict[str, str]:
    day = publisher.day_format or "%B %-d, %Y"
    return {
        "published": when.isoformat(),
        "day": when.strftime(day.replace("%-d", str(when.day))),
        "day_de": f"{when.day}. {_GERMAN_MONTHS[when.month - 1]} {when.year}",
        "day_es": when.strftime("%d/%m/%Y"),
        "clock": when.strftime("%H:%M"),
    }


def _json_ld(copy: Copy, publisher: Publisher, url: str) -> Markup:
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": copy.title,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": copy.published_at.isoformat(),
        "dateModified": (copy.modified_at or copy.published_at).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in copy.authors],
        "publisher": {"@type": "Organization", "name": publisher.name},
        "isAccessibleForFree": True,
    }
    # "</" must not close the script element early; "<\/" is the same string in JSON.
    return Markup(json.dumps(data, ensure_ascii=False).replace("</", "<\\/"))  # noqa: S704


def view_of(page: Page) -> str:
    """Return the branch of the template that draws this page."""
    if page.kind is PageKind.ARTICLE or page.mishap is not None:
        return "amp" if page.canonical is not None else "article"
    return {PageKind.DIGEST: "digest", PageKind.LIST: "list"}.get(page.kind, "prose")


def draw(
    page: Page,
    publisher: Publisher,
    *,
    origin: str,
    copy: Copy | None = None,
    cards: tuple[Page, ...] = (),
    related: tuple[Page, ...] = (),
    popular: tuple[Page, ...] = (),
    item_urls: tuple[str, ...] = (),
    prose: str = "",
) -> str:
    """Return the page's HTML.

    ``cards`` are what a list shows, ``related`` and ``popular`` what stands around a story.
    """
    url = origin + (page.canonical or page.path)
    context: dict[str, Any] = {
        "p": publisher, "view": view_of(page), "home": origin, "canonical": url,
        "title": page.title, "heading": page.title, "charset": publisher.charset,
        "cards": [
            {"path": c.path, "title": c.title, "teaser": c.versions[0].teaser if c.versions else ""}
            for c in cards
        ],
        "related": related, "popular": popular, "prose": Markup(prose),  # noqa: S704 - written by us
        "twin": origin + page.twin if page.twin else None, "id": 0,
    }  # fmt: skip
    if copy is not None:
        context |= _dates(copy.published_at, publisher) | {
            "title": copy.title, "blocks": copy.blocks, "authors": copy.authors, "teaser": copy.teaser,
            "id": 10_000 + copy.story * 17, "jsonld": _json_ld(copy, publisher, url),
            "modified": copy.modified_at.isoformat() if copy.modified_at else None,
        }  # fmt: skip
    context["items"] = [
        {
            "title": item.copy.title,
            "blocks": item.copy.blocks,
            "heading": item.heading,
            "source": item.source,
            "url": u,
        }
        for item, u in zip(page.items, item_urls, strict=True)
    ]
    return _environment().get_template(publisher.template).render(context)


def draw_door(template: str, publisher: Publisher) -> str:
    """Return a page that stands before the story: a login form or a consent wall."""
    return _environment().get_template(template).render(name=publisher.name)
