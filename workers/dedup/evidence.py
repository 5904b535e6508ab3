"""What a text claims: its figures and its names, by which two stories from one template differ."""

import numpy as np
import numpy.typing as npt

from workers.dedup import letters as kinds
from workers.dedup.letters import letters
from workers.dedup.tokens import U64, Tokens

_MIN_NAME = 2
"""Units of the shortest name."""


def figures(tokens: Tokens) -> npt.NDArray[np.int64]:
    """Return the positions of the tokens that begin with a digit, such as ``43,988``, ``3rd`` and ``2025``.

    >>> from workers.dedup.tokens import tokenize
    >>> figures(tokenize("Sold 43,988 shares at $1.50")).tolist()
    [1, 4]
    """
    first = tokens.units[tokens.starts]
    return np.flatnonzero(letters().kind[first] == kinds.DIGIT)


def names(tokens: Tokens) -> npt.NDArray[np.int64]:
    """Return the positions of capitalised tokens that do not begin a sentence, a line or a quotation.

    >>> from workers.dedup.tokens import tokenize
    >>> names(tokenize("Police in Union Harbor said. Nobody asked.")).tolist()
    [2, 3]
    """
    table = letters()
    starts, units = tokens.starts, tokens.units
    at = (table.capital[units[starts]] & ~tokens.lone).nonzero()[0]
    ends = np.append(starts[1:], len(units))
    at = at[ends[at] - starts[at] > _MIN_NAME]
    first = starts[at]
    before, further = units[np.maximum(first - 1, 0)], units[np.maximum(first - 2, 0)]
    opening = (first <= 1) | table.stop[before] | table.stop[further]
    return at[~opening]


def tags(hashes: U64) -> npt.NDArray[np.uint32]:
    """Return 24 bits of each hash, those that neither the signature nor the index keys read."""
    return ((hashes >> np.uint64(32)) & np.uint64(0xFFFFFF)).astype(np.uint32)
