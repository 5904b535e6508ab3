"""XHTML served as what it is: elements that close themselves, which no HTML parser knows.

``<script src="x"/>`` would swallow the page up to the next ``</script>``, and ``<a name="top"/>`` make a link of it.
"""

import re

TYPE = "application/xhtml+xml"
_CLOSED = re.compile(
    rb"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([A-Za-z][\w:-]{0,40})([^<>]{0,2000})/>",
    re.IGNORECASE,
)


def as_html(page: bytes, content_type: str) -> bytes:
    """Return an XHTML page with every element closed as HTML closes it; any other page as it is.

    >>> as_html(b'<script src="x"/><br/><p>Text', "application/xhtml+xml; charset=utf-8")
    b'<script src="x"></script><br/><p>Text'
    >>> as_html(b"<script/>", "text/html")
    b'<script/>'
    """
    if content_type.partition(";")[0].strip().lower() != TYPE:
        return page
    return _CLOSED.sub(rb"<\1\2></\1>", page)
