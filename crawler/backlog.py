"""How much waited, sampled by whoever is at work: what the store's rows cannot tell afterwards.

=================================== ====== ================================================================
key                                 type   holds
=================================== ====== ================================================================
``{prefix}backlog:{span}``          list   ``second pages-in-hands urls-waiting``, newest first, capped
``{prefix}backlog:turn:{span}``     string set by the process that takes the next sample, until it is due
=================================== ====== ================================================================
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis import Redis

KEPT = {"hour": (10.0, 361), "day": (300.0, 289)}
"""Span -> (seconds between samples, samples)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits at one moment."""

    at_s: float
    """Since the epoch."""
    in_hands: int
    """Pages handed over and not stored yet."""
    waiting: int
    """URLs of the frontier that wait for a fetcher; those of paused hosts do not."""


class Samples:
    """Samples in Redis, shared by all processes."""

    def __init__(
        self, redis: "Redis", prefix: str = "copydesk:", *, now: Callable[[], float] = time.time
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._now = now

    def take(self) -> None:
        """Keep a sample in every span whose turn it is."""
        found: Backlog | None = None
        for span, (every_s, most) in KEPT.items():
            # Somewhat shorter than the gap, so that a timer that is late does not miss a turn.
            if self._redis.set(f"{self._prefix}backlog:turn:{span}", 1, nx=True, px=int(every_s * 900)):
                found = found or self.read()
                with self._redis.pipeline(transaction=True) as pipe:
                    key = f"{self._prefix}backlog:{span}"
                    pipe.lpush(key, f"{found.at_s:.0f} {found.in_hands} {found.waiting}")
                    pipe.ltrim(key, 0, most - 1)
                    pipe.execute()

    def read(self) -> Backlog:
        """Return what waits now: three round trips, whatever else is in Redis."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.hvals(f"{self._prefix}batches")
            pipe.zrange(f"{self._prefix}frontier:hosts", 0, -1)
            pipe.zrange(f"{self._prefix}frontier:busy", 0, -1)
            batches, due, busy = pipe.execute()
            queue = f"{self._prefix}frontier:queue:".encode()
            for host in {*due, *busy}:
                pipe.zcard(queue + host)
            return Backlog(
                at_s=self._now(),
                in_hands=sum(int(batch.partition(b" ")[0]) for batch in batches),
                waiting=sum(pipe.execute()),
            )

    def load(self, span: str) -> list[Backlog]:
        """Return the samples of a span, oldest first; what is no sample is passed over."""
        rows: Any = self._redis.lrange(f"{self._prefix}backlog:{span}", 0, KEPT[span][1])
        return [found for row in reversed(rows) if (found := _parsed(row)) is not None]


def _parsed(row: bytes) -> Backlog | None:
    try:
        at, in_hands, waiting = row.split()
        return Backlog(at_s=float(at), in_hands=int(in_hands), waiting=int(waiting))
    except ValueError:
        return None
