"""What each character means to deduplication, as tables over UTF-16 units, so that folding is a look-up.

Folding is NFKD and case folding with the accents dropped, by Unicode's own data; beyond it: apostrophes, soft
hyphens and zero-width characters vanish, digits of all scripts are ASCII digits, and Arabic letters that only the
keyboard tells apart (Farsi kaf and yeh) are one.  A character of a script without spaces is a word of its own.
"""

import functools
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

GAP, MARK, WORD, DIGIT, LONE, DROP, EXPAND = range(7)
"""Kinds: between words; the same, but nothing inside a number; part of a word; a digit; a word of its own;
vanishes; needs NFKC first.  In this order: from ``WORD`` to ``LONE`` a token, from ``LONE`` on more than a look-up."""

_UNITS = 1 << 16
_APOSTROPHES = "'`\u2018\u2019\u201b\u02bc\u00b4\u2032\uff07"
_JOINED = {"\u0643": "\u06a9", "\u064a": "\u06cc", "\u0649": "\u06cc", "\u0671": "\u0627"}
_LONE_RANGES = (
    (0x2E80, 0x2FDF),  # CJK radicals
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17DD),  # Khmer
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_PRIVATE, _PRIVATE_SIZE = 0xE000, 6400
_HANGUL, _JAMO = (0xAC00, 0xD7A3), (0x1100, 0x11FF)
_SURROGATES, _SELECTORS = (0xD800, 0xDFFF), (0xFE00, 0xFE0F)
_MARKS = ".,\u066b\u066c\uff0c\uff0e"
_TATWEEL = "\u0640"


@dataclass(frozen=True, slots=True)
class Letters:
    """The tables: ``kind`` and ``folded`` for each UTF-16 unit, and which are capitals or end a sentence."""

    kind: npt.NDArray[np.uint8]
    folded: npt.NDArray[np.uint64]
    """The folded character's number; 0 where the kind is ``GAP``."""
    capital: npt.NDArray[np.bool_]
    stop: npt.NDArray[np.bool_]
    """Ends a sentence or opens a line or a quotation: a capital after it names nobody."""


@functools.cache
def letters() -> Letters:
    """Return the tables, built once a process from ``unicodedata`` (about 100 ms)."""
    kind = np.zeros(_UNITS, np.uint8)
    folded = np.zeros(_UNITS, np.uint64)
    capital = np.zeros(_UNITS, np.bool_)
    for code in range(_UNITS):
        kind[code], folded[code] = _meaning(code)
        capital[code] = chr(code).isupper()
    stop = np.zeros(_UNITS, np.bool_)
    stop[
        [ord(c) for c in '.!?:;\n\r\u2022"\u201c\u201d\u00ab\u201e\u2026-\u2013\u2014*#|>([/\u2028\u2029']
    ] = True
    return Letters(kind, folded, capital, stop)


def settle(text: str) -> str:
    """Return the text with the characters expanded that a table of single units cannot fold (``EXPAND``)."""
    return _expandable().sub(lambda run: unicodedata.normalize("NFKC", run[0]).casefold(), text)


def bmp(text: str) -> str:
    """Return the text in which every character is one UTF-16 unit.

    Letters beyond the BMP come out as private-use characters that stand for themselves; emoji vanish.
    """
    return _ASTRAL.sub(_stand_in, text)


@functools.cache
def _expandable() -> re.Pattern[str]:
    codes = np.flatnonzero(letters().kind == EXPAND)
    return re.compile("[" + "".join(map(re.escape, map(chr, codes))) + "]+")


def _stand_in(match: re.Match[str]) -> str:
    char = unicodedata.normalize("NFKC", match[0])
    if len(char) == 1 and ord(char) >= _UNITS:
        return chr(_PRIVATE + ord(char) % _PRIVATE_SIZE) if char.isalnum() else " "
    return char


def _meaning(code: int) -> tuple[int, int]:
    char = chr(code)
    if _within(code, _SURROGATES):
        return GAP, 0
    if _PRIVATE <= code < _PRIVATE + _PRIVATE_SIZE:
        return LONE, code
    if _vanishes(char):
        return DROP, 0
    value = unicodedata.decimal(char, None)
    if value is not None:
        return DIGIT, ord("0") + value
    return _lone(char) if any(_within(code, low_high) for low_high in _LONE_RANGES) else _spaced(char)


def _within(code: int, low_high: tuple[int, int]) -> bool:
    return low_high[0] <= code <= low_high[1]


def _vanishes(char: str) -> bool:
    if char in _APOSTROPHES or char == _TATWEEL or _within(ord(char), _SELECTORS):
        return True
    category = unicodedata.category(char)
    return category == "Cf" or (category in ("Mn", "Me") and unicodedata.combining(char) > 0)


def _lone(char: str) -> tuple[int, int]:
    if unicodedata.category(char)[0] not in "LMN":
        return GAP, 0
    base = _base(char)
    return (LONE, ord(base)) if len(base) == 1 else (EXPAND, 0)


def _spaced(char: str) -> tuple[int, int]:
    group = unicodedata.category(char)[0]
    if group not in "LNM":
        return (MARK if char in _MARKS else GAP), 0
    base = _base(char)
    return (WORD, ord(base)) if len(base) == 1 else (EXPAND, 0)


def _base(char: str) -> str:
    """Return the character folded: one character where a table can hold it."""
    code = ord(char)
    if _within(code, _HANGUL):
        return char
    if _within(code, _JAMO):
        return char + char
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    bare = "".join(c for c in wide if not unicodedata.combining(c))
    return _JOINED.get(bare, bare)
