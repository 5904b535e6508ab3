"""Numbers for Prometheus: read from Redis and the store when asked for, never counted along the way.

Counters that live in processes forget when those die; rows and queue lengths do not.
"""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry

from crawler.errors import BackendError
from crawler.handover import Handover
from workers.store.store import Store


class WorkMetrics(Collector):
    """Queue, workers and outcomes as gauges.

    ============================== ========================= ==================================================
    name                           labels                    means
    ============================== ========================= ==================================================
    ``copydesk_up``                ``part``                  1 where Redis or the database answers, else 0
    ``copydesk_queue_pages``                                 pages handed over and not yet stored
    ``copydesk_queue_bytes``                                 their size in Redis
    ``copydesk_jobs``              ``state``                 waiting, running, retrying, given_up
    ``copydesk_workers``                                     worker processes alive
    ``copydesk_pages``             ``outcome``, ``reason``   pages by what became of them
    ``copydesk_stories``                                     stories (digests apart)
    ``copydesk_sightings``                                   places where they were seen
    ``copydesk_dead_letters``                                pages put aside
    ============================== ========================= ==================================================
    """

    def __init__(self, redis: "Redis", store: Store, queue_name: str = "copydesk") -> None:
        self._redis = redis
        self._store = store
        self._queue = Queue(queue_name, connection=redis, serializer="json")
        self._handover = Handover(redis, queue_name)

    def collect(self) -> Iterator[Metric]:
        """Read all of them now; a part that does not answer is left out and said to be down."""
        up = GaugeMetricFamily("copydesk_up", "Whether a part answers.", labels=["part"])
        for part, read in (("redis", self._of_queue), ("database", self._of_store)):
            try:
                yield from list(read())
                up.add_metric([part], 1)
            except (RedisError, BackendError):
                up.add_metric([part], 0)
        yield up

    def _of_queue(self) -> Iterator[Metric]:
        pages, size = self._handover.queued()
        yield GaugeMetricFamily("copydesk_queue_pages", "Pages handed over and not yet stored.", value=pages)
        yield GaugeMetricFamily("copydesk_queue_bytes", "Their size in Redis.", value=size)
        jobs = GaugeMetricFamily("copydesk_jobs", "Jobs by state.", labels=["state"])
        scheduled = ScheduledJobRegistry(queue=self._queue)  # type: ignore[no-untyped-call]
        for state, keys in (
            ("running", StartedJobRegistry(queue=self._queue).key),
            ("retrying", scheduled.key),
            ("given_up", FailedJobRegistry(queue=self._queue).key),
        ):
            jobs.add_metric([state], self._redis.zcard(keys))
        jobs.add_metric(["waiting"], self._redis.llen(self._queue.key))
        yield jobs
        workers = self._redis.scard(f"rq:workers:{self._queue.name}")
        yield GaugeMetricFamily("copydesk_workers", "Worker processes alive.", value=workers)

    def _of_store(self) -> Iterator[Metric]:
        pages = GaugeMetricFamily(
            "copydesk_pages", "Pages by what became of them.", labels=["outcome", "reason"]
        )
        for outcome, reasons in self._store.counts().items():
            for reason, n in reasons.items():
                pages.add_metric([outcome, reason], n)
        yield pages
        totals = self._store.totals()
        yield GaugeMetricFamily("copydesk_stories", "Stories.", value=totals.stories)
        yield GaugeMetricFamily("copydesk_sightings", "Where they were seen.", value=totals.sightings)
        yield GaugeMetricFamily("copydesk_dead_letters", "Pages put aside.", value=totals.dead_letters)
