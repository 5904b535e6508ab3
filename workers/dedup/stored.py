"""An article's record as the index hands it back, read as far as is asked: most candidates share hardly a phrase."""

from functools import cached_property

import numpy as np

from workers.dedup.parts import Part, unpack_parts
from workers.dedup.places import F64
from workers.dedup.sketch import HEAD_LEVEL, HEADER, U8, U32

TAG = 3
"""Bytes of a hash."""


class Stored:
    """The record that ``sketch.pack`` wrote: numbers at once, hashes and places when they are asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        fields: tuple[int, ...] = HEADER.unpack_from(data)
        (
            self.exact,
            self.url,
            self.site,
            self.tokens,
            self.published_s,
            self.headline,
            self.samples,
            self.level,
            self.head,
            self.figures,
            self.names,
            self._headings,
            self._title,
            brief,
        ) = fields
        self.brief = bool(brief)
        self._marked = self.samples + self.head + self.figures + self.names
        self._tagged = self._marked + self._headings + self._title
        self._end = HEADER.size + TAG * self._tagged + self._marked

    @property
    def head_level(self) -> int:
        return min(self.level, HEAD_LEVEL)

    @property
    def packed_tags(self) -> bytes:
        """Three bytes for each sampled shingle, those of the head behind those of the whole."""
        return self.data[HEADER.size : HEADER.size + TAG * (self.samples + self.head)]

    @property
    def sample_tags(self) -> U32:
        return self._tags[: self.samples]

    @property
    def head_tags(self) -> U32:
        """Of the first 96 tokens: those that are not among the samples already."""
        return self._tags[self.samples : self.samples + self.head]

    @property
    def sample_places(self) -> F64:
        return self._places[: self.samples]

    @property
    def head_places(self) -> F64:
        return self._places[self.samples : self.samples + self.head]

    @property
    def claim_tags(self) -> U32:
        """The figures', then the names'."""
        return self._tags[self.samples + self.head : self._marked]

    @property
    def claim_places(self) -> F64:
        return self._places[self.samples + self.head :]

    @cached_property
    def headings(self) -> frozenset[int]:
        return frozenset(self._tags[self._marked : self._marked + self._headings].tolist())

    @cached_property
    def title(self) -> frozenset[int]:
        return frozenset(self._tags[self._marked + self._headings :].tolist())

    @property
    def parts(self) -> tuple[Part, ...]:
        """Smaller texts that lie whole in this one, as far as any were met."""
        return self._parts if len(self.data) > self._end else ()

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        return unpack_parts(self.data[self._end :])

    @cached_property
    def _tags(self) -> U32:
        wide = np.zeros((self._tagged, 4), np.uint8)
        wide[:, :TAG] = np.frombuffer(self.data, np.uint8, self._tagged * TAG, HEADER.size).reshape(-1, TAG)
        return wide.view("<u4").ravel()

    @cached_property
    def _places(self) -> F64:
        return middles(np.frombuffer(self.data, np.uint8, self._marked, HEADER.size + TAG * self._tagged))

    def share_held_of(self, smaller: "Stored") -> float:
        """Return the share of a smaller text's samples that this one has; too little where they lie behind its head."""
        rate = np.uint32((1 << max(self.head_level, smaller.level)) - 1)
        theirs = smaller.sample_tags
        wanted = set(theirs[theirs & rate == 0].tolist())
        had = wanted.intersection(self._tags[: self.samples + self.head].tolist())
        return len(had) / len(wanted) if wanted else 0.0


def middles(places: U8) -> F64:
    """Return for each 256th of a text's length its middle, 0 to 1."""
    return (places + 0.5) / 256
