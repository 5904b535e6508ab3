"""Where a saved page came from, by what it says itself."""

import html
import re

from crawler.errors import RefusedError
from crawler.records import CanonicalUrl
from crawler.urls import canonicalize

_WINDOW = 262_144
"""Characters: the heads of news pages reach 200 KB."""
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{4}\)(https?://\S{1,2000})\s*-->", re.IGNORECASE)
_TAG = re.compile(r"<(?:link|meta|atom:link)\s[^<>]{1,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


def saved_page_url(text: str) -> CanonicalUrl | None:
    """The page's address: the browser's note, ``rel=canonical``, ``og:url``; of a feed ``rel=self``.  Or ``None``.

    A front page's address on anything is taken for a template's fault.
    """
    head = text[:_WINDOW]
    claims = [match[1] for match in [_SAVED_FROM.search(head[:4096])] if match]
    claims += _claims(head)
    return next((url for claim in claims if (url := _sane(claim))), None)


def _claims(head: str) -> list[str]:
    ranked: list[tuple[int, str]] = []
    for tag in _TAG.finditer(head):
        attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(tag[0])}
        rel = attributes.get("rel", "").lower().split()
        if "canonical" in rel:
            ranked.append((0, attributes.get("href", "")))
        elif "self" in rel:
            ranked.append((1, attributes.get("href", "")))
        elif attributes.get("property", attributes.get("name", "")).lower() == "og:url":
            ranked.append((2, attributes.get("content", "")))
    return [html.unescape(claim) for _, claim in sorted(ranked)]


def _sane(claim: str) -> CanonicalUrl | None:
    try:
        url = canonicalize(claim)
    except RefusedError:
        return None
    path = url.partition("://")[2].partition("/")[2]
    return url if path else None
