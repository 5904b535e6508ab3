"""The differences of two texts, paragraph beside paragraph and word by word, in bounded work.

The longest common subsequence of the words is found by rapidfuzz: 64 cells of the table at a time, so that
``MOST_WORDS`` against ``MOST_WORDS`` is 12 million steps of C++ (some 10 ms) whatever the texts are; difflib's
worst case is the square of that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

MOST_WORDS = 6_000
MOST_CHARACTERS = 6 * MOST_WORDS
"""Of each text: as many words of English have so many, and one word may have a hundred thousand."""
"""Of each text; a longer one is compared so far.  99 % of news stories are shorter."""

ISLAND_WORDS = 2
"""So few equal words between two changes are part of the change: a lone "the" helps no reader."""

PARTNER_SHARE = 0.3
"""Paragraphs stand side by side when they share so much of the shorter one."""


_WIDE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u3001-\u3002\u3008-\u3011\uff01-\uff0f\uff1a-\uff1f"  # their punctuation
)
WIDE = re.compile(f"[{_WIDE}]")
"""Characters of scripts that put no spaces between words: each is compared by itself."""
_WORD = re.compile(rf"(?:[{_WIDE}]|[^\s{_WIDE}]+)\s*")


class Change(StrEnum):
    """What became of a run of words."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words of one text that met the same fate, with the space after them: runs one after the other are the text."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Paragraphs side by side; an empty side has no counterpart."""

    left: tuple[tuple[Run, ...], ...] = ()
    right: tuple[tuple[Run, ...], ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether no word differs."""
        return all(
            run.change is Change.KEPT for side in (self.left, self.right) for part in side for run in part
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two texts side by side."""

    rows: tuple[Row, ...]
    kept: int
    """Words that both have."""
    deleted: int
    """Words of the left text alone."""
    inserted: int
    """Words of the right text alone."""
    is_cut: bool
    """A text was longer than ``MOST_WORDS`` or ``MOST_CHARACTERS``."""


def compare(left: Sequence[str], right: Sequence[str]) -> Comparison:
    """Compare two texts given as paragraphs.

    >>> found = compare(["Ministers met on Monday in Oslo."], ["Ministers met on Tuesday in Oslo."])
    >>> [(run.change.value, run.text) for run in found.rows[0].right[0]]
    [('kept', 'Ministers met on '), ('inserted', 'Tuesday '), ('kept', 'in Oslo.')]
    >>> found.kept, found.deleted, found.inserted
    (5, 1, 1)
    >>> [(run.change.value, run.text) for run in compare(["周一开会"], ["周二开会"]).rows[0].right[0]]
    [('kept', '周'), ('inserted', '二'), ('kept', '开会')]
    """
    a, cut_a = _words(left)
    b, cut_b = _words(right)
    flat_a = [word for paragraph in a for word in paragraph]
    flat_b = [word for paragraph in b for word in paragraph]
    equal = _without_islands(_equal_runs(flat_a, flat_b), len(flat_a), len(flat_b))
    kept = sum(length for _, _, length in equal)
    return Comparison(
        rows=tuple(_rows(a, b, equal)),
        kept=kept,
        deleted=len(flat_a) - kept,
        inserted=len(flat_b) - kept,
        is_cut=cut_a or cut_b,
    )


def _words(paragraphs: Sequence[str]) -> tuple[list[list[str]], bool]:
    left, found = MOST_WORDS, []
    room, is_long = MOST_CHARACTERS, sum(map(len, paragraphs)) > MOST_CHARACTERS
    for paragraph in paragraphs:
        words = words_of(paragraph[:room])
        room -= len(paragraph[:room])
        if words:
            found.append(words[:left])
        left -= len(words)
        if left <= 0:
            break
    is_cut = is_long or left < 0 or (left == 0 and len(found) < sum(1 for p in paragraphs if p.strip()))
    return found, is_cut


def words_of(paragraph: str) -> list[str]:
    """Return the words, each with the space after it.

    >>> words_of(" Chips  from 台积电 today ")
    ['Chips ', 'from ', '台', '积', '电 ', 'today']
    """
    return [re.sub(r"\s+$", " ", word) for word in _WORD.findall(paragraph.strip())]


def _equal_runs(a: list[str], b: list[str]) -> list[tuple[int, int, int]]:
    """Return (start in a, start in b, length) of what both have, in order."""
    codes: dict[str, int] = {}
    numbered = [[codes.setdefault(_key(word), len(codes)) for word in words] for words in (a, b)]
    return [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in Indel.opcodes(*numbered)
        if code.tag == "equal"
    ]


def _key(word: str) -> str:
    # Quotation marks and dashes differ from site to site without a difference in what is said.
    return word.rstrip().translate(_PLAIN)


_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "—": "-", "\u00ad": None}
)


def _without_islands(runs: list[tuple[int, int, int]], a_end: int, b_end: int) -> list[tuple[int, int, int]]:
    """Drop equal runs too short to mean anything, where words changed on both ends of them."""
    found = []
    for at, (i, j, length) in enumerate(runs):
        before = runs[at - 1] if at else (0, 0, 0)
        after = runs[at + 1] if at + 1 < len(runs) else (a_end, b_end, 0)
        changed_before = (i - before[0] - before[2], j - before[1] - before[2])
        changed_after = (after[0] - i - length, after[1] - j - length)
        is_island = min(sum(changed_before), sum(changed_after)) > length and length <= ISLAND_WORDS
        if not is_island:
            found.append((i, j, length))
    return found


def _rows(a: list[list[str]], b: list[list[str]], equal: list[tuple[int, int, int]]) -> list[Row]:
    in_a, in_b = _paragraph_of(a), _paragraph_of(b)
    shared: dict[tuple[int, int], int] = {}
    kept_a, kept_b = [False] * len(in_a), [False] * len(in_b)
    for i, j, length in equal:
        for step in range(length):
            kept_a[i + step] = kept_b[j + step] = True
            pair = in_a[i + step], in_b[j + step]
            shared[pair] = shared.get(pair, 0) + 1
    left = [_runs(words, flags, Change.DELETED) for words, flags in _split(a, kept_a)]
    right = [_runs(words, flags, Change.INSERTED) for words, flags in _split(b, kept_b)]
    pairs = [(i, j) for (i, j), n in sorted(shared.items()) if n >= PARTNER_SHARE * min(len(a[i]), len(b[j]))]
    return _side_by_side(left, right, pairs)


def _paragraph_of(paragraphs: list[list[str]]) -> list[int]:
    return [number for number, words in enumerate(paragraphs) for _ in words]


def _split(paragraphs: list[list[str]], flags: list[bool]) -> list[tuple[list[str], list[bool]]]:
    found, at = [], 0
    for words in paragraphs:
        found.append((words, flags[at : at + len(words)]))
        at += len(words)
    return found


def _runs(words: list[str], kept: list[bool], otherwise: Change) -> tuple[Run, ...]:
    runs: list[Run] = []
    start = 0
    words = [*words[:-1], words[-1].rstrip()] if words else []
    for at in range(1, len(words) + 1):
        if at == len(words) or kept[at] != kept[start]:
            change = Change.KEPT if kept[start] else otherwise
            runs.append(Run(change=change, text="".join(words[start:at])))
            start = at
    return tuple(runs)


def _side_by_side(
    left: list[tuple[Run, ...]], right: list[tuple[Run, ...]], pairs: list[tuple[int, int]]
) -> list[Row]:
    """Pairs come in order on both sides; paragraphs that share a partner share a row."""
    rows: list[Row] = []
    i = j = at = 0
    while at < len(pairs):
        top, other = pairs[at]
        rows += [Row(left=(part,)) for part in left[i:top]]
        rows += [Row(right=(part,)) for part in right[j:other]]
        last, last_other = top, other
        while at < len(pairs) and (pairs[at][0] <= last or pairs[at][1] <= last_other):
            last, last_other = max(last, pairs[at][0]), max(last_other, pairs[at][1])
            at += 1
        rows.append(Row(left=tuple(left[top : last + 1]), right=tuple(right[other : last_other + 1])))
        i, j = last + 1, last_other + 1
    rows += [Row(left=(part,)) for part in left[i:]]
    rows += [Row(right=(part,)) for part in right[j:]]
    return rows


CONTEXT = 1
"""Paragraphs left standing before and after a change."""
SHORTEST_FOLD = 3
"""Fewer alike paragraphs than this are shown: a line that says they are left out is no shorter."""


def folded(rows: Sequence[Row]) -> list[Row | int]:
    """Return the rows with long stretches of alike ones replaced by their number.

    >>> alike = compare(["one", "two", "three", "four", "five", "old"], ["one", "two", "three", "four", "five", "new"])
    >>> [row if isinstance(row, int) else "row" for row in folded(alike.rows)]
    [4, 'row', 'row', 'row']
    """
    near = {
        near
        for at, row in enumerate(rows)
        if not row.is_same
        for near in range(at - CONTEXT, at + CONTEXT + 1)
    }
    found: list[Row | int] = []
    stretch: list[Row] = []
    for at, row in enumerate(rows):
        if at not in near:
            stretch.append(row)
            continue
        found += _folded_stretch(stretch)
        stretch = []
        found.append(row)
    return found + _folded_stretch(stretch)


def _folded_stretch(stretch: list[Row]) -> list[Row | int]:
    return [len(stretch)] if len(stretch) >= SHORTEST_FOLD else [*stretch]
