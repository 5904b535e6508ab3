"""The learned part: how likely each run of text is the story's, by two small networks one after the other.

The first sees what a run looks like and what stands around it; the second sees that and what the first thinks of the
run's neighbours, of its list or section, and of the page.  Weights come from ``bench/train_extract.py``; several
pairs trained from different seeds are averaged, because they err in different places.
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
_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
_WINDOWS = (2, 6, 20)
_ROWS = 16
"""Rows a product: small enough that OpenBLAS does not wake its threads, whose waiting costs more than the product."""
_VECTOR_ROWS = 128
"""The same for a product of matrix and vector."""


def sigmoid(x: Floats) -> Floats:
    """Return the logistic function, without overflow."""
    return (1 / (1 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)


def _mean_by(groups: Ints, p: Floats, weight: Floats) -> tuple[Doubles, Doubles]:
    total = np.bincount(groups, weights=weight)
    inside = np.bincount(groups, weights=weight * p)
    return (inside / np.maximum(total, 1e-6))[groups], np.asarray(total[groups], dtype=np.float64)


def neighbourhood(p: Floats, sizes: Floats, groups: Ints) -> Floats:
    """Return columns on what the first network thinks around each run.

    ``p``: its probability a run; ``sizes``: words a run; ``groups``: (runs x 2) element and parent element of each run.
    """
    count = len(p)
    weight = np.minimum(sizes, 100).astype(np.float32) + 1
    mass = p * weight
    total = max(float(mass.sum()), 1e-6)
    padded = np.zeros(count + 8, dtype=np.float32)
    padded[4 : 4 + count] = p
    columns: list[Doubles] = [padded[4 + by : 4 + by + count] for by in _SHIFTS]
    sums = np.concatenate([[0.0], np.cumsum(mass)])
    weights = np.concatenate([[0.0], np.cumsum(weight)])
    order = np.arange(count)
    for window in _WINDOWS:
        low, high = np.maximum(order - window, 0), np.minimum(order + window + 1, count)
        columns += [(sums[order] - sums[low]) / (weights[order] - weights[low] + 1e-3)]
        columns += [(sums[high] - sums[order + 1]) / (weights[high] - weights[order + 1] + 1e-3)]
    columns += [sums[:-1] / total, 1 - sums[1:] / total]
    for level in range(groups.shape[1]):
        mean, size = _mean_by(groups[:, level], p, weight)
        columns += [mean, np.log1p(size) / 6, size * mean / total]
    columns += [p, np.log(p + 1e-4) - np.log(1 - p + 1e-4), np.full(count, np.log1p(total) / 8)]
    columns += [np.full(count, float((p * p * weight).sum()) / total)]
    return np.stack(columns, axis=1).astype(np.float32)


class BlockModel:
    """Pairs of networks with their weights; stateless after construction."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self._members = int(arrays["members"])
        self._weights = {
            (member, stage): self._of(arrays, f"{member}.{stage}.")
            for member in range(self._members)
            for stage in (1, 2)
        }

    @staticmethod
    def _of(arrays: dict[str, Floats], key: str) -> tuple[Floats, Floats, Floats, Floats]:
        return arrays[f"{key}w1"], arrays[f"{key}b1"], arrays[f"{key}w2"][:, 0].copy(), arrays[f"{key}b2"]

    def _net(self, member: int, stage: int, x: Floats) -> Floats:
        w1, b1, w2, b2 = self._weights[member, stage]
        hidden = np.empty((len(x), w1.shape[1]), dtype=np.float32)
        for start in range(0, len(x), _ROWS):
            np.matmul(x[start : start + _ROWS], w1, out=hidden[start : start + _ROWS])
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        out = np.empty(len(x), dtype=np.float32)
        for start in range(0, len(x), _VECTOR_ROWS):
            np.matmul(hidden[start : start + _VECTOR_ROWS], w2, out=out[start : start + _VECTOR_ROWS])
        return out + b2

    def probabilities(self, x: Floats, sizes: Floats, groups: Ints) -> Floats:
        """Return for each run how likely it is the story's."""
        if not len(x):
            return np.zeros(0, dtype=np.float32)
        first = [sigmoid(self._net(m, 1, x)) for m in range(self._members)]
        around = neighbourhood(np.mean(first, axis=0), sizes, groups)
        both = np.concatenate([x, around], axis=1)
        second = [self._net(m, 2, both) for m in range(self._members)]
        return sigmoid(np.mean(second, axis=0))


@lru_cache(maxsize=1)
def shipped_model() -> BlockModel:
    """Return the model that comes with the package."""
    with np.load(WEIGHTS, allow_pickle=False) as data:
        return BlockModel({name: np.asarray(data[name], dtype=np.float32) for name in data.files})
