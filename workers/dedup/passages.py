"""Which passages two texts share, token by token: what ``copydesk compare`` lays side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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


def sampled_passages(
    places: Sequence[tuple[float, float]], tokens: tuple[int, int], reach: int
) -> tuple[Passage, ...]:
    """Return the passages on which sampled shingles lie that two texts share, longest first.

    ``places`` are those of each common shingle in either text, 0 to 1; samples no more than ``reach`` tokens apart in
    both texts belong to one passage.  Exact to the nearest sample: where shingles were sampled 1 in 8, to some 8 words.

    >>> sampled_passages([(0.0, 0.5), (0.1, 0.55), (0.2, 0.6)], (100, 200), 16)
    (Passage(at=0, other_at=100, length=23),)
    """
    runs: list[Passage] = []
    for mine, theirs in sorted(places):
        at, other_at = round(mine * tokens[0]), round(theirs * tokens[1])
        last = runs[-1] if runs else None
        if last is not None and _goes_on(last, at, other_at, reach):
            runs[-1] = Passage(at=last.at, other_at=last.other_at, length=at - last.at + WORDS)
        else:
            runs.append(Passage(at=at, other_at=other_at, length=WORDS))
    runs.sort(key=lambda run: (-run.length, run.at))
    return tuple(runs[:MOST])


def _goes_on(last: Passage, at: int, other_at: int, reach: int) -> bool:
    end, other_end = last.at + last.length - WORDS, last.other_at + last.length - WORDS
    return at - end <= reach and abs(other_at - other_end) <= reach


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
