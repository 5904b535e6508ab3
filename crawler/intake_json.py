"""Articles that come as JSON objects: which keys are read as what.  The list is told in ``docs/formats.md``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
_WINDOW = 65_536
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
