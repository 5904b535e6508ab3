"""How much waited, sampled while the pages are served: what the store's rows cannot tell afterwards.

=================================== ====== ================================================================
key                                 type   holds
=================================== ====== ================================================================
``copydesk:web:samples:{span}``     list   ``second pages-in-hands urls-waiting``, newest first, capped
``copydesk:web:turn:{span}``        string set by the process that takes the next sample, until it is due
=================================== ====== ================================================================
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from redis.exceptions import RedisError

from crawler.errors import BackendError

log = structlog.get_logger()

KEPT = {"hour": (10.0, 361), "day": (300.0, 289)}
"""Span -> (seconds between samples, samples)."""
PREFIX = "copydesk:web:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits at one moment."""

    at_s: float
    """Since the epoch."""
    in_hands: int
    """Pages handed over and not stored yet."""
    waiting: int
    """URLs in the frontier that wait for a fetcher."""


class Samples:
    """Samples in Redis, shared by all web processes."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client

    def take(self, read: Callable[[], Backlog]) -> None:
        """Keep a sample in every span whose turn it is."""
        found: Backlog | None = None
        for span, (every_s, most) in KEPT.items():
            # Somewhat shorter than the gap, so that a timer that is late does not miss a turn.
            if self._redis.set(f"{PREFIX}turn:{span}", 1, nx=True, px=int(every_s * 900)):
                found = found or read()
                with self._redis.pipeline(transaction=True) as pipe:
                    key = f"{PREFIX}samples:{span}"
                    pipe.lpush(key, f"{found.at_s:.0f} {found.in_hands} {found.waiting}")
                    pipe.ltrim(key, 0, most - 1)
                    pipe.execute()

    def load(self, span: str) -> list[Backlog]:
        """Return the samples of a span, oldest first; what is no sample is passed over."""
        rows: Any = self._redis.lrange(f"{PREFIX}samples:{span}", 0, KEPT[span][1])
        return [found for row in reversed(rows) if (found := _parsed(row)) is not None]


def _parsed(row: bytes) -> Backlog | None:
    try:
        at, in_hands, waiting = row.split()
        return Backlog(at_s=float(at), in_hands=int(in_hands), waiting=int(waiting))
    except ValueError:
        return None


def keep_sampling(samples: Samples, read: Callable[[], Backlog], stop: threading.Event) -> threading.Thread:
    """Start a thread that samples until ``stop`` is set."""

    def run() -> None:
        while not stop.wait(KEPT["hour"][0]):
            try:
                samples.take(read)
            except (BackendError, RedisError) as error:
                log.warning("web.not_sampled", error=str(error))

    thread = threading.Thread(target=run, name="samples", daemon=True)
    thread.start()
    return thread
