"""Lines of text that name a person: "By ..." in many languages, a name alone, a name beside a date.  Pure strings."""

import re
from collections.abc import Iterable

from workers.extract.authors import clean_authors
from workers.extract.dates import parse_date
from workers.extract.phrases import boilerplate_reason
from workers.extract.tree import Run

_NO_NAME = frozenset(
    [
        "about",
        "us",
        "contact",
        "powered",
        "more",
        "read",
        "author",
        "authors",
        "home",
        "news",
        "the",
        "our",
        "your",
        "team-page",
        "categories",
        "category",
        "tags",
        "posted",
        "published",
        "updated",
        "written",
        "blog",
        "view",
        "all",
        "posts",
        "share",
        "follow",
        "minutes",
        "min",
        "with",
        "this",
        "information",
        "meet",
        "comments",
    ]
)
_BETWEEN = re.compile(r"\s*[|·•–—,/]\s*|\s(?:in|on|for|at)\s")
_DATE_WORDS = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:\d{1,2}(?:st|nd|rd|th|\.)?\s)?"
    r"[^\W\d_]{3,12}\.?\s(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?(?:19|20)\d\d|\d[\d./:-]+|\d+\s(?:min\w*|hours?|days?)(?:\s(?:read|ago))?",
    re.IGNORECASE,
)
_BYLINE_CHARS = 100
_BY_PREFIX = re.compile(r"^(?:by|von|par|por|written by|author:?|posted by)\s+", re.IGNORECASE)
_BY = re.compile(
    r"(?:^|(?<=[\s|·•,–—-]))(?:[Bb]y:?|BY:?|[Ww]ritten [Bb]y:?|[Aa]uthors?:|[Pp]osted [Bb]y:?)\s+(?=[A-ZÀ-ÞА-Я\d])|"
    r"(?:^|(?<=[\s|·•●]))(?:[Ww]ritten [Bb]y|[Bb]y|[Aa]uthors?|[Cc]ontributors?):\s?(?=[A-ZÀ-ÞА-Я])|"
    r"^(?:Von|Par|Por|Di|Door|Av|Af|De|By)\s?(?=[A-ZÀ-ÞА-Я])"
)
SIGNED_CHARS = 200
SIGNED = re.compile(
    r"(?:This \w+ was )?[Ww]ritten by\s?:?\s?[^,|·•.]{3,60}|(?:By|Authors?):\s?[^,|·•.]{3,60}"
)
_CLOSE = 5
"""Runs after the headline in which a name may stand alone."""
_DATE_CHARS = 30
_NAME_WORDS = 4
_LONG_WORD = 20
_NOT_WRITTEN = re.compile(
    r"(?:reviewed|edited|checked|verified|approved|translated|photo\w*|images?|picture|illustrat\w+|video|updated|"
    r"powered|sponsored|presented|funded|owned|produced)\W+by\b",
    re.IGNORECASE,
)
BY_ALONE = re.compile(
    r"(?:by|written by|authors?|posted by|published by|von|par|por|autor|auteur)\s?:?", re.IGNORECASE
)
AUTHOR_URL = re.compile(
    r"/(?:authors?|people|staff|profile|contributors?|by|autor(?:en)?|auteurs?|team|writers?)/", re.IGNORECASE
)


def is_by(text: str) -> bool:
    """Say whether a line opens with "By" and a capital."""
    return bool(_BY.match(text))


def name_alone(runs: list[Run], near: int) -> list[str]:
    """Return a name alone on its line right under the headline, with a date on the next line or the one before."""
    for i in range(near + 1, min(near + _CLOSE, len(runs))):
        beside = [run.text for run in (*runs[i - 1 : i], *runs[i + 1 : i + 3]) if len(run.text) < _DATE_CHARS]
        if _is_name(runs[i].text) and any(parse_date(line) for line in beside):
            return [runs[i].text]
    return []


def _is_name(text: str) -> bool:
    """Say whether a line is two to four capitalised words of letters, not all capitals, and nothing else."""
    words = [word.replace("-", "").replace("'", "").replace("’", "").rstrip(".") for word in text.split()]
    return (
        is_name_like(text)
        and len(words) <= _NAME_WORDS
        and not text.isupper()
        and all(word.isalpha() and word[0].isupper() and len(word) < _LONG_WORD for word in words)
        and bool(clean_authors([text]))
    )


def by_names(texts: Iterable[str]) -> list[str]:
    """Return what follows "By" in short lines, wherever in the line it stands."""
    found = []
    for text in texts:
        match = _BY.search(text) if len(text) < _BYLINE_CHARS else None
        if (
            match
            and not _NOT_WRITTEN.search(text[: match.end()])
            and is_name_like(" ".join(clean_authors([text[match.end() :]])[:1]), fewest=1)
        ):
            found.append(text[match.end() :])
    return found[:2]


def beside_date(text: str) -> list[str]:
    """Return the parts of a short dated line that look like a person's name."""
    if len(text) > _BYLINE_CHARS or not parse_date(text):
        return []
    parts = _BETWEEN.split(_DATE_WORDS.sub(" | ", text))
    return [part.strip() for part in parts if is_name_like(part)]


def is_name_like(text: str, *, fewest: int = 2) -> bool:
    """Say whether a short line could be one person's name, or "By" and a name."""
    words = _BY_PREFIX.sub("", text).split()
    if not fewest <= len(words) <= 5 or len(text) > 60 or any(map(str.isdigit, text)) or text[-1] in "?!:":
        return False
    if _NO_NAME.intersection(word.casefold().strip(".,") for word in words):
        return False
    return (
        sum(word[0].isupper() for word in words) >= len(words) - (fewest > 1)
        and boilerplate_reason(text) is None
    )
