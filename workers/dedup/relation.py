"""How an article stands to one other: the rules of a pair.  Pure; every refusal names its rule."""

import math
from bisect import bisect_right
from dataclasses import dataclass

from workers.dedup.likeness import MIN_SHARED, Agreement, Likeness, Places
from workers.records import VerdictKind

CONTAINED = 0.6
"""A text is (part of) another when the larger has this share of its shingles: three edits a sentence leave it."""

REWRITTEN, REWRITTEN_UNTITLED, SPREAD = 0.14, 0.25, 0.16
"""Or when it has less, but all along the text: two words in five replaced leave (3/5)^3 = 0.22 of the shingles."""

SHORT = 24
"""A text of fewer tokens is a stub or a brief: only the same words under the same headline make it the same."""

FEW_TOKENS, NEARLY_WHOLE = 100, 0.75
"""A few sentences under another headline must stand in the larger text nearly whole: a phrase of a trade is in many."""

SAME_TITLE = 0.8
OPENING, OPENS = 0.3, 0.05
FIRST_SHARED = 3
"""Samples that a text of one sentence must share with the beginning of a story of the same headline."""

ALL_BUT_LINES = 0.9
"""Share of a text that a copy of all of it has, whatever lines its site adds and the odd word that was changed."""

ROOM = 1.1
"""A passage may be this much longer where it stands than in its own text: lines are put between its own."""

LATE = 0.2
PART = 0.35
WHOLE = 0.6
TITLE_ALIKE = 0.6

TEMPLATE_AGREEMENT = 0.35
"""Share of figures and names on which two stories from one template agree by chance (weekdays, small numbers)."""

MOST_SURVIVE, FEWEST_SURVIVE = 0.93, 0.45
"""A verbatim copy may correct one claim in fourteen; beyond two words in three replaced nothing is recognised."""

TITLE_WEIGHT = 2.0
"""Log-odds against a copy when no word of the headlines agrees; as much as one changed figure."""

FIGURES_ALONE = -3.0
"""Log-odds of the figures that no agreement of names makes good: the same company, the next quarter."""

BARE_TOKENS, BARE_SHARE = 100, 0.9
"""A text of fewer tokens that has no figures or names to agree on is a form filled in twice (a menu, a horoscope)
unless this much of it is in the other: at most one word in thirty is another, less than a dish of a week's menu."""

FORM_ODDS = ((200, 1.5), (450, 0.5))
"""Log-odds against a copy when claims differ and the text has fewer tokens: filled-in forms are short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How an article stands to one candidate: the same story or not, and the rule that says so."""

    kind: VerdictKind | None
    """``None``: another story."""
    reason: str


def relate(like: Likeness) -> Relation:
    """Say how an article stands to one other, for its own sake; digests are a matter of the verdict."""
    if like.identical and (like.my_tokens >= SHORT or like.title >= SAME_TITLE):
        return Relation(kind=VerdictKind.SAME, reason="identical")
    if min(like.my_tokens, like.their_tokens) < SHORT:
        if like.same_url:
            return Relation(kind=VerdictKind.UPDATE_OF, reason="same_url")
        return _brief(like)
    refusal = _refusal(like)
    if refusal:
        if like.same_url and _same_page(like):
            return Relation(kind=VerdictKind.UPDATE_OF, reason="same_url")
        return Relation(kind=None, reason=refusal)
    return _kind(like)


def _brief(like: Likeness) -> Relation:
    if like.both_brief:
        return Relation(kind=VerdictKind.NEAR, reason="same_brief")
    if _is_first_words(like):
        mine_is_small = like.my_tokens < like.their_tokens
        return Relation(
            kind=VerdictKind.EXCERPT_OF if mine_is_small else VerdictKind.UPDATE_OF, reason="first_words"
        )
    return Relation(kind=None, reason="short")


def _is_first_words(like: Likeness) -> bool:
    """Whether a few words under the same headline are those with which the other text begins."""
    if like.title < SAME_TITLE or like.containment < CONTAINED or like.shared < FIRST_SHARED:
        return False
    mine_is_small = like.my_tokens < like.their_tokens
    return _starts(like.their_places if mine_is_small else like.my_places) < OPENS


def claims_speak_for_copy(like: Likeness) -> float:
    """Return the log-odds that figures and names agree as in a copy rather than as in a template.

    A copy changes claims no more often than other words; of those, the share ``s`` survived for which ``s ** 3``
    of the shingles did.  A template changes nothing else.
    """
    return _log_odds(like, like.figures) + _log_odds(like, like.names)


def _log_odds(like: Likeness, claims: Agreement) -> float:
    agreed = claims.share * claims.fewer
    survived = min(MOST_SURVIVE, max(FEWEST_SURVIVE, max(like.containment, like.spread) ** (1 / 3)))
    kept, changed = survived / TEMPLATE_AGREEMENT, (1 - survived) / (1 - TEMPLATE_AGREEMENT)
    return agreed * math.log(kept) + (claims.fewer - agreed) * math.log(changed)


def _refusal(like: Likeness) -> str:
    """Return the rule that keeps the two apart, or nothing."""
    reason = _too_little(like)
    if reason:
        return reason
    if _is_tail(like):
        return "common_tail"
    if _has_own_opening(like):
        return "own_opening"
    if claims_speak_for_copy(like) < _claims_needed(like) or _log_odds(like, like.figures) < FIGURES_ALONE:
        return "claims_differ"
    return "nothing_claimed" if _is_bare(like) else _misplaced(like)


def _is_bare(like: Likeness) -> bool:
    few = min(like.my_tokens, like.their_tokens) < BARE_TOKENS and like.containment < BARE_SHARE
    return few and not like.figures.fewer and not like.names.fewer and not _is_opening(like)


def _is_tail(like: Likeness) -> bool:
    """Whether the two share only what stands at their end, as the pages of a site do; a copy may have a new lead."""
    if like.resemblance >= ALL_BUT_LINES or (like.title >= SAME_TITLE and like.containment >= NEARLY_WHOLE):
        return False
    return _starts(like.my_places) > LATE and _starts(like.their_places) > LATE


def _has_own_opening(like: Likeness) -> bool:
    """Whether the smaller begins with words of its own and takes the rest out of a much larger: its background."""
    small, big = sorted((like.my_tokens, like.their_tokens))
    own = _starts(like.my_places if like.my_tokens <= like.their_tokens else like.their_places)
    return small < WHOLE * big and own > LATE and own * small >= SHORT


def _too_little(like: Likeness) -> str:
    if like.shared < MIN_SHARED:
        return "too_little_shared"
    small, big = sorted((like.my_tokens, like.their_tokens))
    few = small < FEW_TOKENS and small < PART * big and like.title < TITLE_ALIKE
    if like.containment >= (NEARLY_WHOLE if few else CONTAINED) or _is_opening(like):
        return ""
    if small < PART * big and like.title < TITLE_ALIKE:
        return "passage_only"
    least = REWRITTEN if like.title >= TITLE_ALIKE else REWRITTEN_UNTITLED
    return "passage_only" if like.containment < least or like.spread < SPREAD else ""


def _is_opening(like: Likeness) -> bool:
    """Whether the smaller is the other's opening words under the same headline, among lines of its own site."""
    if like.title < SAME_TITLE or like.containment < OPENING:
        return False
    small_is_mine = like.my_tokens <= like.their_tokens
    if min(like.my_tokens, like.their_tokens) >= PART * max(like.my_tokens, like.their_tokens):
        return False
    return _starts(like.their_places if small_is_mine else like.my_places) < OPENS


def _claims_needed(like: Likeness) -> float:
    """Return the log-odds that claims must reach: a short text in which any differs is probably a filled-in form."""
    swapped = like.titles_swapped if like.containment < CONTAINED else 0
    if like.figures.share == like.names.share == 1.0 and not swapped:
        return 0.0
    titles = TITLE_WEIGHT * (SAME_TITLE - like.title) if like.title_known else 0.0
    titles = max(titles, TITLE_WEIGHT * like.titles_swapped)
    tokens = min(like.my_tokens, like.their_tokens)
    return titles + next((odds for limit, odds in FORM_ODDS if tokens < limit), 0.0)


def _misplaced(like: Likeness) -> str:
    small, big = sorted((like.my_tokens, like.their_tokens))
    if small >= WHOLE * big:
        return ""
    mine_is_small = like.my_tokens <= like.their_tokens
    heading = like.my_title_is_their_heading if mine_is_small else like.their_title_is_my_heading
    if heading and like.title < TITLE_ALIKE:
        return "headline_inside"
    places = like.their_places if mine_is_small else like.my_places
    if like.title < TITLE_ALIKE and _starts(places) > LATE and not _is_much_of_it(like):
        return "related_block"
    return ""


def _is_much_of_it(like: Likeness) -> bool:
    """Whether all of the smaller stood in the larger before and fills much of it: its middle under another headline.

    A later page that has all of an older text in its middle quotes it.
    """
    small, big = sorted((like.my_tokens, like.their_tokens))
    return like.smaller_is_later and small >= PART * big and like.containment >= ALL_BUT_LINES


def extent(places: Places, share: float) -> tuple[float, float]:
    """Return from where to where a passage lies that fills about this share of a text.

    Phrases that the passage has in common with the rest of the text lie elsewhere: the densest window counts.

    >>> extent([0.02, 0.4, 0.45, 0.5, 0.9], 0.1)
    (0.4, 0.5)
    """
    order = sorted(places)
    width = share * ROOM + 1 / 256
    ends = [bisect_right(order, start + width) for start in order]
    best = max(range(len(order)), key=lambda at: ends[at] - at)
    return order[best], order[ends[best] - 1]


def _starts(places: Places) -> float:
    return _quantile(sorted(places), 0.05) if places else 0.0


def _quantile(places: list[float], share: float) -> float:
    """Return the place below which this share lies, between two places by proportion."""
    at = share * (len(places) - 1)
    low = int(at)
    high = min(low + 1, len(places) - 1)
    return places[low] + (places[high] - places[low]) * (at - low)


def _same_page(like: Likeness) -> bool:
    return like.title >= TITLE_ALIKE or like.containment >= REWRITTEN


def _kind(like: Likeness) -> Relation:
    if like.same_url:
        return Relation(kind=VerdictKind.UPDATE_OF, reason="same_url")
    if like.containment >= CONTAINED and like.my_tokens < WHOLE * like.their_tokens:
        return Relation(kind=VerdictKind.EXCERPT_OF, reason="contained")
    if like.containment >= CONTAINED and like.their_tokens < 0.8 * like.my_tokens:
        return Relation(kind=VerdictKind.UPDATE_OF, reason="grown")
    return Relation(
        kind=VerdictKind.NEAR, reason="contained" if like.containment >= CONTAINED else "rewritten"
    )
