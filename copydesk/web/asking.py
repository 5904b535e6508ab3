"""What a visitor asks for in a URL, checked: the same names and bounds for the pages and for the JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.exceptions import BadRequest, NotFound

from crawler.errors import ConfigError
from workers.ids import parse_article_name, parse_story_name
from workers.records import ArticleId, StoryId
from workers.store.reading import parse_cursor

LONGEST_TEXT = 200
LONGEST_URL = 4096
MOST_COPIES = 1_000_000
MOST_ROWS = 200
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Moments outside are moved inside: the edges of the calendar have no neighbours, and no story is there."""
AGE = r"^[1-9][0-9]{0,3}[mhd]$"
AGE_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
CURSOR = r"^[0-9T:.+-]+_[0-9]+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """Which stories."""

    text: str = ""
    source: str = ""
    topic: str = ""
    site: str = ""
    since: str = ""
    until: str = ""
    copies: int = 1
    before: str = ""
    limit: int = 40

    @property
    def first(self) -> datetime | None:
        """The earliest moment."""
        return parse_moment("since", self.since) if self.since else None

    @property
    def end(self) -> datetime | None:
        """The moment before which; a day that was named belongs to it."""
        if not self.until:
            return None
        moment = parse_moment("until", self.until)
        return moment + timedelta(days=1) if re.match(DAY, self.until) else moment

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the place in the list was asked for."""
        return bool(
            self.text or self.source or self.topic or self.site or self.since or self.until or self.copies > 1
        )

    def words(self) -> dict[str, str]:
        """Return what was asked for as it stands in a URL, without the place in the list."""
        found = {
            "q": self.text, "source": self.source, "topic": self.topic, "site": self.site,
            "since": self.since, "until": self.until, "copies": str(self.copies) if self.copies > 1 else "",
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


def filled(args: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form that were filled in: browsers send the others too, empty."""
    return {name: value.strip() for name, value in args.items() if value.strip()}


def story_filter(args: Mapping[str, str]) -> StoryFilter:
    """Return the filter that a query string names; ``BadRequest`` where a value is out of bounds."""
    return StoryFilter(
        text=text_of(args, "q"),
        source=text_of(args, "source", LONGEST_URL),
        topic=text_of(args, "topic"),
        site=text_of(args, "site"),
        since=moment_of(args, "since"),
        until=moment_of(args, "until"),
        copies=number_of(args, "copies", default=1, most=MOST_COPIES),
        before=cursor_of(args),
        limit=number_of(args, "limit", default=40, most=MOST_ROWS),
    )


def text_of(args: Mapping[str, str], name: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text; what cannot be printed is a space."""
    text = args.get(name, "")
    if len(text) > longest:
        raise BadRequest(f"{name} is longer than {longest} characters")
    return "".join(c if c.isprintable() else " " for c in text).strip()


def number_of(args: Mapping[str, str], name: str, *, default: int, most: int) -> int:
    """Return a whole number from 1 to ``most``."""
    text = args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise BadRequest(f"{name} must be a whole number from 1 to {most}")
    return int(text)


def cursor_of(args: Mapping[str, str]) -> str:
    """Return the place in a list to go on from; ``NotFound`` for one that no list gave."""
    text = args.get("before")
    if text is None:
        return ""
    if len(text) > LONGEST_TEXT or not re.match(CURSOR, text):
        raise BadRequest("before must be the cursor of a list's last row")
    try:
        parse_cursor(text)
    except ConfigError:
        raise NotFound("before is no place in this list") from None
    return text


def choice_of(args: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices; the first when none was made."""
    text = args.get(name, choices[0])
    if text not in choices:
        raise BadRequest(f"{name} must be one of {', '.join(choices)}")
    return text


def moment_of(args: Mapping[str, str], name: str) -> str:
    """Return a date or an age as it was written."""
    text = args.get(name)
    if text is None:
        return ""
    parse_moment(name, text)
    return text


def parse_moment(name: str, text: str) -> datetime:
    """Return what a date (2026-11-01) or an age (90m, 24h, 7d) means."""
    if re.match(AGE, text):
        return datetime.now(UTC) - timedelta(**{AGE_UNITS[text[-1]]: int(text[:-1])})
    try:
        found = datetime.fromisoformat(text) if re.match(DAY, text) else None
    except ValueError:
        found = None
    if found is None:
        raise BadRequest(f"{name} must be a date such as 2026-11-01 or an age such as 24h")
    return min(max(found.replace(tzinfo=UTC), FIRST), LAST)


def story_id(name: str) -> StoryId | None:
    """Return the id that a story's name means, ``None`` where it is no name."""
    try:
        return parse_story_name(name)
    except ValueError:
        return None


def article_id(name: str) -> ArticleId | None:
    """Return the id that an article's name means, ``None`` where it is no name."""
    try:
        return parse_article_name(name)
    except ValueError:
        return None
