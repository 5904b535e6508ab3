"""Text to tokens: words where words are spaced, characters in Han, kana, Thai and the like, as 64-bit hashes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.dedup import letters as kinds
from workers.dedup.letters import bmp, letters, settle

U64 = npt.NDArray[np.uint64]

MAX_CHARS = 1 << 19
"""A longer text is read this far: 80,000 words, more than any story has; bounds time and memory."""

_BASE = 0x9E3779B97F4A7C15
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens of a text in reading order."""

    hashes: U64
    starts: npt.NDArray[np.int64]
    """Where each token begins, in units of the folded text."""
    units: npt.NDArray[np.uint16]
    """The text as UTF-16 units after characters were expanded or dropped."""
    lone: npt.NDArray[np.bool_]
    """The token is one character of a script without spaces."""

    def __len__(self) -> int:
        return len(self.hashes)


def mix(values: U64) -> U64:
    """Return the values scrambled so that any of their bits may serve as a hash (splitmix64's finaliser)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))


def tokenize(text: str) -> Tokens:
    r"""Return the tokens of ``text``, the same for every way that Unicode has of writing it.

    >>> list(tokenize("Don\u2019t panic").hashes) == list(tokenize("dont PANIC!").hashes)
    True
    >>> len(tokenize("two words")), len(tokenize("\u6771\u4eac\u90fd"))
    (2, 3)
    """
    units, kind = _units(text[:MAX_CHARS].replace("'", "").replace("\u2019", ""))
    keep = _kept(kind)
    if keep is not None:
        units, kind = units[keep], kind[keep]
    return _split(units, kind)


def _units(text: str) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    units = _encode(text)
    if len(units) != len(text):
        units = _encode(bmp(text))
    kind = letters().kind[units]
    if kind.max(initial=0) == kinds.EXPAND:
        units = _encode(bmp(settle(bmp(text))))
        kind = letters().kind[units]
    return units, kind


def _encode(text: str) -> npt.NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


def _kept(kind: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_] | None:
    """Return which units stay, ``None`` for all: some vanish, and so does the mark inside ``43,988`` or ``1.5``."""
    marks = np.flatnonzero(kind == kinds.MARK)
    marks = marks[(marks > 0) & (marks < len(kind) - 1)]
    inside = marks[(kind[marks - 1] == kinds.DIGIT) & (kind[marks + 1] == kinds.DIGIT)]
    if not len(inside) and kind.max(initial=0) < kinds.DROP:
        return None
    keep: npt.NDArray[np.bool_] = kind != kinds.DROP
    keep[inside] = False
    return keep


def _split(units: npt.NDArray[np.uint16], kind: npt.NDArray[np.uint8]) -> Tokens:
    first = kind >= kinds.WORD
    lone = None
    if kind.max(initial=0) >= kinds.LONE:
        lone = kind == kinds.LONE
        first[1:] &= (kind[:-1] < kinds.WORD) | lone[:-1] | lone[1:]
    else:
        first[1:] &= kind[:-1] < kinds.WORD
    starts = np.flatnonzero(first)
    if not len(starts):
        nothing = np.zeros(0, np.uint64)
        return Tokens(hashes=nothing, starts=starts, units=units, lone=np.zeros(0, np.bool_))
    powers, inverse = _powers(len(units))
    weighted = letters().folded[units]
    weighted *= powers[: len(units)]
    hashes = np.add.reduceat(weighted, starts)
    hashes *= inverse[starts]
    alone = lone[starts] if lone is not None else np.zeros(len(starts), np.bool_)
    return Tokens(hashes=mix(hashes), starts=starts, units=units, lone=alone)


_cache: list[U64] = []


def _powers(size: int) -> tuple[U64, U64]:
    """Return the powers of the polynomial's base and their inverses modulo 2^64, at least ``size`` of each.

    A token's hash is the sum of its characters times the base's powers *within the token*; with the powers taken
    over the whole text and divided out per token, one multiplication and one running sum do all tokens at once.
    """
    if not _cache or len(_cache[0]) < size:
        length = 1 << max(14, (size - 1).bit_length())
        base, back = np.uint64(_BASE), np.uint64(pow(_BASE, -1, 1 << 64))
        _cache[:] = [_ladder(base, length), _ladder(back, length)]
    return _cache[0], _cache[1]


def _ladder(base: np.uint64, length: int) -> U64:
    steps = np.full(length, base, np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps)
