"""What a response is, told by its content and not by its name; and its bytes, and its text.

``sniff`` looks at the first few kilobytes only.  Headers and file names are asked where the content is silent.
"""

import json
import re
from enum import StrEnum

from crawler.charset import decode_text, to_utf8, wide_without_bom
from crawler.inflate import GZIP_MAGIC, Inflated, inflate, inflate_fully

__all__ = ["ContentKind", "Inflated", "decode_text", "inflate", "inflate_fully", "sniff", "to_utf8"]


class ContentKind(StrEnum):
    """What a body is, and so which parser may have it."""

    HTML = "html"
    FEED = "feed"
    """RSS or Atom."""
    JSON_FEED = "json_feed"
    SITEMAP = "sitemap"
    XML = "xml"
    """XML that is none of the above."""
    TEXT = "text"
    JSONL = "jsonl"
    """One JSON object a line."""
    JSON = "json"
    WARC = "warc"
    GZIP = "gzip"
    IMAGE = "image"
    PDF = "pdf"
    BINARY = "binary"
    EMPTY = "empty"


PAGE_KINDS = frozenset({ContentKind.HTML, ContentKind.XML, ContentKind.TEXT, ContentKind.EMPTY})
"""What may be read as one page."""

_WINDOW = 8192
"""Bytes.  Enough for the warnings and comments that servers put before the document."""
_MAGIC = (
    (GZIP_MAGIC, ContentKind.GZIP),
    (b"WARC/", ContentKind.WARC),
    (b"%PDF-", ContentKind.PDF),
    (b"\x89PNG\r\n", ContentKind.IMAGE),
    (b"\xff\xd8\xff", ContentKind.IMAGE),
    (b"GIF87a", ContentKind.IMAGE),
    (b"GIF89a", ContentKind.IMAGE),
    (b"BM", ContentKind.IMAGE),
    (b"II*\0", ContentKind.IMAGE),
    (b"MM\0*", ContentKind.IMAGE),
    (b"\0\0\1\0", ContentKind.IMAGE),
    (b"PK\x03\x04", ContentKind.BINARY),
    (b"\x28\xb5\x2f\xfd", ContentKind.BINARY),
    (b"OggS", ContentKind.BINARY),
    (b"ID3", ContentKind.BINARY),
    (b"Rar!", ContentKind.BINARY),
    (b"7z\xbc\xaf", ContentKind.BINARY),
    (b"\xd0\xcf\x11\xe0", ContentKind.BINARY),
    (b"\x7fELF", ContentKind.BINARY),
    (b"wOFF", ContentKind.BINARY),
    (b"wOF2", ContentKind.BINARY),
)
_UTF16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NOT_ROOT = re.compile(
    rb"\s+|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE(?:[^>\[]|\[[^\]]*\])*>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)(?=[\s/>]|\Z)")
_KNOWN_ROOT = re.compile(
    rb"<(?:[A-Za-z][\w.-]*:)?(html|head|body|rss|feed|rdf|urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE
)
_DOCTYPE_HTML = re.compile(rb"<!DOCTYPE\s+html", re.IGNORECASE)
_XML_ROOTS = {
    b"rss": ContentKind.FEED,
    b"feed": ContentKind.FEED,
    b"channel": ContentKind.FEED,
    b"urlset": ContentKind.SITEMAP,
    b"sitemapindex": ContentKind.SITEMAP,
    b"svg": ContentKind.IMAGE,
}
_RSS_1 = re.compile(rb"purl\.org/rss/|my\.netscape\.com/rdf|purl\.org/net/rss|channel\.netscape\.com/rdf")
_HTML_ROOTS = frozenset(
    b"""html head body title meta link script style noscript div p span a table tr td ul ol li h1 h2 h3 h4 h5 h6
    article section main header footer nav br img b i em strong font center iframe form blockquote figure pre base
    frameset""".split()
)
_ANY_TAG = re.compile(rb"<(?:[A-Za-z][A-Za-z0-9-]*[\s/>]|/[A-Za-z]|!--)")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_LINES = (".jsonl", ".ndjson", ".jl")
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org(?:\\?/)version')


def sniff(body: bytes, content_type: str = "", url: str = "") -> ContentKind:
    """What ``body`` (no longer compressed) is.

    >>> sniff(b"<?xml version='1.0'?><rss><channel/></rss>", "text/html")
    <ContentKind.FEED: 'feed'>
    """
    head = body[:_WINDOW]
    for magic, kind in _MAGIC:
        if head.startswith(magic) and (magic != b"BM" or b"\0" in head[:16]):
            return kind
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:12] in {b"WEBP", b"AVI ", b"WAVE"}):
        return ContentKind.IMAGE if head[8:12] in {b"WEBP", b"avif", b"avis", b"heic"} else ContentKind.BINARY
    head = _as_ascii(head).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\f\v\0")
    if not head:
        return ContentKind.EMPTY if len(body) <= _WINDOW else ContentKind.BINARY
    if head[:1] == b"<":
        return _sniff_markup(head, content_type.lower())
    if head[:1] in b"{[" and (kind_of_json := _sniff_json(head, body, content_type.lower(), url.lower())):
        return kind_of_json
    # Of lines called JSON the first may be broken, or a comment.
    is_lines = url.lower().endswith(_LINES) and b"\n{" in head
    return ContentKind.JSONL if is_lines else _sniff_text(head, content_type.lower())


def _as_ascii(head: bytes) -> bytes:
    """UTF-16 with its mark, or betrayed by a NUL beside ``<``, as bytes that the patterns can read."""
    for mark, name in _UTF16:
        if head.startswith(mark):
            return head[2:].decode(name, "ignore").encode("utf-8", "ignore")
    if head.startswith((b"<\0", b"\0<")):
        return head.replace(b"\0", b"")
    return head


def _sniff_markup(head: bytes, content_type: str) -> ContentKind:
    if _DOCTYPE_HTML.match(head):
        return ContentKind.HTML
    at = 0
    while match := _NOT_ROOT.match(head, at):
        if match[0][:2] == b"<!" and _DOCTYPE_HTML.match(match[0]):
            return ContentKind.HTML
        at = match.end()
    root = _ROOT.match(head, at)
    name = root[1].lower() if root else b""
    if name in _XML_ROOTS:
        return _XML_ROOTS[name]
    if name == b"rdf":
        return ContentKind.FEED if _RSS_1.search(head) else ContentKind.XML
    if name == b"html":
        return ContentKind.HTML
    return _known_root_after_junk(head, at) or _other_markup(head, name, content_type)


def _known_root_after_junk(head: bytes, at: int) -> ContentKind | None:
    """PHP warnings before a feed look like HTML; the first root that we know decides."""
    match = _KNOWN_ROOT.search(head, at)
    if match is None:
        return None
    if match[1].lower() == b"rdf":
        return ContentKind.FEED if _RSS_1.search(head) else None
    return _XML_ROOTS.get(match[1].lower(), ContentKind.HTML)


def _other_markup(head: bytes, root: bytes, content_type: str) -> ContentKind:
    if "html" in content_type or root in _HTML_ROOTS:
        return ContentKind.HTML
    if head.startswith(b"<?xml") or "xml" in content_type:
        return ContentKind.XML
    return ContentKind.HTML if _ANY_TAG.search(head) else _sniff_text(head, content_type)


def _sniff_json(head: bytes, body: bytes, content_type: str, url: str) -> ContentKind | None:
    if head[:1] == b"{" and _JSON_FEED.search(head):
        return ContentKind.JSON_FEED
    if "feed+json" in content_type:
        return ContentKind.JSON_FEED
    named_lines = url.endswith(_LINES) or "ndjson" in content_type or "jsonl" in content_type
    first, _, rest = head.partition(b"\n")
    if head[:1] == b"{" and (named_lines or _is_object(first)) and (named_lines or rest.lstrip()[:1] == b"{"):
        return ContentKind.JSONL
    second = head[1:].lstrip()[:1]
    looks = (
        second in b'"{}[]-0123456789tfn' and second != b""
        if head[:1] == b"["
        else second in b'"}' and second != b""
    )
    return ContentKind.JSON if looks and (len(body) <= _WINDOW or b'"' in head) else None


def _is_object(line: bytes) -> bool:
    """Whether a line is a whole JSON object, or may be one that is longer than our window."""
    if len(line) >= _WINDOW - 4:
        return True
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _sniff_text(head: bytes, content_type: str) -> ContentKind:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls and not (wide_without_bom(head) or controls * 100 < len(head)):
        return ContentKind.BINARY
    if content_type.startswith("text/plain"):
        return ContentKind.TEXT
    if (known := _known_root_after_junk(head, 0)) is not None:
        return known
    if "html" in content_type and _ANY_TAG.search(head):
        return ContentKind.HTML
    return ContentKind.TEXT
