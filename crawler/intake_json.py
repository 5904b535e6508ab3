"""Articles that come as JSON objects: which keys are read as what.  The list is told in ``docs/formats.md``."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.charset import decode_text
from crawler.feed_dates import parse_date
from crawler.feed_text import one_line
from crawler.records import FeedHint

# Keys are compared in lower case without punctuation: publishedAt, published_at and date-published are spelled alike.
_KEYS = {
    "url": "url link uri pageurl articleurl canonicalurl sourceurl originalurl weburl permalink href",
    "html": "html rawhtml pagehtml sourcehtml contenthtml bodyhtml",
    "text": "text maintext fulltext plaintext articletext contenttext bodytext textcontent markdown",
    "mixed": "articlebody body content article story description",
    "title": "title headline name webtitle",
    "authors": "authors author byline creator creators",
    "published": "published publishedat datepublished datepublish publishdate publicationdate pubdate publishedtime "
    "date datetime firstpublished webpublicationdate created createdat timestamp",
    "modified": "modified modifiedat datemodified datemodify updated updatedat lastmodified lastupdated",
    "site": "site sitename source publication publisher outlet sourcename sourcedomain domain",
    "language": "language lang locale inlanguage",
    "tags": "tags keywords categories topics",
}
_LISTS = ("articles", "items", "data", "results", "documents", "news")
_WINDOW = 65_536
_NOT_BLANK = re.compile(r"\S")
_NEVER = 1_000_000
_NOT_WORD = re.compile(r"[^a-z0-9]")
_MARKUP = re.compile(r"<(?:p|br|div|h[1-6]|article|html|body|ul|blockquote)\b[^<>]{0,500}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedArticle:
    """An article read from a JSON object: its body as HTML or as plain text."""

    url: str | None
    body: str
    is_html: bool
    hint: FeedHint


def parse_saved_article(data: object) -> SavedArticle | None:
    """The article in a decoded JSON object (``body`` is empty if it holds no text); ``None`` if it is no object."""
    if not isinstance(data, dict):
        return None
    fields = _known_fields(data)
    html, text, mixed = (_paragraphs(fields.get(name)) for name in ("html", "text", "mixed"))
    body = html or text or mixed or ""
    is_html = body == html or _is_markup(body, at_least=1 if body == mixed and body != text else _NEVER)
    return SavedArticle(
        url=_string(fields.get("url")), body=body, is_html=bool(body) and is_html, hint=_hint(fields)
    )


def known_columns(names: Iterable[str]) -> set[str]:
    """What columns of these names are read as.

    >>> sorted(known_columns(["Headline", "published-at", "shares"]))
    ['published', 'title']
    """
    return set(_known_fields(dict.fromkeys(names, True)))


def json_objects(body: bytes) -> list[Any]:
    """Return what a JSON file holds: one object, a list of them, an object with such a list, or several one by one.

    >>> json_objects(b'{"status": "ok", "articles": [1, 2]}'), json_objects(b'{"a": 1} {"a": 2}')
    ([1, 2], [{'a': 1}, {'a': 2}])
    """
    data = decode_json(body)
    if data is None:
        data = _several(body)
    if isinstance(data, dict) and not any(isinstance(data.get(key), str) for key in ("html", "text", "url")):
        data = next((data[key] for key in _LISTS if isinstance(data.get(key), list)), data)
    return data if isinstance(data, list) else [data]


def decode_json(raw: bytes) -> Any:
    """Return what the text of some bytes means; ``None`` if it is no JSON."""
    try:
        return json.loads(decode_text(raw)[0], strict=False)
    except (ValueError, RecursionError):
        return None


def _several(body: bytes) -> list[Any] | None:
    """Objects without commas between them, each over many lines, as ``jq '.[]'`` prints them."""
    text, decoder, found, at = decode_text(body)[0], json.JSONDecoder(strict=False), list[Any](), 0
    try:
        while match := _NOT_BLANK.search(text, at):
            part, at = decoder.raw_decode(text, match.start())
            found.append(part)
    except (ValueError, RecursionError):
        # What comes behind the damage may begin anywhere: one failure stands for it.
        found.append(None)
    return found if len(found) > 1 else None


def _is_markup(body: str, *, at_least: int) -> bool:
    """A text that begins with a tag, or holds block tags where HTML is as usual as plain text."""
    return _MARKUP.match(body) is not None or len(_MARKUP.findall(body, 0, _WINDOW)) >= at_least


def _known_fields(data: dict[Any, Any]) -> dict[str, Any]:
    """By our names; of several aliases the one that stands first in the list above."""
    found = {
        _NOT_WORD.sub("", str(key).lower()): value
        for key, value in data.items()
        if value not in (None, "", [])
    }
    return {
        name: value
        for name, aliases in _KEYS.items()
        if (value := next((found[alias] for alias in aliases.split() if alias in found), None)) is not None
    }


def _hint(fields: dict[str, Any]) -> FeedHint:
    return FeedHint(
        title=one_line(_string(fields.get("title"))),
        authors=_strings(fields.get("authors")),
        published_at=_date(fields.get("published")),
        modified_at=_date(fields.get("modified")),
        language=_string(fields.get("language")),
        tags=_strings(fields.get("tags")),
        site=one_line(_string(fields.get("site"))),
    )


def _date(value: object) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_date(str(int(value))) if abs(value) < 1e14 else None  # noqa: PLR2004 - milliseconds of year 5138
    return parse_date(_string(value))


def _string(value: object) -> str | None:
    """A string; of an object its ``name`` (``"source": {"name": ...}``); of a list its first."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        value = value[0] if value else None
        return _string(value) if not isinstance(value, list) else None
    return value.strip() or None if isinstance(value, str) else None


def _paragraphs(value: object) -> str | None:
    """A text, or one that comes as a list of its paragraphs."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n\n".join(part.strip() for part in value).strip() or None
    return _string(value)


def _strings(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    found = (one_line(_string(item)) for item in values if not isinstance(item, list))
    return tuple(dict.fromkeys(text for text in found if text))
