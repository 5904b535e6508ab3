"""The gaps we owe a host, and when we come back: arithmetic only, the clock is an argument.

All durations are seconds.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_S = 86_400.0
"""A host may send us away for a day at most; longer is taken as a day."""
RETRY_BASE_S = 2.0
"""First retry; each further one waits four times as long: 2, 8, 32."""
RETRY_FACTOR = 4.0
MAX_RETRY_S = 3600.0
OVERLOAD_S = 30.0
"""What 429 and 503 ask for when they carry no ``Retry-After``; doubled with each try."""

FIRST_VISIT_S = 900.0
"""The second visit of a feed, sitemap or front page: a quarter of an hour after the first."""
MIN_VISIT_S, MAX_VISIT_S = 60.0, 86_400.0
MAX_HINT_S = 3600.0
"""A feed that says "daily" is still looked at every hour: most such hints were never thought about."""

BREAKER_FAILURES = 6
"""Failures in a row after which a host is dead for a while: with the waits between them, about two minutes."""
BREAKER_STRANGERS = 3
"""The same of a host that nobody has ever found there (no such name, no connection): about ten seconds."""
BREAKER_DEAD_S = 3600.0
BREAKER_BASE_S = 2.0


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds or an HTTP date; ``None`` when it says nothing.

    >>> parse_retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> parse_retry_after("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    >>> parse_retry_after("soon", datetime(2026, 1, 1, tzinfo=UTC))
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_RETRY_AFTER_S)
    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(max(0.0, (when - now).total_seconds()), MAX_RETRY_AFTER_S)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


_MAX_AGE = re.compile(r"(?:^|,)\s*(s-maxage|max-age)\s*=\s*\"?(\d{1,10})")
_NO_STORE = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b")


def fresh_for_s(cache_control: str, expires: str | None, age: str | None, now: datetime) -> float:
    """Return how long an answer says that it stays as it is (RFC 9111, 4.2): 0 when it says nothing.

    >>> fresh_for_s("public, max-age=600", None, "100", datetime(2026, 1, 1, tzinfo=UTC))
    500.0
    >>> fresh_for_s("no-cache, max-age=600", None, None, datetime(2026, 1, 1, tzinfo=UTC))
    0.0
    >>> fresh_for_s("", "Thu, 01 Jan 2026 00:10:00 GMT", None, datetime(2026, 1, 1, tzinfo=UTC))
    600.0
    """
    text = cache_control.lower()
    if _NO_STORE.search(text):
        return 0.0
    found = dict(_MAX_AGE.findall(text))
    written = found.get("s-maxage") or found.get("max-age")
    if written is None:
        # A date in the past, such as "0" and "-1", says nothing, as parse_retry_after does of seconds.
        return 0.0 if (expires or "").strip().isdigit() else parse_retry_after(expires, now) or 0.0
    passed = (age or "").strip()
    return max(0.0, float(written) - (float(passed) if passed.isdecimal() and len(passed) < 10 else 0.0))  # noqa: PLR2004


def retry_delay_s(tries: int, *, retry_after_s: float | None, is_overload: bool, jitter: float) -> float:
    """Return how long to wait before the next try; ``tries`` have failed, ``jitter`` is 0 to 1.

    >>> [retry_delay_s(n, retry_after_s=None, is_overload=False, jitter=0.5) for n in (0, 1, 2)]
    [2.0, 8.0, 32.0]
    """
    if retry_after_s is not None:
        # Spread a little, so that a thousand URLs do not come back in the same second.
        return retry_after_s * (1 + 0.1 * jitter) + jitter
    base = OVERLOAD_S * 2.0**tries if is_overload else RETRY_BASE_S * RETRY_FACTOR**tries
    return min(base, MAX_RETRY_S) * (0.75 + 0.5 * jitter)


def delay_of(delay_s: float, crawl_delay_s: float | None) -> float:
    """Return the gap between two requests of a host: ours, or the longer one that robots.txt asks for.

    >>> delay_of(1.0, None), delay_of(1.0, 10.0), delay_of(1.0, 0.2)
    (1.0, 10.0, 1.0)
    """
    return max(delay_s, crawl_delay_s or 0.0)


def visit_floor_s(period_s: float | None) -> float:
    """Return the shortest time between two visits of a page that says it changes every ``period_s``.

    >>> visit_floor_s(None), visit_floor_s(5), visit_floor_s(1800), visit_floor_s(1e9)
    (60.0, 60.0, 1800, 3600.0)
    """
    return max(MIN_VISIT_S, min(period_s or 0.0, MAX_HINT_S))


Jitter = Callable[[], float]
"""Gives a number from 0 to 1; ``random.random`` outside tests."""
MAX_HOLD_S = 3600.0
"""A whole host is left alone for an hour at most because one of its answers asked for more."""
