"""Durations as people type them."""

import re
from datetime import timedelta

from crawler.errors import ConfigError

UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def parse_duration(text: str, *, unit: str | None = "s") -> timedelta:
    """Return what ``90s``, ``10m``, ``1h30m`` or ``2d`` means; a bare number is of ``unit``, and refused without one.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)
    >>> parse_duration("45").total_seconds()
    45.0

    Raises:
        ConfigError: It means nothing, or nothing above zero.
    """
    compact = text.strip().lower().replace(" ", "")
    if unit and re.fullmatch(r"\d+(\.\d+)?", compact):
        compact += unit
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhdw])", compact)
    seconds = sum(float(number) * UNIT_S[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != compact or not 0 < seconds < 10**9:
        raise ConfigError(f"{text!r} is no duration; write 90s, 10m, 1h30m or 2d")
    return timedelta(seconds=seconds)
