"""The site's name, the story's headline, and the run of the page at which the headline stands."""

import re
from itertools import islice

from workers.extract import tags
from workers.extract.head import Page
from workers.extract.jsonld import text_of, types_of
from workers.extract.title_parts import SEPARATOR
from workers.extract.titles import NEWSROOM, best_title, normal

OPENING_CHARS = 800
"""A run longer than this is read no further for what follows a headline or says when a story first appeared."""
AFTER_CHARS = 100
"""What follows a headline in its own run, as where a line break is all that parts it from the byline."""
_WORDS = re.compile(r"\w+")
_TITLE_WORDS = 4
_HEADLINE_CHARS = 400
_OPENINGS = 120
"""Texts of a page among which a headline without a heading of its own is looked for."""
_LONGEST_SITE = 120
_LINKS = 60
"""Links of a page, from its top on, among which its front page's name is looked for."""
_SCHEME_CHARS = len("https://www./")
_LESSER = frozenset({tags.HEADING_2, tags.HEADING_3})
_MOST_LESSER = 12
_TITLES = ("citation_title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "title")
_SITE = [
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "cxenseparse:sitename",
]


def site_name(page: Page) -> tuple[str, str]:
    """Return the site's name for itself and the rule that found it; ``("", "")`` where it says none."""
    value, rule = page.meta(_SITE[:1])
    if not value and page.story:
        value, rule = text_of(page.story.get("publisher")), "json-ld publisher"
    if not value:
        value, rule = page.meta(_SITE[1:])
    return (value[:_LONGEST_SITE], rule) if value and not value.startswith("http") else ("", "")


def _site_names(page: Page, site: str) -> list[str]:
    names = [normal(site).replace(" ", ""), *home_names(page)]
    names += [normal(text_of(n.get("name"))).replace(" ", "") for n in page.nodes if "website" in types_of(n)]
    labels = page.host.split(".")
    names += [label.replace("-", "") for label in labels[:-1] if len(label) > 3]
    names.append(page.host.replace(".", "").replace("-", ""))
    return [name for name in names if name]


def home_names(page: Page) -> list[str]:
    """Return what links to the site's front page are called, where the ``title`` begins or ends with just that."""
    parts = SEPARATOR.split(page.tree.title[:_HEADLINE_CHARS])
    ends = {normal(part) for part in (parts[0], parts[-1])} if len(parts) > 1 else set()
    titles = {normal(text) for _, text in page.headings}
    names = {normal(text) for text in front_page_links(page)} if ends else set()
    return [name.replace(" ", "") for name in names & ends - titles if name]


def front_page_links(page: Page) -> list[str]:
    """Return the texts of the links to the site's front page, from the top of the page on."""
    return [a.text for a in page.tree.anchors[:_LINKS] if a.text and _is_home(page, a.href)]


def _is_home(page: Page, href: str) -> bool:
    if href == "/":
        return True
    if len(href) > len(page.host) + _SCHEME_CHARS or page.host not in href:
        return False
    return href.partition("://")[2].rstrip("/").removeprefix("www.") == page.host


def headline(page: Page, site: str) -> tuple[str | None, str]:
    """Return the story's title without the name of the site, and the rule that chose it."""
    declared = [(f"meta {key}", page.metas.get(key, [""])[0]) for key in ("og:title", "twitter:title")]
    if page.story:
        rule = NEWSROOM if any("news" in kind for kind in types_of(page.story)) else "json-ld headline"
        declared.append((rule, text_of(page.story.get("headline")) or text_of(page.story.get("name"))))
    if not page.headings:
        marked = next((value for name, value, _ in page.tree.itemprops if name == "headline" and value), "")
        declared.append(("microdata headline", marked))
    declared += [(f"meta {key}", page.metas.get(key, [""])[0]) for key in _TITLES]
    first = _below(page)
    return best_title(
        headings=[text for index, text in page.headings if index < first],
        below=[text for index, text in page.headings if index >= first],
        lesser=_lesser(page),
        declared=declared,
        document=page.tree.title,
        sites=_site_names(page, site),
        openings=[run.text for run in page.tree.runs[:_OPENINGS]],
    )


def _lesser(page: Page) -> list[str]:
    """Return the first headings of the second and third rank, which many templates give to the story's."""
    elements = page.tree.elements
    lesser = (run.text for run in page.tree.runs if elements[run.element].code in _LESSER)
    return list(islice(lesser, _MOST_LESSER))


def _below(page: Page) -> int:
    """Return the run from which on headings part the text: the one behind the second paragraph."""
    if not page.headings:
        return 0
    paragraphs = (
        index
        for index, run in enumerate(page.tree.runs[: page.headings[-1][0]])
        if len(run.text) >= _PARAGRAPH_CHARS and run.link_chars < _LINKED * len(run.text)
    )
    return next(islice(paragraphs, _ABOVE, None), len(page.tree.runs))


_PARAGRAPH_CHARS, _LINKED, _ABOVE = 160, 0.2, 2
"""A standfirst and a notice may stand above a headline, a third paragraph does not."""


def headline_at(page: Page, title: str | None) -> int:
    """Return the run at which the headline stands, alone or at the start of a longer run, or 0."""
    wanted = normal(title or "")
    for index, text in page.headings:
        if normal(text) == wanted or (wanted and normal(text).startswith(f"{wanted} ")):
            return index
    if wanted:
        for index, run in enumerate(page.tree.runs):
            if (
                len(run.text) < _HEADLINE_CHARS
                and page.tree.elements[run.element].code in tags.HEADINGS
                and normal(run.text) == wanted
            ):
                return index
    opened = [i for i in range(len(page.tree.runs)) if wanted and after_title(page, i, wanted)]
    if page.headings or not opened:
        return page.headings[0][0] if page.headings else 0
    return opened[0]


def after_title(page: Page, index: int, wanted: str) -> str:
    """Return what follows the headline in its run, as where a line break is all that parts it from the byline."""
    text = page.tree.runs[index].text[:OPENING_CHARS]
    if len(wanted.split()) < _TITLE_WORDS or not normal(text).startswith(f"{wanted} "):
        return ""
    words = _WORDS.finditer(text)
    last = next(islice(words, len(wanted.split()) - 1, None))
    return text[last.end() :].lstrip(" \"'”’»?!.:")[:AFTER_CHARS]
