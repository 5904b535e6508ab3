"""What each run of text looks like from outside: one row of numbers a run, for the model to judge.

Structure first (tags, link density, where the text of the page is, repetition), names of elements next, words last and
few.  Nothing here depends on a language beyond punctuation and the class names of ``workers.extract.names``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.extract import tags
from workers.extract.names import KINDS, kinds_of
from workers.extract.phrases import looks_like_boilerplate
from workers.extract.tree import ARTICLE_BODY, CONTENT_ROLE, HIDDEN, IN_LINK, NAV_ROLE, Tree

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

TERMINAL = frozenset(".!?。！？…\"”»“’'।॥؟։።)")
_OPEN_ENDED = frozenset(":：…")
_FOREIGN_COMMAS = ("，", "、", "،")
_FOREIGN_STOPS = ("。", "। ")
_SHORT_CHARS = 200
_SENTENCE_CHARS = 30
_COUNTED = re.compile(r"[\d|›»·•/→>]")
_FIRST_TAG = tags.PLAIN
_TAG_KINDS = tags.CODES - _FIRST_TAG
_KIND_BITS = np.arange(len(KINDS), dtype=np.int64)
_CODE_BITS = tuple(1 << max(code - _FIRST_TAG, 0) for code in range(tags.CODES))
_TAG_BITS = np.arange(_TAG_KINDS, dtype=np.int64)
_TEXT_COLUMNS = 20
_IS_HEADING = np.array([code in tags.HEADINGS for code in range(tags.CODES)])
_INHERITED_FLAGS = np.array([HIDDEN, ARTICLE_BODY, NAV_ROLE, CONTENT_ROLE], dtype=np.int64)
_PARAGRAPH_CHARS = 60
_LEVELS = 4
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
NEIGHBOUR_COLUMNS = 7 * len(_NEIGHBOURS)


@dataclass(slots=True)
class Evidence:
    """What the page's head says that bears on its text."""

    title: str = ""
    """Case-folded words of the headline, joined by one space."""
    title_chars: int = 0
    description: str = ""
    body: str = ""
    """JSON-LD ``articleBody`` without white space, case-folded; empty where it is absent or too short."""


def fold(text: str) -> str:
    """Return text without white space, case-folded: the form in which runs are looked up in ``articleBody``."""
    return "".join(text.casefold().split())


def _text_columns(tree: Tree, evidence: Evidence) -> Floats:
    """Return (runs x ``_TEXT_COLUMNS``); column by column, because a loop over a row of twenty costs thrice as much."""
    runs = tree.runs
    texts = [run.text for run in runs]
    ascii_ = [text.isascii() for text in texts]
    sizes = [len(text) for text in texts]
    spaces = [text.count(" ") + 1 for text in texts]
    seen = Counter(texts)
    columns: list[Sequence[float]] = [
        sizes,
        [run.link_chars for run in runs],
        [run.links for run in runs],
        [
            n if plain else max(n, len(text.encode()) / 12)
            for text, plain, n in zip(texts, ascii_, spaces, strict=True)
        ],
        [
            text.count(",") if plain else text.count(",") + sum(map(text.count, _FOREIGN_COMMAS))
            for text, plain in zip(texts, ascii_, strict=True)
        ],
        [
            text.count(". ") if plain else text.count(". ") + sum(map(text.count, _FOREIGN_STOPS))
            for text, plain in zip(texts, ascii_, strict=True)
        ],
        [text[-1] in TERMINAL for text in texts],
        [text[-1] in _OPEN_ENDED for text in texts],
        [text[0].isupper() for text in texts],
        [text[0].islower() for text in texts],
    ]
    table = np.zeros((_TEXT_COLUMNS, len(runs)), dtype=np.float32)
    for number, column in enumerate(columns):
        table[number] = column
    _short_columns(table, texts, sizes)
    table[15] = [seen[text] > 1 for text in texts]
    _evidence_columns(table, texts, evidence)
    return table.T


def _short_columns(table: Floats, texts: list[str], sizes: list[int]) -> None:
    """Fill the columns that only short runs have: capitals, digits, separators, wording; and the sign of rights."""
    upper, digits, separators, rights, wording, at = (
        table[10],
        table[11],
        table[12],
        table[13],
        table[14],
        table[19],
    )
    for index, text in enumerate(texts):
        if "©" in text:
            rights[index] = 1
        if sizes[index] >= _SHORT_CHARS:
            continue
        counted = _COUNTED.findall(text)
        if counted:
            numbers = sum(map(str.isdigit, counted))
            digits[index] = numbers / sizes[index]
            separators[index] = len(counted) - numbers
        if text.isupper():
            upper[index] = 1
        if looks_like_boilerplate(text):
            wording[index] = 1
        if "@" in text:
            at[index] = 1


def _evidence_columns(table: Floats, texts: list[str], evidence: Evidence) -> None:
    """Fill the columns that compare a run with what the head says: title, body, description."""
    title, description, body = evidence.title, evidence.description, evidence.body
    for index, text in enumerate(texts):
        size = len(text)
        described = bool(description) and size > _SENTENCE_CHARS
        if not (body or described or size == evidence.title_chars):
            continue
        folded = fold(text)
        if title and size < _SHORT_CHARS and folded == title:
            table[16, index] = 1
        if body and size > 1 and folded in body:
            table[17, index] = 1
        if described and (folded in description or description in folded):
            table[18, index] = 1


def _inherited(tree: Tree) -> tuple[Ints, Ints, Ints, Ints]:
    """Return per element: own name bits, name bits of it and its ancestors, same for tag bits, and for flags."""
    own, names, codes, flags = [0], [0], [0], [0]
    for index, element in enumerate(tree.elements[1:], 1):
        parent, code = element.parent, element.code
        bits = kinds_of(element.names) if element.names and element.end > element.begin else 0
        own.append(bits)
        names.append(names[parent] if code == tags.BODY or index == 1 else names[parent] | bits)
        codes.append(codes[parent] | _CODE_BITS[code])
        flags.append(flags[parent] | element.flags)
    as_array = [np.array(column, dtype=np.int64) for column in (own, names, codes, flags)]
    return as_array[0], as_array[1], as_array[2], as_array[3]


def _table(count: int, columns: Sequence[Any]) -> Floats:
    """Return (``count`` x columns); a column is an array or one number for all."""
    table = np.empty((count, len(columns)), dtype=np.float32)
    for number, column in enumerate(columns):
        table[:, number] = column
    return table


def _bits(values: Ints, which: Ints) -> Floats:
    return ((values[:, None] >> which) & 1).astype(np.float32)


def _cumulated(values: Floats) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(values, dtype=np.float64)])


def _shifted(matrix: Floats, by: int) -> Floats:
    moved = np.zeros_like(matrix)
    if abs(by) < len(matrix):
        if by > 0:
            moved[:-by] = matrix[by:]
        else:
            moved[-by:] = matrix[:by]
    return moved


def _headline(may_be: NDArray[np.bool_], begin: int) -> int:
    """Return the run that is most likely the headline: the last one before the story's container, or the first."""
    found = np.flatnonzero(may_be)
    if not len(found):
        return 0
    return int(found[-1] if found[-1] < begin + 3 else found[0])


def features(tree: Tree, evidence: Evidence) -> tuple[Floats, Floats]:
    """Return (runs x columns) for the model, and each run's size in words."""
    count = len(tree.runs)
    text = _text_columns(tree, evidence)
    at = np.array([run.element for run in tree.runs], dtype=np.int64)
    inline = np.array([kinds_of(run.names) if run.names else 0 for run in tree.runs], dtype=np.int64)
    run_flags = np.array([run.flags for run in tree.runs], dtype=np.int64)
    begin = np.array([e.begin for e in tree.elements], dtype=np.int64)
    end = np.array([e.end for e in tree.elements], dtype=np.int64)
    parent = np.array([e.parent for e in tree.elements], dtype=np.int64)
    parent[0] = 0
    code = np.array([e.code for e in tree.elements], dtype=np.int64)
    own, names, codes, flags = _inherited(tree)

    size, link_chars = text[:, 0], text[:, 1]
    density = link_chars / np.maximum(size, 1)
    prose = np.where((size >= _PARAGRAPH_CHARS) & (density < 0.4), np.minimum(size, 1500) * (1 - density), 0)
    prose = prose * np.where(text[:, 6] > 0, 1.0, 0.5)
    total, total_prose = max(float(size.sum()), 1.0), max(float(prose.sum()), 1.0)
    sums = _cumulated(size), _cumulated(link_chars), _cumulated(prose)

    up = [at, parent[at]]
    while len(up) < _LEVELS:
        up.append(parent[up[-1]])
    order = np.arange(count)
    around = np.stack(up)  # all levels at once: numpy's price is the call, not the number
    first, last = begin[around], end[around]
    chars, linked, inside = (s[last] - s[first] for s in sums)
    runs, some = last - first, np.maximum(chars, 1)
    measures = [
        np.log1p(chars) / 8,
        linked / some,
        inside / total_prose,
        inside / some,
        np.log1p(runs) / 4,
        (order - first) / np.maximum(runs, 1),
    ]
    levels = [measure[level] for level in range(_LEVELS) for measure in measures]
    # Paragraphs whose parent is the element: the container of the story has most of them.
    direct = np.zeros(len(tree.elements), dtype=np.float64)
    np.add.at(direct, parent[at], prose)
    np.add.at(direct, parent[parent[at]], prose / 2)
    best = int(np.argmax(direct)) if count else 0
    wider = int(parent[best])
    widest = int(parent[wider])
    containers = [(order >= begin[x]) & (order < end[x]) for x in (best, wider, widest)]
    containers.append(direct[up[1]] / max(float(direct.max()), 1.0))

    before = (sums[2][:-1]) / total_prose
    position = [
        order / max(count, 1),
        sums[0][:-1] / total,
        before,
        1 - before - prose / total_prose,
        np.log1p(np.abs(order - begin[best])) / 5 * np.sign(order - begin[best]),
        np.log1p(np.abs(order - end[best])) / 5 * np.sign(order - end[best]),
    ]
    here = _headline((text[:, 16] > 0) | (code[at] == tags.HEADING_1), int(begin[best]))
    position += [order < here, np.log1p(np.maximum(order - here, 0)) / 5, order == here]

    signature = code[at] * 1_000_003 + own[at] * 31 + code[parent[at]] * 7919 + own[parent[at]]
    _, inverse, repeats = np.unique(signature, return_inverse=True, return_counts=True)
    group = np.bincount(inverse, weights=prose)[inverse] / total_prose
    repetition = [np.log1p(repeats[inverse]) / 4, group]

    plain: list[Any] = [
        np.log1p(size) / 6,
        density,
        np.log1p(text[:, 2]) / 2,
        np.log1p(text[:, 3]) / 4,
        size / np.maximum(text[:, 3], 1) / 8,
        np.log1p(text[:, 4]) / 2,
        text[:, 4] / np.maximum(text[:, 3], 1) * 8,
        np.log1p(text[:, 5]) / 2,
        prose / 500,
        np.minimum(text[:, 12], 4) / 2,
        (run_flags & IN_LINK) > 0,
        run_flags & 8,
        bool(evidence.body),
        np.log1p(total_prose) / 8,
        np.log1p(count) / 6,
        float(link_chars.sum()) / total,
    ]
    flat = text[:, [6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19]]
    headings = _IS_HEADING[code[at]]
    core = _table(count, [plain[0], plain[1], text[:, 6], plain[8], text[:, 7], text[:, 14], headings])
    flag_bits = (flags[at][:, None] & _INHERITED_FLAGS) > 0
    columns = [
        _table(count, [*plain, *levels, *containers, *position, *repetition]),
        flat,
        _bits(1 << (code[at] - _FIRST_TAG), _TAG_BITS),
        _bits(codes[at], _TAG_BITS),
        flag_bits.astype(np.float32),
        _bits(own[at] | inline, _KIND_BITS),
        _bits(own[parent[at]] | own[up[2]], _KIND_BITS),
        _bits(names[at], _KIND_BITS),
        *(_shifted(core, by) for by in _NEIGHBOURS),
    ]
    return np.concatenate(columns, axis=1), text[:, 3]
