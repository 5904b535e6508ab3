"""RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0 that are well-formed, or can be made so with light repairs: the fast path.

No entity is expanded, no DTD and nothing else is loaded; libxml2's own limits (depth 256, 10 MB of text) stand.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from crawler.feed_fields import Fields, Scope
from crawler.feed_records import Feed, FeedEntry
from crawler.feed_text import mend_xml, one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ENTRIES = 10_000
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel)(?=[\s/>])", re.IGNORECASE)
_ROOT_WINDOW = 65_536
_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2_592_000, "yearly": 31_536_000}
_MAX_TTL_S = 31_536_000


def parse_xml_feed(text: str, url: str, *, recover: bool = False) -> Feed | None:
    """The feed, or ``None`` if the element that ``text`` begins with is no feed.

    Raises:
        etree.XMLSyntaxError: past light repair, and ``recover`` was not asked for (what can be read, is read).
    """
    root = _tree(mend_xml(text), recover=True) if recover else _parse(text)
    scope = Scope(url, None, {}).inner(root)
    kind = scope.name(root)
    if kind == "feed":
        return _read_feed(root, root, scope)
    if kind in {"rss", "rdf:rdf", "channel"}:
        channel = root if kind == "channel" else _child(root, scope, "channel")
        if channel is None and kind == "rdf:rdf" and not any(scope.name(child) == "item" for child in root):
            return None
        return _read_feed(root, channel if channel is not None else root, scope)
    return None


def without_prolog(text: str) -> str | None:
    """From the root on: no declaration, no DTD with its entities, no junk that a server put before.  Or no feed."""
    root = _ROOT.search(text, 0, _ROOT_WINDOW)
    return text[root.start() :] if root else None


def _parse(text: str) -> "_Element":
    try:
        return _tree(text)
    except etree.XMLSyntaxError:
        return _tree(mend_xml(text))


def _tree(text: str, *, recover: bool = False) -> "_Element":
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: _Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise ValueError("no element")
    return root


def _child(element: "_Element", scope: Scope, name: str) -> "_Element | None":
    return next((child for child in element if scope.name(child) == name), None)


def _read_feed(root: "_Element", channel: "_Element", scope: Scope) -> Feed:
    scope = scope.inner(channel)
    reader = Fields(channel, scope)
    authors = tuple(reader.people("author"))
    is_atom = channel is root and scope.name(root) == "feed"
    language = reader.first("language", "dc:language") or scope.lang
    entries = []
    for element in _items(root, channel, scope):
        entry = _read_entry(element, scope)
        if is_atom and authors and not entry.authors:  # RFC 4287, 4.2.1
            entry = replace(entry, authors=authors)
        entries.append(entry)
    return Feed(
        title=reader.title(),
        language=one_line(language),
        site_url=reader.link(),
        ttl_s=ttl_s(reader.first("ttl"), reader.first("sy:updateperiod"), reader.first("sy:updatefrequency")),
        entries=tuple(entries),
        hub=reader.related("hub"),
        next_url=reader.related("next"),
    )


def _items(root: "_Element", channel: "_Element", scope: Scope) -> Iterator["_Element"]:
    """Items stand in the channel, or beside it (RSS 0.90, 1.0), or in ``items``."""
    count = 0
    for parent in (channel, root) if channel is not root else (root,):
        for child in parent:
            if scope.name(child) in {"item", "entry"} and count < MAX_ENTRIES:
                count += 1
                yield child


def _read_entry(element: "_Element", scope: Scope) -> FeedEntry:
    scope = scope.inner(element)
    fields = Fields(element, scope)
    guid = fields.first("guid", "id") or element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    guid = guid.strip() or None if guid else None
    return FeedEntry(
        url=fields.link() or fields.permalink(guid),
        title=fields.title(),
        authors=fields.authors(),
        published_at=fields.date("pubdate", "published", "issued", "dcterms:issued", "prism:publicationdate", "created",
                                 "dcterms:created", "dc:date", "dcterms:available"),
        modified_at=fields.date("updated", "modified", "dcterms:modified", "prism:modificationdate"),
        tags=fields.tags(),
        content_html=fields.markup("content:encoded", "content", "xhtml:body", "xhtml:div", "body", "fullitem"),
        summary_html=fields.markup("description", "summary", "dc:description", "dcterms:abstract", "media:description",
                                   "itunes:summary", "itunes:subtitle"),
        guid=guid,
        language=one_line(fields.first("dc:language", "language")) or scope.lang or None,
        comments=fields.address("comments"),
    )  # fmt: skip


def ttl_s(ttl: str | None, period: str | None, frequency: str | None) -> int | None:
    """Seconds: ``ttl`` is in minutes; ``sy:updatePeriod`` is shared out by ``sy:updateFrequency``."""
    try:
        if ttl:
            return max(min(int(float(ttl) * 60), _MAX_TTL_S), 0) or None
        period_s = _PERIODS_S.get((period or "").strip().lower())
        return max(period_s // max(int(frequency or 1), 1), 1) if period_s else None
    except (ValueError, OverflowError):
        return None
