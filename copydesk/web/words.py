"""How values are said on a page: pure functions, used as filters in the templates."""

import re
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400

OUTCOMES = {
    "stored": "new story",
    "folded": "folded into a story",
    "rejected": "not a story",
    "failed": "failed",
}

VERDICTS = {
    "new": "first seen",
    "same": "verbatim",
    "near": "edited",
    "excerpt_of": "excerpt",
    "contains": "contains others",
    "update_of": "update",
}


def span(seconds: float) -> str:
    """Return a length of time with its two largest units.

    >>> span(0.4), span(59), span(60), span(3900), span(90_000), span(864_000)
    ('0 s', '59 s', '1 min', '1 h 5 min', '1 d 1 h', '10 d')
    """
    whole = int(abs(seconds))
    if whole < MINUTE_S:
        return f"{whole} s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} min"
    hours, minutes = divmod(whole // MINUTE_S, 60)
    if whole < DAY_S:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 7 else f"{days} d"  # noqa: PLR2004 - a week is told in days


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was.

    >>> from datetime import timedelta
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> ago(noon, noon), ago(noon - timedelta(hours=2), noon), ago(noon + timedelta(days=1), noon), ago(None, noon)
    ('just now', '2 h ago', 'in 1 d', 'never')
    """
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "just now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(seconds)}"


def after(moment: datetime, start: datetime) -> str:
    """Return how long after the start a moment is.

    >>> from datetime import timedelta
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> after(noon + timedelta(minutes=90), noon), after(noon, noon)
    ('+1 h 30 min', '+0 s')
    """
    seconds = (moment - start).total_seconds()
    return ("+" if seconds >= 0 else "-") + span(seconds)


def clock(moment: datetime | None) -> str:
    """Return a moment for people, in UTC.

    >>> clock(datetime(2026, 3, 1, 12, 5, tzinfo=UTC)), clock(None)
    ('2026-03-01 12:05', '—')
    """
    return "—" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def iso(moment: datetime | None) -> str:
    """Return a moment for programs."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count(number: float) -> str:
    """Return a whole number with its thousands apart.

    >>> count(1234567), count(7)
    ('1\u202f234\u202f567', '7')
    """
    return f"{number:,.0f}".replace(",", "\u202f")


def rate(number: float | None) -> str:
    """Return a rate with as many digits as are worth reading.

    >>> rate(0), rate(0.234), rate(12.34), rate(1234), rate(None)
    ('0', '0.23', '12.3', '1\u202f234', '—')
    """
    if number is None:
        return "—"
    if number == 0:
        return "0"
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 100 else count(number)  # noqa: PLR2004


def percent(share: float | None) -> str:
    """Return a share of one; near misses of 0 and 100 are not rounded away.

    >>> percent(0.123), percent(0.9999), percent(1), percent(0.0001), percent(None)
    ('12%', '>99%', '100%', '<1%', '—')
    """
    if share is None:
        return "—"
    whole = round(share * 100)
    if whole in (0, 100) and share not in (0, 1):
        return "<1%" if whole == 0 else ">99%"
    return f"{whole}%"


def plural(number: int, noun: str, many: str | None = None) -> str:
    """Return a number of things.

    >>> plural(1, "copy", "copies"), plural(2, "copy", "copies"), plural(1000, "page")
    ('1 copy', '2 copies', '1\u202f000 pages')
    """
    return f"{count(number)} {noun if number == 1 else many or noun + 's'}"


def said(reason: str) -> str:
    """Return a counter's name as words.

    >>> said("robots_disallowed")
    'robots disallowed'
    """
    return reason.replace("_", " ")


def verdict(kind: str) -> str:
    """Return what a verdict means for a reader.

    >>> verdict("near"), verdict("other_thing")
    ('edited', 'other thing')
    """
    return VERDICTS.get(kind, said(kind))


def host(url: str | None) -> str:
    """Return the host of a URL as people say it.

    >>> host("https://www.example.org:8080/a"), host("nonsense"), host("http://[broken")
    ('example.org:8080', '', '')
    """
    try:
        return urlsplit(url or "").netloc.rpartition("@")[2].removeprefix("www.")
    except ValueError:
        return ""


def web_link(url: str | None) -> str:
    """Return a URL that may stand in a link: http and https only, nothing for the rest.

    >>> web_link("https://a.example/x"), web_link("javascript:alert(1)"), web_link(" JavaScript:x"), web_link(None)
    ('https://a.example/x', '', '', '')
    """
    found = url or ""
    return found if found.lower().startswith(("http://", "https://")) else ""


def lang_tag(language: str | None) -> str:
    """Return a language as a page may name it to a screen reader, nothing where it is no tag.

    >>> lang_tag("en"), lang_tag("zh-Hant-TW"), lang_tag('en" onfocus="x'), lang_tag("English"), lang_tag(None)
    ('en', 'zh-Hant-TW', '', '', '')
    """
    return language if language and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language) else ""


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters.

    >>> shortened("a longer text", 8), shortened("short", 8)
    ('a longe…', 'short')
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_HALVES = re.compile("[\ud800-\udfff]")


def shown(value: T) -> T:
    r"""Return a value as a page may show it: without what steers a terminal or turns the direction of text around.

    Every element that shows foreign text has a direction of its own (``dir="auto"``), so that nothing is lost with the
    overrides.  The halves of a character that no bytes can hold become question marks.

    >>> shown("a\x1b[31m\u202eb\ud800"), shown("\u05d0\u200f ok\n"), shown(7)
    ('a[31mb?', '\u05d0\u200f ok\n', 7)
    """
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    kept = _HALVES.sub("?", _UNSHOWN.sub("", value))
    return value if kept == value else type(value)(kept)


FILTERS = {
    function.__name__: function
    for function in (
        span, ago, after, clock, iso, count, rate, percent, plural, said, verdict, host, web_link, lang_tag, shortened,
    )
}  # fmt: skip
