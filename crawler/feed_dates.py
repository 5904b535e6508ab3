"""Dates as feeds write them: RFC 822 and its many bendings, ISO 8601, Unix time, a few languages."""

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio janeiro januari ene gen janv jän jänner янв января stycznia",
            "feb february februar février febrero febbraio fevereiro februari fév févr fev фев февраля lutego",
            "mar march märz mars marzo março maart mrt mrz mär мар марта marca",
            "apr april avril abril aprile avr abr апр апреля kwietnia",
            "may mai mayo maggio maio mei maj mag май мая maja",
            "jun june juni juin junio giugno junho giu июн июня czerwca",
            "jul july juli juillet julio luglio julho juil lug июл июля lipca",
            "aug august août agosto augustus aou ago авг августа sierpnia",
            "sep sept september septembre septiembre settembre setembro set сен сентября września",
            "oct october oktober octobre octubre ottobre outubro okt ott out окт октября października",
            "nov november novembre noviembre novembro ноя ноября listopada",
            "dec december dezember décembre diciembre dicembre dezembro dez dic déc дек декабря grudnia",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {  # hours east; where a name is used twice, the one that writes more feeds in English
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "ist": 5.5, "cet": 1, "mez": 1, "cest": 2,
    "mesz": 2, "mest": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3, "msd": 4, "trt": 3, "pkt": 5, "npt": 5.75,
    "ict": 7, "wib": 7, "hkt": 8, "sgt": 8, "pht": 8, "myt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "adt": -3, "ast": -4,
    "brt": -3, "art": -3, "clt": -4, "et": -5, "est": -5, "edt": -4, "ct": -6, "cst": -6, "cdt": -5, "mt": -7,
    "mst": -7, "mdt": -6, "pt": -8, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip
_TIME = (
    r"(?P<H>\d{1,2})[:.](?P<M>\d{1,2})(?:[:.](?P<S>\d{1,2})(?:[.,](?P<F>\d+))?)?\s*(?P<ap>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*\(?(?:Etc/)?(?P<zone>[A-Za-z]{0,5}\s*(?:[+-]\s*\d{1,2}:?(?:\d{2})?)?)\)?(?:\s*\(.*\))?"
_ISO = re.compile(
    r"(?P<y>\d{4})(?P<sep>[-/.]?)(?:(?P<m>\d{2})(?:(?P=sep)(?P<d>\d{2}))?|(?P<yday>\d{3}))?"
    r"(?:(?:[Tt ]|\s+)(?P<H>\d{2})(?::?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,](?P<F>\d+))?)?)?" + _ZONE + ")?",
    re.ASCII,
)
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]+\.?[,\s]\s*)?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[-\s]*(?:de\s+)?(?P<mon>[^\W\d]+)\.?,?[-\s]*(?:de\s+)?"
    r"(?P<y>\d{4}|\d{2})(?:,|\s+at)?(?:[T\s]\s*" + _TIME + _ZONE + ")?"
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(?P<mon>[^\W\d]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?:(?P<y>\d{4}),?(?:\s+(?:at\s+|[-|]\s+)?" + _TIME + _ZONE + ")?|"
    r"(?P<H2>\d{1,2}):(?P<M2>\d{2}):(?P<S2>\d{2})\s+(?P<zone2>[A-Za-z]{1,5}\s+)?(?P<y2>\d{4}))"
)
_SLASHED = re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?:,?\s+" + _TIME + _ZONE + ")?", re.ASCII)
_RFC_822 = re.compile(
    r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) ((?:19|20)\d\d) ([01]\d|2[0-3]):(\d\d):([0-5]\d) ([+-]\d{4}|GMT|UTC|Z)",
    re.ASCII,
)
_UNIX = re.compile(r"1\d{9}(\d{3})?", re.ASCII)
_OFFSET = re.compile(r"([A-Za-z]*)\s*(?:([+-])\s*(\d{1,2}):?(\d{2})?)?", re.ASCII)
_MAX_CHARS = 80
_CENTURY_TURN = 70
"""Two-digit years below this are of the 21st century."""
_FIRST_YEAR = 1900
"""Before it, a date is somebody's null (0001-01-01)."""


def parse_date(text: str | None) -> datetime | None:
    """An aware ``datetime`` with the offset that was given; UTC where none was; ``None`` for what is no date.

    >>> parse_date("Thu, 29 Feb 2024 10:05 EST").isoformat()
    '2024-02-29T10:05:00-05:00'
    """
    if not text:
        return None
    text = " ".join(text.split())
    if match := _RFC_822.fullmatch(text):
        return _from_rfc_822(*match.groups())
    return _parse_any(text) if 0 < len(text) <= _MAX_CHARS else None


def _parse_any(text: str) -> datetime | None:
    try:
        if _UNIX.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        for pattern in (_DAY_FIRST, _ISO, _MONTH_FIRST, _SLASHED):
            if match := pattern.fullmatch(text):
                return _build({key: value for key, value in match.groupdict().items() if value})
    except (ValueError, OverflowError):
        return None
    return None


def _from_rfc_822(*parts: str) -> datetime | None:
    """The common case, ten times as fast as the general one."""
    day, month, year, hour, minute, second, zone = parts
    if month.lower() not in _MONTHS:
        return None
    offset = timedelta(0)
    if zone[0] in "+-":
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    try:
        zone_info = timezone(offset) if offset else UTC
        return datetime(
            int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=zone_info
        )
    except ValueError:
        return None


def _build(parts: dict[str, str]) -> datetime | None:
    year = int(parts.get("y") or parts["y2"])
    if len(parts.get("y", "yyyy")) == 2:  # noqa: PLR2004
        year += 2000 if year < _CENTURY_TURN else 1900
    month, day = _month(parts), int(parts.get("d", 1))
    if month is None or year < _FIRST_YEAR:
        return None
    if "m" in parts and month > 12 >= day and "sep" not in parts:  # noqa: PLR2004 - 31/12/2024
        month, day = day, month
    zone = _zone(parts.get("zone") or parts.get("zone2") or "")
    moment = datetime(year, month, day, tzinfo=timezone(zone) if zone else UTC)
    if "yday" in parts:
        moment += timedelta(days=int(parts["yday"]) - 1)
    return moment + _clock(parts)


def _month(parts: dict[str, str]) -> int | None:
    if "mon" in parts:
        name = parts["mon"].lower()
        return _MONTHS.get(name) or _MONTHS.get(name[:3])
    return int(parts.get("m", 1))


def _clock(parts: dict[str, str]) -> timedelta:
    hour = int(parts.get("H") or parts.get("H2") or 0)
    minute = int(parts.get("M") or parts.get("M2") or 0)
    second = min(int(parts.get("S") or parts.get("S2") or 0), 59)  # a leap second is not worth a lost date
    if "ap" in parts:
        hour = hour % 12 + (12 if parts["ap"][0] in "pP" else 0)
    if hour > 24 or minute > 59:  # noqa: PLR2004
        raise ValueError("no such time")
    fraction = int((parts.get("F", "") + "000000")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)


def _zone(text: str) -> timedelta:
    """Names and offsets, alone or together (``GMT+0200``); an unknown name is UTC."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return timedelta(0)
    name, sign, hours, minutes = match.groups()
    if sign is None:
        return timedelta(hours=_ZONES.get(name.lower(), 0))
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset >= timedelta(hours=24):
        return timedelta(0)
    return -offset if sign == "-" else offset
