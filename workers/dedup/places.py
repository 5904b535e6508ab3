"""Where in a text something lies: places from 0 to 1, as numbers in numpy's arrays.  Pure."""

from typing import Any

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

SLICES = 8

ROOM = 1.1
"""A passage may be this much longer where it stands than in its own text: lines are put between its own."""

NOWHERE: F64 = np.zeros(0)
_MIDDLE = slice(SLICES // 4, SLICES - SLICES // 4)


def first_of_each(values: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Return where each value stands first, in the values' order (``np.unique`` takes three times as long).

    >>> first_of_each(np.array([5, 3, 5, 1])).tolist()
    [3, 1, 0]
    """
    order = values.argsort(kind="stable")
    ranked = values[order]
    new = np.ones(len(order), np.bool_)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
    return order[new]


def spread(whole: F64, shared: F64) -> float:
    """Return how evenly a text is shared: the median over eight slices, or the middle four's mean if that is less.

    What a column's instalments share stands at the top and at the end.
    """
    of, part = _slices(whole), _slices(shared)
    shares = sorted(p / w for p, w in zip(part, of, strict=True) if w)
    if not shares:
        return 0.0
    half = len(shares) // 2
    median = shares[half] if len(shares) % 2 else (shares[half - 1] + shares[half]) / 2
    inner = sum(part[_MIDDLE]) / sum(of[_MIDDLE]) if any(of[_MIDDLE]) else 1.0
    return min(inner, median)


def _slices(places: F64) -> list[int]:
    at = np.minimum((places * SLICES).astype(np.intp), SLICES - 1)
    counts: list[int] = np.bincount(at, minlength=SLICES).tolist()
    return counts


def beginning(ordered: F64) -> float:
    """Return the place below which a twentieth of these lies, between two places by proportion; 0 of none."""
    if not len(ordered):
        return 0.0
    at = 0.05 * (len(ordered) - 1)
    low = int(at)
    here, there = float(ordered[low]), float(ordered[min(low + 1, len(ordered) - 1)])
    return here + (there - here) * (at - low)


def widest_gap(ordered: F64) -> float:
    """Return how far apart two neighbours are at most."""
    return float(np.diff(ordered).max()) if len(ordered) > 1 else 0.0


def extent(ordered: F64, share: float) -> tuple[float, float]:
    """Return from where to where a passage lies that fills about this share of a text.

    Phrases that the passage has in common with the rest of the text lie elsewhere: the densest window counts.

    >>> extent(np.array([0.02, 0.4, 0.45, 0.5, 0.9]), 0.1)
    (0.4, 0.5)
    """
    ends = ordered.searchsorted(ordered + (share * ROOM + 1 / 256), side="right")
    best = int((ends - np.arange(len(ends))).argmax())
    return float(ordered[best]), float(ordered[ends[best] - 1])
