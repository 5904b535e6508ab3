"""Where one story ends and the next begins in a text that holds several, with or without headings.

Segmentation is the probabilistic one of Utiyama and Isahara (ACL 2001): the split under which each part's own words are
most probable, against a price a part.  It has no parameter to train and asks nothing of the language but words.

Whether there are several stories at all is decided afterwards: in a digest, words that come back do so inside one part,
far more often than a split of the same sizes would give by chance; in one story they run through it.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from workers.extract.cohesion import joined

_MIN_UNITS = 6
MAX_UNITS = 160
_LONGEST_PART = 60
_MAX_SHARE = 0.35
"""Words in more than this share of all paragraphs are what the digest is about, not what a story is about."""
_MIN_LOCAL = 0.09
_PLAIN_LOCAL = 0.15
"""19 of 20 digests have it."""
_MIN_RAW_LOCAL = 0.05
_MIN_JOINED_LOCAL, _SUBJECT_LOCAL, _MOST_SUBJECTS, _SUBJECT_CHARS = 0.15, 0.02, 5, 5
"""Joining makes words more local in one story, too: then more is asked, and more still for each longer word that a
third of all paragraphs have, since a digest seldom has such a subject and nine of ten stories do."""
_MIN_SIGMA = 4.5
_MIN_PARTS = 3
_STEM = 6
_WORD = re.compile(r"[^\W\d_]+|\d[\d.,]*\d|\d")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Seams:
    """Where parts start (the first is 0), and what speaks for there being several."""

    starts: tuple[int, ...]
    local: float
    """Share of recurring words that stay in one part, beyond chance: 0 is chance, 1 is all."""
    sigma: float
    raw: tuple[float, float]
    """``local`` and ``sigma`` before cohesive neighbours were joined."""
    needed: float
    """How local recurring words must be for several stories."""

    @property
    def is_digest(self) -> bool:
        """Whether the parts are stories of their own."""
        return len(self.starts) >= _MIN_PARTS and self.local >= self.needed and self.sigma >= _MIN_SIGMA

    @property
    def is_plain(self) -> bool:
        """Whether they are so plainly, as on a page, which says in its markup that it is one article, they must be."""
        return self.is_digest and self.raw[0] >= _PLAIN_LOCAL and self.raw[1] >= _MIN_SIGMA


def words_of(paragraph: str) -> list[str]:
    """Return crude stems (six letters), or pairs of characters where a script has no spaces.

    >>> words_of("The regulators' regulation, 2026")
    ['the', 'regula', 'regula', '2026']
    """
    words = _WORD.findall(paragraph.casefold())
    if not _UNSPACED.search(paragraph):
        return [word[:_STEM] for word in words if len(word) > 2]
    found: list[str] = []
    for word in words:
        if _UNSPACED.match(word):
            found += [word[i : i + 2] for i in range(max(len(word) - 1, 1))]
        elif len(word) > 2:
            found.append(word[:_STEM])
    return found


def find_seams(paragraphs: list[str], *, headed: list[bool] | None = None) -> Seams:
    """Split paragraphs into stories.  ``headed`` marks those under a heading of their own: parts then start there."""
    count = len(paragraphs)
    if not _MIN_UNITS <= count <= MAX_UNITS:
        return Seams((0,), 0.0, 0.0, (0.0, 0.0), math.inf)
    words = [words_of(paragraph) for paragraph in paragraphs]
    frequency = Counter(word for unit in words for word in set(unit))
    cap = max(2, _MAX_SHARE * count)
    kept = [[word for word in unit if 2 <= frequency[word] <= cap] for unit in words]
    raw = _split(kept, [True] * count)
    starts = joined(raw, kept, frequency)
    if headed is not None and _mostly_headed(starts, headed):
        raw = _split(kept, [i == 0 or mark for i, mark in enumerate(headed)])
        starts = joined(raw, kept, frequency)
    local, sigma = _weigh(starts, words, frequency)
    needed, before = _MIN_LOCAL, (local, sigma)
    if len(starts) < len(raw):
        before = _weigh(raw, words, frequency)
        subjects = sum(len(word) >= _SUBJECT_CHARS and n > cap for word, n in frequency.items())
        needed = _MIN_JOINED_LOCAL + _SUBJECT_LOCAL * min(subjects, _MOST_SUBJECTS)
        if before[0] < _MIN_RAW_LOCAL:
            needed = math.inf
    return Seams(tuple(starts), local, sigma, before, needed)


def _mostly_headed(starts: list[int], headed: list[bool]) -> bool:
    later = [start for start in starts if start]
    return bool(later) and sum(headed[start] for start in later) >= len(later) / 2


def _split(units: list[list[str]], may_start: list[bool]) -> list[int]:
    """Return the cheapest split; a part costs the code length of its words under its own frequencies."""
    number: dict[str, int] = {}
    numbered = [[number.setdefault(word, len(number)) for word in unit] for unit in units]
    count, total, kinds = len(units), sum(map(len, units)), len(number)
    price = math.log(max(total, 2))
    best = [0.0] + [math.inf] * count
    back = [0] * (count + 1)
    # A word that a part has had n times saves gains[n] when it comes once more.
    code = [n * math.log(n + 1) for n in range(total + 2)]
    gains = [after - before for before, after in pairwise(code)]
    logs = [math.log(max(size + kinds, 1)) for size in range(total + 1)]
    for start in range(count):
        if not may_start[start] or best[start] == math.inf:
            continue
        counts = [0] * kinds
        size, gain, so_far = 0, 0.0, best[start] + price
        for end, unit in enumerate(numbered[start : start + _LONGEST_PART], start + 1):
            for word in unit:
                had = counts[word]
                gain += gains[had]
                counts[word] = had + 1
            size += len(unit)
            cost = so_far + size * logs[size] - gain
            if cost < best[end]:
                best[end], back[end] = cost, start
    starts, at = [], count
    while at > 0:
        starts.append(back[at])
        at = back[at]
    return starts[::-1]


def _weigh(starts: list[int], words: list[list[str]], frequency: Counter[str]) -> tuple[float, float]:
    """Return how local recurring words are, and how many deviations that is beyond chance."""
    count = len(words)
    bounds = [*starts, count]
    parts = [{w for unit in words[a:b] for w in unit} for a, b in pairwise(bounds)]
    shares = [(b - a) / count for a, b in pairwise(bounds)]
    spread = Counter(word for part in parts for word in part)
    recurring = [word for word, units in frequency.items() if units > 1]
    if not recurring:
        return 0.0, 0.0
    inside = sum(spread[word] == 1 for word in recurring) / len(recurring)
    by_chance = {n: sum(share**n for share in shares) for n in {frequency[word] for word in recurring}}
    expected = sum(by_chance[frequency[word]] for word in recurring) / len(recurring)
    deviation = math.sqrt(max(expected * (1 - expected), 1e-6) / len(recurring))
    return (inside - expected) / (1 - expected + 1e-9), (inside - expected) / deviation
