"""Sums over all rows, kept for a few seconds: pages ask for them more often than they change."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from redis.exceptions import RedisError

from crawler.errors import BackendError

T = TypeVar("T")
log = structlog.get_logger()


class Remembered(Generic[T]):
    """A value that is computed again when it is old, by one thread, while all others get the old one."""

    def __init__(self, compute: Callable[[], T], fresh_s: float) -> None:
        self._compute = compute
        self._fresh_s = fresh_s
        self._found: tuple[float, T] | None = None
        self._lock = threading.Lock()

    def get(self) -> T:
        """Return the value, at most a little older than it should be; only the first call waits for it."""
        found = self._found
        if found is None or self._fresh_s <= 0:
            with self._lock:
                if self._found is None or self._fresh_s <= 0:
                    self._found = time.monotonic(), self._compute()
                return self._found[1]
        age = time.monotonic() - found[0]
        # Nobody asked for a long time: what we have would surprise.
        if age > 10 * self._fresh_s + 5:
            return self._refresh()
        if age > self._fresh_s and self._lock.acquire(blocking=False):
            threading.Thread(target=self._refresh_aside, daemon=True).start()
        return found[1]

    def forget(self) -> None:
        """Compute it anew next time: something was done to it."""
        self._found = None

    def _refresh(self) -> T:
        with self._lock:
            self._found = time.monotonic(), self._compute()
            return self._found[1]

    def _refresh_aside(self) -> None:
        try:
            self._found = time.monotonic(), self._compute()
        except (BackendError, RedisError) as error:
            # The old value goes on being shown; the page that asks for something fresh will say it.
            log.warning("web.stale", error=str(error))
        finally:
            self._lock.release()
