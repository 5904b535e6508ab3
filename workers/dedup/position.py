"""What may be told from where two texts share their words: openings, tails, backgrounds, quotations.  Pure."""

from workers.dedup.likeness import Likeness
from workers.dedup.places import widest_gap

ALL_BUT_LINES = 0.9
"""Share of a text that a copy of all of it has, whatever lines its site adds and the odd word that was changed."""

NEARLY_WHOLE = 0.75
SAME_TITLE, TITLE_ALIKE = 0.8, 0.6
SHORT = 24
"""A text of fewer words is a stub or a brief: only the same words under the same headline make it the same."""

CONTAINED = 0.6
"""A text is (part of) another when the larger has this share of its shingles: three edits a sentence leave it."""

WHOLE = 0.6
PART = 0.35
LATE = 0.2
OWN_MIDDLE = 0.3
"""Of 28 samples that a copy with two words in five replaced shares, all miss so wide a stretch once in a thousand."""

OPENING, OPENS = 0.3, 0.05
FIRST_SHARED = 3
"""Samples that a text of one sentence must share with the beginning of a story of the same headline."""


def is_first_words(like: Likeness) -> bool:
    """Whether a few words under the same headline are those with which the other text begins."""
    if like.title < SAME_TITLE or like.containment < CONTAINED or like.shared < FIRST_SHARED:
        return False
    mine_is_small = like.my_tokens < like.their_tokens
    return (like.their_start if mine_is_small else like.my_start) < OPENS


def is_opening(like: Likeness) -> bool:
    """Whether the smaller is the other's opening words under the same headline, among lines of its own site."""
    if like.title < SAME_TITLE or like.containment < OPENING:
        return False
    small_is_mine = like.my_tokens <= like.their_tokens
    if min(like.my_tokens, like.their_tokens) >= PART * max(like.my_tokens, like.their_tokens):
        return False
    return (like.their_start if small_is_mine else like.my_start) < OPENS


def is_tail(like: Likeness) -> bool:
    """Whether the two share only what stands at their end, as the pages of a site do; a copy may have a new lead."""
    if like.resemblance >= ALL_BUT_LINES or (like.title >= SAME_TITLE and like.containment >= NEARLY_WHOLE):
        return False
    return like.my_start > LATE and like.their_start > LATE


def has_own_opening(like: Likeness) -> bool:
    """Whether the smaller begins with words of its own and takes the rest out of a much larger: its background."""
    small, big = sorted((like.my_words, like.their_words))
    own = like.my_start if like.my_tokens <= like.their_tokens else like.their_start
    return small < WHOLE * big and own > LATE and own * small >= SHORT


def has_own_middle(like: Likeness) -> bool:
    """Whether both have a long stretch of their own between what they share: instalments of a column in one frame.

    What was dropped from one of two copies, or added to it, leaves a gap in the other only.
    """
    return min(widest_gap(like.my_places), widest_gap(like.their_places)) >= OWN_MIDDLE


def is_much_of_it(like: Likeness) -> bool:
    """Whether all of the smaller stood in the larger before and fills much of it: its middle under another headline.

    A later page that has all of an older text in its middle quotes it.
    """
    small, big = sorted((like.my_tokens, like.their_tokens))
    return like.smaller_is_later and small >= PART * big and like.containment >= ALL_BUT_LINES
