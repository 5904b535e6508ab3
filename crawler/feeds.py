"""Feeds: bytes to a ``Feed``, whatever the format, the encoding and the state they are in.

Well-formed XML (or nearly) takes the fast path over libxml2; what is past repair goes to feedparser.  Nothing is
expanded, loaded or fetched, and nothing raises: what is no feed is ``None``.
"""

from lxml import etree

from crawler.charset import decode_text
from crawler.feed_json import parse_json_feed
from crawler.feed_loose import LOOSE_CHARS, parse_loose_feed
from crawler.feed_records import Feed, FeedEntry
from crawler.feed_text import FullText, full_text
from crawler.feed_xml import parse_xml_feed, without_prolog

__all__ = ["Feed", "FeedEntry", "FullText", "full_text", "parse_feed"]

MAX_BYTES = 10_000_000
"""What is longer is cut: the entries up to there are read."""
_LOOSE_TAGS = 20_000
"""feedparser takes up to 50 us for a tag of a broken document: more than these (1 s) are libxml2's to recover."""


def parse_feed(body: bytes, *, url: str, content_type: str = "") -> Feed | None:
    """The feed in ``body`` (no longer compressed), or ``None``.  ``url`` is the base of relative addresses."""
    text, _ = decode_text(body[:MAX_BYTES], content_type)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "{":
        return parse_json_feed(text.lstrip("\ufeff"), url)
    markup = without_prolog(text)
    if markup is None:
        return None
    try:
        return parse_xml_feed(markup, url)
    except (etree.XMLSyntaxError, ValueError):
        return _parse_broken(markup, url)


def _parse_broken(markup: str, url: str) -> Feed | None:
    if markup.count("<", 0, LOOSE_CHARS) <= _LOOSE_TAGS:
        return parse_loose_feed(markup, url)
    try:
        return parse_xml_feed(markup, url, recover=True)
    except (etree.XMLSyntaxError, ValueError):
        return None
