"""Whether what was kept of a page are teasers: a linked headline and a sentence or two, over and over."""

from workers.extract.boxes import is_prose
from workers.extract.tree import LINK_FIRST, Run, Tree

_HEADLINE_CHARS = 18
"""A link of this length is a headline; names, tags and "read more" are shorter."""
_LINKED = 0.8
_NEAR = 2
"""A byline or a date may stand between the headline and the teaser."""
_FEWEST = 3
_MOST = 0.6
"""Share of the prose that follows a linked headline at once; with "read also" lines in a story it is a fifth."""
_FEWEST_SURE, _MOST_SURE = 4, 0.9
"""The same for a page that declares itself one story: lists in stories link a headline each, too."""
_TEASER_CHARS = 450
"""The first lines of a story are shorter than this on average; an item of a digest is longer."""


def is_teaser_list(tree: Tree, kept: list[int], *, says_story: bool) -> bool:
    """Say whether the page lists stories that stand elsewhere; ``says_story``: its head declares it one story."""
    prose = [i for i in kept if is_prose(tree.runs[i]) or _opens_linked(tree.runs[i])]
    teasers = [i for i in prose if _has_headline(tree, i)]
    fewest, most = (_FEWEST_SURE, _MOST_SURE) if says_story else (_FEWEST, _MOST)
    if len(teasers) < fewest and not (len(teasers) == len(prose) > 1 and not says_story):
        return False
    size = sum(len(tree.runs[i].text) for i in teasers)
    total = sum(len(tree.runs[i].text) for i in prose)
    return size >= most * total and size <= _TEASER_CHARS * len(teasers)


def _has_headline(tree: Tree, index: int) -> bool:
    if _opens_linked(tree.runs[index]):
        return True
    before = tree.runs[max(0, index - _NEAR) : index]
    return any(_is_headline(run) for run in before) and not any(is_prose(run) for run in before[-1:])


def _is_headline(run: Run) -> bool:
    return len(run.text) >= _HEADLINE_CHARS and run.link_chars >= _LINKED * len(run.text)


def _opens_linked(run: Run) -> bool:
    """Say whether headline and teaser are one run: one link of a headline's length, and a sentence beside it."""
    is_headline = _HEADLINE_CHARS <= run.link_chars <= _LINKED * len(run.text)
    return run.links == 1 and is_headline and bool(run.flags & LINK_FIRST)
