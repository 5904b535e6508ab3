"""The decision: from an article's relations to all its candidates to what it is.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.dedup.likeness import MIN_SHARED, Likeness
from workers.dedup.parts import LONG, MAIN_SHARE, Part, disjoint, holds_stories, with_part
from workers.dedup.places import F64, extent
from workers.dedup.position import SHORT, TITLE_ALIKE, WHOLE
from workers.dedup.relation import Relation, relate
from workers.dedup.yardstick import SAME_PLACE
from workers.records import ArticleId, Holding, Match, Verdict, VerdictKind

HELD = 0.6
"""A larger text holds another when it has this share of its shingles: as much as makes a copy."""

MOST_OF_IT = 0.92
"""A part fills at most this share of a digest; what fills more is the text itself with lines around it."""

VERSION_RESEMBLANCE = 0.75
"""A text that resembles another this much is the same page again, whatever both of them hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A candidate and what was measured."""

    article: ArticleId
    likeness: Likeness

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the candidate is known to hold."""
        return self.likeness.other.parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an article is, and what that teaches about which text holds which."""

    verdict: Verdict
    parts: tuple[Part, ...] = ()
    """What the article itself holds."""
    learned: tuple[tuple[ArticleId, tuple[Part, ...]], ...] = ()
    """Candidates that hold the article, each with all parts now known of it."""


def decide(article: ArticleId, words: float, compared: Sequence[Compared]) -> Judgement:
    """Say what an article of so many words is, given all its candidates."""
    if not words:
        return Judgement(verdict=Verdict(kind=VerdictKind.NEW, reason="empty"))
    learned = {c.article: _with_me(article, c) for c in compared if _holds_me(c.likeness)}
    digests = {
        c.article for c in compared if holds_stories(learned.get(c.article, c.parts), c.likeness.their_words)
    }
    related = [
        (c, relate(c.likeness))
        for c in compared
        if c.article not in digests
        or (c.article not in learned and c.likeness.resemblance >= VERSION_RESEMBLANCE)
    ]
    related = [(c, _unless_shared_out(c, r, related)) for c, r in related]
    parts = _all_parts([c for c in compared if c.article not in digests])
    held = {part.article for part in parts}
    versions = (c for c, r in related if c.article not in held and _is_version(c.likeness, r))
    if holds_stories(parts, words) and not any(versions):
        return Judgement(verdict=_digest(compared, parts), parts=parts)
    if len([part for part in parts if not part.alike]) > 1:
        # Whatever else the page is: stories that stand at different places of it are not one story.
        related = [(c, r) for c, r in related if not _is_beside(c.likeness)]
    held_by = tuple(
        Holding(digest=digest, holds=tuple(part.article for part in known))
        for digest, known in learned.items()
        if digest in digests
    )
    return Judgement(
        verdict=_of_related(related, held_by, in_digest=bool(held_by)),
        parts=parts,
        learned=tuple(learned.items()),
    )


def _unless_shared_out(
    teaser: Compared, relation: Relation, related: Sequence[tuple[Compared, Relation]]
) -> Relation:
    """Return the relation, but none to a teaser that a form filled in otherwise begins with just as well.

    What the teaser leaves out tells the two apart, so it must not make them one.
    """
    like = teaser.likeness
    if relation.kind is None or like.their_tokens >= WHOLE * like.my_tokens:
        return relation
    for other, refused in related:
        if refused.reason == "claims_differ" and (
            other.likeness.other.share_held_of(like.other) >= SAME_PLACE * like.their_containment
        ):
            return Relation(kind=None, reason="claims_differ")
    return relation


def _of_related(
    related: Sequence[tuple[Compared, Relation]], held_by: tuple[Holding, ...], *, in_digest: bool
) -> Verdict:
    same = [(c, r) for c, r in related if r.kind is not None]
    if not same:
        reason = "in_digest" if in_digest else related[0][1].reason if related else "no_candidate"
        return Verdict(kind=VerdictKind.NEW, reason=reason, held_by=held_by)
    same.sort(key=lambda pair: _rank(*pair))
    first = _match(*same[0])
    others = tuple(_match(c, r) for c, r in same[1:] if not _is_bare_excerpt(c.likeness))
    return Verdict(kind=first.kind, reason=first.reason, match=first, others=others, held_by=held_by)


def _is_bare_excerpt(like: Likeness) -> bool:
    """Whether the article is part of the candidate, with no figure or name to prove it: it joins one story, not two."""
    return like.my_tokens < WHOLE * like.their_tokens and not like.figures.fewer and not like.names.fewer


def _digest(compared: Sequence[Compared], parts: Sequence[Part]) -> Verdict:
    by_id = {c.article: c for c in compared}
    holds = Relation(kind=VerdictKind.CONTAINS, reason="holds_whole_story")
    matches = tuple(_match(by_id[part.article], holds) for part in parts)
    return Verdict(kind=VerdictKind.CONTAINS, reason="digest", match=matches[0], others=matches[1:])


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
        passages=like.passages,
    )


def _all_parts(compared: Sequence[Compared]) -> tuple[Part, ...]:
    """Return what the article holds at places of their own; what is nearly all of it counts only beside another."""
    parts = disjoint(_parts([c for c in compared if _holds_them(c.likeness)]))
    long = [part for part in parts if (part.end - part.start) * compared[0].likeness.my_words >= LONG]
    if not long:
        return parts
    mains = _parts([c for c in compared if _is_nearly_all(c.likeness)])
    beside = next((main for main in mains if len(disjoint((*long, main))) > len(long)), None)
    return parts if beside is None else (beside, *parts)


def _parts(held: Sequence[Compared]) -> list[Part]:
    """Return the candidates as parts of the article, those held best first."""
    best = sorted(held, key=lambda c: (-c.likeness.their_containment, c.article))
    return [
        _part(c.article, c.likeness, c.likeness.my_places, headed=c.likeness.their_title_is_my_heading)
        for c in best
    ]


def _with_me(article: ArticleId, holder: Compared) -> tuple[Part, ...]:
    like = holder.likeness
    me = _part(article, like, like.their_places, headed=like.my_title_is_their_heading)
    return with_part(holder.parts, me)


def _part(article: ArticleId, like: Likeness, places: F64, *, headed: bool) -> Part:
    small, big = sorted((like.my_tokens, like.their_tokens))
    start, end = extent(places, small / big)
    return Part(
        article=article,
        start=start,
        end=end,
        headed=headed and small < WHOLE * big,
        alike=like.title >= TITLE_ALIKE,
    )


def _is_version(like: Likeness, relation: Relation) -> bool:
    """Whether the article is this candidate over again, so that what it holds is its own parts."""
    return relation.kind is not None and like.resemblance >= VERSION_RESEMBLANCE and not _holds_them(like)


def _is_beside(like: Likeness) -> bool:
    """Whether the candidate is one story among others in the article, not what the article is about."""
    return like.title < TITLE_ALIKE and _holds_them(like) and like.their_tokens <= MAIN_SHARE * like.my_tokens


def _holds_me(like: Likeness) -> bool:
    return (
        like.my_containment >= HELD
        and SHORT <= like.my_words < MOST_OF_IT * like.their_words
        and like.shared >= MIN_SHARED
        and sum(like.claims_odds) >= 0
    )


def _holds_them(like: Likeness) -> bool:
    return SHORT <= like.their_words < MOST_OF_IT * like.my_words and _is_within(like)


def _is_nearly_all(like: Likeness) -> bool:
    return MOST_OF_IT * like.my_tokens <= like.their_tokens < like.my_tokens and _is_within(like)


def _is_within(like: Likeness) -> bool:
    return like.their_containment >= HELD and like.shared >= MIN_SHARED and sum(like.claims_odds) >= 0
