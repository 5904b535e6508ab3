"""Why a story was found: the words around the first place where it says what was searched for, with marks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workers.store.pairs import LETTERS

AROUND = 90
"""Characters before and after the first find: two lines of a list."""
MOST_TERMS = 10
_PART = re.compile(r'(-?)"([^"]*)"?|(-?)(\S+)')
_LETTERS = r"\w\u0900-\u109f\u1780-\u17ff"
"""With the marks of southern Asia, which belong to the letter before them."""
_UNSPACED = re.compile(f"[{LETTERS}]")
_SPACED = f"(?![{LETTERS}])[{_LETTERS}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text."""

    text: str
    is_found: bool


def pattern_of(typed: str) -> re.Pattern[str] | None:
    """Return what finds the words that were typed; ``None`` where there are none to find.

    >>> pattern = pattern_of('chips "export rules" -memory')
    >>> pattern.findall("Chips: new export  rules for memory chipsets")
    ['Chips', 'export  rules']
    """
    found = []
    for minus, phrase, bare_minus, word in _PART.findall(typed)[:MOST_TERMS]:
        words = re.findall(f"[{_LETTERS}]+", phrase or word)
        if words and not (minus or bare_minus):
            found.append(_whole(f"[^{_LETTERS}]+".join(map(re.escape, words)), words[0][0], words[-1][-1]))
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _whole(pattern: str, first: str, last: str) -> str:
    """Whole words only, but where the search, too, finds them inside others."""
    before = "" if _UNSPACED.match(first) else f"(?<!{_SPACED})"
    after = "" if _UNSPACED.match(last) else f"(?!{_SPACED})"
    return f"{before}{pattern}{after}"


def snippet(text: str, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    """Return the text around its first find, or nothing where it has none.

    >>> [p.text for p in snippet("a " * 99 + "chip " + "b " * 99, pattern_of("chip")) if p.is_found]
    ['chip']
    """
    first = pattern.search(text)
    if first is None:
        return ()
    start, end = max(0, first.start() - AROUND), min(len(text), first.end() + AROUND)
    # From a gap to a gap, if there is one near.
    if start and (gap := text.find(" ", start, first.start())) >= 0:
        start = gap + 1
    if end < len(text) and (gap := text.rfind(" ", first.end(), end)) >= 0:
        end = gap
    pieces = marked(" ".join(text[start:end].split()), pattern)
    return (
        *((Piece(text="… ", is_found=False),) if start else ()),
        *pieces,
        *((Piece(text=" …", is_found=False),) if end < len(text) else ()),
    )


def marked(text: str, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    """Return a text cut at every find."""
    pieces: list[Piece] = []
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            pieces.append(Piece(text=text[at : found.start()], is_found=False))
        pieces.append(Piece(text=found[0], is_found=True))
        at = found.end()
    return (*pieces, Piece(text=text[at:], is_found=False)) if at < len(text) else tuple(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """How a story of a list shows what was searched for."""

    title: tuple[Piece, ...]
    lead: tuple[Piece, ...]
    """Empty where only a copy of the story has the words."""


def finds(
    typed: str, titles: Mapping[int, str], texts: Mapping[int, str], stories: Sequence[int]
) -> dict[int, Find]:
    """Return story -> how it shows the words; none where nothing can be marked."""
    pattern = pattern_of(typed)
    if pattern is None:
        return {}
    return {
        story: Find(title=marked(titles.get(story, ""), pattern), lead=snippet(texts.get(story, ""), pattern))
        for story in stories
    }
