"""Dates as pages write them: ISO 8601 in its many wrong forms, RFC 2822, Unix time, month names of many languages.

A date without a zone is read as UTC, a day without a time as midnight.  Nothing before 1990 nor absurd is believed;
there is no clock here, so "the future" is the caller's business.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100
_ISO = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[T\s,+-]{1,3}(\d{1,2}):?(\d\d)(?::?(\d\d))?(?:[.,]\d{1,9})?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d(?!\d))?)?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?!\d)")
_CJK = re.compile(r"((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?")
_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s?(?:de\s|d['’]|\s|-|/)?\s?([^\W\d_]{3,12})\.?,?\s?(?:de\s|del\s|г\.?\s|-|/)?\s?((?:19|20)\d\d)(?!\d)"
)
_NAMED_US = re.compile(r"([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s((?:19|20)\d\d)(?!\d)")
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:.h](\d\d)(?::(\d\d))?\s?([ap]\.?m\.?)?(?:\s?(Z|UTC|GMT|[A-Z]{2,4}\b|[+-]\d\d:?\d\d))?",
    re.IGNORECASE,
)
_MONTHS = (
    "jan januar janvier enero gennaio janeiro januari januar stycznia stycznia leden ledna января січня ocak tammikuu ianuarie γεναρη ιανουαριου",
    "feb februar février fevrier febrero febbraio fevereiro februari lutego února unora февраля лютого şubat subat helmikuu februarie φεβρουαριου",
    "mar märz maerz mrz mars marzo março marco maart marca března brezna марта березня mart maaliskuu martie μαρτιου",
    "apr april avril abril aprile kwietnia dubna апреля квітня nisan huhtikuu aprilie απριλιου",
    "may mai mayo maggio maio mei maj maja května kvetna мая травня mayıs mayis toukokuu μαιου",
    "jun juni juin junio giugno junho czerwca června cervna июня червня haziran kesäkuu iunie ιουνιου",
    "jul juli juillet julio luglio julho lipca července cervence июля липня temmuz heinäkuu iulie ιουλιου",
    "aug august août aout agosto agosto augusti augustus sierpnia srpna августа серпня ağustos agustos elokuu αυγουστου",
    "sep sept september septembre septiembre setiembre settembre setembro września wrzesnia září zari сентября вересня eylül eylul syyskuu septembrie σεπτεμβριου",
    "oct okt october oktober octobre octubre ottobre outubro października pazdziernika října rijna октября жовтня ekim lokakuu octombrie οκτωβριου",
    "nov november novembre noviembre novembro listopada listopadu ноября листопада kasım kasim marraskuu noiembrie νοεμβριου",
    "dec dez dic déc december dezember décembre decembre diciembre dicembre dezembro grudnia prosince декабря грудня aralık aralik joulukuu decembrie δεκεμβριου",
)
_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_OF: dict[str, int] = {}
for _number, (_names, _english) in enumerate(zip(_MONTHS, _ENGLISH, strict=True), start=1):
    for _name in [*_names.split(), _english]:
        _MONTH_OF.setdefault(_name, _number)

_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3,
    "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "kst": 9,
    "hkt": 8, "sgt": 8, "aest": 10, "aedt": 11, "sast": 2,
}  # fmt: skip


def month_of(name: str) -> int | None:
    """Return the number of a month by its name or abbreviation in about twenty languages."""
    name = name.casefold().rstrip(".")
    return _MONTH_OF.get(name) or _MONTH_OF.get(name[:3] if name.isascii() and len(name) == 4 else name)


def _zone(text: str | None) -> timezone:
    if not text:
        return UTC
    hours = _ZONES.get(text.lower())
    if hours is not None:
        return timezone(timedelta(hours=hours)) if hours else UTC
    if text[0] in "+-" and text[1:3].isdigit():
        digits = text[1:].replace(":", "")
        offset = int(digits[:2]) * 60 + int(digits[2:4] or 0)
        if offset <= 14 * 60:
            return timezone(timedelta(minutes=-offset if text[0] == "-" else offset))
    return UTC


def _make(
    year: int, month: int, day: int, clock: tuple[int, int, int] = (0, 0, 0), zone: timezone = UTC
) -> datetime | None:
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return None
    try:
        return datetime(year, month, day, *clock, tzinfo=zone)
    except ValueError:
        return None


def _clock_beside(text: str, found: re.Match[str]) -> tuple[tuple[int, int, int], timezone]:
    time = _CLOCK.search(text, found.end(), found.end() + 40) or _CLOCK.search(text, 0, found.start())
    if time is None:
        return (0, 0, 0), UTC
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    half = (time[4] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return (0, 0, 0), UTC
    return (hour, minute, second), _zone(time[5])


def parse_date(text: str, *, day_first: bool = True) -> datetime | None:
    """Return the first date in ``text``, aware; ``None`` where there is none that can be believed.

    >>> parse_date("2024-08-23T11:09:00-04:00").isoformat()
    '2024-08-23T11:09:00-04:00'
    >>> parse_date("Updated Aug 23, 2024, 11:09am EDT").isoformat()
    '2024-08-23T11:09:00-04:00'
    >>> parse_date("3. März 2021").date().isoformat()
    '2021-03-03'
    """
    text = text.strip()[:120]
    if not text:
        return None
    if text.isdigit() and len(text) in (10, 13):
        return _from_unix(int(text[:10]))
    found = _ISO.search(text)
    if found:
        made = _from_iso(found)
        if made:
            return made
    for pattern, read in ((_NAMED, _from_named), (_NAMED_US, _from_named_us), (_CJK, _from_cjk)):
        found = pattern.search(text)
        if found:
            made = read(text, found)
            if made:
                return made
    found = _DAY_FIRST.search(text)
    return _from_digits(text, found, day_first=day_first) if found else None


def _from_unix(seconds: int) -> datetime | None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment if _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR else None


def _from_iso(found: re.Match[str]) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
    if hour > 23 or minute > 59 or second > 59:
        hour = minute = second = 0
    return _make(int(found[1]), int(found[2]), int(found[3]), (hour, minute, second), _zone(found[7]))


def _from_named(text: str, found: re.Match[str]) -> datetime | None:
    month = month_of(found[2])
    clock, zone = _clock_beside(text, found)
    return _make(int(found[3]), month, int(found[1]), clock, zone) if month else None


def _from_named_us(text: str, found: re.Match[str]) -> datetime | None:
    month = month_of(found[1])
    clock, zone = _clock_beside(text, found)
    return _make(int(found[3]), month, int(found[2]), clock, zone) if month else None


def _from_cjk(text: str, found: re.Match[str]) -> datetime | None:
    clock, zone = _clock_beside(text, found)
    return _make(int(found[1]), int(found[2]), int(found[3]), clock, zone)


def _from_digits(text: str, found: re.Match[str], *, day_first: bool) -> datetime | None:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day, month = (first, second) if day_first or found[2] == "." else (second, first)
    if month > 12:
        day, month = month, day
    clock, zone = _clock_beside(text, found)
    return _make(year, month, day, clock, zone)


_URL_DATE = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


def date_in_url(url: str) -> datetime | None:
    """Return the day that a URL's path names, such as ``/2024/04/29/``."""
    found = _URL_DATE.search(url[:2000])
    return _make(int(found[1]), int(found[2]), int(found[3])) if found else None
