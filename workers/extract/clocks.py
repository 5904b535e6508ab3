"""The time of day beside a date, and the zone it is told in."""

import re
from datetime import UTC, timedelta, timezone

_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:.h](\d\d)(?::(\d\d))?\s?([ap]\.?m\.?)?"
    r"(?:\s?((?:GMT|UTC)?[+-]\d\d:?\d\d|Z|UTC|GMT|[A-ZА-Я]{2,4}\b))?",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"(\d\d):(\d\d):(\d\d)()(?:\s([A-Z]{3,4}))?")
"""As in ``Tue Nov 17 08:30:00 2026``."""
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "bst": 60, "wib": 420, "wita": 480, "wit": 540, "cet": 60, "cest": 120, "mez": 60,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "мск": 180, "trt": 180, "est": -300, "edt": -240, "et": -300,
    "cst": -360, "cdt": -300, "ct": -360, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "pt": -480, "brt": -180,
    "art": -180, "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "pht": 480, "myt": 480, "ict": 420,
    "pkt": 300, "npt": 345, "aest": 600, "aedt": 660, "awst": 480, "nzst": 720, "nzdt": 780, "sast": 120, "cat": 120,
    "eat": 180, "wat": 60,
}  # fmt: skip
"""Minutes east of Greenwich.  IST is left out: it is India's, Ireland's and Israel's."""
_BESIDE = 40
_FARTHEST = 14 * 60

Clock = tuple[int, int, int]


def zone_of(text: str | None) -> timezone:
    """Return the zone of a name or an offset; UTC where there is none or it is not known."""
    if not text:
        return UTC
    text = text.removeprefix("GMT").removeprefix("UTC") or text
    minutes = _ZONES.get(text.lower())
    if minutes is None and text[0] in "+-" and text[1:3].isdigit():
        digits = text[1:].replace(":", "")
        offset = int(digits[:2]) * 60 + int(digits[2:4] or 0)
        minutes = -offset if text[0] == "-" else offset
    return timezone(timedelta(minutes=minutes)) if minutes and abs(minutes) <= _FARTHEST else UTC


def clock_beside(text: str, begin: int, end: int) -> tuple[Clock, timezone]:
    """Return the time of day behind or before the date at ``begin:end``; midnight UTC where there is none."""
    time = _CLOCK.search(text, end, end + _BESIDE) or _CLOCK.search(text, 0, begin)
    time = time or _INSIDE.search(text, begin, end)
    if time is None:
        return (0, 0, 0), UTC
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    half = (time[4] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    if not is_clock(hour, minute, second):
        return (0, 0, 0), UTC
    return (hour, minute, second), zone_of(time[5])


def is_clock(hour: int, minute: int, second: int) -> bool:
    """Say whether a day has this time."""
    return hour <= 23 and minute <= 59 and second <= 59
