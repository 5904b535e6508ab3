"""The story's headline, without the site's name, out of all the places where a page repeats it."""

import re

_SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*[|｜»]\s*|\s+::\s+|(?<=\w)\s?[_]\s?(?=[^\x00-\x7f])|:\s+")
_BAR = re.compile(r"\s[|｜]+\s|｜")
_WORD = re.compile(r"\w+")
_LONGEST = 400
NEWSROOM = "json-ld newsroom headline"
"""The rule's name for the headline of a node that calls itself news."""


def normal(text: str) -> str:
    """Return the words of a title, case-folded: titles that differ only in punctuation are one.

    >>> normal("Ports: “closed” – again!")
    'ports closed again'
    """
    return " ".join(_WORD.findall(text.casefold()))


def _is_site(part: str, sites: list[str], *, exactly: bool = False) -> bool:
    squeezed = part.replace(" ", "")
    if squeezed in sites:
        return True
    if exactly or len(squeezed) <= 3:
        return False
    return any(
        len(site) > 4 and (squeezed in site or (site in squeezed and len(squeezed) <= _SLOGAN * len(site)))
        for site in sites
    )


_SLOGAN = 3
"""A part is the site's name with a slogan up to this length; a longer one is a headline that holds the name."""


def without_site(title: str, sites: list[str]) -> str:
    """Cut off the parts at either end that name the site (``sites`` are normal names without spaces).

    >>> without_site("Ports closed again | The Harbour Post", ["harbourpost"])
    'Ports closed again'
    """
    cuts = list(_SEPARATOR.finditer(title))
    start, end = 0, len(title)
    while cuts and _is_site(normal(title[cuts[-1].end() : end]), sites, exactly=":" in cuts[-1][0]):
        end = cuts.pop().start()
    while cuts and _is_site(normal(title[start : cuts[0].start()]), sites, exactly=":" in cuts[0][0]):
        start = cuts.pop(0).end()
    return _longest_column(title[start:end].strip())


def _longest_column(title: str) -> str:
    """Cut at upright bars, which stand between a headline and its site, section or slogan, never inside a headline."""
    columns = [column.strip() for column in _BAR.split(title) if column.strip()]
    return max(columns, key=lambda column: len(normal(column))) if columns else title


def prefixes(title: str) -> list[str]:
    """Return the title and what remains when one, two ... last parts are cut off; then the same from the front."""
    cuts = list(_SEPARATOR.finditer(title))
    return [title, *(title[: c.start()] for c in reversed(cuts)), *(title[c.end() :] for c in cuts)]


def best_title(
    *,
    headings: list[str],
    declared: list[tuple[str, str]],
    document: str,
    sites: list[str],
    openings: list[str] | None = None,
) -> tuple[str | None, str]:
    """Return the headline and the rule that chose it.

    A heading on the page that the head of the page repeats (alone, or with the site's name) is the headline; so is one
    that shares many words with it, since the head often holds a shorter version for search engines.  Otherwise what the
    page declares (``declared``: rule and text, best first), then its ``title``, then any heading.  On a page without
    headings the part of the ``title`` with which a text of the page opens (``openings``) is the headline.
    """
    declared = [(rule, text[:_LONGEST].strip()) for rule, text in declared if text and text.strip()]
    head = [*(text for _, text in declared), document[:_LONGEST]]
    headings = [h[:_LONGEST] for h in headings if normal(h) and not _is_site(normal(h), sites)]
    agreed = _agreed(declared, sites)
    if agreed:
        return agreed, "declared twice"
    known = {normal(part) for text in head for part in prefixes(text)}
    for heading in headings:
        if normal(heading) in known:
            return _fuller(heading, head, sites), "heading repeated in head"
    likely = next((h for h in headings if _shared(h, head) >= _ALIKE), "")
    if likely and _shared(likely, head) >= _ALIKE:
        return _without_kicker(_longest_column(likely), head), "heading like head"
    if len(headings) == 1 and _SOLE_WORDS <= len(headings[0].split()) <= _MOST_WORDS:
        return _longest_column(headings[0]), "only heading"
    opening = "" if declared or headings else _opening(document[:_LONGEST], openings or [])
    if opening:
        declared = [("title repeated in text", opening)]
    for rule, text in [*declared, ("title element", document[:_LONGEST])]:
        cut = without_site(text, sites)
        if cut and not _is_site(normal(cut), sites):
            return cut, rule
    return (headings[0] if headings else without_site(document[:_LONGEST], sites) or None), "heading"


_ALIKE = 0.35
_SOLE_WORDS = 4
_MOST_WORDS = 35
"""A heading of more words is a paragraph set large."""


def _opening(document: str, openings: list[str]) -> str:
    """Return the longest part of the ``title`` with which a text of the page opens."""
    texts = [normal(text[:_LONGEST]) for text in openings]
    parts = sorted(prefixes(document), key=len, reverse=True)
    wanted = ((part.strip(), normal(part)) for part in parts if len(normal(part).split()) >= _SOLE_WORDS)
    return next((part for part, name in wanted if any(text.startswith(name) for text in texts)), "")


def _agreed(declared: list[tuple[str, str]], sites: list[str]) -> str:
    """Return what a newsroom's JSON-LD and Open Graph both call the headline; a blog's are for search engines."""
    said = {rule: without_site(text, sites) for rule, text in declared if rule in (NEWSROOM, "meta og:title")}
    news, social = said.get(NEWSROOM, ""), said.get("meta og:title", "")
    return social if news and normal(news) == normal(social) else ""


def _without_kicker(heading: str, head: list[str]) -> str:
    """Cut a kicker or section in front of the headline, where the head has the headline without it, or with another."""
    name = normal(heading)
    tails = [text[cut.end() :] for text in head for cut in _SEPARATOR.finditer(text)]
    for text in [*head, *tails]:
        bare = normal(text)
        kicker = name.removesuffix(f" {bare}")
        if len(bare.split()) < _SOLE_WORDS or kicker == name or kicker.isdigit():
            continue
        if len(kicker.split()) <= _KICKER_WORDS:
            return text
    return heading


def _shared(heading: str, head: list[str]) -> float:
    """Return the largest share of common words (Dice) between a heading and any text of the head."""
    own = set(normal(heading).split())
    others = [set(normal(text).split()) for text in head]
    return max((2 * len(own & other) / (len(own) + len(other)) for other in others if other), default=0.0)


def _fuller(heading: str, head: list[str], sites: list[str]) -> str:
    """Return the headline with its kicker, where the head writes ``kicker: headline``."""
    wanted = normal(heading)
    if _BAR.search(heading) and sum(normal(text).startswith(wanted) for text in head) > 1:
        return heading
    for text in head:
        cut = without_site(text, sites)
        before, colon, _ = cut.rpartition(": ") if normal(cut) != wanted else ("", "", "")
        if colon and len(before.split()) <= _KICKER_WORDS and normal(cut).endswith(f" {wanted}"):
            return cut
    return without_site(heading, sites)


_KICKER_WORDS = 6
