"""How two texts are alike: how much they share, where in each it lies, and whether their claims agree.

Measures only; ``workers.dedup.verdict`` decides.
"""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np

from workers.dedup.fingerprint import Fingerprint
from workers.dedup.passages import sampled_passages
from workers.dedup.sketch import EVIDENCE, HEAD_TOKENS, Marks, Sketch
from workers.records import Passage

Places = Collection[float]
"""Parts of a text's length, in no order."""

SLICES = 8

NEAR = 8
"""Tokens, at full rate, from a shared shingle to a claim that stands among shared words: bridges a list of results."""

MIN_SHARED = 5
"""Samples in common of which something can be said; fewer may be a phrase."""

SAMPLED = 4
"""Shingles of a short text for one that a long one's record can have in common with it at the least."""

ENOUGH = 24
"""Samples of a short text that settle its containment (standard error 0.1)."""

SAME_PLACE = 0.8
"""A short text that stands in the other's head shares as much of its samples there as of the whole; elsewhere less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the claims of two texts agree within the part that they share."""

    share: float
    """Of the claims of the side that has fewer, the share that the other has too."""
    fewer: int
    """How many claims the side with fewer has there."""


class Likeness:
    """An article measured against one that the index holds.

    What few decisions need (spread, claims, headlines) is measured when it is asked for.
    """

    def __init__(self, article: Fingerprint, other: Sketch, common: "Common") -> None:
        self._article, self.other, self._common = article, other, common
        self.identical = article.exact == other.exact
        self.same_url = article.sketch.url == other.url and other.url != 0
        self.my_tokens, self.their_tokens = article.tokens, other.tokens
        self.shared = len(common.my_places)
        """Sampled shingles in common."""
        self.mine, self.theirs = len(common.all_mine), common.theirs
        """Sampled shingles of either side, at the common rate."""
        self.my_places, self.their_places = common.my_places, common.their_places
        """Where the shared shingles lie in either text, 0 to 1."""
        self.resemblance = _ratio(self.shared, self.mine + self.theirs - self.shared)
        self.my_containment = _ratio(self.shared, self.mine)
        """Share of this article's shingles that the other has."""
        self.their_containment = _ratio(self.shared, self.theirs)

    @property
    def containment(self) -> float:
        """Share of the smaller side's shingles that the larger has."""
        return self.my_containment if self.mine <= self.theirs else self.their_containment

    @cached_property
    def spread(self) -> float:
        """How evenly the smaller side is shared: the median over eight equal slices of the share in common."""
        if self.mine <= self.theirs:
            return _spread(self._common.all_mine, self.my_places)
        return _spread(self._common.all_theirs, self.their_places)

    @cached_property
    def figures(self) -> Agreement:
        return self._agreement(self._article.sketch.figures, self.other.figures)

    @cached_property
    def names(self) -> Agreement:
        return self._agreement(self._article.sketch.names, self.other.names)

    @cached_property
    def title(self) -> float:
        """Share of the shorter title's words that the longer has; 0 where one is empty."""
        mine, theirs = set(self._article.sketch.title.tolist()), set(self.other.title.tolist())
        return _ratio(len(mine & theirs), min(len(mine), len(theirs)))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Where the two share their words, to the nearest sample."""
        reach = NEAR * (1 << self.other.level)
        both = list(zip(self.my_places, self.their_places, strict=True))
        return sampled_passages(both, (self.my_tokens, self.their_tokens), reach)

    @property
    def smaller_is_later(self) -> bool:
        """Whether the smaller was published after the larger; by arrival where dates are missing or equal."""
        mine, theirs = self._article.sketch.published_s, self.other.published_s
        i_am_later = mine >= theirs if mine and theirs else True
        return i_am_later == (self.my_tokens <= self.their_tokens)

    @property
    def title_known(self) -> bool:
        return len(self._article.sketch.title) > 0 and len(self.other.title) > 0

    @cached_property
    def titles_swapped(self) -> int:
        """How many words of otherwise like headlines stand for others, each true of its own text only."""
        mine, theirs = set(self._article.sketch.title.tolist()), set(self.other.title.tolist())
        if 2 * len(mine & theirs) < min(len(mine), len(theirs)):
            return 0
        own = (mine - theirs) & self._article.words
        return min(len(own), len(theirs - mine - self._article.words))

    @property
    def both_brief(self) -> bool:
        """Both texts are little more than one and the same headline."""
        own = self._article.sketch
        return own.brief and self.other.brief and own.headline == self.other.headline

    @property
    def my_title_is_their_heading(self) -> bool:
        headline = self._article.sketch.headline
        return headline != 0 and headline in self.other.headings

    @property
    def their_title_is_my_heading(self) -> bool:
        return self.other.headline != 0 and self.other.headline in self._article.headings

    def _agreement(self, mine: Marks, theirs: Marks) -> Agreement:
        """Compare the claims that stand among shared words: those of an inserted paragraph contradict nobody."""
        near = NEAR * (1 << self.other.level)
        limit = min(_limit(mine), _limit(theirs))
        a = _among(mine, self.my_places, near / max(1, self.my_tokens), limit)
        b = _among(theirs, self.their_places, near / max(1, self.their_tokens), limit)
        if not a or not b:
            return Agreement(share=1.0, fewer=0)
        forth = len(a.intersection(theirs.tags.tolist())) / len(a)
        back = len(b & self._article.words) / len(b)
        return Agreement(share=max(forth, back), fewer=min(len(a), len(b)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Common:
    """The sampled shingles of both sides: how many, where, and where those in common lie."""

    theirs: int
    all_mine: Places = ()
    all_theirs: Places = ()
    my_places: Places = ()
    their_places: Places = ()

    @property
    def my_share(self) -> float:
        return _ratio(len(self.my_places), len(self.all_mine))


class Yardstick:
    """Measures one article against any number of others; what it samples of the article is sampled once a rate."""

    def __init__(self, article: Fingerprint) -> None:
        self._article = article
        self._sampled: dict[int, dict[int, float]] = {}
        self._tags = frozenset(article.tags.tolist())

    def against(self, other: Sketch) -> Likeness:
        """Measure the article against a sketch from the index; nothing in detail where hardly a shingle is shared."""
        samples, head = other.samples.tags.tolist(), other.head.tags.tolist()
        shared = len(self._tags.intersection(samples)) + len(self._tags.intersection(head))
        if shared < min(MIN_SHARED, min(len(self._tags), len(samples) + len(head)) // SAMPLED):
            return Likeness(self._article, other, Common(theirs=len(samples)))
        return Likeness(self._article, other, self._in_common(other))

    def _in_common(self, other: Sketch) -> Common:
        """Match at the rate of the other's samples; of a text too short for that, in the other's denser head."""
        samples = _places(other.samples)
        whole = self._matched(other.level, samples, len(samples))
        if (
            len(whole.all_mine) >= ENOUGH
            or other.level <= other.head_level
            or self._article.tokens > 2 * HEAD_TOKENS
        ):
            return whole
        both = samples | _places(other.head)
        head = self._matched(other.head_level, both, len(samples) << (other.level - other.head_level))
        return head if head.my_share >= SAME_PLACE * whole.my_share else whole

    def _matched(self, level: int, theirs: dict[int, float], size: int) -> Common:
        mine = self._mine(level)
        both = mine.keys() & theirs.keys()
        return Common(
            theirs=size,
            all_mine=mine.values(),
            all_theirs=theirs.values(),
            my_places=[mine[tag] for tag in both],
            their_places=[theirs[tag] for tag in both],
        )

    def _mine(self, level: int) -> dict[int, float]:
        """Return where in the article each shingle sampled at this rate stands first."""
        found = self._sampled.get(level)
        if found is None:
            tags = self._article.tags
            at = np.flatnonzero(tags & np.uint32((1 << level) - 1) == 0)[::-1]
            places = at / max(1, len(tags))
            found = dict(zip(tags[at].tolist(), places.tolist(), strict=True))
            self._sampled[level] = found
        return found


def _places(marks: Marks) -> dict[int, float]:
    places = ((marks.places[::-1] + 0.5) / 256).tolist()
    return dict(zip(marks.tags[::-1].tolist(), places, strict=True))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _spread(places: Places, shared: Places) -> float:
    """Return how evenly a text is shared: the median over eight slices, or the middle four's mean if that is less.

    What a column's instalments share stands at the top and at the end.
    """
    whole, part = _slices(places), _slices(shared)
    shares = [p / w for p, w in zip(part, whole, strict=True) if w]
    if not shares:
        return 0.0
    middle = slice(SLICES // 4, SLICES - SLICES // 4)
    inner = sum(part[middle]) / sum(whole[middle]) if any(whole[middle]) else 1.0
    return min(inner, median(shares))


def _slices(places: Places) -> list[int]:
    counts = [0] * SLICES
    for place in places:
        counts[min(int(place * SLICES), SLICES - 1)] += 1
    return counts


def _limit(marks: Marks) -> int:
    """Return the greatest hash that the side would have kept: beyond it, absence says nothing."""
    return int(marks.tags.max()) if len(marks) >= EVIDENCE else 0xFFFFFF


def _among(marks: Marks, shared: Places, near: float, limit: int) -> set[int]:
    """Return the claims up to ``limit`` that have a shared shingle within ``near`` on either side."""
    if not shared or not len(marks):
        return set()
    order = [-1.0, *sorted(shared), 2.0]
    reach = near + 1 / 256
    found: set[int] = set()
    for tag, mark in zip(marks.tags.tolist(), marks.places.tolist(), strict=True):
        place = (mark + 0.5) / 256
        at = bisect_left(order, place)
        if tag <= limit and max(place - order[at - 1], order[at] - place) <= reach:
            found.add(tag)
    return found
