"""Why the model left a run out, in a reader's words: the most telling sign against it.

The model itself gives no reasons.  Signs are looked for in the order in which an editor would name them; each element
inherits those of its parent, so a page costs one pass however deep it is nested.
"""

from collections.abc import Iterable
from itertools import accumulate

from workers.extract import tags
from workers.extract.model import Floats
from workers.extract.names import KINDS, kinds_of
from workers.extract.phrases import boilerplate_reason
from workers.extract.tree import HIDDEN, NAV_ROLE, Run, Tree
from workers.extract.wording import TERMINAL

_LINKED = 0.8
_AMONG_LINKS = 0.5
_LABEL_CHARS = 60
_TOLD_BY = (
    "nav", "footer", "comment", "share", "related", "ad", "signup", "overlay", "author", "date", "tag", "sidebar",
)  # fmt: skip
_STRUCTURE = {
    tags.NAV: "nav",
    tags.ASIDE: "aside",
    tags.FOOTER: "footer",
    tags.FORM: "form",
    tags.BUTTON: "button",
}
_OF_THE_PAGE = frozenset({tags.BODY, tags.MAIN, tags.ARTICLE})
"""Their names are those of the page, not of a part of it."""


def told(tree: Tree, left_out: Iterable[int], probabilities: Floats) -> dict[int, str]:
    """Return the most telling sign that each of the runs ``left_out`` is none of the story."""
    labels, names = _inherited(tree)
    chars = list(accumulate((len(run.text) for run in tree.runs), initial=0))
    linked = list(accumulate((run.link_chars for run in tree.runs), initial=0))
    found: dict[int, str] = {}
    for index in left_out:
        run = tree.runs[index]
        sign = boilerplate_reason(run.text) or labels[run.element]
        if not sign and run.link_chars >= _LINKED * len(run.text):
            sign = "links"
        bits = names[run.element] | kinds_of(run.names)
        named = next((k for k in _TOLD_BY if bits >> KINDS.index(k) & 1), "")
        sign = sign or (f"named_{named}" if named else _look(tree, run, chars, linked))
        found[index] = sign or f"model_{float(probabilities[index]):.2f}"
    return found


def _inherited(tree: Tree) -> tuple[list[str], list[int]]:
    """Return for each element what the nearest telling element around it is, and the bits of all names around it."""
    labels, names = [""], [0]
    for at in tree.elements[1:]:
        own = "hidden" if at.flags & HIDDEN else "navigation" if at.flags & NAV_ROLE else ""
        labels.append(own or _STRUCTURE.get(at.code, "") or labels[at.parent])
        names.append(names[at.parent] | (0 if at.code in _OF_THE_PAGE else kinds_of(at.names)))
    return labels, names


def _look(tree: Tree, run: Run, chars: list[int], linked: list[int]) -> str:
    """Return what a run without a telling name looks like, empty where it looks like a paragraph.

    ``chars`` and ``linked`` are sums over the runs before each place: a parent may hold thousands.
    """
    element = tree.elements[run.element]
    if element.code in (tags.CAPTION, tags.FIGURE):
        return "caption"
    around = tree.elements[max(element.parent, 0)]
    if linked[around.end] - linked[around.begin] >= _AMONG_LINKS * (chars[around.end] - chars[around.begin]):
        return "among_links"
    if element.code in tags.HEADINGS:
        return "heading"
    return "label" if len(run.text) < _LABEL_CHARS and run.text[-1] not in TERMINAL else ""
