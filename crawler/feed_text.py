"""Text inside feeds: markup to plain text, elements to HTML, and whether an entry holds the whole story."""

import html
import re
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from crawler.feed_records import FeedEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|big|blockquote|br|cite|code|del|div|dfn|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|nobr|ol|"
    r"p|q|s|samp|small|span|strike|strong|style|sub|sup|time|tt|u|ul|var|wbr)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(r"<(script|style|noscript)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_C1 = re.compile("[\x80-\x9f]")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_ENTITY = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)?",
    re.DOTALL,
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BAD_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[1245-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")


def plain(text: str | None) -> str | None:
    """One line of plain text from a title or name that may hold escaped HTML; ``None`` if nothing is left.

    >>> plain("Chips &amp;amp; <b>more</b>")
    'Chips & more'
    """
    if not text:
        return None
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:  # escaped once more than it should be: common in RSS
        text = html.unescape(text)
    return one_line(text)


def one_line(text: str | None) -> str | None:
    """White space squeezed, Windows-1252 characters that came as C1 controls put right."""
    return " ".join(mend_c1(text).split()) or None if text else None


def mend_c1(text: str) -> str:
    """``&#150;`` is an en dash to every browser."""
    if text.isascii() or not _C1.search(text):
        return text
    return _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "replace"), text)


def visible_text(markup: str) -> str:
    """Roughly what a reader sees of a piece of HTML: for counting and for looking at its end."""
    return " ".join(html.unescape(_ANY_TAG.sub(" ", _HIDDEN.sub(" ", markup))).split())


def inner_html(element: "_Element") -> str:
    """What stands inside an element, as HTML: prefixes and namespaces gone.  Not recursive: depth is the input's."""
    parts = [html.escape(element.text or "", quote=False)]
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if node is element:
            continue
        if event in {"comment", "pi"}:
            parts.append(html.escape(node.tail or "", quote=False))
            continue
        name = etree.QName(node).localname
        if event == "start":
            attributes = "".join(
                f' {etree.QName(key).localname}="{html.escape(value)}"' for key, value in node.attrib.items()
            )
            parts.append(f"<{name}{attributes}>" + html.escape(node.text or "", quote=False))
        else:
            parts.append(("" if name in _VOID else f"</{name}>") + html.escape(node.tail or "", quote=False))
    return "".join(parts)


def mend_xml(text: str) -> str:
    """The repairs that make most broken feeds well-formed: HTML entities, bare ampersands, control characters."""
    text = _BAD_REFERENCE.sub("", _NOT_XML.sub("", text))
    return _ENTITY.sub(_mend_entity, text)


def _mend_entity(match: re.Match[str]) -> str:
    whole, name = match[0], match[1]
    if whole.startswith("<"):
        return whole
    if name is None:
        return whole if len(whole) > 1 else "&amp;"
    if name in _XML_ENTITIES:
        return whole
    char = html5.get(name + ";")
    return html.escape(char) if char else f"&amp;{name};"


@dataclass(frozen=True, slots=True, kw_only=True)
class FullText:
    """Whether a feed entry carries the whole story, and the rule that said so."""

    html: str | None
    """The story, or ``None``."""
    reason: str


_MIN_CHARS = 600
"""Of visible text.  The longest teasers of WordPress (55 words) are below 450."""
_MIN_SUMMARY_CHARS = 1500
"""A ``description`` is a teaser by its meaning, so it has to be longer to count as the story."""
_MIN_GAIN = 1.25
"""How much longer than the summary a content must be, unless it is a story's length by itself."""
_FOOTER = re.compile(
    r"\s*(?:The post .{1,300}? (?:appeared first on|first appeared on) .{1,120}|"
    r"(?:This (?:article|story|post) (?:originally |first )?appeared (?:first )?(?:on|in|at) .{1,120}))\s*$",
    re.IGNORECASE,
)
_CUT_MARK = re.compile(r"(?:\[\s*(?:\.{3}|…|&hellip;)\s*\]|\(\s*(?:\.{3}|…)\s*\)|\.{3}|…)\s*[»\u203a→>]?\s*$")
_INVITATION = re.compile(
    r"(?:read (?:more|on|the (?:full|rest|entire|whole|complete)\b.{0,60}|full\b.{0,40}|it (?:all|here))|"
    r"continue(?: reading)?\b.{0,120}|keep reading\b.{0,80}|(?:click|tap) (?:here )?(?:to|for)\b.{0,80}|"
    r"(?:see|view|get|find out|learn) (?:more|the full\b.{0,40})|full (?:story|article)\b.{0,40}|"
    r"more (?:here|at)\b.{0,60}|"
    r"(?:subscribe|sign (?:in|up)|log in|register)\b.{0,100}|weiterlesen\b.{0,80}|mehr lesen|lire la suite\b.{0,80}|"
    r"leer más\b.{0,80}|seguir leyendo\b.{0,80}|continua a leggere\b.{0,80}|leia mais\b.{0,80}|lees verder\b.{0,80}|"
    r"czytaj (?:więcej|dalej)\b.{0,80}|читать (?:далее|полностью)\b.{0,80}|подробнее|阅读全文|続きを読む|더 ?보기)"
    r"[\s.!…»\u203a→>\])]*$",
    re.IGNORECASE,
)
_INVITATION_WINDOW = 160


def full_text(entry: FeedEntry) -> FullText:
    """The story that the entry carries in full, if it does (the content; else a description as long as a story)."""
    content = visible_text(entry.content_html) if entry.content_html else ""
    summary = visible_text(entry.summary_html) if entry.summary_html else ""
    if not content:
        return _judge(entry.summary_html, summary, _MIN_SUMMARY_CHARS)
    if len(content) < _MIN_GAIN * len(summary) and len(content) < _MIN_SUMMARY_CHARS:
        return FullText(html=None, reason="content_is_the_summary")
    return _judge(entry.content_html, content, _MIN_CHARS)


def _judge(markup: str | None, text: str, least: int) -> FullText:
    text = _FOOTER.sub("", text)
    if len(text) < least:
        return FullText(html=None, reason="too_short")
    if _CUT_MARK.search(text[-20:]):
        return FullText(html=None, reason="cut_off")
    if _INVITATION.search(text[-_INVITATION_WINDOW:]):
        return FullText(html=None, reason="asks_to_read_on")
    return FullText(html=markup, reason="full_text")
