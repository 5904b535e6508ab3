"""Sums over all rows, kept for a few seconds: pages ask for them more often than they change."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from redis.exceptions import RedisError

from crawler.errors import BackendError

T = TypeVar("T")
log = structlog.get_logger()

WORTH = 20
"""A value is shown for so many times as long as it took to compute before anybody is made to wait for a new one: with
one reader every few seconds, what takes 100 ms is new each time, and what takes a second is read aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found(Generic[T]):
    value: T
    at: float
    took: float


class Remembered(Generic[T]):
    """A value that is computed again when it is old, by one thread; who asks waits for it only where that is quick.

    Args:
        compute: Gives the value.
        fresh_s: For how long it is shown as it is.
        clock: Seconds that only grow.
    """

    def __init__(
        self, compute: Callable[[], T], fresh_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._compute = compute
        self._fresh_s = fresh_s
        self._clock = clock
        self._found: _Found[T] | None = None
        self._lock = threading.Lock()

    def get(self) -> T:
        """Return the value, at most a little older than it should be."""
        found = self._found
        if found is None or self._fresh_s <= 0:
            return self._wait(found)
        age = self._clock() - found.at
        # Nobody asked for a long time: what we have would surprise, however long a new one takes.
        if age > self._fresh_s + min(WORTH * found.took, 9 * self._fresh_s + 5):
            return self._wait(found)
        if age > self._fresh_s and self._lock.acquire(blocking=False):
            threading.Thread(
                target=self._refresh_aside, args=(found,), name="refresh-aside", daemon=True
            ).start()
        return found.value

    def forget(self) -> None:
        """Compute it anew next time: something was done to it."""
        self._found = None

    def _wait(self, old: _Found[T] | None) -> T:
        with self._lock:
            found = self._found
            # Another one who waited has brought it.
            if found is None or found is old or self._fresh_s <= 0:
                self._found = found = self._read()
            return found.value

    def _read(self) -> _Found[T]:
        began = self._clock()
        value = self._compute()
        at = self._clock()
        return _Found(value=value, at=at, took=at - began)

    def _refresh_aside(self, old: _Found[T]) -> None:
        try:
            found = self._read()
            # What was forgotten meanwhile may have been read before the deed.
            if self._found is old:
                self._found = found
        except (BackendError, RedisError) as error:
            # The old value goes on being shown; the page that asks for something fresh will say it.
            log.warning("web.stale", error=str(error))
        finally:
            self._lock.release()
