"""Who wrote the story: the places of a page that may name people, best first, and which of them is believed."""

from collections.abc import Iterator
from itertools import islice

from workers.extract.authors import clean_authors
from workers.extract.bylines import (
    AUTHOR_URL,
    BY_ALONE,
    SIGNED,
    SIGNED_CHARS,
    agency,
    beside_date,
    by_names,
    is_by,
    name_alone,
    name_in_address,
    single_name,
)
from workers.extract.declared_people import json_ld_people, meta_people, microdata_people
from workers.extract.head import Page
from workers.extract.headline import after_title, front_page_links
from workers.extract.jsonld import text_of
from workers.extract.names import BIT, kinds_of
from workers.extract.person_names import is_collective, is_dense_name, is_name, is_name_like
from workers.extract.shown_dates import NEAR
from workers.extract.titles import normal

CLOSE = 5
"""Runs from the headline on in which a "By" weighs more than the head."""
_BEFORE = 8
_NO_AUTHOR = BIT["comment"] | BIT["related"] | BIT["nav"] | BIT["footer"]
_LONGEST_NAME = 60
_GUESSED = "name beside date"
"""From this rule on names are only likely ones: a desk that JSON-LD declares is better."""

Found = tuple[tuple[str, ...], str]


def authors(page: Page, title: str, site: str, near: int) -> Found:
    """Return the names of the story's authors and the rule that found them; ``near``: the run of the headline."""
    sites = _sites(page, site)
    fallback: Found = (), ""
    under = _under(page, title, near)
    signed = clean_authors(by_names(text for text in under[:CLOSE] if is_by(text)))
    for rule, raw in _candidates(page, under, near):
        if rule == _GUESSED and (desk := _desk(page))[0]:
            return desk
        names = clean_authors([text for text in raw if _squeezed(text.partition(",")[0]) not in sites])
        people = tuple(name for name in names if _squeezed(name) not in sites)
        if people and _contradicts(signed, people):
            return signed, "by line under headline"
        if people:
            return people, rule
        if raw and not fallback[0]:
            fallback = _bodies(raw, sites), rule
    return fallback if fallback[0] else _organisation(page)


def _sites(page: Page, site: str) -> frozenset[str]:
    publisher = text_of((page.story or {}).get("publisher"))
    return frozenset(
        filter(None, (_squeezed(name) for name in (site, publisher, page.host, *front_page_links(page))))
    )


def _squeezed(name: str) -> str:
    return normal(name).replace(" ", "")


def _bodies(raw: list[str], sites: frozenset[str]) -> tuple[str, ...]:
    """Return the names under which the publication itself signs."""
    names = (text.partition(",")[0].strip() for text in raw)
    return tuple(dict.fromkeys(name for name in names if _squeezed(name) in sites))[:1]


def _organisation(page: Page) -> Found:
    """Return the bodies that JSON-LD has as authors, where no person was found."""
    names = (name.strip() for _, bodies in json_ld_people(page) for name in bodies)
    fit = dict.fromkeys(name for name in names if 1 < len(name) <= _LONGEST_NAME and "//" not in name)
    return tuple(fit)[:3], "json-ld organisation" if fit else ""


def _desk(page: Page) -> Found:
    """Return the bodies that JSON-LD has as authors, if they are the desk or staff of a publication."""
    names, rule = _organisation(page)
    return (names, rule) if names and all(map(is_collective, names)) else ((), "")


def _contradicts(under: tuple[str, ...], people: tuple[str, ...]) -> bool:
    """Say whether the line under the headline names others: the head then names whoever typed the story in."""
    if not under or len(under[0].split()) < 2:
        return False
    words = {word for name in people for word in normal(name).split()}
    return words.isdisjoint(normal(" ".join(under)).split())


def _under(page: Page, title: str, near: int) -> list[str]:
    """Return the runs under the headline, and first what follows it in its own run."""
    runs, wanted = page.tree.runs[near : near + 6], normal(title)
    after = after_title(page, near, wanted) if runs else ""
    return [*([after] if after else []), *(run.text for run in runs if normal(run.text) != wanted)]


def _candidates(page: Page, under: list[str], near: int) -> Iterator[tuple[str, list[str]]]:
    """Yield (rule, lines that should hold names), best first."""
    for people, _ in json_ld_people(page):
        yield "json-ld author", people
    yield from meta_people(page)
    yield "microdata author", microdata_people(page)
    yield "by line under headline", by_names(under)
    yield "rel=author", [a.text for a in page.tree.anchors if "author" in a.rel][:4]
    yield "name under headline", name_alone(page.tree.runs, near)
    yield from _shown(page, near)
    yield "pen name under headline", [name for text in under if (name := single_name(text))]
    yield "agency under headline", [name for text in under if (name := agency(text))]
    yield from _profiles(page)


def _shown(page: Page, near: int) -> Iterator[tuple[str, list[str]]]:
    """Yield what readers see: lines, links and elements around the headline, then anywhere."""
    tree, runs = page.tree, page.tree.runs
    window = range(max(near - _BEFORE, 0), min(near + NEAR, len(runs)))
    yield "by line", by_names(runs[i].text for i in window)
    yield "line after by", _after_label(page, window)
    links = [a for a in tree.anchors if near - _BEFORE <= a.run <= near + NEAR and AUTHOR_URL.search(a.href)]
    yield "author link", [a.text for a in links if _may_sign(a.text)][:3]
    dated = (runs[i].text for i in range(max(near - 2, 0), min(near + 5, len(runs))))
    yield _GUESSED, [name for text in dated for name in beside_date(text)][:2]
    for rule, where in (("byline element", window), ("author box", range(len(runs)))):
        names = (runs[i].text for i in where if _is_signed(page, i))
        yield rule, list(islice(names, 2))
    signed = (found for run in runs if len(run.text) < SIGNED_CHARS and (found := SIGNED.match(run.text)))
    yield "signed", by_names(found[0] for found in islice(signed, 1))
    yield "line after author", [text for text in _after_label(page, range(len(runs))) if is_name(text)]


def _may_sign(text: str) -> bool:
    """Say whether the text of a link to an author's page, or of an element named after one, could be the name."""
    return is_name_like(text) or is_collective(text) or is_dense_name(text)


def _after_label(page: Page, where: range) -> list[str]:
    runs = page.tree.runs
    after = (runs[i + 1].text for i in where if i + 1 < len(runs) and BY_ALONE.fullmatch(runs[i].text))
    return [text for text in after if is_name_like(text) or is_collective(text)][:2]


def _profiles(page: Page) -> Iterator[tuple[str, list[str]]]:
    """Yield names that only the address of a profile spells out."""
    declared = [value for key in ("article:author", "author") for value in page.metas.get(key, ())]
    story = (page.story or {}).get("author")
    declared += [story] if isinstance(story, str) else []
    declared += [
        story["url"] for story in [story] if isinstance(story, dict) and isinstance(story.get("url"), str)
    ]
    yield "profile address", [name for value in declared if (name := name_in_address(value))]


def _is_signed(page: Page, index: int) -> bool:
    """Say whether a run is a name inside an element that is named after an author."""
    run = page.tree.runs[index]
    is_dense = is_dense_name(run.text)
    if len(run.text) > _LONGEST_NAME or not (is_dense or " " in run.text) or not _named_author(page, index):
        return False
    own = f"{run.names} {page.tree.elements[run.element].names}".lower()
    return (
        is_dense
        or is_name_like(run.text)
        or ("author" in own and "name" in own and is_name_like(run.text.title()))
    )


def _named_author(page: Page, index: int) -> bool:
    """Say whether a run, its element or one of the two around it is named after an author."""
    run, elements = page.tree.runs[index], page.tree.elements
    bits, element = kinds_of(run.names) if run.names else 0, run.element
    for _ in range(3):
        if names := elements[element].names:
            bits |= kinds_of(names)
        element = max(elements[element].parent, 0)
    return bool(bits & BIT["author"]) and not bits & _NO_AUTHOR
