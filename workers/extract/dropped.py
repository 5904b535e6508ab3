"""What was left out of a story, block by block in page order, with the rule that did it: for ``--explain``.

Nothing here runs unless somebody asks, so the walk need not read what it does not enter.
"""

from collections.abc import Mapping

from workers.extract.tags import BUTTON, FOOTER, IDS, NAV
from workers.extract.tree import Tree, texts_of
from workers.records import DroppedBlock

_NOT_ENTERED = {NAV: "navigation", BUTTON: "button", FOOTER: "page_footer"}


def dropped_blocks(tree: Tree, reasons: Mapping[int, str]) -> tuple[DroppedBlock, ...]:
    """Return the runs that have a reason, and between them the texts that the walk passed by."""
    found: list[DroppedBlock] = []
    passed_by = iter(tree.pruned)
    node, at = next(passed_by, (None, -1))
    kept = 0
    for index in range(len(tree.runs) + 1):
        while node is not None and at <= index:
            reason = _NOT_ENTERED[IDS[node.tag_id]]
            found += [DroppedBlock(text=text, reason=reason, order=kept) for text in texts_of(node)]
            node, at = next(passed_by, (None, -1))
        if index == len(tree.runs):
            break
        if reason := reasons.get(index, ""):
            found.append(DroppedBlock(text=tree.runs[index].text, reason=reason, order=kept))
        else:
            kept += 1
    return tuple(found)
