"""Where a run stands beside the story's own paragraphs: rules of placement, the same in any language.

The model judges each run by itself and its neighbours.  These rules look at the whole: the container that holds nearly
all of the prose, what stands before, beside and after it, and the boxes that interrupt it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.extract import tags
from workers.extract.names import BIT, kinds_of
from workers.extract.tree import CONTROL, Run, Tree

_PROSE_CHARS = 60
"""A run of this length, mostly without links, is a paragraph; menus, credits and labels are shorter."""
_LINKED = 0.5
_ENOUGH = 600
"""Characters of prose below which a page has no shape that could be told."""
_MOST = 0.8
"""The container is the deepest element that holds this share of the prose."""
_BOX_CHARS = 220
"""A box that interrupts a story says a sentence or two beside its links; longer ones are parts of it (sidebars,
questions and answers)."""
_RARE = 0.06
"""Wrappers that hold less than this share of the prose are none that the story's paragraphs are set in."""
_MUCH = 0.3
"""A single wrapper that holds this share is the story's; a smaller one has to recur."""
_OFFERS = BIT["signup"] | BIT["ad"] | BIT["overlay"] | BIT["share"]
_ADDRESS = re.compile(r"(?:[^\s:]{1,20} ?: ?)?(?:(?:https?://|www\.)\S+|\S+@\S+\.\w+)")
"""An address spelled out, as under a print view."""
_FAR = 40
_BOXES = frozenset(
    {tags.PLAIN, tags.SECTION, tags.ASIDE, tags.FORM, tags.DIALOG, tags.DETAILS, tags.FOOTER, tags.HEADER}
)
_HEADS = frozenset({tags.HEADING_1, tags.HEADING_2, tags.HEADING_3, tags.HEADING_4})
_LEAD = BIT["lead"]
_ENDS = (".", "!", "?", "…", "”", "»", '"', "“", "。", "！", "？", "।", "؟", ":", ")", "'", "’")


@dataclass(slots=True)
class _Shape:
    """The container of the story and, for each kept run inside it, which child of the container it stands in."""

    container: int
    begin: int
    end: int
    """One past the last run inside the container."""
    slots: dict[int, int]
    last_prose: int


def misplaced(tree: Tree, kept: list[int], headline: int = -1) -> dict[int, str]:
    """Return the kept runs that stand where no part of the story stands, each with the rule that says so.

    ``headline`` is the run that is the story's title, -1 where none is.
    """
    prose = [i for i in kept if is_prose(tree.runs[i])]
    found = dict.fromkeys(_above_headline(tree, kept, prose, headline), "before_headline")
    if found:  # so that a slogan on top does not make the whole page the story's container
        kept, prose = ([i for i in runs if i not in found] for runs in (kept, prose))
    shape = _shape(tree, kept, prose)
    if shape is None:
        return found
    found.update(_outside(tree, kept, shape))
    inside = [i for i in kept if shape.begin <= i < shape.end]
    found.update(_interruptions(tree, inside, prose, shape))
    found.update(_trailing(tree, [i for i in inside if i not in found], shape))
    return found


def is_prose(run: Run) -> bool:
    """Say whether a run reads like a paragraph: some length, and not made of links."""
    return len(run.text) >= _PROSE_CHARS and run.link_chars < _LINKED * len(run.text)


def _above_headline(tree: Tree, kept: list[int], prose: list[int], headline: int) -> list[int]:
    """Return the runs above the headline; none where much prose is there, because the title is then repeated below."""
    above = sum(len(tree.runs[i].text) for i in prose if i < headline)
    if above > (1 - _MOST) * sum(len(tree.runs[i].text) for i in prose):
        return []
    return [i for i in kept if i < headline]


def _ancestors(tree: Tree, element: int) -> list[int]:
    """Return an element and those around it, the nearest first."""
    elements = tree.elements
    found: list[int] = []
    while element >= 0 and len(found) < _FAR:
        found.append(element)
        element = elements[element].parent
    return found


def _shape(tree: Tree, kept: list[int], prose: list[int]) -> _Shape | None:
    weights: dict[int, int] = {}
    siblings: dict[int, int] = {}
    total = 0
    for i in prose:
        size = len(tree.runs[i].text)
        total += size
        element = tree.runs[i].element
        above = tree.elements[element].parent
        weights[element] = weights.get(element, 0) + size
        siblings[above] = siblings.get(above, 0) + size
    for above, size in siblings.items():
        for element in _ancestors(tree, above)[: _FAR - 1]:
            weights[element] = weights.get(element, 0) + size
    if total < _ENOUGH:
        return None
    # Deepest: elements are numbered in document order, so a child's number is larger than its parent's.
    container = max((element for element, weight in weights.items() if weight >= _MOST * total), default=-1)
    if container < 0:  # the prose is spread over branches that meet higher up than is looked
        return None
    at = tree.elements[container]
    slots = {i: _slot(tree, tree.runs[i].element, container) for i in kept if at.begin <= i < at.end}
    last = max((i for i in prose if at.begin <= i < at.end), default=at.begin)
    return _Shape(container, at.begin, at.end, slots, last)


def _slot(tree: Tree, element: int, container: int) -> int:
    """Return the child of the container in which an element stands; the container itself where there is none."""
    below, elements = container, tree.elements
    for _ in range(_FAR):
        if element == container:
            return below
        if element < 0:
            break
        below, element = element, elements[element].parent
    return container


def _outside(tree: Tree, kept: Iterable[int], shape: _Shape) -> Iterator[tuple[int, str]]:
    for i in kept:
        run = tree.runs[i]
        if i >= shape.end:
            if not is_prose(run) or not _continues(tree, run, shape):
                yield i, "after_story"
        elif i < shape.begin and (_in_other_cell(tree, i, shape) or not _may_lead(tree, run)):
            yield i, "before_story"


def _continues(tree: Tree, run: Run, shape: _Shape) -> bool:
    """Say whether a run behind the container stands in another like it: an advertisement parts the story in two."""
    container = tree.elements[shape.container]
    if container.parent < 0 or container.code == tags.CELL:  # the next cell is another column
        return False
    beside = _slot(tree, run.element, container.parent)
    return beside != container.parent and _build(tree, beside) == _build(tree, shape.container)


def _may_lead(tree: Tree, run: Run) -> bool:
    """A standfirst stands before the body: a sentence, or what its class calls one."""
    named = kinds_of(tree.elements[run.element].names) & _LEAD
    is_sentence = is_prose(run) and run.text.rstrip().endswith(_ENDS)
    return bool(named) or is_sentence or tree.elements[run.element].code in _HEADS


def _in_other_cell(tree: Tree, index: int, shape: _Shape) -> bool:
    """Pages laid out as a table: another cell of the same table is another column of the page."""
    inner = set(_ancestors(tree, shape.container))
    for element in _ancestors(tree, tree.runs[index].element):
        if element in inner:
            return False
        if tree.elements[element].code == tags.CELL:
            return any(tree.elements[e].code == tags.CELL for e in inner)
    return False


def _interruptions(
    tree: Tree, inside: list[int], prose: list[int], shape: _Shape
) -> Iterator[tuple[int, str]]:
    """Yield the runs of boxes that stand between paragraphs and are built unlike them."""
    by_slot: dict[int, list[int]] = {}
    for i in inside:
        by_slot.setdefault(shape.slots[i], []).append(i)
    common = _common_builds(tree, [i for i in prose if i in shape.slots], shape)
    first = min((i for i in inside if is_prose(tree.runs[i])), default=-1)
    for slot, runs in by_slot.items():
        if slot == shape.container or tree.elements[slot].code not in _BOXES:
            continue
        if _said(tree, runs) > _BOX_CHARS or _build(tree, slot) in common:
            continue
        names = kinds_of(tree.elements[slot].names)
        if names & _LEAD:
            continue
        if first in runs and not names & _OFFERS and not _has_control(tree, slot):
            continue
        if _has_control(tree, slot):
            yield from ((i, "box_with_controls") for i in runs)
        elif _is_linked(tree, runs) or not any(_is_head(tree, i) for i in runs):
            yield from ((i, "box_between_paragraphs") for i in runs)


def _said(tree: Tree, runs: list[int]) -> int:
    """Return how many characters of the runs are no links: a list of headlines may be as long as it likes."""
    return sum(len(tree.runs[i].text) - tree.runs[i].link_chars for i in runs)


def _is_head(tree: Tree, index: int) -> bool:
    return tree.elements[tree.runs[index].element].code in _HEADS


def _is_linked(tree: Tree, runs: list[int]) -> bool:
    """Say whether the box leads elsewhere: "neighbours are reading" and a list of headlines."""
    begin, end = runs[0], runs[-1] + 1
    slot = tree.runs[begin:end]
    after = tree.runs[end : end + 1]
    return any(run.link_chars >= _LINKED * len(run.text) for run in [*slot, *after])


def _common_builds(tree: Tree, prose: list[int], shape: _Shape) -> set[tuple[int, str]]:
    """Return how the containers of the story's own paragraphs are built."""
    weights: Counter[tuple[int, str]] = Counter()
    slots: dict[tuple[int, str], set[int]] = {}
    for i in prose:
        slot = shape.slots[i]
        build = _build(tree, slot)
        weights[build] += len(tree.runs[i].text)
        slots.setdefault(build, set()).add(slot)
    total = weights.total() or 1
    return {
        build
        for build, weight in weights.items()
        if weight >= _MUCH * total or (weight >= _RARE * total and len(slots[build]) > 1)
    }


def _build(tree: Tree, element: int) -> tuple[int, str]:
    """Return how an element is built: its tag and first class, without numbers."""
    at = tree.elements[element]
    name = at.names.split(maxsplit=1)[0] if at.names.strip() else ""
    return at.code, name.rstrip("0123456789")


def _has_control(tree: Tree, element: int) -> bool:
    """Say whether a button or a field stands in the element."""
    if tree.elements[element].flags & CONTROL:
        return True
    for number in range(element + 1, min(element + _FAR, len(tree.elements))):
        at = tree.elements[number]
        if at.flags & CONTROL and element in _ancestors(tree, number):
            return True
    return False


def _trailing(tree: Tree, inside: list[int], shape: _Shape) -> Iterator[tuple[int, str]]:
    """Yield the links and labels that end the container after its last paragraph."""
    for i in reversed(inside):
        if i <= shape.last_prose:
            return
        run = tree.runs[i]
        code = tree.elements[run.element].code
        if run.link_chars >= _LINKED * len(run.text) or _ADDRESS.fullmatch(run.text):
            yield i, "links_after_story"
        elif code in _HEADS:
            yield i, "dangling_heading"
        elif run.text.rstrip().endswith(_ENDS) or code in {tags.CELL, tags.QUOTE, tags.PRE}:
            return
