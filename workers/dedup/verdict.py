"""The decision: from measured likenesses to what an article is.  Pure; every refusal names its rule."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from workers.dedup.likeness import Likeness, Places
from workers.records import ArticleId, Match, Verdict, VerdictKind

CONTAINED = 0.6
"""A text is (part of) another when the larger has this share of its shingles: three edits a sentence leave it."""

REWRITTEN, REWRITTEN_UNTITLED, SPREAD = 0.14, 0.25, 0.16
"""Or when it has less, but all along the text: two words in five replaced leave (3/5)^3 = 0.22 of the shingles."""

MIN_SHARED = 5
SHORT = 24
"""A text of fewer tokens is a stub or a brief: only the same words under the same headline make it the same."""

SAME_TITLE = 0.8
HELD, HELD_SHARE = 0.7, 0.35
"""A digest holds this much of each story, and together they fill this much of it."""

OPENING, OPENS = 0.3, 0.05
OVERLAP = 0.3
VERSION_RESEMBLANCE = 0.75

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

FORM_ODDS = ((200, 1.5), (450, 0.5))
"""Log-odds against a copy when claims differ and the text has fewer tokens: filled-in forms are short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A candidate and what was measured."""

    article: ArticleId
    likeness: Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How an article stands to one candidate: the same story or not, and the rule that says so."""

    kind: VerdictKind | None
    """``None``: another story."""
    reason: str


def relate(like: Likeness) -> Relation:
    """Say how an article stands to one other, for its own sake (digests are told apart by ``decide``)."""
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
    return Relation(kind=None, reason="short")


def claims_speak_for_copy(like: Likeness) -> float:
    """Return the log-odds that figures and names agree as in a copy rather than as in a template.

    A copy changes claims no more often than other words; of those, the share ``s`` survived for which ``s ** 3``
    of the shingles did.  A template changes nothing else.
    """
    claims = like.figures.fewer + like.names.fewer
    if not claims:
        return 0.0
    agreed = like.figures.share * like.figures.fewer + like.names.share * like.names.fewer
    survived = min(MOST_SURVIVE, max(FEWEST_SURVIVE, max(like.containment, like.spread) ** (1 / 3)))
    kept, changed = survived / TEMPLATE_AGREEMENT, (1 - survived) / (1 - TEMPLATE_AGREEMENT)
    return agreed * math.log(kept) + (claims - agreed) * math.log(changed)


def decide(tokens: int, compared: Sequence[Compared]) -> Verdict:
    """Say what an article of so many tokens is, given all its candidates."""
    if not tokens:
        return Verdict(kind=VerdictKind.NEW, reason="empty")
    related = [(c, relate(c.likeness)) for c in compared]
    held = [] if any(_is_version(c.likeness, r) for c, r in related) else _held(compared)
    if held:
        matches = tuple(
            _match(c, Relation(kind=VerdictKind.CONTAINS, reason="holds_whole_story")) for c in held
        )
        return Verdict(kind=VerdictKind.CONTAINS, reason="digest", match=matches[0], others=matches[1:])
    same = [(c, r) for c, r in related if r.kind is not None]
    if not same:
        return Verdict(kind=VerdictKind.NEW, reason=related[0][1].reason if related else "no_candidate")
    same.sort(key=lambda pair: _rank(*pair))
    matches = tuple(_match(c, r) for c, r in same)
    return Verdict(kind=matches[0].kind, reason=matches[0].reason, match=matches[0], others=matches[1:])


def _rank(compared: Compared, relation: Relation) -> tuple[bool, float, int]:
    like = compared.likeness
    return relation.kind is not VerdictKind.SAME, -like.resemblance, compared.article


def _match(compared: Compared, relation: Relation) -> Match:
    like = compared.likeness
    return Match(
        kind=relation.kind or VerdictKind.NEAR,
        of=compared.article,
        resemblance=1.0 if like.identical else like.resemblance,
        containment=1.0 if like.identical else like.containment,
        reason=relation.reason,
    )


def _refusal(like: Likeness) -> str:
    """Return the rule that keeps the two apart, or nothing."""
    reason = _too_little(like)
    if reason:
        return reason
    if _starts(like.my_places) > LATE and _starts(like.their_places) > LATE:
        return "common_tail"
    if claims_speak_for_copy(like) < _claims_needed(like):
        return "claims_differ"
    return _misplaced(like)


def _too_little(like: Likeness) -> str:
    if like.shared < MIN_SHARED:
        return "too_little_shared"
    if like.containment >= CONTAINED or _is_opening(like):
        return ""
    small, big = sorted((like.my_tokens, like.their_tokens))
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
    if like.figures.share == like.names.share == 1.0:
        return 0.0
    titles = TITLE_WEIGHT * (SAME_TITLE - like.title) if like.title_known else 0.0
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
    if like.title < TITLE_ALIKE and _starts(places) > LATE:
        return "related_block"
    return ""


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


def _is_version(like: Likeness, relation: Relation) -> bool:
    """Whether the article is this candidate over again, so that what it holds is its own parts."""
    return relation.kind is not None and like.resemblance >= VERSION_RESEMBLANCE


def _held(compared: Sequence[Compared]) -> list[Compared]:
    """Return the stories that the article holds whole, one after the other, if it is a digest."""
    parts = sorted((c for c in compared if _is_held(c.likeness)), key=lambda c: -c.likeness.their_containment)
    held: list[Compared] = []
    spans: list[tuple[float, float]] = []
    for part in parts:
        span = _extent(part.likeness)
        if all(min(span[1], b) - max(span[0], a) < OVERLAP * (span[1] - span[0]) for a, b in spans):
            held.append(part)
            spans.append(span)
    others = [c for c in held if c.likeness.title < TITLE_ALIKE]
    headed = [c for c in others if c.likeness.their_title_is_my_heading]
    covered = sum(b - a for a, b in spans)
    if headed or (len(others) > 1 and covered >= HELD_SHARE):
        return held
    return []


def _is_held(like: Likeness) -> bool:
    return (
        like.their_containment >= HELD
        and like.their_tokens < WHOLE * like.my_tokens
        and like.shared >= MIN_SHARED
        and claims_speak_for_copy(like) >= 0
    )


def _extent(like: Likeness) -> tuple[float, float]:
    places = sorted(like.my_places)
    return _quantile(places, 0.05), _quantile(places, 0.95)
