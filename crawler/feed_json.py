"""JSON Feed 1.0 and 1.1.  Fields of the wrong type count as missing."""

import html
import json
from typing import Any

from crawler.feed_dates import parse_date
from crawler.feed_fields import join
from crawler.feed_records import Feed, FeedEntry
from crawler.feed_text import one_line
from crawler.feed_xml import MAX_ENTRIES


def parse_json_feed(text: str, url: str) -> Feed | None:
    """The feed, or ``None`` if the text is no JSON Feed."""
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or "jsonfeed.org/version" not in str(data.get("version")):
        return None
    items = data.get("items")
    authors = _authors(data)
    language = _text(data, "language")
    entries = (_entry(item, url, authors, language) for item in _objects(items)[:MAX_ENTRIES])
    return Feed(
        title=one_line(_text(data, "title")),
        language=language,
        site_url=_url(data, "home_page_url", url),
        entries=tuple(entries),
        hub=next((hub for item in _objects(data.get("hubs")) if (hub := _url(item, "url", url))), None),
        next_url=_url(data, "next_url", url),
    )


def _entry(item: dict[str, Any], base: str, authors: tuple[str, ...], language: str | None) -> FeedEntry:
    guid = _text(item, "id")
    own = _url(item, "url", base) or _url(item, "external_url", base)
    return FeedEntry(
        url=own or (join(base, guid) if guid and guid.startswith(("http://", "https://")) else None),
        title=one_line(_text(item, "title")),
        authors=_authors(item) or authors,
        published_at=parse_date(_text(item, "date_published")),
        modified_at=parse_date(_text(item, "date_modified")),
        tags=tuple(dict.fromkeys(tag.strip() for tag in _list(item.get("tags")) if _is_text(tag))),
        content_html=_text(item, "content_html") or _as_html(_text(item, "content_text")),
        summary_html=_as_html(_text(item, "summary")),
        guid=guid,
        language=_text(item, "language") or language,
    )


def _authors(data: dict[str, Any]) -> tuple[str, ...]:
    """Version 1.1 has ``authors``, version 1 had ``author``."""
    people = _objects(data.get("authors")) or _objects([data.get("author")])
    names = (one_line(_text(person, "name")) for person in people)
    return tuple(dict.fromkeys(name for name in names if name))


def _text(data: dict[str, Any], key: str) -> str | None:
    """A string; a number where an id is one (version 1 let it be)."""
    value = data.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and key == "id":
        return str(value)
    return value if _is_text(value) else None


def _url(data: dict[str, Any], key: str, base: str) -> str | None:
    value = _text(data, key)
    return join(base, value) if value else None


def _as_html(text: str | None) -> str | None:
    if text is None:
        return None
    paragraphs = (html.escape(part.strip(), quote=False) for part in text.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
