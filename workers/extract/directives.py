"""What a page asks of robots beside robots.txt: ``meta robots`` and ``X-Robots-Tag``.

What is said to another robot by name is none of ours; in doubt it is.
"""

from collections.abc import Iterable

AGENT = "copydesk"
META_NAMES = ("robots", AGENT)
_NONE = frozenset({"noindex", "nofollow"})


def directives_of(values: Iterable[str]) -> frozenset[str]:
    """Return which of ``noindex`` and ``nofollow`` are said to us in comma-separated lists.

    >>> sorted(directives_of(["NOINDEX, follow", "max-image-preview:none", "googlebot: nofollow"]))
    ['noindex']
    >>> sorted(directives_of(["none"])), sorted(directives_of(["Copydesk: nofollow"]))
    (['nofollow', 'noindex'], ['nofollow'])
    """
    found: set[str] = set()
    for part in ",".join(values).lower().split(","):
        before, colon, after = (piece.strip() for piece in part.partition(":"))
        if colon and before != AGENT:  # another robot's, or a bound with its value ("max-image-preview:none")
            continue
        said = set((after if colon else before).split())  # a space is written for the comma now and then
        found |= _NONE if "none" in said else _NONE & said
    return frozenset(found)
