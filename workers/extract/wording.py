"""What the text of each run says about it, without a word of any language: counts of signs, and the page's own head.

The counted signs of a whole page are found in one pass over its characters: a table gives each character a number in
which six counters have ten bits each, and the sum over a run's characters is all six counts at once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.extract.tree import Run

Floats = NDArray[np.float32]

TERMINAL = frozenset(".!?。！？…\"”»“’'।॥؟։።)")
_OPEN_ENDED = frozenset(":：…")
_SHORT_CHARS = 200
_SENTENCE_CHARS = 30
_OPENING_CHARS = 80
"""A run whose first words are in the declared body is in it: looking for all of them would cost four times as much."""
_COUNTED_CHARS = 1_000
"""Signs are counted in the first thousand characters of a run: so no count outgrows its ten bits."""
_FIELD = 10
SPACES, COMMAS, STOPS, DIGITS, SEPARATORS, WIDE = range(6)
FLAGS = 10
_LAST_SIGN = 0xFFFF


def _signs() -> NDArray[np.uint64]:
    """Return what each character of the basic plane adds to the sum of its run."""
    table = np.zeros(_LAST_SIGN + 1, dtype=np.uint64)
    for counter, signs in (
        (SPACES, " "),
        (COMMAS, ",，、،"),
        (STOPS, ".。।؟!?！？"),
        (DIGITS, "0123456789٠١٢٣٤٥٦٧٨٩"),
        (SEPARATORS, "|›»·•/→>"),
    ):
        for sign in signs:
            table[ord(sign)] += np.uint64(1 << _FIELD * counter)
    for first, last in ((0x0E00, 0x0F00), (0x2E80, 0xA000), (0xAC00, 0xD7B0)):  # scripts that set no spaces
        table[first:last] += np.uint64(1 << _FIELD * WIDE)
    return table


_SIGNS = _signs()
_WIDE_CHARS_A_WORD = 3
"""Thai, Chinese, Japanese: as many characters carry what a word of six letters does."""


_ENDING, _OPEN, _UPPER, _LOWER = 1, 2, 4, 8


class _Looks(dict[str, int]):
    """What a character says at the end or the beginning of a text; each is looked at once."""

    def __missing__(self, sign: str) -> int:
        bits = _ENDING * (sign in TERMINAL) | _OPEN * (sign in _OPEN_ENDED)
        bits |= _UPPER * sign.isupper() | _LOWER * sign.islower()
        self[sign] = bits
        return bits


_LOOK = _Looks()


@dataclass(slots=True)
class Evidence:
    """What the page's head says that bears on its text."""

    title: str = ""
    """Case-folded words of the headline, joined by one space."""
    title_chars: int = 0
    description: str = ""
    body: str = ""
    """JSON-LD ``articleBody`` without white space, case-folded; empty where it is absent or too short."""


@dataclass(slots=True)
class Wording:
    """One array a column, one number a run."""

    chars: Floats
    link_chars: Floats
    links: Floats
    words: Floats
    counts: Floats
    """(6 x runs): the counters, in their order."""
    flags: Floats
    """(``FLAGS`` x runs), all 0 or 1 but for the share of digits."""
    is_title: NDArray[np.bool_]


def fold(text: str) -> str:
    """Return text without white space, case-folded: the form in which runs are looked up in ``articleBody``."""
    return "".join(text.casefold().split())


def count_signs(texts: Sequence[str]) -> Floats:
    """Return (6 x texts): how often each kind of sign is in the first thousand characters; no text may be empty.

    >>> count_signs(["a, b. 3", "|"])[:, 0].tolist()
    [2.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    """
    cut = [text[:_COUNTED_CHARS] for text in texts]
    starts = np.fromiter(accumulate(map(len, cut[:-1]), initial=0), dtype=np.int64, count=len(cut))
    codes = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    sums = np.add.reduceat(_SIGNS.take(codes, mode="clip"), starts)
    shifts = np.arange(0, 6 * _FIELD, _FIELD, dtype=np.uint64)[:, None]
    return ((sums >> shifts) & np.uint64((1 << _FIELD) - 1)).astype(np.float32)


def wording(runs: Sequence[Run], evidence: Evidence) -> Wording:
    """Return the columns of all runs; column by column, because a loop over a row of twenty costs thrice as much."""
    texts = [run.text for run in runs]
    sizes = [len(text) for text in texts]
    counts = count_signs(texts)
    chars = np.array(sizes, dtype=np.float32)
    seen = Counter(texts)
    flags = np.zeros((FLAGS, len(texts)), dtype=np.float32)
    ends = np.array([_LOOK[text[-1]] for text in texts], dtype=np.uint8)
    begins = np.array([_LOOK[text[0]] for text in texts], dtype=np.uint8)
    flags[0], flags[1] = ends & _ENDING > 0, ends & _OPEN > 0
    flags[2], flags[3] = begins & _UPPER > 0, begins & _LOWER > 0
    flags[4] = [size < _SHORT_CHARS and text.isupper() for text, size in zip(texts, sizes, strict=True)]
    short = chars < _SHORT_CHARS
    flags[5] = np.where(short, counts[DIGITS] / chars, 0)
    if len(seen) < len(texts):
        flags[6] = [seen[text] > 1 for text in texts]
    is_title = np.zeros(len(texts), dtype=np.bool_)
    _evidence_columns(flags, is_title, texts, evidence)
    return Wording(
        chars=chars,
        link_chars=np.array([run.link_chars for run in runs], dtype=np.float32),
        links=np.array([run.links for run in runs], dtype=np.float32),
        words=np.maximum(counts[SPACES] + 1, counts[WIDE] / _WIDE_CHARS_A_WORD),
        counts=counts,
        flags=flags,
        is_title=is_title,
    )


def _evidence_columns(flags: Floats, is_title: NDArray[Any], texts: list[str], evidence: Evidence) -> None:
    """Fill the columns that compare a run with what the head says: title, body, description."""
    title, description, body = evidence.title, evidence.description, evidence.body
    if title and evidence.title_chars < _SHORT_CHARS:
        for index, text in enumerate(texts):
            if len(text) == evidence.title_chars and fold(text) == title:
                is_title[index] = flags[7, index] = 1
    if not body and not description:
        return
    shortest = 1 if body else _SENTENCE_CHARS
    for index, text in enumerate(texts):
        if len(text) > shortest:
            # ``fold``, for a text with single spaces
            folded = text[:_OPENING_CHARS].replace(" ", "").casefold()
            if folded in body:
                flags[8, index] = 1
            if folded in description and len(text) > _SENTENCE_CHARS:
                flags[9, index] = 1
