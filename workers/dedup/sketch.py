"""The compact record of a text that the index keeps: sampled shingles with places, figures, names, headlines.

A shingle is sampled by its own hash, so two texts sample the same shingles wherever they share them: that gives
resemblance and containment, where in each text the common part lies, and how it is spread.
"""

import struct
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from workers.dedup.parts import Part, pack_parts, unpack_parts

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

_HEADER = struct.Struct("<QQQIIIHBBBBBBB")


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
    parts: tuple[Part, ...] = ()
    """Smaller texts that lie whole in this one, as far as any were met."""

    @property
    def head_level(self) -> int:
        return min(self.level, HEAD_LEVEL)

    def share_held_of(self, smaller: "Sketch") -> float:
        """Return the share of a smaller text's samples that this one has; too little where they lie behind its head."""
        rate = np.uint32((1 << max(self.head_level, smaller.level)) - 1)
        wanted = set(smaller.samples.tags[smaller.samples.tags & rate == 0].tolist())
        had = wanted.intersection([*self.samples.tags.tolist(), *self.head.tags.tolist()])
        return len(had) / len(wanted) if wanted else 0.0


def pack(sketch: Sketch) -> bytes:
    """Return the sketch as bytes: 4 a sample, about 600 for 600 words."""
    parts = (sketch.samples, sketch.head, sketch.figures, sketch.names)
    head = _HEADER.pack(
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
    return head + marks + pack_parts(sketch.parts)


def unpack(data: bytes) -> Sketch:
    """Return the sketch that ``pack`` wrote."""
    exact, url, site, tokens, published_s, headline, *sizes = _HEADER.unpack_from(data)
    samples, level, head, figures, names, headings, title, brief = sizes
    marked = samples + head + figures + names
    total = marked + headings + title
    wide = np.zeros((total, 4), np.uint8)
    wide[:, :3] = np.frombuffer(data, np.uint8, total * 3, _HEADER.size).reshape(-1, 3)
    tags = wide.view("<u4").ravel()
    places = np.frombuffer(data, np.uint8, marked, _HEADER.size + total * 3)
    edges = list(accumulate((samples, head, figures, names), initial=0))
    marks = [Marks(tags=tags[start:end], places=places[start:end]) for start, end in pairwise(edges)]
    return Sketch(
        exact=exact,
        url=url,
        site=site,
        tokens=tokens,
        published_s=published_s,
        level=level,
        samples=marks[0],
        head=marks[1],
        figures=marks[2],
        names=marks[3],
        headings=tags[marked : marked + headings],
        title=tags[marked + headings :],
        headline=headline,
        brief=bool(brief),
        parts=unpack_parts(data[_HEADER.size + total * 3 + marked :]),
    )
