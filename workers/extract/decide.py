"""Which runs of a page are its story: the model's word, then the rules that every editor would sign."""

from dataclasses import dataclass, field

import numpy as np

from workers.extract import tags
from workers.extract.boxes import misplaced
from workers.extract.features import Evidence, features, fold
from workers.extract.model import Floats, shipped_model
from workers.extract.names import KINDS, kinds_of
from workers.extract.phrases import boilerplate_reason
from workers.extract.tree import HIDDEN, NAV_ROLE, Tree

KEEP = 0.5
_LINKED = 0.8
_LONGEST_TITLE = 400
_TOLD_BY = (
    "nav",
    "footer",
    "comment",
    "share",
    "related",
    "ad",
    "signup",
    "overlay",
    "author",
    "date",
    "tag",
    "sidebar",
)


@dataclass(slots=True)
class Choice:
    """The runs that are the story; ``reasons`` has an entry for each of the others."""

    kept: list[int] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    probabilities: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


def groups_of(tree: Tree) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return element and parent element of each run, for the model's second look."""
    elements, own = tree.elements, [run.element for run in tree.runs]
    pairs = np.array([own, [elements[number].parent for number in own]], dtype=np.int64).reshape(2, -1)
    return np.maximum(pairs, 0).T


def choose(tree: Tree, evidence: Evidence) -> Choice:
    """Return the story's runs."""
    choice = Choice()
    if not tree.runs:
        return choice
    x, sizes = features(tree, evidence)
    choice.probabilities = p = shipped_model().probabilities(x, sizes, groups_of(tree))
    after_related = False
    likely = (p >= KEEP).tolist()
    for index, run in enumerate(tree.runs):
        if not likely[index]:
            choice.reasons[index] = "model"
            continue
        label = boilerplate_reason(run.text)
        linked = run.link_chars >= _LINKED * len(run.text)
        if label:
            choice.reasons[index] = label
        elif after_related and linked:
            choice.reasons[index] = label = "related"
        elif _is_title(run.text, evidence.title):
            choice.reasons[index] = "headline"
        else:
            choice.kept.append(index)
        after_related = label == "related"
    wrong = misplaced(tree, choice.kept, _headline(tree, evidence))
    choice.reasons |= wrong
    choice.kept = [index for index in choice.kept if index not in wrong]
    return choice


def _headline(tree: Tree, evidence: Evidence) -> int:
    """Return the run that is the page's headline, -1 where the title stands nowhere by itself."""
    if not evidence.title:
        return -1
    return next((i for i, run in enumerate(tree.runs) if _is_title(run.text, evidence.title)), -1)


def _is_title(text: str, title: str) -> bool:
    """Say whether a text is the folded title; the first letter is looked at first, most texts end there."""
    if not title or len(text) >= _LONGEST_TITLE:
        return False
    return (text[0].isspace() or title.startswith(text[0].casefold())) and fold(text) == title


def told(tree: Tree, index: int, probability: float) -> str:
    """Return, for a reader, the most telling sign that a run which the model left out is none of the story."""
    run = tree.runs[index]
    label = boilerplate_reason(run.text)
    if label:
        return label
    element, found = run.element, kinds_of(run.names)
    while element > 0:
        at = tree.elements[element]
        if at.flags & (HIDDEN | NAV_ROLE):
            return "hidden" if at.flags & HIDDEN else "navigation"
        if at.code in _STRUCTURE:
            return _STRUCTURE[at.code]
        if at.code not in (tags.BODY, tags.MAIN, tags.ARTICLE):
            found |= kinds_of(at.names)
        element = at.parent
    if run.link_chars >= _LINKED * len(run.text):
        return "links"
    named = next((k for k in _TOLD_BY if found >> KINDS.index(k) & 1), "")
    return f"named_{named}" if named else f"model_{probability:.2f}"


_STRUCTURE = {
    tags.NAV: "nav",
    tags.ASIDE: "aside",
    tags.FOOTER: "footer",
    tags.FORM: "form",
    tags.BUTTON: "button",
}
