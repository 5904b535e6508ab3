"""What was lost is found again: leases of dead workers, batches that no list holds, retries that are due.

RQ does this every ten minutes and between jobs only; we do it every few seconds, in the pool and in idle workers,
one process at a time (RQ's own maintenance lock, but with an expiry of seconds: its holder may be killed too).
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from redis import Redis
from rq import Queue, Retry
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry
from rq.utils import as_text

from workers.jobs import BACK_OFF_S, CopydeskJob
from workers.leases import redis_now, shorten
from workers.strangers import expel

TASK = "workers.tasks.process_batch"
LOCK_S = 30
GRACE_S = 4.0
"""How long a batch may be in no list: a worker takes milliseconds from popping a job to registering it."""
FAILURE_TTL_S = 7 * 86_400
RETRIES = 3


class Recovery:
    """Finds lost batches of one queue; remembers between sweeps what it saw nowhere.

    ========================== ===== ==========================================================
    key                        type  read or written
    ========================== ===== ==========================================================
    ``{prefix}batches``        hash  the batches that are not finished (``crawler.handover``)
    ``rq:queue:{name}``        list  RQ's waiting jobs; ``...:intermediate`` those just popped
    ``rq:wip:{name}``          zset  RQ's running jobs by end of lease
    ``rq:scheduled:{name}``    zset  RQ's retries by due time
    ========================== ===== ==========================================================
    """

    def __init__(
        self,
        redis: "Redis",
        queue_name: str = "copydesk",
        *,
        prefix: str = "copydesk:",
        job_timeout_s: int = 180,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._job_timeout_s = job_timeout_s
        self._clock = clock
        self._nowhere: dict[str, float] = {}
        self.queue = Queue(queue_name, connection=redis, serializer="json", job_class=CopydeskJob)

    def sweep(self) -> int:
        """Queue again what was lost; return how many batches.  Does nothing while another process sweeps."""
        lock = self.queue.registry_cleaning_key
        if not self._redis.set(lock, "copydesk", nx=True, ex=LOCK_S):
            return 0
        try:
            now = redis_now(self._redis)
            self._expel_strangers()
            started = StartedJobRegistry(queue=self.queue, job_class=CopydeskJob)
            shorten(self._redis, started.key)
            self._renew_retries(set(started.get_expired_job_ids(now)))
            started.cleanup(now)
            FailedJobRegistry(queue=self.queue, job_class=CopydeskJob).cleanup(now)
            return self._queue_due(now) + self._queue_lost()
        finally:
            self._redis.delete(lock)

    def end_leases(self, worker_name: str) -> None:
        """End at once the leases of a worker that is known to be dead; the next sweep queues its jobs again."""
        key = f"rq:worker:{worker_name}"
        entries: Any = self._redis.smembers(f"{key}:executions")
        with self._redis.pipeline(transaction=True) as pipe:
            if entries:
                wip = StartedJobRegistry(queue=self.queue).key
                pipe.zadd(wip, dict.fromkeys(entries, 1), xx=True)
            pipe.srem("rq:workers", key)
            pipe.srem(f"rq:workers:{self.queue.name}", key)
            pipe.delete(key, f"{key}:executions")
            pipe.execute()

    def _renew_retries(self, abandoned: set[str]) -> None:
        """A worker that died is no try of RQ's: tries are counted page by page, from the moment a page is begun."""
        for job_id in abandoned:
            key = CopydeskJob.key_for(job_id)
            if self._redis.exists(key):
                self._redis.hset(key, "retries_left", RETRIES)

    def _expel_strangers(self) -> None:
        expel(
            self._redis,
            lists=(self.queue.key, self.queue.intermediate_queue_key),
            sorted_sets=(
                ScheduledJobRegistry(queue=self.queue).key,  # type: ignore[no-untyped-call]
                FailedJobRegistry(queue=self.queue).key,
            ),
            running=StartedJobRegistry(queue=self.queue).key,
            batches=f"{self._prefix}batches",
        )

    def _queue_due(self, now: int) -> int:
        """Retries whose back-off is over: RQ would want a scheduler process for this.

        One that is due later than any back-off lasts was written by a clock that stands, or stood, wrong.
        """
        key = ScheduledJobRegistry(queue=self.queue).key  # type: ignore[no-untyped-call]
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.zrangebyscore(key, 0, now)
            pipe.zrangebyscore(key, f"({now + 2 * max(BACK_OFF_S)}", "+inf")
            due, misdated = pipe.execute()
        found = _texts([*due, *misdated])
        for job_id in found:
            self._push(job_id, key)
        return len(found)

    def _queue_lost(self) -> int:
        """Batches whose job is in no queue, not running, not waiting for a retry and not given up."""
        held, batches = self._snapshot()
        now = self._clock()
        self._nowhere = {batch: self._nowhere.get(batch, now) for batch in batches - held}
        lost = [batch for batch, since in self._nowhere.items() if now - since >= GRACE_S]
        for batch in lost:
            del self._nowhere[batch]
            if self._redis.exists(CopydeskJob.key_for(batch)):
                self._push(batch)
            else:
                self.enqueue(batch)
        return len(lost)

    def _snapshot(self) -> tuple[set[str], set[str]]:
        """Every batch that something holds, and every unfinished batch, as of one moment."""
        started = StartedJobRegistry(queue=self.queue)
        scheduled_key = ScheduledJobRegistry(queue=self.queue).key  # type: ignore[no-untyped-call]
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.lrange(self.queue.key, 0, -1)
            pipe.zrange(started.key, 0, -1)
            pipe.zrange(scheduled_key, 0, -1)
            pipe.zrange(FailedJobRegistry(queue=self.queue).key, 0, -1)
            pipe.hkeys(f"{self._prefix}batches")
            waiting, running, scheduled, failed, batches = pipe.execute()
        held = _texts([*waiting, *scheduled, *failed]) | {text.partition(":")[0] for text in _texts(running)}
        return held, _texts(batches)

    def _push(self, job_id: str, leaves: str = "") -> None:
        with self._redis.pipeline(transaction=True) as pipe:
            if leaves:
                pipe.zrem(leaves, job_id)
            pipe.lrem(self.queue.intermediate_queue_key, 0, job_id)
            pipe.lrem(self.queue.key, 0, job_id)
            pipe.hset(CopydeskJob.key_for(job_id), "status", "queued")
            pipe.rpush(self.queue.key, job_id)
            pipe.execute()

    def enqueue(self, batch: str) -> None:
        """Queue a batch whose job is gone, or was given up, with all its tries before it."""
        job = self.queue.create_job(
            TASK,
            kwargs={"batch": batch},
            job_id=batch,
            description="a batch found again",
            timeout=self._job_timeout_s,
            result_ttl=0,
            failure_ttl=FAILURE_TTL_S,
            retry=Retry(max=RETRIES),
        )
        with self._redis.pipeline(transaction=True) as pipe:
            self.queue.enqueue_job(job, pipeline=pipe)  # first: RQ opens the transaction itself
            pipe.zrem(FailedJobRegistry(queue=self.queue).key, batch)
            pipe.lrem(self.queue.intermediate_queue_key, 0, batch)
            pipe.execute()

    def given_up(self) -> list[str]:
        """Return the batches whose job failed before it could begin, as often as RQ tries."""
        ids: Any = self._redis.zrange(FailedJobRegistry(queue=self.queue).key, 0, -1)
        return sorted(_texts(ids))


def _texts(entries: Iterable[Any]) -> set[str]:
    return {as_text(entry) for entry in entries}
