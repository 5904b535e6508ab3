"""Clocks that differ between machines, or are set, cost nobody his job and no job its turn."""

import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rq.registry
from redis import Redis
from rq import Queue

from crawler.handover import Handover
from workers import tasks
from workers.leases import LEASE_S
from workers.recovery import Recovery
from workers.worker import CopydeskWorker

HOUR_S, DAY_S = 3_600, 86_400
WIP, SCHEDULED = "rq:wip:copydesk", "rq:scheduled:copydesk"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the clock by which this machine's RQ writes and reads: so many seconds off."""

    def shift(off_s: int) -> None:
        monkeypatch.setattr(rq.registry, "current_timestamp", lambda: int(time.time()) + off_s)

    return shift


@pytest.fixture
def worker(redis: "Redis", untouched_signals: None) -> CopydeskWorker:
    """A worker of the queue."""
    return CopydeskWorker(["copydesk"], connection=redis)


def leases(redis: "Redis") -> list[float]:
    """Seconds that each lease still lasts, by the clock of Redis."""
    now: Any = redis.time()
    entries: Any = redis.zrange(WIP, 0, -1, withscores=True)
    return [score - now[0] for _, score in entries]


@pytest.mark.parametrize("off_s", [-HOUR_S, HOUR_S, DAY_S])
def test_a_lease_is_as_long_whatever_the_worker_s_clock_says(
    redis: "Redis",
    worker: CopydeskWorker,
    clock: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    off_s: int,
) -> None:
    """Ends of leases are told by Redis' clock; a sweep in the middle of the job finds nothing to take."""
    seen: list[float] = []
    taken: list[int] = []

    def look(batch: str) -> None:
        seen.extend(leases(redis))
        taken.append(Recovery(redis).sweep())

    monkeypatch.setattr(tasks, "process_batch", look)
    Handover(redis).send([])
    clock(off_s)
    worker.work(burst=True)
    assert taken == [0]
    assert len(seen) == 1
    assert 0 < seen[0] <= LEASE_S


@pytest.mark.parametrize("off_s", [-HOUR_S, DAY_S])
def test_a_sweeper_whose_clock_is_wrong_takes_no_living_lease(
    redis: "Redis", clock: Callable[[int], None], off_s: int
) -> None:
    """Its own clock is not asked."""
    batch = Handover(redis).send([])
    redis.delete("rq:queue:copydesk")
    now: Any = redis.time()
    redis.zadd(WIP, {f"{batch}:x": now[0] + LEASE_S})
    clock(off_s)
    assert Recovery(redis).sweep() == 0
    assert redis.zcard(WIP) == 1


def test_a_lease_of_before_redis_clock_was_set_back_ends_as_others_do(redis: "Redis") -> None:
    """A machine that died just before the step would keep its jobs for an hour."""
    now: Any = redis.time()
    redis.zadd(WIP, {"batch:x": now[0] + HOUR_S, "other:y": now[0] + 5})
    Recovery(redis).sweep()
    assert sorted(round(left, -1) for left in leases(redis)) in ([0, LEASE_S], [10, LEASE_S])


def test_a_retry_that_is_due_in_an_hour_is_due_now(redis: "Redis") -> None:
    """No back-off is so long: a clock was wrong when it was written."""
    queue = Queue("copydesk", connection=redis, serializer="json")
    batch = Handover(redis).send([])
    now: Any = redis.time()
    redis.delete(queue.key)
    redis.zadd(SCHEDULED, {batch: now[0] + HOUR_S})
    assert Recovery(redis).sweep() == 1
    assert queue.get_job_ids() == [batch]


@pytest.fixture
def untouched_signals() -> Iterator[None]:
    """A worker sets signal handlers; they are taken back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    handlers = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
