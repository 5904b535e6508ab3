"""Which runs of a page are its story: the model's word, then the rules that every editor would sign."""

from dataclasses import dataclass, field

import numpy as np

from workers.extract import tags
from workers.extract.boxes import misplaced
from workers.extract.features import features
from workers.extract.model import Floats, shipped_model
from workers.extract.names import KINDS, kinds_of
from workers.extract.phrases import boilerplate_reason
from workers.extract.tree import HIDDEN, NAV_ROLE, Run, Tree
from workers.extract.wording import TERMINAL, Evidence, fold

SURELY = 0.5
"""Nobody keeps less than what is more likely the story's than not."""
HARDLY = 0.3
"""Nothing is kept on a word as weak as this, whatever else the page has: most pages without a story say no more."""
_LINKED = 0.8
_AMONG_LINKS = 0.5
_LABEL_CHARS = 60
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


def threshold(p: Floats, words: Floats) -> float:
    """Return the probability from which on runs are kept: the one that makes the expected F1 of the page's words best.

    It is half of the F1 that can be hoped for (Lipton and others, "Optimal thresholding of classifiers to maximize F1
    measure", 2014): near ``SURELY`` on a page that the model understands, lower where it doubts everything.
    """
    order = np.argsort(-p)
    found = np.cumsum((p * words)[order])
    hoped = float(np.max(2 * found / (np.cumsum(words[order]) + found[-1]), initial=0.0))
    return min(max(hoped / 2, HARDLY), SURELY)


def choose(tree: Tree, evidence: Evidence) -> Choice:
    """Return the story's runs."""
    choice = Choice()
    if not tree.runs:
        return choice
    x, sizes = features(tree, evidence)
    choice.probabilities = p = shipped_model().probabilities(x, sizes, groups_of(tree))
    after_related = False
    likely = p >= threshold(p, sizes)
    choice.reasons = dict.fromkeys(np.flatnonzero(~likely).tolist(), "model")
    for index in np.flatnonzero(likely).tolist():
        run = tree.runs[index]
        label = boilerplate_reason(run.text)
        if not label and after_related and run.link_chars >= _LINKED * len(run.text):
            label = "related"
        if not label and _is_title(run.text, evidence.title):
            label = "headline"
        if label:
            choice.reasons[index] = label
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
    return f"named_{named}" if named else _look(tree, run) or f"model_{probability:.2f}"


def _look(tree: Tree, run: Run) -> str:
    """Return what a run without a telling name looks like, empty where it looks like a paragraph."""
    element = tree.elements[run.element]
    if element.code in (tags.CAPTION, tags.FIGURE):
        return "caption"
    around = tree.elements[max(element.parent, 0)]
    beside = tree.runs[around.begin : around.end]
    if sum(r.link_chars for r in beside) >= _AMONG_LINKS * sum(len(r.text) for r in beside):
        return "among_links"
    if element.code in tags.HEADINGS:
        return "heading"
    return "label" if len(run.text) < _LABEL_CHARS and run.text[-1] not in TERMINAL else ""


_STRUCTURE = {
    tags.NAV: "nav",
    tags.ASIDE: "aside",
    tags.FOOTER: "footer",
    tags.FORM: "form",
    tags.BUTTON: "button",
}
