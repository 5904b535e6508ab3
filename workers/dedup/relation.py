"""How an article stands to one other: the rules of a pair.  Pure; every refusal names its rule."""

from dataclasses import dataclass

from workers.dedup.likeness import MIN_SHARED, Likeness
from workers.dedup.position import (
    CONTAINED,
    LATE,
    NEARLY_WHOLE,
    PART,
    SAME_TITLE,
    SHORT,
    TITLE_ALIKE,
    WHOLE,
    has_own_middle,
    has_own_opening,
    is_first_words,
    is_much_of_it,
    is_opening,
    is_tail,
)
from workers.records import VerdictKind

REWRITTEN, REWRITTEN_UNTITLED, SPREAD = 0.14, 0.25, 0.16
"""Or when it has less, but all along the text: two words in five replaced leave (3/5)^3 = 0.22 of the shingles."""

FEW_WORDS = 100
"""A few sentences under another headline must stand in the larger text nearly whole: a phrase of a trade is in many."""

TITLE_WEIGHT = 2.0
"""Log-odds against a copy when no word of the headlines agrees; as much as one changed figure."""

FIGURES_ALONE = -3.0
"""Log-odds of the figures that no agreement of names makes good: the same company, the next quarter."""

RETOLD_FIGURES, RETOLD_SHARE = 3, 0.5
"""Of three figures, two agree by chance in one pair of forms in four (the list of another day's cases in the same
court); a text in other words seldom gives two in three otherwise."""

MOST_CORRECTED, CORRECTION_ODDS = 2.0, 6.0
"""A correction changes two figures at most; eleven names that agree outweigh them."""

BARE_WORDS, BARE_SHARE = 100, 0.9
"""A text of fewer words that has no figures or names to agree on is a form filled in twice (a menu, a horoscope)
unless this much of it is in the other: at most one word in thirty is another, less than a dish of a week's menu."""

FORM_ODDS = ((200, 1.5), (450, 0.5))
"""Log-odds against a copy when claims differ and the text has fewer words: filled-in forms are short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How an article stands to one candidate: the same story or not, and the rule that says so."""

    kind: VerdictKind | None
    """``None``: another story."""
    reason: str


def relate(like: Likeness) -> Relation:
    """Say how an article stands to one other, for its own sake; digests are a matter of the verdict."""
    if like.identical and (like.my_words >= SHORT or like.title >= SAME_TITLE):
        return Relation(kind=VerdictKind.SAME, reason="identical")
    if min(like.my_words, like.their_words) < SHORT:
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
    if is_first_words(like):
        mine_is_small = like.my_tokens < like.their_tokens
        return Relation(
            kind=VerdictKind.EXCERPT_OF if mine_is_small else VerdictKind.UPDATE_OF, reason="first_words"
        )
    return Relation(kind=None, reason="short")


def _refusal(like: Likeness) -> str:
    """Return the rule that keeps the two apart, or nothing."""
    reason = _too_little(like)
    if reason:
        return reason
    if is_tail(like):
        return "common_tail"
    if has_own_opening(like):
        return "own_opening"
    if has_own_middle(like) and not is_opening(like):
        return "own_middle"
    figures, names = like.claims_odds
    if (
        figures + names < _claims_needed(like)
        or _is_retold_otherwise(like)
        or (figures < FIGURES_ALONE and not _is_corrected(like))
    ):
        return "claims_differ"
    return "nothing_claimed" if _is_bare(like) else _misplaced(like)


def _is_retold_otherwise(like: Likeness) -> bool:
    """Whether a text in other words has other figures too: whoever rewrites a story keeps its figures."""
    told = like.figures.fewer >= RETOLD_FIGURES and like.figures.share < RETOLD_SHARE
    return told and like.containment < CONTAINED


def _is_corrected(like: Likeness) -> bool:
    """Whether few figures differ in a text of which nearly all is the same, a dozen names among it."""
    changed = (1 - like.figures.share) * like.figures.fewer
    nearly_all = like.containment >= BARE_SHARE and sum(like.claims_odds) >= CORRECTION_ODDS
    return nearly_all and changed <= MOST_CORRECTED


def _is_bare(like: Likeness) -> bool:
    few = min(like.my_words, like.their_words) < BARE_WORDS and like.containment < BARE_SHARE
    return few and not like.figures.fewer and not like.names.fewer and not is_opening(like)


def _too_little(like: Likeness) -> str:
    if like.shared < MIN_SHARED:
        return "too_little_shared"
    small, big = sorted((like.my_words, like.their_words))
    few = small < FEW_WORDS and small < PART * big and like.title < TITLE_ALIKE
    if like.containment >= (NEARLY_WHOLE if few else CONTAINED) or is_opening(like):
        return ""
    if small < PART * big and like.title < TITLE_ALIKE:
        return "passage_only"
    least = REWRITTEN if like.title >= TITLE_ALIKE else REWRITTEN_UNTITLED
    return "passage_only" if like.containment < least or like.spread < SPREAD else ""


def _claims_needed(like: Likeness) -> float:
    """Return the log-odds that claims must reach: a short text in which any differs is probably a filled-in form."""
    words = min(like.my_words, like.their_words)
    swapped = like.titles_swapped if like.containment < CONTAINED or words < FORM_ODDS[0][0] else 0
    if like.figures.share == like.names.share == 1.0 and not swapped:
        return 0.0
    titles = TITLE_WEIGHT * (SAME_TITLE - like.title) if like.title_known else 0.0
    titles = max(titles, TITLE_WEIGHT * like.titles_swapped)
    return titles + next((odds for limit, odds in FORM_ODDS if words < limit), 0.0)


def _misplaced(like: Likeness) -> str:
    small, big = sorted((like.my_tokens, like.their_tokens))
    if small >= WHOLE * big:
        return ""
    mine_is_small = like.my_tokens <= like.their_tokens
    heading = like.my_title_is_their_heading if mine_is_small else like.their_title_is_my_heading
    if heading and like.title < TITLE_ALIKE:
        return "headline_inside"
    start = like.their_start if mine_is_small else like.my_start
    if like.title < TITLE_ALIKE and start > LATE and not is_much_of_it(like):
        return "related_block"
    return ""


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
