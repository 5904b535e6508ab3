"""The compact record of a text that the index keeps: sampled shingles with places, figures, names, headlines.

A shingle is sampled by its own hash, so two texts sample the same shingles wherever they share them: that gives
resemblance and containment, where in each text the common part lies, and how it is spread.
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

SAMPLES, SPARSEST = 128, 24
"""Most shingles sampled from the whole text; the rate halves until they fit, but not below one in 32 (or so): of a
long digest each story must leave traces."""

HEAD_TOKENS, HEAD_LEVEL = 96, 1
"""The first 96 tokens are sampled at least 1 in 2: a teaser of forty words meets twenty samples there."""

EVIDENCE = 32
"""Most figures, and most names, kept of one text: those of the least hash, so that two texts keep the same."""

HEADINGS = 24
TITLE = 16

HEADER = struct.Struct("<QQQIIIHBBBBBBB")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marks:
    """Hashes of 24 bits with their places, each place a 256th of the text's length."""

    tags: U32
    places: U8

    def __len__(self) -> int:
        return len(self.tags)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """What the index knows of an article."""

    exact: int
    """64 bits over all tokens: equal where two texts are identical after normalisation."""
    url: int
    site: int
    tokens: int
    published_s: int
    """Seconds since 1970, 0 where unknown."""
    level: int
    """One shingle in ``2 ** level`` is sampled."""
    samples: Marks
    head: Marks
    """Of the first 96 tokens, one in 2: those that are not among the samples already."""
    figures: Marks
    names: Marks
    headings: U32
    """Short lines of the text: the headlines of a digest."""
    title: U32
    """The title's words."""
    headline: int
    """24 bits over the whole title, as in ``headings``; 0 where there is no title."""
    brief: bool
    """The text is short, and one of its lines is its title."""


def pack(sketch: Sketch) -> bytes:
    """Return the sketch as bytes: 4 a sample, about 600 for 600 words."""
    parts = (sketch.samples, sketch.head, sketch.figures, sketch.names)
    head = HEADER.pack(
        sketch.exact,
        sketch.url,
        sketch.site & 0xFFFFFFFFFFFFFFFF,
        sketch.tokens,
        sketch.published_s & 0xFFFFFFFF,
        sketch.headline,
        len(sketch.samples),
        sketch.level,
        len(sketch.head),
        len(sketch.figures),
        len(sketch.names),
        len(sketch.headings),
        len(sketch.title),
        sketch.brief,
    )
    tags = np.concatenate([*(p.tags for p in parts), sketch.headings, sketch.title]).astype("<u4")
    places = np.concatenate([p.places for p in parts])
    marks = tags.view(np.uint8).reshape(-1, 4)[:, :3].tobytes() + places.tobytes()
    return head + marks
