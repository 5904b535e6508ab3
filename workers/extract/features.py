"""What each run of text looks like from outside: one row of numbers a run, for the model to judge.

Structure first (tags, link density, where the text of the page is, repetition), names of elements next, words last and
few (``wording.py``).  Nothing here depends on a language beyond punctuation and the class names of ``names.py``.
``COLUMNS`` says which numbers stand where.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.extract import tags
from workers.extract.names import kinds_of
from workers.extract.tree import BOLD_START, IN_LINK, Tree
from workers.extract.wording import COMMAS, FLAGS, SEPARATORS, STOPS, Evidence, Wording, wording
from workers.extract.zones import BITS, Doubles, Ints, Zones, cumulated, zones_of

Floats = NDArray[np.float32]
Columns = list[NDArray[Any] | float]

_IS_HEADING = np.array([code in tags.HEADINGS for code in range(tags.CODES)])
_PARAGRAPH_CHARS = 60
_MOSTLY_TEXT = 0.4
_LONG_CHARS = 1500
_LEVELS = 4
_NEIGHBOURS = (-2, -1, 1, 2)
_WINDOWS = (4, 12)
_FAR = np.array(_WINDOWS)[:, None]
_MEASURES = 16
_NEIGHBOURLY = (0, 1, 8, _MEASURES, _MEASURES + 1)
"""What a run is told of those beside it: length, link density, prose, how they end; and whether they are headings."""

COLUMNS = {
    "text": _MEASURES + FLAGS,
    "levels": 6 * _LEVELS,
    "place": 15,
    "windows": 4 * len(_WINDOWS),
    "neighbours": len(_NEIGHBOURLY) * len(_NEIGHBOURS) + len(_NEIGHBOURS),
    "own": BITS,
    "around": BITS,
}
"""How many columns each group has, in order; ``own`` and ``around`` are names, tags and flags, bit by bit."""
WIDTH = sum(COLUMNS.values())


def features(tree: Tree, evidence: Evidence) -> tuple[Floats, Floats]:
    """Return (runs x ``WIDTH``) for the model, and each run's size in words; a page without runs is the caller's."""
    said = wording(tree.runs, evidence)
    zones = zones_of(tree.elements)
    at = np.array([run.element for run in tree.runs], dtype=np.int64)
    flags = np.array([run.flags for run in tree.runs], dtype=np.int64)
    density = said.link_chars / said.chars
    prose = _prose(said, density)
    sums = cumulated(said.chars, said.link_chars, prose)
    table = np.empty((WIDTH, len(at)), dtype=np.float32)  # a row a column: numpy writes whole rows faster
    filled = _fill(table, 0, _text(said, density, prose, flags, evidence.body))
    table[filled : filled + FLAGS] = said.flags
    filled += FLAGS
    levels = table[filled : filled + 6 * _LEVELS].reshape(_LEVELS, 6, len(at))
    filled += _fill(levels.transpose(1, 0, 2), 0, _levels(zones, at, sums)) * _LEVELS
    filled = _fill(table, filled, _place(zones, at, sums, prose, said))
    windows = table[filled : filled + 4 * len(_WINDOWS)].reshape(len(_WINDOWS), 2, 2, len(at))
    filled += _fill(windows.transpose(2, 1, 0, 3), 0, _windows(sums)) * 2 * len(_WINDOWS)
    filled = _tell_neighbours(table, filled, _IS_HEADING[zones.code[at]])
    inline = np.array([kinds_of(run.names) if run.names else 0 for run in tree.runs], dtype=np.int64)
    table[filled : filled + BITS] = _unpacked(zones.own[at] | inline)
    table[filled + BITS :] = _unpacked(zones.around[at])
    return table.T, said.words


def _fill(table: Floats, filled: int, columns: Columns) -> int:
    """Write columns into the rows of a table from ``filled`` on; return the next row."""
    for number, column in enumerate(columns, filled):
        table[number] = column
    return filled + len(columns)


def _prose(said: Wording, density: Floats) -> Doubles:
    """Return the characters of each run that read like a paragraph; half of them where no sentence ends."""
    long = (said.chars >= _PARAGRAPH_CHARS) & (density < _MOSTLY_TEXT)
    chars = np.where(long, np.minimum(said.chars, _LONG_CHARS) * (1 - density), 0)
    return np.asarray(chars * np.where(said.flags[0] > 0, 1.0, 0.5), dtype=np.float64)


def _tell_neighbours(table: Floats, filled: int, headings: NDArray[np.bool_]) -> int:
    """Write into the table, from row ``filled`` on, what the runs beside each are; return the next row.

    Beyond the page's ends are zeros.
    """
    count, furthest = len(headings), max(_NEIGHBOURS)
    core = np.zeros((len(_NEIGHBOURLY) + 1, count + 2 * furthest), dtype=np.float32)
    core[:-1, furthest : furthest + count] = table[_NEIGHBOURLY, :]
    core[-1, furthest : furthest + count] = headings
    for by in _NEIGHBOURS:
        table[filled : filled + len(core)] = core[:, furthest + by : furthest + by + count]
        filled += len(core)
    return filled


def _text(said: Wording, density: Floats, prose: Doubles, flags: Ints, body: str) -> Columns:
    words, commas = said.words, said.counts[COMMAS]
    return [
        np.log1p(said.chars) / 6,
        density,
        np.log1p(said.links) / 2,
        np.log1p(words) / 4,
        said.chars / words / 8,
        np.log1p(commas) / 2,
        commas / words * 8,
        np.log1p(said.counts[STOPS]) / 2,
        prose / 500,
        np.minimum(said.counts[SEPARATORS], 4) / 2,
        (flags & IN_LINK) > 0,
        (flags & BOLD_START) > 0,
        float(bool(body)),
        float(np.log1p(prose.sum()) / 8),
        float(np.log1p(len(words)) / 6),
        float(said.link_chars.sum() / said.chars.sum()),
    ]


def _levels(zones: Zones, at: Ints, sums: Doubles) -> Columns:
    """Return six numbers on what the run's element and the three around it hold, each of all levels (levels x runs)."""
    around = np.empty((_LEVELS, len(at)), dtype=np.int64)
    around[0] = at
    for level in range(1, _LEVELS):
        around[level] = zones.parent[around[level - 1]]
    # All levels at once: numpy's price is the call, not the number.
    first, last = zones.begin[around], zones.end[around]
    chars, linked, inside = sums.take(last, axis=1) - sums.take(first, axis=1)
    runs, some = last - first, np.maximum(chars, 1)
    return [
        np.log1p(chars) / 8,
        linked / some,
        inside / max(float(sums[2][-1]), 1.0),
        inside / some,
        np.log1p(runs) / 4,
        (np.arange(len(at)) - first) / np.maximum(runs, 1),
    ]


def _place(zones: Zones, at: Ints, sums: Doubles, prose: Doubles, said: Wording) -> Columns:
    """Return where a run stands: to the container of the prose, to the headline, on the page, among its like."""
    count, order = len(at), np.arange(len(at))
    parent, above = zones.parent, zones.parent[at]
    total, total_prose = float(sums[0][-1]), max(float(sums[2][-1]), 1.0)
    # Paragraphs whose parent is the element: the container of the story has most of them.
    direct = np.bincount(above, weights=prose, minlength=len(parent))
    direct += np.bincount(parent[above], weights=prose / 2, minlength=len(parent))
    best = int(np.argmax(direct))
    wider = int(parent[best])
    holders = np.array([[best], [wider], [parent[wider]]])
    columns: Columns = [*((order >= zones.begin[holders]) & (order < zones.end[holders]))]
    begin, end = int(zones.begin[best]), int(zones.end[best])
    before = sums[2][:-1] / total_prose
    away = order - np.array([[begin], [end]])
    columns += [
        direct[above] / max(float(direct[best]), 1.0),
        order / count,
        sums[0][:-1] / total,
        before,
        1 - before - prose / total_prose,
        *(np.log1p(np.abs(away)) / 5 * np.sign(away)),
    ]
    here = order - _headline(said.is_title | (zones.code[at] == tags.HEADING_1), begin)
    columns += [here < 0, np.log1p(np.maximum(here, 0)) / 5, here == 0]
    numbers: dict[int, int] = {}
    builds = (zones.own[at] * 1_000_003 + zones.own[above]).tolist()
    like = np.array(
        [numbers.setdefault(build, len(numbers)) for build in builds]
    )  # half the time of ``np.unique``
    group = np.bincount(like, weights=prose)[like] / total_prose
    return [*columns, np.log1p(np.bincount(like)[like]) / 4, group]


def _headline(may_be: NDArray[np.bool_], begin: int) -> int:
    """Return the run that is most likely the headline: the last one before the story's container, or the first."""
    found = np.flatnonzero(may_be)
    if not len(found):
        return 0
    return int(found[-1] if found[-1] < begin + 3 else found[0])


def _windows(sums: Doubles) -> Columns:
    """Return the shares of prose and of links in the runs before and after, near and wide.

    Each is (2 x windows x runs): before and after.  The order of the measures is prose, links.
    """
    count = sums.shape[1] - 1
    order = np.arange(count)
    held = np.empty((3, 2, len(_WINDOWS), count))
    np.subtract(sums[:, None, :-1], sums.take(np.maximum(order - _FAR, 0), axis=1), out=held[:, 0])
    np.subtract(sums.take(np.minimum(order + (_FAR + 1), count), axis=1), sums[:, None, 1:], out=held[:, 1])
    chars, linked, inside = held
    chars += 1
    return [inside / chars, linked / chars]


def _unpacked(bits: Ints) -> NDArray[np.uint8]:
    """Return (64 x runs): the bits of each integer, the lowest first."""
    octets = bits.astype("<i8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets.T, axis=0, bitorder="little")
