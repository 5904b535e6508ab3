"""Years that newspapers count in their own way: the Thai, the Iranian and the Japanese calendar."""

from datetime import date, timedelta

_BUDDHIST_AHEAD = 543
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
"""The year before an era's first."""
JALALI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip


def from_buddhist(year: int) -> int:
    """Return the year of our era.

    >>> from_buddhist(2569)
    2026
    """
    return year - _BUDDHIST_AHEAD


def from_era(era: str, year: int) -> int | None:
    """Return the year of our era of a Japanese one.

    >>> from_era("令和", 8)
    2026
    """
    begins = _ERAS.get(era)
    return begins + year if begins is not None else None


def from_jalali(year: int, month: int, day: int) -> date | None:
    """Return the day of a date of the Solar Hijri calendar (years 1343 to 1472), ``None`` where there is none.

    Leap years go round in 33: the arithmetic of Birashk, exact for these years.

    >>> from_jalali(1405, 8, 26).isoformat()
    '2026-11-17'
    """
    if not (1343 <= year <= 1472 and 1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        return None
    leaps = sum(_is_jalali_leap(y) for y in range(1403, year)) - sum(
        _is_jalali_leap(y) for y in range(year, 1403)
    )
    norouz = date(2024, 3, 20) + timedelta(days=365 * (year - 1403) + leaps)
    return norouz + timedelta(days=31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def _is_jalali_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
