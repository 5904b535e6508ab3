"""The fields of one channel or entry of an XML feed: elements by name, and each field out of its many spellings."""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from crawler.feed_dates import parse_date
from crawler.feed_text import inner_html, mend_c1, one_line, plain
from crawler.urls import is_url_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CORE = frozenset(
    {
        "purl.org/rss/1.0", "purl.org/net/rss1.1", "purl.org/rss/0.9", "my.netscape.com/rdf/simple/0.9",
        "channel.netscape.com/rdf/simple/0.9", "my.netscape.com/publish/formats/rss-0.91.dtd",
        "www.w3.org/2005/atom", "purl.org/atom/ns",
    }
)  # fmt: skip
_CORE_STARTS = (
    "backend.userland.com",
    "blogs.law.harvard.edu/",
    "cyber.law.harvard.edu/",
    "www.rssboard.org",
)
_PREFIXES = {
    "purl.org/dc/elements/1.": "dc", "purl.org/dc/terms": "dcterms", "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy", "purl.org/rss/1.0/modules/": "other", "www.itunes.com/": "itunes",
    "search.yahoo.com/mrss": "media", "rssnamespace.org/feedburner": "feedburner", "www.w3.org/1999/xhtml": "xhtml",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf", "prismstandard.org/namespaces": "prism",
}  # fmt: skip
_TAG_LIKE = re.compile(r"</?[A-Za-z][^<>]*>|&[a-z]{2,8};|&#\d")
_ABSOLUTE = ("https://", "http://")
_MAIL_AND_NAME = re.compile(r"\s*[^\s@()<>]+@[^\s@()<>]+\s*\(\s*([^()]+?)\s*\)\s*")
_NAME_AND_MAIL = re.compile(r"\s*\"?([^<>@\"]*[^<>@\"\s])\"?\s*[<(]\s*(?:mailto:)?[^<>()]*@[^<>()]*[>)]\s*")
_MAX_NAME = 300


@dataclass(frozen=True, slots=True)
class Scope:
    """What an element inherits: base URL and language; and the names of tags as we know them."""

    base: str
    lang: str | None
    names: dict[str, str]

    def inner(self, element: "_Element") -> "Scope":
        base, lang = element.get(_XML_BASE), element.get(_XML_LANG)
        if base is None and lang is None:
            return self
        return replace(
            self,
            base=join(self.base, base) or self.base if base else self.base,
            lang=self.lang if lang is None else lang,
        )

    def name(self, element: "_Element") -> str:
        tag = element.tag
        if not isinstance(tag, str):  # a comment or processing instruction
            return ""
        known = self.names.get(tag)
        if known is None:
            known = self.names[tag] = _short_name(tag)
        return known


def join(base: str, url: str) -> str | None:
    """``url`` against ``base``; ``None`` where no web address comes out."""
    url = "".join(url.split())
    if not url:
        return None
    if url.startswith(_ABSOLUTE) and "/." not in url:  # nearly always, and urljoin is slow
        return url
    try:
        joined = urljoin(base, url)
    except ValueError:
        return None
    return joined if joined.lower().startswith(_ABSOLUTE) else None


def _short_name(tag: str) -> str:
    """``{uri}Local`` as ``prefix:local``; nothing before the names of RSS and Atom themselves."""
    uri, brace, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    local = local.lower()
    if not brace:
        return local
    place = uri.lower().partition("://")[2].rstrip("/#")
    if place in _CORE or place.startswith(_CORE_STARTS):
        return local
    for start, prefix in _PREFIXES.items():
        if (place + "/").startswith(start):
            return f"{prefix}:{local}"
    return f"?:{local}"


class Fields:
    """The children of a channel or an entry, by name."""

    def __init__(self, element: "_Element", scope: Scope) -> None:
        self._scope = scope
        self._by_name: dict[str, list[_Element]] = {}
        for child in element:
            self._by_name.setdefault(scope.name(child), []).append(child)

    def all(self, *names: str) -> list["_Element"]:
        by_name = self._by_name
        return [element for name in names if name in by_name for element in by_name[name]]

    def first(self, *names: str) -> str | None:
        """The first text that is not blank."""
        return next((text for element in self.all(*names) if (text := _text(element)).strip()), None)

    def date(self, *names: str) -> datetime | None:
        return next((date for element in self.all(*names) if (date := parse_date(_text(element)))), None)

    def address(self, *names: str) -> str | None:
        for element in self.all(*names):
            if text := _text(element).strip():
                return join(self._scope.inner(element).base, text)
        return None

    def title(self) -> str | None:
        for element in self.all("title", "dc:title", "media:title"):
            if text := _plain_construct(element):
                return text
        return None

    def link(self) -> str | None:
        """The page: the feed's own link behind a proxy's, then RSS's, then Atom's alternate."""
        for element in self.all("feedburner:origlink"):
            if found := join(self._scope.base, _text(element)):
                return found
        alternates = [element for element in self.all("link") if element.get("href") is not None]
        for element in self.all("link"):
            text = _text(element)
            if (
                text.strip()
                and element.get("href") is None
                and (found := join(self._scope.inner(element).base, text))
            ):
                return found
        alternates = [e for e in alternates if e.get("rel", "alternate").strip().lower() == "alternate"]
        alternates.sort(key=lambda element: "html" not in element.get("type", "text/html"))
        return next((found for e in alternates if (found := self._href(e))), None)

    def related(self, rel: str) -> str | None:
        matching = (e for e in self.all("link") if e.get("rel", "").strip().lower() == rel)
        return next((found for e in matching if (found := self._href(e))), None)

    def _href(self, element: "_Element") -> str | None:
        return join(self._scope.inner(element).base, element.get("href", ""))

    def permalink(self, guid: str | None) -> str | None:
        """A guid that is an address, unless it says that it is none."""
        if guid is None or not is_url_text(guid):
            return None
        elements = self.all("guid")
        if elements and elements[0].get("isPermaLink", "true").strip().lower() == "false":
            return None
        return join(self._scope.base, guid)

    def authors(self) -> tuple[str, ...]:
        people = [*self.people("author", "dc:creator"), *self.people("itunes:author")[:1]]
        source = next(iter(self.all("source")), None)
        if not people and source is not None:
            people = Fields(source, self._scope).people("author")
        return tuple(dict.fromkeys(people or self.people("contributor", "dc:contributor", "media:credit")))

    def people(self, *names: str) -> list[str]:
        found = (_person(element, self._scope) for element in self.all(*names))
        return [name for name in found if name]

    def tags(self) -> tuple[str, ...]:
        found: list[str | None] = []
        for element in self.all("category", "dc:subject"):
            term = element.get("term") or _text(element)
            found.append(plain(element.get("label") if is_url_text(term) else term))
        for element in self.all("media:keywords", "itunes:keywords"):
            found.extend(plain(word) for word in _text(element).split(","))
        return tuple(dict.fromkeys(tag for tag in found if tag))

    def markup(self, *names: str) -> str | None:
        """The longest of the first kind that is there."""
        for name in names:
            texts = [markup for element in self.all(name) if (markup := _markup(element))]
            if texts:
                return max(texts, key=len)
        return None


def _text(element: "_Element") -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""


def _plain_construct(element: "_Element") -> str | None:
    """A title: Atom says whether it is escaped (and it is not, by default), RSS does not."""
    kind = element.get("type", "text" if _is_atom(element) else "html").lower()
    if kind in {"text", "xhtml"} and element.get("mode") != "escaped":
        return one_line(_text(element))
    return plain(_text(element))


def _is_atom(element: "_Element") -> bool:
    return str(element.tag).startswith("{http://www.w3.org/2005/Atom}")


def _markup(element: "_Element") -> str | None:
    """A content or summary as HTML, whatever way it is written."""
    kind = element.get("type", "").lower()
    if kind == "xhtml" or len(element):
        return mend_c1(inner_html(_only_div(element))).strip() or None
    text = mend_c1(element.text or "").strip()
    if not text:
        return None
    if not kind and _is_atom(element) and not _TAG_LIKE.search(text):  # text by RFC 4287, if not by habit
        kind = "text"
    if kind in {"text", "text/plain"} and element.get("mode") != "escaped":
        return html.escape(text, quote=False)
    if element.get("mode") == "base64" or (
        kind and "/" in kind and not kind.startswith("text/") and "xml" not in kind
    ):
        return None
    return text


def _only_div(element: "_Element") -> "_Element":
    """Atom's xhtml constructs are wrapped in one ``div`` that is not part of them."""
    if len(element) == 1 and not (element.text or "").strip() and etree.QName(element[0]).localname == "div":
        return element[0]
    return element


def _person(element: "_Element", scope: Scope) -> str | None:
    """A name: from ``name``, from ``mail (Name)`` or ``Name <mail>``; a bare mail address where there is no more."""
    for child in element:
        if scope.name(child).rpartition(":")[2] == "name":
            return plain(_text(child))
    text = _text(element)[:_MAX_NAME]
    if "@" in text:
        match = _MAIL_AND_NAME.fullmatch(text) or _NAME_AND_MAIL.fullmatch(text)
        text = match[1] if match else text
    return plain(text)
