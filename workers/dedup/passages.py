"""Which passages two texts share, token by token: what ``copydesk compare`` lays side by side."""

from dataclasses import dataclass

import numpy as np

from workers.dedup.shingles import WORDS, shingle
from workers.dedup.tokens import Tokens, tokenize
from workers.records import Passage

SHORTEST = 6
"""Tokens of the shortest passage worth showing."""


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
