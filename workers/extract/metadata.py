"""What a page says about its story: title, people, dates, place on the site.

Order of belief, best first:

title      what a newsroom's JSON-LD and ``og:title`` agree on; a heading that the head repeats; ``og:title``;
           ``twitter:title``; JSON-LD ``headline``; other metas; ``h2`` and ``h3`` that the ``title`` holds; ``title``;
           ``h1``
authors    JSON-LD ``author``; meta tags; microdata, RDFa; "By ..." under the headline; ``rel=author``; a name alone;
           other lines, links and elements near it that name people; agencies; addresses of profiles
published  an earlier day right under the headline; JSON-LD ``datePublished``; meta tags; microdata, RDFa; a line
           "originally published"; ``time`` near the headline; the URL; a dated line there; dates of a change
modified   JSON-LD ``dateModified``; meta tags; microdata; a line "updated" near the headline
site       ``og:site_name``; JSON-LD ``publisher``; ``application-name``
section    JSON-LD ``articleSection``; meta tags
tags       ``article:tag``; JSON-LD ``keywords``; meta tags; the first row of ``rel=tag`` links
image      ``og:image``; ``twitter:image``; JSON-LD ``image``; microdata
canonical  ``link rel=canonical``; ``og:url``
language   ``html lang``; JSON-LD ``inLanguage``; ``og:locale``; ``content-language``; the text itself where it
           plainly speaks another language, or none is declared (``languages.py``)
"""

from dataclasses import dataclass, field
from datetime import datetime

from workers.extract.head import Page
from workers.extract.headline import headline, headline_at, site_name
from workers.extract.people import authors
from workers.extract.placing import declared_links, language, lead_image, section, topics
from workers.extract.published import modified_at, published_at


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


def read_metadata(page: Page) -> Metadata:
    """Apply every rule to one page."""
    data = Metadata()
    rules = data.provenance
    site, rule = site_name(page)
    if site:
        data.site, rules["site"] = site, rule
    title, rule = headline(page, site)
    if title:
        data.title, rules["title"] = title, rule
    near = headline_at(page, title)
    if found := published_at(page, near):
        data.published_at, rules["published_at"] = found
    if found := modified_at(page, near):
        data.modified_at, rules["modified_at"] = found
    names, rule = authors(page, title or "", site, near)
    if names:
        data.authors, rules["authors"] = names, rule
    for name, (value, where) in _placed(page).items():
        if value:
            setattr(data, name, value)
            rules[name] = where
    return data


def _placed(page: Page) -> dict[str, tuple[str | tuple[str, ...] | None, str]]:
    """Return the fields that tell where the story stands, each with its rule."""
    return {
        "language": language(page),
        "section": section(page),
        "tags": topics(page),
        "image": lead_image(page),
        **declared_links(page),
    }


__all__ = ["Metadata", "Page", "read_metadata"]
