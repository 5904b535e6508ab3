"""Lost batches are found again, by whoever looks, and none twice at once."""

from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from rq.executions import Execution
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry

from crawler.handover import Handover
from workers.jobs import CopydeskJob
from workers.recovery import GRACE_S, Recovery


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def recovery(redis: "Redis", clock: Clock) -> Recovery:
    """What a pool looks after."""
    return Recovery(redis, clock=clock)


def waiting(redis: "Redis") -> list[bytes | str]:
    """The queue."""
    return redis.lrange("rq:queue:copydesk", 0, -1)


def start(redis: "Redis", batch: str, worker: str, recovery: Recovery) -> None:
    """What a worker does when it takes a job."""
    redis.lrem("rq:queue:copydesk", 1, batch)
    job = CopydeskJob.fetch(batch, connection=redis, serializer="json")
    with redis.pipeline() as pipe:
        Execution.create(job, 20, pipeline=pipe, worker_name=worker)
        pipe.hset(job.key, "status", "started")
        pipe.execute()


def pop_and_die(redis: "Redis", batch: str) -> None:
    """A worker that was killed between taking a job and registering it."""
    redis.lmove("rq:queue:copydesk", "rq:queue:copydesk:intermediate")


def vanish(redis: "Redis", batch: str) -> None:
    """A job that was popped by something that knows no intermediate list."""
    redis.lpop("rq:queue:copydesk")


def forget(redis: "Redis", batch: str) -> None:
    """A job whose record is gone with it."""
    redis.lpop("rq:queue:copydesk")
    redis.delete(f"rq:job:{batch}")


@pytest.mark.parametrize("loss", [pop_and_die, vanish, forget])
def test_a_batch_that_no_list_holds_is_queued_again(
    redis: "Redis", recovery: Recovery, clock: Clock, loss: Callable[["Redis", str], None]
) -> None:
    """However its job was lost; but not at once, for a worker may just be taking it."""
    batch = Handover(redis).send([])
    loss(redis, batch)
    assert recovery.sweep() == 0
    assert waiting(redis) == []
    clock.now += GRACE_S
    assert recovery.sweep() == 1
    assert waiting(redis) == [batch.encode()]
    assert redis.lrange("rq:queue:copydesk:intermediate", 0, -1) == []
    clock.now += GRACE_S
    assert recovery.sweep() == 0


def test_what_waits_or_runs_is_left_alone(redis: "Redis", recovery: Recovery, clock: Clock) -> None:
    """A living lease and a place in the queue are both good reasons to do nothing."""
    handover = Handover(redis)
    running, queued = handover.send([]), handover.send([])
    start(redis, running, "w1", recovery)
    for _ in range(3):
        assert recovery.sweep() == 0
        clock.now += GRACE_S
    assert waiting(redis) == [queued.encode()]


def test_a_worker_known_to_be_dead_gives_its_job_back_at_once(redis: "Redis", recovery: Recovery) -> None:
    """Its lease ends with it; others' leases do not."""
    handover = Handover(redis)
    dead, alive = handover.send([]), handover.send([])
    start(redis, dead, "w1", recovery)
    start(redis, alive, "w2", recovery)
    recovery.end_leases("w1")
    recovery.sweep()
    assert waiting(redis) == [dead.encode()]
    assert StartedJobRegistry(queue=recovery.queue).get_job_ids(cleanup=False) == [alive]


def test_a_retry_is_queued_when_its_time_has_come(redis: "Redis", recovery: Recovery) -> None:
    """RQ would want a scheduler process for it."""
    handover = Handover(redis)
    due, later = handover.send([]), handover.send([])
    redis.delete("rq:queue:copydesk")
    registry = ScheduledJobRegistry(queue=recovery.queue)
    now: Any = redis.time()
    redis.zadd(registry.key, {due: 1, later: now[0] + 60})
    assert recovery.sweep() == 1
    assert waiting(redis) == [due.encode()]


def test_two_do_not_sweep_at_once_and_a_killed_sweeper_blocks_nobody_for_long(
    redis: "Redis", recovery: Recovery
) -> None:
    """RQ's own lock lasts fifteen minutes; ours seconds."""
    key = recovery.queue.registry_cleaning_key
    redis.set(key, "another", ex=30)
    batch = Handover(redis).send([])
    start(redis, batch, "w1", recovery)
    recovery.end_leases("w1")
    assert recovery.sweep() == 0
    assert waiting(redis) == []
    redis.delete(key)
    recovery.sweep()
    assert waiting(redis) == [batch.encode()]
    assert not redis.exists(key)


def test_what_was_given_up_waits_for_a_person(redis: "Redis", recovery: Recovery, clock: Clock) -> None:
    """A job that failed before it could begin is listed, kept, and queued again on demand."""
    batch = Handover(redis).send([])
    redis.lpop("rq:queue:copydesk")
    redis.zadd(FailedJobRegistry(queue=recovery.queue).key, {batch: 1 << 40})
    clock.now += 10 * GRACE_S
    assert recovery.sweep() == 0
    assert recovery.given_up() == [batch]
    recovery.enqueue(batch)
    assert recovery.given_up() == []
    assert waiting(redis) == [batch.encode()]


def test_dying_before_a_batch_is_begun_never_counts_against_it(redis: "Redis", recovery: Recovery) -> None:
    """However many workers die in a row before the first page, the batch is not given up."""
    batch = Handover(redis).send([])
    for number in range(10):
        start(redis, batch, f"w{number}", recovery)
        recovery.end_leases(f"w{number}")
        recovery.sweep()
        assert waiting(redis) == [batch.encode()]
    assert recovery.given_up() == []


@pytest.mark.parametrize("name", [b"\xff\xfe", b"", b"a:b:c", b"x" * 10_000, b"a b"])
@pytest.mark.parametrize(
    "place",
    [
        "queue:copydesk",
        "queue:copydesk:intermediate",
        "wip:copydesk",
        "scheduled:copydesk",
        "failed:copydesk",
        "batches",
    ],
)
def test_what_no_program_of_ours_has_named_is_dropped(
    redis: "Redis", recovery: Recovery, clock: Clock, place: str, name: bytes
) -> None:
    """Wherever somebody else puts it, recovery goes on, and a batch that was lost beside it is found."""
    if place == "batches":
        redis.hset("copydesk:batches", name, b"1")
    elif place.startswith("queue"):
        redis.rpush(f"rq:{place}", name)
    else:
        redis.zadd(f"rq:{place}", {name: 1})
    batch = Handover(redis).send([])
    redis.delete("rq:queue:copydesk")
    recovery.sweep()
    clock.now += 60
    assert recovery.sweep() == 1
    assert redis.lrange("rq:queue:copydesk", 0, -1) == [batch.encode()]
    assert redis.hkeys("copydesk:batches") == [batch.encode()]
    assert not redis.exists("rq:wip:copydesk", "rq:scheduled:copydesk", "rq:failed:copydesk")
