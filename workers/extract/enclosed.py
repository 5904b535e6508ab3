"""What the chosen runs enclose: subheadings and list items that the model doubts, between what it is sure of.

Annotators differ most about short lines, so the model is unsure of them on pages unlike those that it learned from.
Where they stand settles most cases: a line between two of the story's own is the story's, unless it is a link or a box.
"""

from collections.abc import Iterable

from workers.extract import tags
from workers.extract.tree import Run, Tree

_LINKED = 0.5
_LIST_LINKED = 0.3
"""A list of the story's own names a source now and then; one of which a third is links leads elsewhere."""
_HALF = 0.5
_FAR = 4
"""Elements around a run among which its list is looked for."""


def enclosed(tree: Tree, kept: list[int], doubted: Iterable[int]) -> list[int]:
    """Return the runs of ``doubted`` (left out by the model alone) that ``kept`` encloses."""
    if not kept:
        return []
    chosen = set(kept)
    inside = [i for i in doubted if kept[0] < i < kept[-1]]
    found = [i for i in inside if _is_short_line(tree, i) and i - 1 in chosen and i + 1 in chosen]
    lists: dict[int, list[int]] = {}
    for index in inside:
        if (at := _list_of(tree, tree.runs[index].element)) >= 0:
            lists.setdefault(at, []).append(index)
    for at, runs in lists.items():
        if _is_own_list(tree, at, chosen):
            found += [i for i in runs if not _is_linked(tree.runs[i])]
    return sorted(set(found))


def _is_linked(run: Run) -> bool:
    return run.link_chars > _LINKED * len(run.text)


def _is_short_line(tree: Tree, index: int) -> bool:
    """Say whether a run is a heading or an item of a list, and no link."""
    at = tree.elements[tree.runs[index].element]
    is_item = tags.LIST_ITEM in (at.code, tree.elements[max(at.parent, 0)].code)
    return (at.code in tags.HEADINGS or is_item) and not _is_linked(tree.runs[index])


def _list_of(tree: Tree, element: int) -> int:
    """Return the nearest list around an element, -1 where none is."""
    for _ in range(_FAR):
        if element <= 0:
            break
        if tree.elements[element].code == tags.LIST:
            return element
        element = tree.elements[element].parent
    return -1


def _is_own_list(tree: Tree, at: int, chosen: set[int]) -> bool:
    """Say whether a list is the story's: half of it was chosen, or it stands among chosen runs of its own container."""
    element = tree.elements[at]
    runs = tree.runs[element.begin : element.end]
    if sum(run.link_chars for run in runs) > _LIST_LINKED * sum(len(run.text) for run in runs):
        return False
    share = sum(i in chosen for i in range(element.begin, element.end)) / len(runs)
    if share:
        return share >= _HALF
    beside = (element.begin - 1, element.end)
    return chosen.issuperset(beside) and all(
        tree.elements[tree.runs[i].element].parent == element.parent for i in beside
    )
