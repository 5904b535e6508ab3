"""Stories that a page marks as its parts: under headings or rules, or opening in bold or with a dateline.

Marks alone prove nothing, since a long story has headings too.  They count where title or address announce several
stories ("briefing", "No. 412", "and 3 more") or where several parts open with a dateline, and only if the parts speak
of different people and places, or are just as many as the title says.
"""

import re
from dataclasses import dataclass
from itertools import combinations, pairwise

_COLLECTION = (
    r"newsletter|briefing|bulletin|round-?up|news ?wrap|weekly wrap|digest|(?:news )?in brief|news ?flash|"
    r"nachrichtenüberblick|presseschau|revue de presse|resumen"
)
_ANNOUNCED = re.compile(
    rf"^(?:[\w.&'’-]+\s){{0,4}}(?:{_COLLECTION})(?:\s[^:|–—?]{{0,25}})?(?:\s?[:|–—]|\s-\s|$)|"  # "Tech briefing: ..."
    r"^[^:|–—]{0,40}\b(?:no|nr|issue|edition|ausgabe|numéro|núm|vol)\b[.\s#-]{0,3}\d{1,4}\s?(?:[:|–—,]|-\s|$)|"
    r"\b(?:and|plus) \d{1,2} more(?: stor(?:y|ies))?$",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:and|plus) (\d{1,2}) more(?: stor(?:y|ies))?$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:news|daily|weekly|morning|evening)-(?:briefing|round-?up|digest|bulletin|wrap)|news-in-brief"
)
_DATELINE = re.compile(
    r"[A-ZÀ-Þ][\w .'’-]{2,40}(?:,\s(?:[A-Z][\w.]{1,12}\s){0,2}[A-Z]?[\w. ]{0,14})?\s?\([^()]{2,40}\)\s?[-–—]\s"
)
_LONGEST_PLACE = 88
"""Where the bracket of a dateline begins at the latest: what the expression allows before it."""
_NAME = re.compile(r"(?<=[\w,;:“\"(] )[^\W\d_a-z][\w’'-]{2,}")
"""Capitalised words that do not open a sentence: names, in languages that write nouns small."""
_MIN_PARTS = 3
_MIN_PART_CHARS = 120
_MAX_COMMON = 0.2
"""Mean share of the smaller part's names that two parts have in common: a story's own sections share its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Which blocks stand under a horizontal rule, and which open in bold; by index."""

    ruled: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()


def is_announced(title: str, url: str) -> bool:
    """Say whether a title or address calls the page a collection of stories.

    >>> is_announced("Morning Wafer No. 412: Ports closed, and 3 more", "https://wafer.example/p/412")
    True
    >>> is_announced("I built a tool that writes a weekly newsletter digest", "https://wafer.example/tool")
    False
    """
    path = url.partition("://")[2].partition("/")[2]
    return bool(_ANNOUNCED.search(title) or _ADDRESS.search(path))


def announced_parts(title: str) -> int:
    """Return how many stories a title says there are, 0 where it does not say.

    >>> announced_parts("Morning Wafer No. 412: Ports closed, and 3 more")
    4
    """
    more = _MORE.search(title)
    return int(more[1]) + 1 if more else 0


def opens_with_dateline(text: str) -> bool:
    """Say whether a text opens with a place and a source, as agencies write it.

    >>> opens_with_dateline("PORT ELLEN, Scotland (Harbour Post) - The harbour was closed.")
    True
    """
    return text.find("(", 0, _LONGEST_PLACE) > 0 and _DATELINE.match(text) is not None


def declared_starts(
    bodies: list[str], marked: list[list[bool]], datelines: list[bool], *, announced: bool, count: int
) -> list[int]:
    """Return where parts start, for the first kind of mark that divides ``bodies`` into stories; else nothing.

    ``marked`` holds for each kind of mark which units bear it; ``datelines`` which open with a dateline.  ``count`` is
    how many stories the title says there are (0: it does not say): so many parts need no other proof.
    """
    for marks in marked:
        starts = [i for i, mark in enumerate(marks) if mark]
        if len(starts) < _MIN_PARTS:
            continue
        parts = [" ".join(bodies[a:z]) for a, z in pairwise([*starts, len(bodies)])]
        by_dateline = sum(datelines[start] for start in starts) >= _MIN_PARTS
        if min(map(len, parts)) < _MIN_PART_CHARS:
            continue
        if len(starts) == count or ((announced or by_dateline) and _are_strangers(parts)):
            return starts
    return []


def _are_strangers(parts: list[str]) -> bool:
    names = [set(_NAME.findall(_DATELINE.sub("", part))) for part in parts]
    shares = [
        len(one & other) / min(len(one), len(other)) for one, other in combinations(names, 2) if one and other
    ]
    return bool(shares) and sum(shares) <= _MAX_COMMON * len(shares)
