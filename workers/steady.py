"""RQ's work loop, made to outlast outages: Redis gone, frozen, full, or unable to write its file.

RQ itself writes a line a try while it cannot connect, and ends, with a traceback, at any other refusal of Redis.
Here every step between two jobs waits (``workers.patience``): one line when the work pauses, one when it goes on.
"""

from contextlib import suppress
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import StopRequested
from rq.job import Job
from rq.worker import SimpleWorker
from rq.worker.base import WorkerStatus

from workers import lifeline
from workers.patience import StoppedWaitingError, is_outage, patiently, reason_of

log = structlog.get_logger(__name__)

SHORT_WAIT_S = 1
"""The least that RQ can wait for a job."""


class SteadyQueue(Queue):
    """A queue whose taker waits while Redis is away."""

    @classmethod
    def dequeue_any(cls, queues: Any, timeout: int | None, *args: Any, **kwargs: Any) -> Any:
        """Wait for a job.  Where the answer is lost on its way, recovery finds the job that was taken."""
        take = super().dequeue_any
        wait_s = timeout

        def attempt() -> Any:
            nonlocal wait_s
            try:
                return take(queues, wait_s, *args, **kwargs)
            except RedisError:
                # Soon back from the next try: that Redis is back is not to be said with the next job only.
                wait_s = timeout and SHORT_WAIT_S
                raise

        while True:
            try:
                return _patiently(attempt)
            except UnicodeDecodeError:
                continue  # a name that is no job's, and was taken out of the queue with that


class SteadyWorker(SimpleWorker):
    """A worker that neither ends nor chatters in an outage."""

    queue_class = SteadyQueue

    def subscribe(self) -> None:
        """Not: signals end a worker; commands by publication would be one more door, connection and thread."""

    def _set_ip_address(self, connection: Any) -> None:
        try:
            super()._set_ip_address(connection)
        except ValueError:  # redis-py cannot read CLIENT INFO where the socket's path has a space or a "="
            self.ip_address = "unknown"

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001  (RQ's signature)
        """Wait while the workers are suspended."""
        _patiently(lambda: super(SteadyWorker, self).check_for_suspension(burst))

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Say that this worker lives."""
        if pipeline is not None:
            super().heartbeat(timeout, pipeline)
        else:
            _patiently(lambda: super(SteadyWorker, self).heartbeat(timeout))

    def set_state(self, state: Any, pipeline: Any = None) -> None:
        """Say what this worker does."""
        if pipeline is not None:
            super().set_state(state, pipeline)
        else:
            _patiently(lambda: super(SteadyWorker, self).set_state(state))

    def run_maintenance_tasks(self) -> None:
        """Look after lost jobs."""
        _patiently(self.maintain)

    def maintain(self) -> None:
        """Do what ``run_maintenance_tasks`` does; may be repeated."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run the job; one whose beginning or end could not be written down is taken up again when its lease lapses."""
        try:
            self.run_job(job, queue)
        except RedisError as error:
            if not is_outage(error):
                raise
            log.warning("job.unsettled", batch=job.id, reason=reason_of(error))

    def run_job(self, job: Job, queue: Queue) -> None:
        """Run the job.

        Raises:
            RedisError: Redis did not take what RQ writes before and after it.
        """
        super().execute_job(job, queue)

    def teardown(self) -> None:
        """Take our name off the list; the pool does it for us if Redis is away."""
        with suppress(RedisError):
            super().teardown()  # type: ignore[no-untyped-call]

    def _shutdown(self) -> None:
        # RQ writes the time of the request to Redis, inside the signal handler.
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested
        self._stop_requested = True


def _patiently(action: Any) -> Any:
    """Wait for Redis between two jobs; being told to stop ends the worker as it would without an outage."""
    try:
        return patiently(action, doing=lifeline.IDLE)
    except StoppedWaitingError:
        raise StopRequested from None
