"""The elements of a page as arrays: what each is called, what surrounds it, which runs it holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.extract import tags
from workers.extract.names import KINDS, kinds_of
from workers.extract.tree import ARTICLE_BODY, CONTENT_ROLE, HIDDEN, NAV_ROLE, Element

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_TAG = tags.PLAIN
TAGS = tags.CODES - FIRST_TAG
_FLAGS = HIDDEN | ARTICLE_BODY | NAV_ROLE | CONTENT_ROLE
_FLAG_SHIFT = len(KINDS) + TAGS
_TAG_BIT = tuple(1 << len(KINDS) + max(code - FIRST_TAG, 0) for code in range(tags.CODES))
_NAMES = (1 << len(KINDS)) - 1
BITS = 64
"""Kinds of names, then tags, then flags, in one integer an element: what is inherited costs one ``or`` an element."""


@dataclass(slots=True)
class Zones:
    """One array a fact, one number an element."""

    parent: Ints
    code: Ints
    begin: Ints
    """The first run inside, and one past the last."""
    end: Ints
    own: Ints
    """Bits of the element itself."""
    around: Ints
    """Bits of it and of its ancestors; names of ``body``, which are the page's, are not inherited."""


def zones_of(elements: list[Element]) -> Zones:
    """Return the arrays of a page's elements."""
    own, around = [0], [0]
    for element in elements[1:]:
        if element.end == element.begin:  # nothing inside will ask
            own.append(0)
            around.append(0)
            continue
        code, flags, above = element.code, element.flags & _FLAGS, element.parent
        bits = _TAG_BIT[code]
        if flags:
            bits |= flags << _FLAG_SHIFT
        if element.names:
            bits |= kinds_of(element.names)
        own.append(bits)
        around.append(around[above] | (bits if above > 0 and code != tags.BODY else bits & ~_NAMES))
    parent = np.fromiter([e.parent for e in elements], np.int64)
    parent[0] = 0
    return Zones(
        parent=parent,
        code=np.fromiter([e.code for e in elements], np.int64),
        begin=np.fromiter([e.begin for e in elements], np.int64),
        end=np.fromiter([e.end for e in elements], np.int64),
        own=np.array(own, dtype=np.int64),
        around=np.array(around, dtype=np.int64),
    )


def cumulated(*columns: NDArray[np.floating]) -> Doubles:
    """Return (columns x 1 + their length): the sums of all values before each place, and of all.

    >>> cumulated(np.array([1.0, 2.0])).tolist()
    [[0.0, 1.0, 3.0]]
    """
    sums = np.zeros((len(columns), len(columns[0]) + 1), dtype=np.float64)
    for row, values in zip(sums, columns, strict=True):
        np.add.accumulate(values, out=row[1:])
    return sums
