"""How two texts are alike: how much they share, where in each it lies, and whether their claims agree.

Measures only; ``workers.dedup.verdict`` decides.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.dedup.claims import NOTHING_CLAIMED, Agreement, Claims, agreement, survival
from workers.dedup.fingerprint import Fingerprint
from workers.dedup.passages import sampled_passages
from workers.dedup.places import F64, NOWHERE, beginning, spread
from workers.dedup.sketch import U32
from workers.dedup.stored import Stored
from workers.records import Passage

NEAR = 8
"""Words, at full rate, from a shared shingle to a claim that stands among shared words: bridges a list of results."""

MIN_SHARED = 5
"""Samples in common of which something can be said; fewer may be a phrase."""


class Measured:
    """An article that is measured against others, with what all measurements ask for."""

    def __init__(self, article: Fingerprint, claims: Claims) -> None:
        self.sketch, self.headings, self.claims = article.sketch, article.headings, claims
        self._word_tags = article.word_tags
        self.pace = article.pace

    @cached_property
    def title(self) -> frozenset[int]:
        return frozenset(self.sketch.title.tolist())

    def has_words(self, tags: U32) -> npt.NDArray[np.bool_]:
        """Return which of the hashes are those of words of the text, which has at least one."""
        words = self._words
        found: npt.NDArray[np.bool_] = words[np.minimum(words.searchsorted(tags), len(words) - 1)] == tags
        return found

    @cached_property
    def _words(self) -> U32:
        return np.sort(self._word_tags)


class Common(NamedTuple):
    """The sampled shingles of both sides: how many, where, and where those in common lie."""

    theirs: int
    all_mine: F64 = NOWHERE
    all_theirs: F64 = NOWHERE
    my_places: F64 = NOWHERE
    their_places: F64 = NOWHERE
    """Place by place those of the same shingles as in ``my_places``."""

    @property
    def my_share(self) -> float:
        return _ratio(len(self.my_places), len(self.all_mine))


class Likeness:
    """An article measured against one that the index holds.

    What few decisions need (spread, claims, headlines) is measured when it is asked for.
    """

    def __init__(self, article: Measured, other: Stored, common: Common) -> None:
        self._article, self.other, self._common = article, other, common
        own = article.sketch
        self.identical = own.exact == other.exact
        self.same_url = own.url == other.url and other.url != 0
        self.my_tokens, self.their_tokens = own.tokens, other.tokens
        self.my_words, self.their_words = own.tokens / article.pace, other.tokens / article.pace
        """Tokens, in scripts without spaces as many of them as make a word counted as one."""
        self.shared = len(common.my_places)
        """Sampled shingles in common."""
        self.mine, self.theirs = len(common.all_mine), common.theirs
        """Sampled shingles of either side, at the common rate."""
        self.resemblance = _ratio(self.shared, self.mine + self.theirs - self.shared)
        self.my_containment = _ratio(self.shared, self.mine)
        """Share of this article's shingles that the other has."""
        self.their_containment = _ratio(self.shared, self.theirs)

    @property
    def containment(self) -> float:
        """Share of the smaller side's shingles that the larger has."""
        return self.my_containment if self.mine <= self.theirs else self.their_containment

    @cached_property
    def my_places(self) -> F64:
        """Where the shared shingles lie in this text, 0 to 1, in order."""
        return np.sort(self._common.my_places)

    @cached_property
    def their_places(self) -> F64:
        return np.sort(self._common.their_places)

    @cached_property
    def my_start(self) -> float:
        """Where in this text begins what both share."""
        return beginning(self.my_places)

    @cached_property
    def their_start(self) -> float:
        return beginning(self.their_places)

    @cached_property
    def spread(self) -> float:
        """How evenly the smaller side is shared: the median over eight equal slices of the share in common."""
        if self.mine <= self.theirs:
            return spread(self._common.all_mine, self._common.my_places)
        return spread(self._common.all_theirs, self._common.their_places)

    @property
    def figures(self) -> Agreement:
        return self._agreements[0]

    @property
    def names(self) -> Agreement:
        return self._agreements[1]

    @cached_property
    def claims_odds(self) -> tuple[float, float]:
        """The log-odds that figures, and that names, agree as in a copy rather than as in a form filled in again.

        A copy changes claims no more often than other words; of those, the share ``s`` survived for which ``s ** 3``
        of the shingles did.  A form changes nothing else.
        """
        survived = survival(self.containment)
        if survived < survival(1.0):
            survived = survival(max(self.containment, self.spread))
        return self.figures.log_odds(survived), self.names.log_odds(survived)

    @cached_property
    def title(self) -> float:
        """Share of the shorter title's words that the longer has; 0 where one is empty."""
        mine, theirs = self._article.title, self.other.title
        return _ratio(len(mine & theirs), min(len(mine), len(theirs)))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Where the two share their words, to the nearest sample."""
        order = self._common.my_places.argsort()
        places = (self._common.my_places[order], self._common.their_places[order])
        return sampled_passages(places, (self.my_tokens, self.their_tokens), NEAR * (1 << self.other.level))

    @property
    def smaller_is_later(self) -> bool:
        """Whether the smaller was published after the larger; by arrival where dates are missing or equal."""
        mine, theirs = self._article.sketch.published_s, self.other.published_s
        i_am_later = mine >= theirs if mine and theirs else True
        return i_am_later == (self.my_tokens <= self.their_tokens)

    @property
    def title_known(self) -> bool:
        return len(self._article.title) > 0 and len(self.other.title) > 0

    @cached_property
    def titles_swapped(self) -> int:
        """How many words of otherwise like headlines stand for others, each true of its own text only."""
        mine, theirs = self._article.title, self.other.title
        if 2 * len(mine & theirs) < min(len(mine), len(theirs)):
            return 0
        only_mine, only_theirs = (
            np.array(sorted(words), np.uint32) for words in (mine - theirs, theirs - mine)
        )
        own, foreign = self._article.has_words(only_mine).sum(), (~self._article.has_words(only_theirs)).sum()
        return min(int(own), int(foreign))

    @property
    def both_brief(self) -> bool:
        """Both texts are little more than one and the same headline."""
        own = self._article.sketch
        return own.brief and self.other.brief and bool(own.headline == self.other.headline)

    @property
    def my_title_is_their_heading(self) -> bool:
        headline = self._article.sketch.headline
        return headline != 0 and headline in self.other.headings

    @property
    def their_title_is_my_heading(self) -> bool:
        return self.other.headline != 0 and self.other.headline in self._article.headings

    @cached_property
    def _agreements(self) -> tuple[Agreement, Agreement]:
        """Compare the claims that stand among shared words: those of an inserted paragraph contradict nobody."""
        mine, theirs = self._article.claims, Claims.of_stored(self.other)
        if not self.shared or not len(mine.tags) or not len(theirs.tags):
            return NOTHING_CLAIMED, NOTHING_CLAIMED
        near = NEAR * self._article.pace * (1 << self.other.level)
        here = mine.beside(self.my_places, near / max(1, self.my_tokens) + 1 / 256)
        there = theirs.beside(self.their_places, near / max(1, self.their_tokens) + 1 / 256)
        figures, names = (agreement(a, b, self._article.has_words) for a, b in zip(here, there, strict=True))
        return figures, names


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
