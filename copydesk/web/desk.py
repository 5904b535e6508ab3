"""What every view reads from: one record in the application, put there when it is made."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import redis
from flask import current_app, g
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from config.settings import Settings
from copydesk.web.explaining import Explainer
from copydesk.web.flow import Flow
from copydesk.web.remembering import Remembered
from crawler.backlog import Samples
from crawler.errors import BackendError
from crawler.frontier.records import HostState
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.kept import KeptPages
from crawler.vitals import Signs, Vitals
from workers.store import health, overview
from workers.store.engine import reading
from workers.store.records import SourceHealth, Totals
from workers.store.statistics import count_outcomes, count_totals
from workers.store.store import Store

T = TypeVar("T")

SPARK_DAYS = 14
MOST_VISITS = 10_000
"""Visits that are looked through, the next first."""
ID_BYTES = 8
"""Of a URL's id, before the host it belongs to (``crawler.frontier``)."""


def utc_now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is with the workers."""

    workers: int
    busy: int
    batches_queued: int
    batches_failed: int
    pages_in_hands: int
    """Handed over and not stored yet."""
    oldest_s: float | None
    """How long the oldest waiting batch waits; ``None`` when none waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Every source that the store knows."""

    health: tuple[SourceHealth, ...]
    per_day: dict[str, dict[date, int]]


class Desk:
    """The back ends of one application, and what is remembered of them.

    Args:
        settings: Of an open stack.
        store: Open.
        client: Gives bytes.
        now: The clock.
        fresh_s: How long cheap sums are shown before they are computed again; dear ones ten times as long.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        client: "redis.Redis",
        *,
        now: Callable[[], datetime] = utc_now,
        fresh_s: float = 2.0,
    ) -> None:
        self.settings = settings
        self.store = store
        self.redis = client
        self.now = now
        self.frontier = FrontierView(client)
        self.handover = Handover(
            client,
            settings.work.queue,
            job_timeout_s=settings.work.job_timeout_s,
            max_tries=settings.work.max_tries,
        )
        self.kept = KeptPages(client)
        self.explainer = Explainer()
        self.flow = Flow(store)
        self.samples = Samples(client)
        self._sums = Remembered(self._read_sums, fresh_s)
        self._outcomes = Remembered(store.counts, fresh_s)
        self._hosts = Remembered(lambda: tuple(self.frontier.hosts()), fresh_s)
        self._counts = Remembered(self.frontier.counts, fresh_s)
        self._processes = Remembered(Signs(client).living, fresh_s)
        self._visits = Remembered(self._read_visits, fresh_s)
        self._work = Remembered(self._read_work, fresh_s / 2)
        self._sources = Remembered(self._read_sources, 10 * fresh_s)

    def sums(self) -> tuple[Totals, dict[str, dict[str, int]]]:
        """Return the store in one line, and outcome -> reason -> pages, both of one moment."""
        return self._sums.get()

    def outcomes(self) -> dict[str, dict[str, int]]:
        """Return outcome -> reason -> pages."""
        return self._outcomes.get()

    def hosts(self) -> tuple[HostState, ...]:
        """Return every host of the frontier."""
        return self._hosts.get()

    def frontier_counts(self) -> dict[str, int]:
        """Return URLs waiting, leased, to be retried and visited again, seen."""
        return self._counts.get()

    def processes(self) -> dict[str, Vitals]:
        """Return name -> what each fetcher and worker says of itself; all that are here live."""
        return self._processes.get()

    def next_visits(self) -> dict[str, float]:
        """Return host -> seconds until one of its feeds, sitemaps or front pages is visited again."""
        return self._visits.get()

    def work(self) -> Work:
        """Return what is with the workers."""
        return self._work.get()

    def sources(self) -> Sources:
        """Return the health of every source."""
        return self._sources.get()

    def warm_up(self) -> None:
        """Read what takes longest, so that the first visitor does not wait for it.

        In an outage nothing is read: the pages themselves tell their visitors of it.
        """
        self.explainer.warm_up()
        with suppress(BackendError, RedisError):
            self.flow.points("hour", self.now())
            self.sums()
            self.sources()

    def close(self) -> None:
        """End what the desk started; the back ends are the caller's."""
        self.explainer.close()

    def forget_hosts(self) -> None:
        """Read hosts anew next time: something was done to one."""
        self._hosts.forget()

    def _read_sums(self) -> tuple[Totals, dict[str, dict[str, int]]]:
        # They stand beside each other, and one has the sum of the other.
        with reading(self.store.engine) as connection:
            return count_totals(connection), count_outcomes(connection)

    def _read_visits(self) -> dict[str, float]:
        key = f"{self.frontier.prefix}frontier:visits"
        rows: Any = self.redis.zrange(key, 0, MOST_VISITS, withscores=True)
        now_ms = 1000 * self.now().timestamp()
        found: dict[str, float] = {}
        for member, at_ms in rows:
            found.setdefault(member[ID_BYTES:].decode("utf-8", "replace"), (at_ms - now_ms) / 1000)
        return found

    def _read_work(self) -> Work:
        name = self.settings.work.queue
        queue = Queue(name, connection=self.redis, serializer=JSONSerializer)
        workers = [
            w for w in Worker.all(connection=self.redis, serializer=JSONSerializer) if name in w.queue_names()
        ]
        first = queue.get_job_ids(0, 1)
        job = queue.fetch_job(first[0]) if first else None
        since = (job.enqueued_at or job.created_at) if job else None
        return Work(
            workers=len(workers),
            busy=sum(str(w.get_state()) == "busy" for w in workers),
            batches_queued=queue.count,
            batches_failed=FailedJobRegistry(queue=queue).get_job_count(cleanup=False),
            pages_in_hands=self.handover.queued_pages(),
            oldest_s=max(0.0, (self.now() - _aware(since)).total_seconds()) if since else None,
        )

    def _read_sources(self) -> Sources:
        since = (self.now() - timedelta(days=SPARK_DAYS - 1)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        with reading(self.store.engine) as connection:
            per_day = overview.stories_per_source(connection, since)
            found = health.source_health(connection)
        return Sources(health=tuple(found), per_day=per_day)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def or_else(read: Callable[[], T], otherwise: T) -> T:
    """Return what is read from Redis; while it is away what is given, and the page says so."""
    try:
        return read()
    except RedisError:
        g.redis_is_away = True
        return otherwise


def desk() -> Desk:
    """Return the desk of the application that answers this request."""
    found: Desk = current_app.extensions["copydesk"]
    return found
