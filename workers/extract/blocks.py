"""From kept runs to the story's blocks, each with its kind, in reading order."""

from workers.extract import tags
from workers.extract.names import BIT, kinds_of
from workers.extract.tree import Run, Tree
from workers.records import Block, BlockKind

_CAPTION_NAMES = BIT["caption"]
_LEAD_NAMES = BIT["lead"]
_FAR = 12
"""Ancestors looked at for a quote, list or figure around a run."""
_TELLING = frozenset({tags.CAPTION, tags.FIGURE, tags.QUOTE, tags.LIST_ITEM, tags.TERM})
"""Elements that make a paragraph inside them something else."""
_HEADING_LEVEL = {tags.HEADING_1: 1, tags.HEADING_2: 2, tags.HEADING_3: 3, tags.HEADING_4: 4}


def _around(tree: Tree, element: int) -> list[int]:
    """Return the codes of an element and of its nearest ancestors."""
    elements = tree.elements
    codes: list[int] = []
    while element > 0 and len(codes) < _FAR:
        codes.append(elements[element].code)
        element = elements[element].parent
    return codes


def _is_caption(tree: Tree, element: int, codes: list[int]) -> bool:
    """Say whether an element with these codes around it is a figure's text or a picture's caption."""
    if tags.CAPTION in codes[:4] and tags.TABLE not in codes[:4]:
        return True
    if tags.FIGURE in codes[:5] and tags.QUOTE not in codes and tags.TABLE not in codes:
        return True
    names = kinds_of(tree.elements[element].names) if tree.elements[element].names else 0
    return (
        bool(names & _CAPTION_NAMES)
        and codes[:1] != [tags.PARAGRAPH]
        and "caption" in tree.elements[element].names.lower()
    )


def _kind_of(tree: Tree, run: Run, *, first: bool) -> tuple[BlockKind, int]:  # noqa: PLR0911 - one line a kind
    """Return what a run is, and its level."""
    codes = _around(tree, run.element)
    code = codes[0] if codes else tags.PLAIN
    if code in _HEADING_LEVEL:
        return BlockKind.HEADING, _HEADING_LEVEL[code]
    if _is_caption(tree, run.element, codes):
        return BlockKind.CAPTION, 0
    if code == tags.PRE:
        return BlockKind.CODE, 0
    if tags.QUOTE in codes[:4]:
        return BlockKind.QUOTE, 0
    if tags.LIST_ITEM in codes[:3] or tags.TERM in codes[:2]:
        return BlockKind.LIST_ITEM, max(1, sum(c == tags.LIST for c in codes))
    if code == tags.CELL:
        return BlockKind.TABLE_ROW, 0
    if first and kinds_of(tree.elements[run.element].names) & _LEAD_NAMES:
        return BlockKind.STANDFIRST, 0
    return BlockKind.PARAGRAPH, 0


def _row_of(tree: Tree, element: int) -> int:
    for _ in range(3):
        if tree.elements[element].code == tags.ROW:
            return element
        element = max(tree.elements[element].parent, 0)
    return -1


def _is_plain(tree: Tree, run: Run, plain: dict[int, bool]) -> bool:
    """Say whether a run is a paragraph with nothing telling around it; ``plain`` keeps what the parents said."""
    at = tree.elements[run.element]
    if at.code != tags.PARAGRAPH:
        return False
    known = plain.get(at.parent)
    if known is None:
        known = plain[at.parent] = _TELLING.isdisjoint(_around(tree, run.element))
    return known


def to_blocks(tree: Tree, kept: list[int]) -> tuple[Block, ...]:
    """Return the blocks of the runs ``kept``; the cells of one table row become one block."""
    blocks: list[tuple[BlockKind, int, list[str]]] = []
    plain: dict[int, bool] = {}
    row = -1
    for position, index in enumerate(kept):
        run = tree.runs[index]
        if position and _is_plain(tree, run, plain):  # most runs of a story
            blocks.append((BlockKind.PARAGRAPH, 0, [run.text]))
            row = -1
            continue
        kind, level = _kind_of(tree, run, first=position == 0)
        here = _row_of(tree, run.element) if kind is BlockKind.TABLE_ROW else -1
        if here >= 0 and here == row:
            blocks[-1][2].append(run.text)
        else:
            blocks.append((kind, level, [run.text]))
        row = here
    return tuple([Block(kind=kind, text=" | ".join(cells), level=level) for kind, level, cells in blocks])
