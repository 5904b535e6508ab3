"""Dates as pages write them: ISO 8601 in its many wrong forms, RFC 2822, Unix time, month names of seventy languages.

A date without a zone is read as UTC, a day without a time as midnight.  Nothing before 1990 nor absurd is believed;
there is no clock here, so "the future" is the caller's business.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

from workers.extract.calendars import JALALI_MONTHS, from_buddhist, from_era, from_jalali
from workers.extract.clocks import Clock, clock_beside, is_clock, zone_of
from workers.extract.months import month_of

_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100
_LONGEST = 160
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"[^\s\d!-&(-,/:-@\[-`{-~\u00a0-\u00bf\u2010-\u2027\u25a0-\u26ff-]{2,24}(?:[\s-](?:الأول|الثاني|الآخر|сар))?"
_ISO = re.compile(
    rf"(?<!\d)({_YEAR})[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[T\s,+-]{1,3}(\d{1,2}):?(\d\d)(?::?(\d\d))?(?:[.,]\d{1,9})?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d(?!\d))?)?",
    re.IGNORECASE,
)
_LOOSE_ISO = re.compile(rf"(?<!\d)({_YEAR})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)")
_DIGITS = re.compile(rf"(?<!\d)(\d{{1,2}})([./-])\s?(\d{{1,2}})\2\s?({_YEAR})(?!\d)")
_SHORT_DIGITS = re.compile(r"(?<![\d./])(\d\d)([./])(\d\d)\2(\d\d)(?![\d./])")
_CJK = re.compile(rf"({_YEAR})\s?[年년]\s?(\d{{1,2}})\s?[月월]\s?(\d{{1,2}})\s?[日일号號]?")
_ERA = re.compile(r"(令和|平成|昭和)\s?(\d{1,2}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|an|η|º|ª|°|\.)?\s?(?:de\s|of\s|d['’]|ta['’]\s|ng\s|ika-|\s|-|/)?\s?"
    rf"({_MONTH}),?\s?(?:de\s|del\s|พ\.ศ\.\s?|ค\.ศ\.\s?|-|/)?\s?(\d{{4}})(?!\d)"
)
_MONTH_FIRST = re.compile(
    rf"({_MONTH})\s(\d{{1,2}})(?:st|nd|rd|th)?,?(?:\s\d\d:\d\d:\d\d(?:\s[A-Z]{{3,4}})?)?\s({_YEAR})(?!\d)"
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d)({_YEAR})\.?(?:\s?m\.|\.?\s?gada|\s?ж\.|\s?он[ыы])?,?\s(?:(\d{{1,2}})\.?\s)?({_MONTH})(?:\s(\d{{1,2}})(?!\d))?"
)
_VIETNAMESE = re.compile(rf"(\d{{1,2}})\s+tháng\s+(\d{{1,2}})(?:,|\s+năm)?\s+({_YEAR})", re.IGNORECASE)
_JALALI = re.compile(rf"(\d{{1,2}})\s+({'|'.join(JALALI_MONTHS)})\s+(?:ماه\s+)?(1[34]\d\d)")
_TRIES = 4
"""Places of one text that are tried for a form: "10 best of 2024" may stand before the date."""


def parse_date(text: str, *, day_first: bool = True, language: str = "") -> datetime | None:
    """Return the first date in ``text``, aware; ``None`` where there is none that can be believed.

    ``day_first``: whether 3/4/2026 is the third of April; ``language``: primary tag of the text, where it is known.

    >>> parse_date("2024-08-23T11:09:00-04:00").isoformat()
    '2024-08-23T11:09:00-04:00'
    >>> parse_date("Updated Aug 23, 2024, 11:09am EDT").isoformat()
    '2024-08-23T11:09:00-04:00'
    >>> parse_date("3. März 2021").date().isoformat()
    '2021-03-03'
    """
    text = text.strip()[:_LONGEST]
    if len(text) < 6 or not any(map(str.isdigit, text)):
        return None
    if text.isdigit() and len(text) in (10, 13):
        return _from_unix(int(text[:10]))
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
    for found in _ISO.finditer(text):
        if made := _from_iso(found):
            return made
    for pattern, read in _FORMS:
        for found in _first(pattern, text):
            day = read(found, language)
            if day and (made := _made(text, found, day)):
                return made
    digits = _DIGITS.search(text) or _SHORT_DIGITS.search(text)
    return _made(text, digits, _from_digits(digits, day_first=day_first)) if digits else None


Day = tuple[int, int, int]


def _first(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    at = 0
    for _ in range(_TRIES):
        found = pattern.search(text, at)
        if found is None:
            return
        yield found
        at = found.start() + 1


def _from_unix(seconds: int) -> datetime | None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment if _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR else None


def _from_iso(found: re.Match[str]) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
    clock = (hour, minute, second) if is_clock(hour, minute, second) else (0, 0, 0)
    return _make((int(found[1]), int(found[2]), int(found[3])), clock, zone_of(found[7]))


def _made(text: str, found: re.Match[str], day: Day) -> datetime | None:
    return _make(day, *clock_beside(text, found.start(), found.end()))


def _make(day: Day, clock: Clock = (0, 0, 0), zone: timezone = UTC) -> datetime | None:
    if not _EARLIEST_YEAR <= day[0] <= _LATEST_YEAR:
        return None
    try:
        return datetime(*day, *clock, tzinfo=zone)
    except ValueError:
        return None


def _day_first(found: re.Match[str], language: str) -> Day | None:
    month, year = month_of(found[2], language), int(found[3])
    if year > _LATEST_YEAR:
        year = from_buddhist(year)
    return (year, month, int(found[1])) if month else None


def _month_first(found: re.Match[str], language: str) -> Day | None:
    month = month_of(found[1], language)
    return (int(found[3]), month, int(found[2])) if month else None


def _year_first(found: re.Match[str], language: str) -> Day | None:
    month, day = month_of(found[3], language), found[2] or found[4]
    return (int(found[1]), month, int(day)) if month and day else None


def _in_order(found: re.Match[str], _: str) -> Day:
    return int(found[1]), int(found[2]), int(found[3])


def _loose_iso(found: re.Match[str], _: str) -> Day:
    return int(found[1]), int(found[3]), int(found[4])


def _vietnamese(found: re.Match[str], _: str) -> Day:
    return int(found[3]), int(found[2]), int(found[1])


def _era(found: re.Match[str], _: str) -> Day | None:
    year = from_era(found[1], 1 if found[2] == "元" else int(found[2]))
    return (year, int(found[3]), int(found[4])) if year else None


def _jalali(found: re.Match[str], _: str) -> Day | None:
    day = from_jalali(int(found[3]), JALALI_MONTHS.index(found[2]) + 1, int(found[1]))
    return (day.year, day.month, day.day) if day else None


def _from_digits(found: re.Match[str], *, day_first: bool) -> Day:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day, month = (first, second) if day_first or found[2] == "." else (second, first)
    if month > 12:
        day, month = month, day
    return (year if year > 99 else 2000 + year, month, day)


_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str], str], Day | None]]] = [
    (_LOOSE_ISO, _loose_iso),
    (_JALALI, _jalali),
    (_DAY_FIRST, _day_first),
    (_MONTH_FIRST, _month_first),
    (_CJK, _in_order),
    (_ERA, _era),
    (_VIETNAMESE, _vietnamese),
    (_YEAR_FIRST, _year_first),
]

_URL_DATE = re.compile(rf"[/_-]({_YEAR})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


def date_in_url(url: str) -> datetime | None:
    """Return the day that a URL's path names, such as ``/2024/04/29/``."""
    found = _URL_DATE.search(url[:2000])
    return _make((int(found[1]), int(found[2]), int(found[3]))) if found else None
