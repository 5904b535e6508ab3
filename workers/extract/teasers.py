"""Whether what was kept of a page are teasers: a linked headline and a sentence or two, over and over."""

import re
from bisect import bisect_left

from workers.extract.boxes import is_prose
from workers.extract.dates import parse_date
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
_CUT_SHORT = re.compile(r"(?:…|\.\.\.)\W*(?:[^\W\d]+\W*){0,4}$")
"""The text breaks off, with at most a "read more" behind it."""
_CUT_CHARS = 1_000
_BEFORE = 4
_FEWEST_DATED = 3
_INTRODUCTION = 0.25
_DATE_CHARS = 100
_AGO = re.compile(
    r"\b\d+\s?(?:m|h|d|min\w*|hours?|hrs?|days?|weeks?|months?|years?)\s(?:ago|read)\b|\b(?:vor|il y a|hace|há|fa|for)\s\d+\s\w+|"
    r"\d+\s\w+\s(?:fa|geleden|siden|sedan|temu|назад|тому|önce|lalu|trước|atrás|sitten)\b|\d+\s?(?:分|時間|小时|小時|天|日|个月|年|시간|일|분)\s?(?:前|전)",
    re.IGNORECASE,
)
_TEASER_CHARS = 450
"""The first lines of a story are shorter than this on average; an item of a digest is longer."""


def is_teaser_list(tree: Tree, kept: list[int], *, says_story: bool) -> bool:
    """Say whether the page lists stories that stand elsewhere; ``says_story``: its head declares it one story."""
    prose = [i for i in kept if is_prose(tree.runs[i]) or _opens_linked(tree.runs[i])]
    teasers = [i for i in prose if _has_headline(tree, i)]
    fewest, most = (_FEWEST_SURE, _MOST_SURE) if says_story else (_FEWEST, _MOST)
    cut = sum(bool(_CUT_SHORT.search(tree.runs[i].text)) for i in teasers)
    # Two are enough where nothing else is said, or where both break off.
    are_few_enough = not says_story and len(teasers) > 1 and len(teasers) in {len(prose), cut}
    if len(teasers) < fewest and not are_few_enough:
        return False
    size = sum(len(tree.runs[i].text) for i in teasers)
    total = sum(len(tree.runs[i].text) for i in prose)
    longest = _CUT_CHARS if 2 * cut >= len(teasers) else _TEASER_CHARS
    return size >= most * total and size <= longest * len(teasers)


def is_dated_list(tree: Tree, kept: list[int]) -> bool:
    """Say whether the page holds several stories, or their beginnings, each under its own linked headline and date.

    A story that links to others between its paragraphs gives them no dates, and begins with its own text.
    """
    prose = [i for i in kept if is_prose(tree.runs[i])]
    if len(prose) < _FEWEST:
        return False
    begin = max(0, prose[0] - _BEFORE)
    headlines = [i for i, run in enumerate(tree.runs[begin : prose[-1]], begin) if _is_headline(run)]
    if not _divide(tree, prose, headlines):  # fewer of them cannot either, and reading dates costs most
        return False
    return _divide(tree, prose, [i for i in headlines if _has_date(tree, i)])


def _divide(tree: Tree, prose: list[int], headlines: list[int]) -> bool:
    """Say whether headlines stand above several pieces of the prose, and only an introduction above the first."""
    pieces = {bisect_left(headlines, i) for i in prose}  # by the number of headlines above
    if len(pieces - {0}) < _FEWEST_DATED:
        return False
    before = sum(len(tree.runs[i].text) for i in prose if i < headlines[0])
    return before <= _INTRODUCTION * sum(len(tree.runs[i].text) for i in prose)


def _has_date(tree: Tree, index: int) -> bool:
    """Say whether a short line right before or behind a headline is a date, or tells how long ago it was."""
    beside = (*tree.runs[max(0, index - 1) : index], *tree.runs[index + 1 : index + 1 + _NEAR])
    lines = (run.text for run in beside if len(run.text) <= _DATE_CHARS and any(map(str.isdigit, run.text)))
    return any(_AGO.search(line) or parse_date(line) for line in lines)


def _has_headline(tree: Tree, index: int) -> bool:
    if _opens_linked(tree.runs[index]):
        return True
    before = tree.runs[max(0, index - _NEAR) : index]
    return any(_is_headline(run) for run in before) and not any(is_prose(run) for run in before[-1:])


def _is_headline(run: Run) -> bool:
    return (
        run.link_chars > 0 and len(run.text) >= _HEADLINE_CHARS and run.link_chars >= _LINKED * len(run.text)
    )


def _opens_linked(run: Run) -> bool:
    """Say whether headline and teaser are one run: one link of a headline's length, and a sentence beside it."""
    is_headline = _HEADLINE_CHARS <= run.link_chars <= _LINKED * len(run.text)
    return run.links == 1 and is_headline and bool(run.flags & LINK_FIRST)
