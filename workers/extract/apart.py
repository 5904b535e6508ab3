"""Which blocks of a page are of something else than the story under its headline: cards of other stories, comments."""

from itertools import islice

from workers.extract import tags
from workers.extract.names import BIT, kinds_of
from workers.extract.tree import Tree

_HIGHEST = 8
"""Elements around a block that are asked; the story's own container is mostly nearer."""
_HEADED = 12
"""Blocks of a card among which its heading is looked for."""
_CARDS = frozenset({tags.ARTICLE, tags.LIST_ITEM, tags.ASIDE, tags.SECTION})


def is_apart(tree: Tree, index: int, near: int) -> bool:
    """Say whether a block belongs to a card with a heading of its own, to an aside or to a comment.

    ``near``: the run of the headline.  An element that holds it is the story's, and so is all above it.
    """
    place = tree.runs[index].element if index < len(tree.runs) else 0
    for _ in range(_HIGHEST):
        element = tree.elements[place]
        if element.parent < 0 or element.begin <= near < element.end:
            return False
        if element.code == tags.ASIDE or (element.names and kinds_of(element.names) & BIT["comment"]):
            return True
        if element.code in _CARDS and _is_headed(tree, element.begin, element.end):
            return True
        place = element.parent
    return False


def _is_headed(tree: Tree, begin: int, end: int) -> bool:
    runs = islice(tree.runs, begin, min(end, begin + _HEADED))
    return any(tree.elements[run.element].code in tags.HEADINGS for run in runs)
