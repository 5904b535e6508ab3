"""Whether what two texts claim, their figures and names, agrees as in a copy or as in a form filled in twice.  Pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.dedup.places import F64
from workers.dedup.sketch import EVIDENCE, U32, Sketch
from workers.dedup.stored import Stored, middles

TEMPLATE_AGREEMENT = 0.35
"""Share of figures and names on which two stories from one template agree by chance (weekdays, small numbers)."""

MOST_SURVIVE, FEWEST_SURVIVE = 0.93, 0.45
"""A verbatim copy may correct one claim in fourteen; beyond two words in three replaced nothing is recognised."""

_ALL = 0xFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the claims of two texts agree within the part that they share."""

    share: float
    """Of the claims of the side that has fewer, the share that the other has too."""
    fewer: int
    """How many claims the side with fewer has there."""

    def log_odds(self, survived: float) -> float:
        """Return the log-odds of a copy against a form, where this share of a copy's words survived."""
        agreed = self.share * self.fewer
        kept, changed = survived / TEMPLATE_AGREEMENT, (1 - survived) / (1 - TEMPLATE_AGREEMENT)
        return agreed * math.log(kept) + (self.fewer - agreed) * math.log(changed)


NOTHING_CLAIMED = Agreement(share=1.0, fewer=0)


class Claims:
    """A text's figures, then its names: hashes with places, 0 to 1."""

    def __init__(self, tags: U32, places: F64, figures: int) -> None:
        self.tags, self.places = tags, places
        self._figures = figures

    @classmethod
    def of_text(cls, sketch: Sketch) -> "Claims":
        places = middles(np.concatenate([sketch.figures.places, sketch.names.places]))
        tags = np.concatenate([sketch.figures.tags, sketch.names.tags])
        return cls(tags, places, len(sketch.figures))

    @classmethod
    def of_stored(cls, stored: Stored) -> "Claims":
        return cls(stored.claim_tags, stored.claim_places, stored.figures)

    def beside(self, shared: F64, reach: float) -> tuple["Side", "Side"]:
        """Return the figures and the names, and which have a shared shingle within ``reach`` on either side.

        ``shared`` are the places of those shingles, in order.
        """
        edges = np.concatenate([[-1.0], shared, [2.0]])
        after = edges.searchsorted(self.places)
        near = np.maximum(self.places - edges[after - 1], edges[after] - self.places) <= reach
        figures, names = slice(0, self._figures), slice(self._figures, None)
        return Side(self.tags[figures], near[figures]), Side(self.tags[names], near[names])


class Side(NamedTuple):
    """The figures or the names of a text, and which of them stand among words that the other text has too."""

    tags: U32
    near: npt.NDArray[np.bool_]


def agreement(mine: Side, theirs: Side, is_word: Callable[[U32], npt.NDArray[np.bool_]]) -> Agreement:
    """Return how far claims agree; ``is_word`` says which hashes are those of any words of my text.

    A name of theirs may stand in mine where it is not told to be one: at the beginning of a sentence.
    """
    limit = min(_limit(mine.tags), _limit(theirs.tags))
    a = mine.tags[mine.near & (mine.tags <= limit)]
    b = theirs.tags[theirs.near & (theirs.tags <= limit)]
    if not len(a) or not len(b):
        return NOTHING_CLAIMED
    forth = len(set(a.tolist()).intersection(theirs.tags.tolist())) / len(a)
    back = int(np.count_nonzero(is_word(b))) / len(b)
    return Agreement(share=max(forth, back), fewer=min(len(a), len(b)))


def survival(copied: float) -> float:
    """Return the share of a copy's words that survived, given that of its three-word shingles."""
    return min(MOST_SURVIVE, max(FEWEST_SURVIVE, math.pow(copied, 1 / 3)))


def _limit(tags: U32) -> int:
    """Return the greatest hash that the side would have kept: beyond it, absence says nothing."""
    return int(tags.max()) if len(tags) >= EVIDENCE else _ALL
