"""Shingles to a MinHash signature, bit for bit what datasketch makes of them (scheme ``affine32``, seed 1)."""

import functools
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.dedup.shingles import shingle
from workers.dedup.tokens import U64, tokenize

if TYPE_CHECKING:  # it brings scipy: a quarter of a worker's start, and folding does without
    from datasketch import LeanMinHash

U32 = npt.NDArray[np.uint32]

PERMUTATIONS = 128
SEED = 1
SCHEME = "affine32"

_BLOCK, _ROWS = 4096, 16
"""Shingles and permutations done at once: at most 256 kB, which stay in the second-level cache."""


def signature(text: str) -> "LeanMinHash":
    """Return the signature of ``text``: 128 values that estimate the resemblance of two texts.

    >>> a, b = signature("the minister met the press on Monday"), signature("The minister met the press on Monday!")
    >>> a.jaccard(b)
    1.0
    """
    return lean(minima(shingle(tokenize(text))))


def lean(values: U32) -> "LeanMinHash":
    """Return the values as datasketch's own record, so that its indexes and estimates take them."""
    from datasketch import LeanMinHash  # noqa: PLC0415

    return LeanMinHash(seed=SEED, hashvalues=values, scheme=SCHEME)


def shingle_values(text: str) -> U32:
    """Return the 32-bit values that ``signature`` feeds the permutations: the oracle's input."""
    return shingle(tokenize(text)).astype(np.uint32)


def minima(shingles: U64) -> U32:
    """Return the least value of each permutation over the shingles; all ones where there is none."""
    factor, offset = _permutations()
    values = _fmix32(shingles.astype(np.uint32))
    least = np.full(PERMUTATIONS, 0xFFFFFFFF, np.uint32)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        room = np.empty((_ROWS, len(block)), np.uint32)
        for row in range(0, PERMUTATIONS, _ROWS):
            np.multiply(factor[row : row + _ROWS, None], block, out=room)
            room += offset[row : row + _ROWS]
            rows = least[row : row + _ROWS]
            np.minimum(rows, room.min(axis=1), out=rows)
    return least


def band_keys(values: U32, bands: int, rows: int) -> list[int]:
    """Return one 64-bit key a band: two signatures share a key when they agree in all rows of a band."""
    scrambled = values[: bands * rows].astype(np.uint64).reshape(bands, rows)
    keys = np.arange(bands, dtype=np.uint64)
    for row in range(rows):
        keys = (keys ^ scrambled[:, row]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    found: list[int] = keys.tolist()
    return found


@functools.cache
def _permutations() -> tuple[U32, U32]:
    from datasketch import MinHash  # noqa: PLC0415

    factor, offset = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME).permutations
    return np.ascontiguousarray(factor, np.uint32), np.ascontiguousarray(offset, np.uint32)[:, None]


def _fmix32(values: U32) -> U32:
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))
