"""Which runs of a page are its story: the model's word, then the rules that every editor would sign."""

from dataclasses import dataclass, field

import numpy as np

from workers.extract.boxes import misplaced
from workers.extract.consent import in_consent_box
from workers.extract.enclosed import enclosed
from workers.extract.features import features
from workers.extract.model import Floats, shipped_model
from workers.extract.phrases import boilerplate_reason
from workers.extract.pleas import pleas
from workers.extract.tree import Tree
from workers.extract.wording import Evidence, fold

SURELY = 0.5
"""Nobody keeps less than what is more likely the story's than not."""
HARDLY = 0.3
"""Nothing is kept on a word as weak as this, whatever else the page has: most pages without a story say no more."""
_LINKED = 0.8
_LONGEST_TITLE = 400


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
    chosen = np.flatnonzero(likely).tolist()
    asks = pleas([tree.runs[index].text for index in chosen])
    for number, index in enumerate(chosen):
        run = tree.runs[index]
        label = boilerplate_reason(run.text) or asks.get(number)
        if not label and after_related and run.link_chars >= _LINKED * len(run.text):
            label = "related"
        if not label and _is_title(run.text, evidence.title):
            label = "headline"
        if label:
            choice.reasons[index] = label
        else:
            choice.kept.append(index)
        after_related = label == "related"
    headline = _headline(tree, evidence)
    _drop(choice, dict.fromkeys(in_consent_box(tree, choice.kept, headline), "consent"))
    _drop(choice, misplaced(tree, choice.kept, headline))
    _take_in_enclosed(tree, choice)
    return choice


def _drop(choice: Choice, wrong: dict[int, str]) -> None:
    if wrong:
        choice.reasons |= wrong
        choice.kept = [index for index in choice.kept if index not in wrong]


def _take_in_enclosed(tree: Tree, choice: Choice) -> None:
    """Keep what the model alone left out, where the runs around it say otherwise."""
    doubted = (index for index, reason in choice.reasons.items() if reason == "model")
    found = [i for i in enclosed(tree, choice.kept, doubted) if not boilerplate_reason(tree.runs[i].text)]
    for index in found:
        del choice.reasons[index]
    choice.kept = sorted(choice.kept + found)


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
