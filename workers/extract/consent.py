"""The boxes of consent managers: a dozen makers write them into half of the web, in any language and at any length.

A maker's name in a class or id is no opinion of a theme, as "cookie" may be: no story stands in an element so named.
"""

import re
from collections.abc import Iterable

from workers.extract.tree import Tree

_MAKERS = re.compile(
    r"onetrust|optanon|didomi|usercentrics|cybotcookie|cookiebot|qc-cmp|truste(?:-|_|\b)|trustarc|sp_message|iubenda|\bcky-|cmplz|"
    r"borlabs|\bklaro\b|cookie-law-info|\bosano|\btermly|tarteaucitron|axeptio|\bcmpbox|fc-consent|moove_gdpr|"
    r"cookie-notice|cookieconsent",
    re.IGNORECASE,
)


def in_consent_box(tree: Tree, runs: Iterable[int], headline: int) -> list[int]:
    """Return the runs in a consent manager's box: an element with a maker's name that does not hold the headline.

    Pages without a headline of their own (-1) are left alone: themes mark the whole page while consent is missing.
    """
    if headline < 0:
        return []
    elements = tree.elements
    known = {0: False}
    found = []
    for index in runs:
        path = []
        at = tree.runs[index].element
        while at not in known:
            path.append(at)
            at = elements[at].parent
        inside = known[at]
        for number in reversed(path):
            element = elements[number]
            if not inside and element.names and not element.begin <= headline < element.end:
                inside = _MAKERS.search(element.names) is not None
            known[number] = inside
        if known[tree.runs[index].element]:
            found.append(index)
    return found
