"""Parts of titles: their words, the site's name at either end, columns, kickers, and how alike two titles are."""

import re
from functools import lru_cache

SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*[|｜»]\s*|\s+::\s+|(?<=\w)\s?[_]\s?(?=[^\x00-\x7f])|:\s+")
BAR = re.compile(r"\s[|｜]+\s|｜")
_WORD = re.compile(r"\w+")
_TITLE_CHARS = 400
_SLOGAN = 3
"""A part is the site's name with a slogan up to this length; a longer one is a headline that holds the name."""
_FIRST_DENSE = "\u2e80"
"""From here on in Unicode stand the scripts of East Asia; Thai and its neighbours are compared by whole phrases."""


def normal(text: str) -> str:
    """Return the words of a title, case-folded: titles that differ only in punctuation are one.

    >>> normal("Ports: “closed” – again!")
    'ports closed again'
    """
    return _normal(text) if len(text) <= _TITLE_CHARS else " ".join(_WORD.findall(text.casefold()))


@lru_cache(maxsize=1_024)
def _normal(title: str) -> str:
    """A page's few titles are compared with one another some forty times."""
    return " ".join(_WORD.findall(title.casefold()))


def is_site(part: str, sites: list[str], *, exactly: bool = False) -> bool:
    """Say whether a normal part of a title names the site; ``exactly``: with no word more or less."""
    squeezed = part.replace(" ", "")
    if squeezed in sites:
        return True
    if exactly or len(squeezed) <= 3:
        return False
    return any(
        len(site) > 4 and (squeezed in site or (site in squeezed and len(squeezed) <= _SLOGAN * len(site)))
        for site in sites
    )


def without_site(title: str, sites: list[str]) -> str:
    """Cut off the parts at either end that name the site (``sites`` are normal names without spaces).

    >>> without_site("Ports closed again | The Harbour Post", ["harbourpost"])
    'Ports closed again'
    """
    cuts = list(SEPARATOR.finditer(title))
    start, end = 0, len(title)
    while cuts and is_site(normal(title[cuts[-1].end() : end]), sites, exactly=":" in cuts[-1][0]):
        end = cuts.pop().start()
    while cuts and is_site(normal(title[start : cuts[0].start()]), sites, exactly=":" in cuts[0][0]):
        start = cuts.pop(0).end()
    return longest_column(title[start:end].strip())


def longest_column(title: str) -> str:
    """Cut at upright bars, which stand between a headline and its site, section or slogan, never inside a headline."""
    columns = [column.strip() for column in BAR.split(title) if column.strip()]
    return max(columns, key=lambda column: len(normal(column))) if columns else title


def prefixes(title: str) -> list[str]:
    """Return the title and what remains when one, two ... last parts are cut off; then the same from the front."""
    cuts = list(SEPARATOR.finditer(title))
    return [title, *(title[: c.start()] for c in reversed(cuts)), *(title[c.end() :] for c in cuts)]


def _tokens(text: str) -> set[str]:
    """Return the words of a title; of writing without spaces, its pairs of letters."""
    words = normal(text).split()
    dense = [word for word in words if len(word) > 1 and word[0] >= _FIRST_DENSE and not word.isascii()]
    pairs = (word[i : i + 2] for word in dense for i in range(len(word) - 1))
    return {*(word for word in words if word not in dense), *pairs}


def size(text: str) -> int:
    """Return the number of different words, or pairs of letters where no space parts words.

    >>> size("Ports closed again"), size("港口再次关闭")
    (3, 5)
    """
    return len(_tokens(text))


def shared(heading: str, head: list[str]) -> float:
    """Return the largest share of common words (Dice) between a heading and any text of the head."""
    own = _tokens(heading)
    others = [_tokens(text) for text in head]
    return max((2 * len(own & other) / (len(own) + len(other)) for other in others if other), default=0.0)
