"""Refuse, before the parser sees it, a page that would cost far more than its size.

lexbor needs quadratic time for depth and for attributes on one tag, and builds as many nodes as it is told to.  The
checks are counts over the whole buffer (numpy's, thrice as fast as ``bytes.count``): some 0.05 ms for a usual page;
only what looks odd is read tag by tag.
"""

import re

import numpy as np
from numpy.typing import NDArray

from crawler.errors import ExtractError

MAX_BYTES = 10_000_000
MAX_TAGS = 250_000
MAX_DEPTH = 2_000
"""10,000 levels take lexbor 0.2 s, 20,000 take 0.9 s; browsers stop at 512."""
MAX_ATTRIBUTES = 2_000
MAX_COPIED_FORMATS = 2_000_000
_ATTRIBUTE_WORK = 2_000_000_000
"""Bytes x attributes of one tag.  lexbor takes 1.8 ns x attributes squared a tag, so this many cost 0.7 s at worst."""
_SCRIPT_WORK = 250_000_000
"""Attributes squared, of all tags that seem to stand in a script: 0.45 s if they do not, for a comment or a title can
hold ``<script``, too.  Of 2,044 real pages one has such tags, with 14 million."""
_HARMLESS_BYTES = 65_536
"""A page of this size cannot hold enough attributes for a quarter of a second."""
_CLOSELY_BYTES = 1_000_000
_MANY_VALUES = 12_000
"""One page in a hundred has as many ``=``; on one tag they would cost 0.3 s."""
_MANY_PARTED = 22_000
"""One page of usual size in seven has as many; on one tag they would cost 0.9 s."""
_READ_TIMES = 4
_SPACE, _SLASH, _OPEN, _EQUALS, _CLOSE = b" /<=>"
_QUOTES = b"\"'"
_CHUNK = 16_384
_Bytes = NDArray[np.uint8]
_Marks = NDArray[np.bool_]
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
    page = np.frombuffer(html, dtype=np.uint8)
    opens = page == _OPEN
    tags = int(np.count_nonzero(opens))
    if tags > MAX_TAGS:
        raise ExtractError("guard_tags", f"{tags} tags")
    if _looks_deep(page, opens, tags):
        _refuse_depth(_OPAQUE.sub(b"", html))
    _refuse_attributes(html, page)


def _looks_deep(page: _Bytes, opens: _Marks, tags: int) -> bool:
    """Say whether depth may pass the bound somewhere: at every chunk's end, tags opened less tags closed."""
    if tags < 2 * MAX_DEPTH:  # at worst 4,000 levels, which is 30 ms
        return False
    closes = opens[:-1] & (page[1:] == _SLASH)
    closed = int(np.count_nonzero(closes))
    unclosed = tags - 2 * closed
    if unclosed * tags > MAX_COPIED_FORMATS * 4:
        return True
    if tags - closed < MAX_DEPTH:
        return False
    depth = 0
    for start in range(0, len(page), _CHUNK):
        opened = int(np.count_nonzero(opens[start : start + _CHUNK]))
        depth += opened - 2 * int(np.count_nonzero(closes[start : start + _CHUNK]))
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


def _refuse_attributes(html: bytes, page: _Bytes) -> None:
    """Raise if one tag has too many attributes.

    Pages of usual size are read closely only if all that may part attributes, were it in one tag, would cost nearly
    a second (a quoted ``>`` seems to end a tag, and hides what is behind it), or if no ``>`` stands for long.
    """
    if len(html) < _HARMLESS_BYTES:
        return
    most = min(MAX_ATTRIBUTES, _ATTRIBUTE_WORK // len(html))
    if len(html) > _CLOSELY_BYTES or _many_parted(page):
        _refuse_tags(html, _odd_tags(page, most), most)
        return
    start = 0
    while start < len(html) - _CHUNK:
        if html.find(b">", start, start + _CHUNK) >= 0:
            start += _CHUNK
            continue
        begin, end = html.rfind(b">", 0, start) + 1, html.find(b">", start)
        end = end if end >= 0 else len(html)
        start = end - end % _CHUNK
        _refuse_tags(html, [m.start() for m in _BEGIN.finditer(html, begin, start)], most)


def _many_parted(page: _Bytes) -> bool:
    """Say whether one tag could have too many attributes: each follows white space, a slash, or another's value."""
    values = int(np.count_nonzero(page == _EQUALS))
    if values > _MANY_VALUES:
        return True
    parts = (page <= _SPACE) | (page == _SLASH)
    return values + int(np.count_nonzero(parts[1:] > parts[:-1])) > _MANY_PARTED


def _odd_tags(page: _Bytes, most: int) -> list[int]:
    """Return where tags begin whose first ``>`` is far or may stand in quotes: the few that must be read."""
    begins, ends = np.flatnonzero(page == _OPEN), np.flatnonzero(page == _CLOSE)
    ends = np.append(ends, len(page))
    end = ends[np.searchsorted(ends, begins)]
    double, single = (
        np.searchsorted(quotes, end) - np.searchsorted(quotes, begins)
        for quotes in (np.flatnonzero(page == quote) for quote in _QUOTES)
    )
    odd = (end - begins > 2 * most) | (double & 1 > 0) | (single & 1 > 0) | ((double > 0) & (single > 0))
    found: list[int] = begins[odd].tolist()
    return found


def _refuse_tags(html: bytes, begins: list[int], most: int) -> None:
    read = work = largest = until = 0
    for at in begins:
        found = _WHOLE_TAG.match(html, at)
        if not found:
            continue
        read += len(found[0])
        if read > _READ_TIMES * len(html):
            raise ExtractError("guard_attributes", "tags inside tags")
        if len(found[0]) <= 2 * most:
            continue
        attributes = sum(1 for _ in _ATTRIBUTE.finditer(found[0]))
        if attributes <= most:
            continue
        largest = largest if at < until else 0  # of tags inside one another only one is real
        work += max(attributes**2 - largest**2, 0)
        largest, until = max(largest, attributes), max(until, found.end())
        if work > _SCRIPT_WORK or not _in_script(html, at):
            raise ExtractError("guard_attributes", f"more than {most} attributes on one tag")


def _in_script(html: bytes, at: int) -> bool:
    opened = html.rfind(b"<script", 0, at)
    return opened >= 0 and html.rfind(b"</script", opened, at) < 0


# Names and values as the HTML Standard reads them: a quote opens a value only behind "=".
_ONE = rb"""=?[^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?"""
_BEGIN = re.compile(rb"<[a-zA-Z]")
_ATTRIBUTE = re.compile(rb"[\s/\"']" + _ONE)
_WHOLE_TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:[\s/]++|(?=[^\s/>])" + _ONE + rb")*+")
