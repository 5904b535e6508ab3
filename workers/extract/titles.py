"""The story's headline, without the site's name, out of all the places where a page repeats it."""

import re

from workers.extract.title_parts import (
    BAR,
    SEPARATOR,
    is_site,
    longest_column,
    normal,
    prefixes,
    shared,
    size,
    without_site,
)

NEWSROOM = "json-ld newsroom headline"
"""The rule's name for the headline of a node that calls itself news."""
_LONGEST = 400
_ALIKE = 0.35
_SAME = 0.8
_SOLE_WORDS = 4
_MOST_WORDS = 35
"""A heading of more words is a paragraph set large."""
_KICKER_WORDS = 6
_FOREIGN = 0.2
_SOCIAL = frozenset({"meta og:title", NEWSROOM, "json-ld headline"})
_APPENDED = re.compile(r"(?:\s*\([^()]{1,40}\)|\s*\d{1,5})+\s*")


def best_title(
    *,
    headings: list[str],
    declared: list[tuple[str, str]],
    document: str,
    sites: list[str],
    openings: list[str] | None = None,
    below: list[str] | None = None,
    lesser: list[str] | None = None,
) -> tuple[str | None, str]:
    """Return the headline and the rule that chose it.

    A heading on the page that the head of the page repeats (alone, or with the site's name) is the headline; so is one
    that shares many words with it, since the head often holds a shorter version for search engines.  Otherwise what the
    page declares (``declared``: rule and text, best first), then its ``title``, then any heading.  On a page without
    headings the part of the ``title`` with which a text of the page opens (``openings``) is the headline.  Headings
    ``below`` the first paragraphs, and those of a ``lesser`` rank, are it only if the head repeats them word for word.
    """
    declared = [(rule, text[:_LONGEST].strip()) for rule, text in declared if text and text.strip()]
    head = [*(text for _, text in declared), document[:_LONGEST]]
    headings, below = (
        [h[:_LONGEST] for h in some if _may_be(h, head, sites)] for some in (headings, below or [])
    )
    agreed = _agreed(declared, sites)
    if agreed:
        return agreed, "declared twice"
    title, rule = _heading(headings, below, declared, document[:_LONGEST], sites)
    if title and (declared or rule != "only heading"):
        return title, rule
    repeated = "" if declared else _repeated([h[:_LONGEST] for h in lesser or []], head, sites)
    if title or repeated:
        return (repeated, "lesser heading repeated in head") if repeated else (title, rule)
    opening = "" if declared or headings or below else _opening(document[:_LONGEST], openings or [], sites)
    if opening:
        declared = [("title repeated in text", opening)]
    for rule, text in [*declared, ("title element", document[:_LONGEST])]:
        cut = without_site(text, sites)
        if cut and not is_site(normal(cut), sites):
            return cut, rule
    headings = [*headings, *below]
    return (headings[0] if headings else without_site(document[:_LONGEST], sites) or None), "heading"


def _heading(
    headings: list[str], below: list[str], declared: list[tuple[str, str]], document: str, sites: list[str]
) -> tuple[str, str]:
    """Return the heading that is the headline, as the head writes it, and the rule; ``("", "")`` if none is."""
    head = [*(text for _, text in declared), document]
    known = {normal(part) for text in head for part in prefixes(text)}
    for heading in [*headings, *below]:
        if normal(heading) in known:
            return _fuller(heading, head, sites), "heading repeated in head"
    likely = next((h for h in headings if shared(h, head) >= _ALIKE), "")
    if likely:
        return _as_in_head(_without_kicker(longest_column(likely), head), head, sites), "heading like head"
    sole = headings[0] if headings and len([*headings, *below]) == 1 else ""
    titled = _titled(declared, document, sites) if sole else ""
    if titled:
        return titled, "json-ld and title"
    if _SOLE_WORDS <= len(sole.split()) <= _MOST_WORDS and not _is_foreign(sole, declared, document, sites):
        return longest_column(sole), "only heading"
    return "", ""


def _repeated(lesser: list[str], head: list[str], sites: list[str]) -> str:
    """Return the first heading of a lesser rank that is a part of the head; a section's name is too short."""
    known = {normal(part) for text in head for part in prefixes(text)}
    likely = (h for h in lesser if normal(h) in known and size(h) >= _SOLE_WORDS)
    return next((h for h in likely if not is_site(normal(h), sites)), "")


def _may_be(heading: str, head: list[str], sites: list[str]) -> bool:
    """Say whether a heading may be the story's: it holds words, and no site's name that the head does not hold, too."""
    name = normal(heading)
    return bool(name) and (
        not is_site(name, sites) or (name.replace(" ", "") not in sites and heading in head)
    )


def _agreed(declared: list[tuple[str, str]], sites: list[str]) -> str:
    """Return what a newsroom's JSON-LD and Open Graph both call the headline; a blog's are for search engines."""
    said = {rule: without_site(text, sites) for rule, text in declared if rule in (NEWSROOM, "meta og:title")}
    news, social = said.get(NEWSROOM, ""), said.get("meta og:title", "")
    return social if news and normal(news) == normal(social) else ""


def _titled(declared: list[tuple[str, str]], document: str, sites: list[str]) -> str:
    """Return what a newsroom's JSON-LD and the ``title`` both call a story; a live page has another heading."""
    news = next((without_site(text, sites) for rule, text in declared if rule == NEWSROOM), "")
    return news if news and normal(news) == normal(without_site(document, sites)) else ""


def _is_foreign(heading: str, declared: list[tuple[str, str]], document: str, sites: list[str]) -> bool:
    """Say whether a heading has hardly a word of the name that all of the head gives the story."""
    said = [
        without_site(text, sites)
        for text in (*(text for rule, text in declared if rule in _SOCIAL), document)
    ]
    names = {normal(text) for text in said if text}
    if len(said) < 2 or len(names) != 1:
        return False
    return len(next(iter(names)).split()) >= _SOLE_WORDS and shared(heading, said) < _FOREIGN


def _opening(document: str, openings: list[str], sites: list[str]) -> str:
    """Return the longest part of the ``title`` with which a text of the page opens."""
    texts = [normal(text[:_LONGEST]) for text in openings]
    parts = sorted(prefixes(document), key=len, reverse=True)
    wanted = ((part.strip(), normal(part)) for part in parts if size(part) >= _SOLE_WORDS)
    wanted = ((part, name) for part, name in wanted if not is_site(name, sites))
    return next((part for part, name in wanted if any(text.startswith(name) for text in texts)), "")


def _as_in_head(heading: str, head: list[str], sites: list[str]) -> str:
    """Return the head's form of a heading set in capitals, or that has a count or a source in brackets behind it."""
    name = normal(heading)
    for text in head:
        cut = without_site(text, sites)
        if len(normal(cut).split()) < _SOLE_WORDS:
            continue
        if heading.isupper() and not cut.isupper() and shared(heading, [cut]) >= _SAME:
            return cut
        if name.startswith(normal(cut)) and _APPENDED.fullmatch(heading[len(cut) :]):
            return cut
    return heading


def _without_kicker(heading: str, head: list[str]) -> str:
    """Cut a kicker or section in front of the headline, where the head has the headline without it, or with another."""
    name = normal(heading)
    tails = [(text[: cut.start()], text[cut.end() :]) for text in head for cut in SEPARATOR.finditer(text)]
    for other, text in [*(("", text) for text in head), *tails]:
        bare = normal(text)
        kicker = name.removesuffix(f" {bare}")
        if len(bare.split()) < _SOLE_WORDS or kicker == name or kicker.isdigit():
            continue
        if len(kicker.split()) <= _KICKER_WORDS and shared(kicker, [other]) < _SAME:
            return text
    return heading


def _fuller(heading: str, head: list[str], sites: list[str]) -> str:
    """Return the headline with its kicker, where the head writes ``kicker: headline``."""
    wanted = normal(heading)
    if BAR.search(heading) and sum(normal(text).startswith(wanted) for text in head) > 1:
        return heading
    for text in head:
        cut = without_site(text, sites)
        before, colon, _ = cut.rpartition(": ") if normal(cut) != wanted else ("", "", "")
        if colon and len(before.split()) <= _KICKER_WORDS and normal(cut).endswith(f" {wanted}"):
            return cut
    return without_site(heading, sites)


__all__ = ["NEWSROOM", "best_title", "normal"]
