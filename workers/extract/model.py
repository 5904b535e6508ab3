"""The learned part: how likely each run of text is the story's, by two small networks one after the other.

The first sees what a run looks like and what stands around it; the second sees that and what the first thinks of the
run's neighbours, of its list or section, and of the page.  Weights come from ``bench/train_extract.py``.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

WEIGHTS = Path(__file__).with_name("model.npz")
_REACH = 4
_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
_WINDOWS = np.array([[2], [6], [20]])
_AROUND = len(_SHIFTS) + 2 * len(_WINDOWS) + 12
"""Columns of ``neighbourhood``: shifts, windows, and what it says of groups and page."""
_LONG_WORDS = 100
_QUIET_PRODUCT = 1 << 18
"""Multiplications up to which OpenBLAS does not wake its threads (65,536 x GEMM_MULTITHREAD_THRESHOLD, 4); their
waiting costs more than the product; ``_QUIET_VECTOR`` is the same for a matrix and a vector (2,304 x 4)."""
_QUIET_VECTOR = 9_216


def sigmoid(x: Floats) -> Floats:
    """Return the logistic function, without overflow."""
    return (1 / (1 + np.exp(-np.minimum(np.maximum(x, -30), 30)))).astype(np.float32)


def _mean_by(groups: Ints, p: Floats, weight: Floats) -> tuple[Doubles, Doubles]:
    total = np.asarray(np.bincount(groups, weights=weight), dtype=np.float64)
    inside = np.asarray(np.bincount(groups, weights=weight * p), dtype=np.float64)
    return (inside / np.maximum(total, 1e-6))[groups], total[groups]


def neighbourhood(p: Floats, sizes: Floats, groups: Ints) -> Floats:
    """Return columns on what the first network thinks around each run.

    ``p``: its probability a run; ``sizes``: words a run; ``groups``: (runs x 2) element and parent element of each run.
    """
    count = len(p)
    weight = np.minimum(sizes, _LONG_WORDS).astype(np.float32) + 1
    mass = p * weight
    total = max(float(mass.sum()), 1e-6)
    table = np.empty((_AROUND, count), dtype=np.float32)  # a run a column: numpy writes whole rows faster
    padded = np.zeros(count + 2 * _REACH, dtype=np.float32)
    padded[_REACH : _REACH + count] = p
    for row, by in enumerate(_SHIFTS):
        table[row] = padded[_REACH + by : _REACH + by + count]
    filled = len(_SHIFTS)
    sums = np.zeros((2, count + 1))
    np.add.accumulate(mass, out=sums[0, 1:])
    np.add.accumulate(weight, out=sums[1, 1:])
    order = np.arange(count)
    low, high = np.maximum(order - _WINDOWS, 0), np.minimum(order + (_WINDOWS + 1), count)
    found, heard = sums[:, None, :-1] - sums.take(low, axis=1)
    table[filled : filled + 2 * len(_WINDOWS) : 2] = found / (heard + 1e-3)
    found, heard = sums.take(high, axis=1) - sums[:, None, 1:]
    filled += 2 * len(_WINDOWS)
    table[filled - 2 * len(_WINDOWS) + 1 : filled : 2] = found / (heard + 1e-3)
    columns: list[Doubles | float] = [sums[0, :-1] / total, 1 - sums[0, 1:] / total]
    for level in range(groups.shape[1]):
        mean, size = _mean_by(groups[:, level], p, weight)
        columns += [mean, np.log1p(size) / 6, size * mean / total]
    columns += [p, np.log(p + 1e-4) - np.log(1 - p + 1e-4), float(np.log1p(total) / 8)]
    columns += [float((p * mass).sum()) / total]
    for row, column in enumerate(columns, filled):
        table[row] = column
    return table.T


class BlockModel:
    """Two networks with one hidden layer each; stateless after construction."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self._nets = [
            (arrays[f"w1.{n}"], arrays[f"b1.{n}"], arrays[f"w2.{n}"][:, 0].copy(), arrays[f"b2.{n}"])
            for n in (1, 2)
        ]

    def probabilities(self, x: Floats, sizes: Floats, groups: Ints) -> Floats:
        """Return for each run how likely it is the story's."""
        if not len(x):
            return np.zeros(0, dtype=np.float32)
        (w1, b1, *first), (v1, c1, *second) = self._nets
        around = neighbourhood(sigmoid(_out(_hidden(x, w1), b1, *first)), sizes, groups)
        # The second network's input is both side by side: the product is that of the parts, without a copy.
        width = x.shape[1]
        return sigmoid(_out(_hidden(x, v1[:width]) + _hidden(around, v1[width:]), c1, *second))


def _hidden(x: Floats, weights: Floats) -> Floats:
    rows = max(_QUIET_PRODUCT // weights.size, 1)
    hidden = np.empty((len(x), weights.shape[1]), dtype=np.float32)
    for start in range(0, len(x), rows):
        np.matmul(x[start : start + rows], weights, out=hidden[start : start + rows])
    return hidden


def _out(hidden: Floats, bias: Floats, weights: Floats, last: Floats) -> Floats:
    hidden += bias
    np.maximum(hidden, 0, out=hidden)
    rows = max(_QUIET_VECTOR // len(weights), 1)
    out = np.empty(len(hidden), dtype=np.float32)
    for start in range(0, len(hidden), rows):
        np.matmul(hidden[start : start + rows], weights, out=out[start : start + rows])
    out += last
    return out


@lru_cache(maxsize=1)
def shipped_model() -> BlockModel:
    """Return the model that comes with the package."""
    with np.load(WEIGHTS, allow_pickle=False) as data:
        return BlockModel({name: np.asarray(data[name], dtype=np.float32) for name in data.files})
