"""The boxes of consent managers: a dozen makers write them into half of the web, in any language and at any length.

A maker's name in a class or id is no opinion of a theme, as "cookie" may be: no story stands in an element so named.
"""

import re
from collections.abc import Iterable

from workers.extract.tree import Tree

_MAKERS = (
    "onetrust", "optanon", "didomi", "usercentrics", "cookiebot", "qc-cmp", "truste", "trustarc", "sp_message",
    "iubenda", "cky", "cmplz", "borlabs", "klaro", "cookie-law-info", "osano", "termly", "tarteaucitron",
    "axeptio", "cmpbox", "fc-consent", "moove_gdpr", "cookie-notice", "cookieconsent",
)  # fmt: skip
_NAMED = re.compile(rf"(?<![a-z])(?:cybot)?(?:{'|'.join(_MAKERS)})(?:cookie|dialog|(?![a-z]))", re.IGNORECASE)
"""A maker's name by itself: "sticky" is no maker, "trusted" neither."""


def in_consent_box(tree: Tree, runs: Iterable[int], headline: int) -> list[int]:
    """Return the runs in a consent manager's box: an element with a maker's name that does not hold the headline.

    Pages without a headline of their own (-1) are left alone: themes mark the whole page while consent is missing.
    """
    if headline < 0:
        return []
    elements = tree.elements
    around = {index: tree.runs[index].element for index in runs}
    above = _with_ancestors(tree, around.values())
    names = " ".join([elements[at].names for at in above]).lower()
    if not any(maker in names for maker in _MAKERS):  # most pages, at a tenth of what the pattern costs
        return []
    inside = {-1: False}
    for at in sorted(above):  # a parent's number is lower than its child's
        element = elements[at]
        is_box = _NAMED.search(element.names) is not None
        inside[at] = inside[element.parent] or (is_box and not element.begin <= headline < element.end)
    return [index for index, at in around.items() if inside[at]]


def _with_ancestors(tree: Tree, numbers: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for number in numbers:
        at = number
        while at >= 0 and at not in found:
            found.add(at)
            at = tree.elements[at].parent
    return found
