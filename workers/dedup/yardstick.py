"""One article held against many: which of them share more than a phrase with it, and what they share.  Pure."""

from collections.abc import Collection
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from workers.dedup.claims import Claims
from workers.dedup.fingerprint import Fingerprint
from workers.dedup.likeness import MIN_SHARED, Common, Likeness, Measured
from workers.dedup.places import F64, first_of_each
from workers.dedup.sketch import HEAD_TOKENS, U32
from workers.dedup.stored import TAG, Stored

SAMPLED = 4
"""Shingles of a short text for one that a long one's record can have in common with it at the least."""

ENOUGH = 24
"""Samples of a short text that settle its containment (standard error 0.1)."""

SAME_PLACE = 0.8
"""A short text that stands in the other's head shares as much of its samples there as of the whole; elsewhere less."""

_TWO_BYTES = 1 << 16
_Sample = tuple[U32, F64]
"""Hashes in order, each once, and where each stands first."""


class Yardstick:
    """Measures one article against any number of others; what it samples of the article is sampled once a rate."""

    def __init__(self, article: Fingerprint) -> None:
        self._article = article
        self._measured = Measured(article, Claims.of_text(article.sketch))
        self._sampled: dict[int, _Sample] = {}

    def against_all(self, others: Collection[Stored]) -> list[Likeness]:
        """Measure the article against records of the index."""
        if not others:
            return []
        return [
            self.against(other) if most >= self._least(other) else self._unlike(other)
            for other, most in zip(others, self._at_most_shared(others), strict=True)
        ]

    def against(self, other: Stored) -> Likeness:
        """Measure the article against one record; nothing in detail where hardly a shingle is shared."""
        samples = _sample(other.sample_tags, other.sample_places)
        whole = self._matched(other.level, samples, len(samples[0]))
        if len(whole.my_places) < self._least(other):
            in_head = set(self._mine(other.head_level)[0].tolist()).intersection(other.head_tags.tolist())
            if len(whole.my_places) + len(in_head) < self._least(other):
                return self._unlike(other)
        return Likeness(self._measured, other, self._in_common(other, whole))

    def _unlike(self, other: Stored) -> Likeness:
        return Likeness(self._measured, other, Common(theirs=other.samples))

    def _at_most_shared(self, others: Collection[Stored]) -> list[int]:
        """Return how many samples of each the article can have: seldom one more than it has."""
        packed = [other.packed_tags for other in others]
        tags = np.frombuffer(b"".join(packed), np.uint8).reshape(-1, TAG).astype(np.uint16)
        middle = tags[:, 1]
        low, high = self._low_and_high
        known = high[middle | (tags[:, 2] << 8)] & low[tags[:, 0] | (middle << 8)]
        sums = np.zeros(len(known) + 1, np.intp)
        np.cumsum(known, out=sums[1:])
        edges = list(accumulate([len(p) // TAG for p in packed], initial=0))
        most: list[int] = np.diff(sums[edges]).tolist()
        return most

    @cached_property
    def _low_and_high(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which values the two lower bytes of the article's hashes have, and which the two upper ones."""
        low, high = np.zeros(_TWO_BYTES, np.bool_), np.zeros(_TWO_BYTES, np.bool_)
        low[self._article.tags & np.uint32(_TWO_BYTES - 1)] = True
        high[self._article.tags >> np.uint32(8)] = True
        return low, high

    @cached_property
    def _own_tags(self) -> int:
        """How many different shingles the article has; of a longer text, no fewer than make a difference."""
        sure = int(np.count_nonzero(self._low_and_high[1]))
        return sure if sure >= MIN_SHARED * SAMPLED else len(set(self._article.tags.tolist()))

    def _least(self, other: Stored) -> int:
        return min(MIN_SHARED, min(self._own_tags, other.samples + other.head) // SAMPLED)

    def _in_common(self, other: Stored, whole: Common) -> Common:
        """Match at the rate of the other's samples; of a text too short for that, in the other's denser head."""
        if (
            len(whole.all_mine) >= ENOUGH
            or other.level <= other.head_level
            or self._article.tokens > 2 * HEAD_TOKENS
        ):
            return whole
        both = _sample(
            np.concatenate([other.sample_tags, other.head_tags]),
            np.concatenate([other.sample_places, other.head_places]),
        )
        head = self._matched(other.head_level, both, whole.theirs << (other.level - other.head_level))
        return head if head.my_share >= SAME_PLACE * whole.my_share else whole

    def _matched(self, level: int, theirs: _Sample, size: int) -> Common:
        (tags, places), (their_tags, their_places) = self._mine(level), theirs
        if not len(tags) or not len(their_tags):
            return Common(theirs=size, all_mine=places, all_theirs=their_places)
        at = tags.searchsorted(their_tags)
        at[at == len(tags)] = 0
        both = tags[at] == their_tags
        return Common(
            theirs=size,
            all_mine=places,
            all_theirs=their_places,
            my_places=places[at[both]],
            their_places=their_places[both],
        )

    def _mine(self, level: int) -> _Sample:
        """Return the article's shingles sampled at this rate."""
        found = self._sampled.get(level)
        if found is None:
            tags = self._article.tags
            at = np.flatnonzero(tags & np.uint32((1 << level) - 1) == 0)
            found = self._sampled[level] = _sample(tags[at], at / max(1, len(tags)))
        return found


def _sample(tags: U32, places: F64) -> _Sample:
    first = first_of_each(tags)
    return tags[first], places[first]
