"""Which passages two texts share, token by token: what ``copydesk compare`` lays side by side."""

from dataclasses import dataclass

import numpy as np

from workers.dedup.places import F64
from workers.dedup.shingles import WORDS, shingle
from workers.dedup.tokens import Tokens, tokenize
from workers.records import Passage

SHORTEST = 6
"""Tokens of the shortest passage worth showing."""

MOST = 8
"""Passages kept with a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Two texts compared in full, without sampling."""

    resemblance: float
    """Jaccard of the two sets of shingles."""
    containment: float
    """Share of the smaller set that the larger has."""
    passages: tuple[Passage, ...]
    """Longest first."""


def compare(one: str, other: str) -> Shared:
    """Compare two texts in full.

    >>> found = compare("The ferry left at noon with forty guests.", "Then the ferry left at noon with forty people.")
    >>> found.passages
    (Passage(at=0, other_at=1, length=7),)
    """
    first, second = shingle(tokenize(one)), shingle(tokenize(other))
    mine, theirs = set(first.tolist()), set(second.tolist())
    common = len(mine & theirs)
    runs = _runs(first.tolist(), second.tolist())
    return Shared(
        resemblance=common / len(mine | theirs) if mine | theirs else 1.0,
        containment=common / min(len(mine), len(theirs)) if mine and theirs else 0.0,
        passages=tuple(sorted((r for r in runs if r.length >= SHORTEST), key=lambda r: -r.length)),
    )


def sampled_passages(places: tuple[F64, F64], tokens: tuple[int, int], reach: int) -> tuple[Passage, ...]:
    """Return the passages on which sampled shingles lie that two texts share, longest first.

    ``places`` are those of the common shingles in either text, 0 to 1, in the first one's order; samples no more than
    ``reach`` tokens apart in both belong to one passage.  Exact to the nearest sample: of 1 in 8, to some 8 words.

    >>> sampled_passages((np.array([0.0, 0.1, 0.2]), np.array([0.5, 0.55, 0.6])), (100, 200), 16)
    (Passage(at=0, other_at=100, length=23),)
    """
    mine, theirs = (np.rint(p * n).astype(np.intp).tolist() for p, n in zip(places, tokens, strict=True))
    runs: list[tuple[int, int, int]] = []
    begin, other_begin, end, other_end = 0, 0, -reach - 1, 0
    for at, other_at in zip(mine, theirs, strict=True):
        if at - end > reach or abs(other_at - other_end) > reach:
            runs.append((begin - end, begin, other_begin))
            begin, other_begin = at, other_at
        end, other_end = at, other_begin + at - begin
    runs.append((begin - end, begin, other_begin))
    return tuple(
        Passage(at=begin, other_at=other_begin, length=WORDS - negated)
        for negated, begin, other_begin in sorted(runs[1:], key=lambda run: run[:2])[:MOST]
    )


def words_of(text: str, at: int, length: int) -> str:
    """Return the folded text of ``length`` tokens from token ``at``, as one line."""
    tokens = tokenize(text)
    return " ".join(_slice(tokens, at, at + length).split())


def _slice(tokens: Tokens, start: int, end: int) -> str:
    begin = int(tokens.starts[start])
    stop = int(tokens.starts[end]) if end < len(tokens) else len(tokens.units)
    return np.ascontiguousarray(tokens.units[begin:stop]).tobytes().decode("utf-16-le", "replace")


def _runs(one: list[int], other: list[int]) -> list[Passage]:
    """Return the runs of shingles that follow each other in both texts."""
    where: dict[int, int] = {}
    for at, value in enumerate(other):
        where.setdefault(value, at)
    runs: list[Passage] = []
    at = 0
    while at < len(one):
        start = where.get(one[at])
        if start is None:
            at += 1
            continue
        length = 1
        while (
            at + length < len(one)
            and start + length < len(other)
            and one[at + length] == other[start + length]
        ):
            length += 1
        runs.append(Passage(at=at, other_at=start, length=length + WORDS - 1))
        at += length
    return runs
