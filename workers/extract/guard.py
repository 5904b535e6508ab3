"""Refuse, before the parser sees it, a page that would cost far more than its size.

lexbor needs quadratic time for depth and for attributes on one tag, and builds as many nodes as it is told to.  The
checks are counts over the whole buffer (numpy's, ten times as fast as ``bytes.count``): some 0.05 ms for a usual page;
only what looks odd is read tag by tag.
"""

import re

import numpy as np

from crawler.errors import ExtractError

MAX_BYTES = 10_000_000
MAX_TAGS = 250_000
MAX_DEPTH = 2_000
"""10,000 levels take lexbor 0.2 s, 20,000 take 0.9 s; browsers stop at 512."""
MAX_ATTRIBUTES = 2_000
MAX_COPIED_FORMATS = 2_000_000
_OPEN, _EQUALS = b"<="
_CHUNK = 16_384
_TAGS_PER_CHUNK = _CHUNK // 3
_BINARY = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x00",
)
_OPAQUE = re.compile(
    rb"<(script|style|textarea|title|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# ``option`` is not among them: lexbor nests options that are not closed.
_FLAT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead "
    b"tbody tfoot colgroup rp rt path circle rect line polygon polyline ellipse use stop html head body".split()
)
_FORMATS = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())


def guard(html: bytes) -> None:
    """Raise ``ExtractError`` with the reason if a page must not be parsed."""
    if len(html) > MAX_BYTES:
        raise ExtractError("guard_size", f"{len(html)} bytes")
    if html.startswith(_BINARY):
        raise ExtractError("guard_binary")
    tags = int(np.count_nonzero(np.frombuffer(html, dtype=np.uint8) == _OPEN))
    if tags > MAX_TAGS:
        raise ExtractError("guard_tags", f"{tags} tags")
    if _looks_deep(html, tags):
        _refuse_depth(_OPAQUE.sub(b"", html))
    _refuse_attributes(html)


def _looks_deep(html: bytes, tags: int) -> bool:
    """Say whether depth may pass the bound somewhere: at every chunk's end, tags opened less tags closed."""
    if tags < 2 * MAX_DEPTH:  # at worst 4,000 levels, which is 30 ms
        return False
    closed = html.count(b"</")
    unclosed = tags - 2 * closed
    if unclosed * tags > MAX_COPIED_FORMATS * 4:
        return True
    if tags - closed < MAX_DEPTH:
        return False
    depth = 0
    for start in range(0, len(html), _CHUNK):
        opened = html.count(b"<", start, start + _CHUNK)
        depth += opened - 2 * html.count(b"</", start, start + _CHUNK)
        if depth + opened > MAX_DEPTH:
            return True
    return False


def _refuse_depth(html: bytes) -> None:
    depth = formats = tags = 0
    for found in _TAG.finditer(html):
        name = found[2].lower()
        tags += 1
        if name in _FLAT:
            continue
        step = -1 if found[1] else 1
        depth = max(depth + step, 0)
        if depth > MAX_DEPTH:
            raise ExtractError("guard_depth", f"more than {MAX_DEPTH} elements inside each other")
        if name in _FORMATS:
            formats = max(formats + step, 0)
    # Formatting elements that are never closed are opened again in every later block.
    if formats * tags > MAX_COPIED_FORMATS:
        raise ExtractError("guard_formatting", f"{formats} formatting elements left open")


def _refuse_attributes(html: bytes) -> None:
    """Raise if one tag has too many attributes: looked for where ``=`` is dense or ``>`` is missing for long."""
    equals = np.frombuffer(html, dtype=np.uint8) == _EQUALS
    for start in range(0, len(html), _CHUNK):
        dense = np.count_nonzero(equals[start : start + _CHUNK]) > _CHUNK // 16
        if dense or html.find(b">", start, start + _CHUNK) < 0:
            _refuse_tags_in(html, max(html.rfind(b"<", 0, start), 0), start + _CHUNK)


def _refuse_tags_in(html: bytes, at: int, end: int) -> None:
    while 0 <= at < end:
        following = html.find(b"<", at + 1)
        if (following if following >= 0 else len(html)) - at > 2 * MAX_ATTRIBUTES:
            found = _WHOLE_TAG.match(html, at, at + _LONGEST_TAG)
            many = found and len(_QUOTED.sub(b"", found[0]).split()) > MAX_ATTRIBUTES
            if many and not _in_script(html, at):
                raise ExtractError("guard_attributes", f"more than {MAX_ATTRIBUTES} attributes on one tag")
        at = following


def _in_script(html: bytes, at: int) -> bool:
    opened = html.rfind(b"<script", 0, at)
    return opened >= 0 and html.rfind(b"</script", opened, at) < 0


_LONGEST_TAG = 65_536
_WHOLE_TAG = re.compile(rb"<[a-zA-Z](?:[^\"'>]|\"[^\"]*\"|'[^']*')*+")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
