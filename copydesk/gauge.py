"""Reads how things stand: the store, the queue and the frontier, each asked no more often than is useful."""

import time
from types import TracebackType
from typing import Self

import redis
from rq import Worker

from config.settings import Settings
from copydesk.pulse import Pulse
from copydesk.stack import look_at
from crawler.errors import BackendError
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from workers.store.opening import open_store

SLOW_EVERY_S = 1.0
"""Sums over rows and walks over hosts are not asked for more often than this while a command runs."""


class Gauge:
    """One connection to each back end of an open stack."""

    def __init__(self, settings: Settings) -> None:
        if settings.redis_url is None or settings.database_url is None:
            raise ValueError("a gauge needs the settings of an open stack")
        self._store = open_store(settings.database_url.get_secret_value())
        self._redis = look_at(settings.redis_url.get_secret_value())
        self._handover = Handover(self._redis, settings.work.queue)
        self._frontier = FrontierView(self._redis)
        self._queue = settings.work.queue
        self._last: Pulse | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()
        self._redis.close()

    def read(self) -> Pulse:
        """Return a reading taken now; what is in hands is read first, so that no page is in neither count."""
        in_hands = self._handover.queued_pages()
        counts = self._frontier.counts()
        totals = self._store.totals()
        self._last = Pulse(
            at_s=time.monotonic(),
            outcomes=self._store.counts(),
            stories=totals.stories,
            sightings=totals.sightings,
            merged=totals.merged,
            waiting=counts["waiting"] + counts["retried"],
            leased=counts["leased"],
            in_hands=in_hands,
            unanswered=counts["unanswered"],
            dead=totals.dead_letters,
        )
        return self._last

    def glance(self) -> Pulse:
        """Return a reading at most ``SLOW_EVERY_S`` old; the last one when a back end is gone for a moment."""
        if self._last is not None and time.monotonic() - self._last.at_s < SLOW_EVERY_S:
            return self._last
        try:
            return self.read()
        except (redis.RedisError, BackendError):
            if self._last is None:
                raise
            return self._last

    def in_hands(self) -> int | None:
        """Return the pages handed over and not yet stored; ``None`` when Redis is gone for a moment."""
        try:
            return self._handover.queued_pages()
        except redis.RedisError:
            return None

    def workers(self) -> int:
        """Return how many RQ workers are alive."""
        return sum(worker.queue_names() == [self._queue] for worker in Worker.all(connection=self._redis))
