"""The RQ worker: no fork a job, a short lease that a thread renews, JSON only, our tasks only.

``rq worker -w workers.worker.CopydeskWorker --url ... copydesk`` runs one by hand; ``workers.pool`` runs several.
"""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.executions import Execution
from rq.job import Job

from config.file_urls import path_in_url
from config.load import load_settings
from config.log import set_up_logging
from config.settings import Settings
from crawler.errors import BackendError, ConfigError, CopydeskError
from workers import lifeline, patience
from workers.jobs import BACK_OFF_S, CopydeskJob, sanitised
from workers.leases import LEASE_S, renew
from workers.metrics import OWN, signs_shown
from workers.recovery import Recovery
from workers.steady import SteadyQueue, SteadyWorker

RENEWED_S = LEASE_S / 4
IDLE_S = 10
"""How long an idle worker blocks before it looks after lost jobs."""
RQ_MARGIN_S = 15
"""RQ blocks for this much less than ``worker_ttl``."""
SOCKET_S = 5.0
"""Redis answers in milliseconds; a worker's blocking read has a longer limit, set by RQ."""
OUTAGE_EXIT = 3
"""Exit code: a back end is gone, start me again when it is back."""

log = structlog.get_logger(__name__)


class CopydeskWorker(SteadyWorker):
    """A worker of exactly one queue: with two, RQ pops jobs in a way that loses them."""

    job_class = CopydeskJob

    def __init__(self, queues: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.update(serializer="json", job_class=CopydeskJob, queue_class=SteadyQueue)
        kwargs.update(worker_ttl=IDLE_S + RQ_MARGIN_S, maintenance_interval=IDLE_S)
        names = [queues] if isinstance(queues, str | Queue) else list(queues)
        if len(names) != 1:
            raise ConfigError("a worker serves one queue: with more, RQ loses the job of a worker that dies")
        name = names[0].name if isinstance(names[0], Queue) else names[0]
        super().__init__([name], *args, **kwargs)
        # RQ has just allowed longer reads, as it blocks for a job: connections made before would give up too soon.
        self.connection.connection_pool.disconnect()
        self.connection.connection_pool.reset()
        self._recovery = Recovery(self.connection, name)
        self.log_job_description = False
        self.log_result_lifespan = False

    def work(self, *args: Any, **kwargs: Any) -> bool:
        """Work as RQ does, and show signs of life meanwhile, idle or busy."""
        with signs_shown(self.connection, self.name, "worker", OWN.registry, pid=os.getpid()):
            return bool(super().work(*args, **kwargs))

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002
        """Seconds: the lease, whatever the job's time limit."""
        return LEASE_S

    def run_job(self, job: Job, queue: Queue) -> None:
        """Run the job in this process while a thread renews its lease."""
        execution = self.prepare_execution(job)
        renew(self.connection, job.started_job_registry.key, execution.composite_key)
        with lifeline.busy(), self._renewed(job, execution):
            self.perform_job(job, queue, execution)
        self.set_state("idle")

    @contextmanager
    def _renewed(self, job: Job, execution: Execution) -> Iterator[None]:
        done = threading.Event()
        thread = threading.Thread(target=self._renew, args=(job, execution, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _renew(self, job: Job, execution: Execution, done: threading.Event) -> None:
        while not done.wait(RENEWED_S):
            lifeline.beat()
            try:
                self.maintain_heartbeats(job, execution)
                renew(self.connection, job.started_job_registry.key, execution.composite_key)
            except RedisError:
                continue  # an outage: the lease may lapse, and the job is run twice, which is harmless

    def maintain(self) -> None:
        """Look after lost jobs, more often than RQ would."""
        self._recovery.sweep()
        super().maintain()

    def clean_registries(self) -> None:
        """Ours has done it; RQ's lock would outlive a killed holder by fifteen minutes."""
        self.last_cleaned_at = datetime.now(UTC)  # type: ignore[assignment]  # RQ compares it with its own now()

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log the failure in one line: a traceback may hold page text."""
        kind, error, _ = exc_info
        log.warning("job.failed", batch=job.id, error=sanitised(f"{kind.__name__}: {error}", 300))

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Try again later, longer each time; keep no text that could end the worker."""
        if job.retries_left:
            job.retry_intervals = list(BACK_OFF_S)
        super().handle_job_failure(job, queue, started_job_registry, sanitised(exc_string), execution)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the batch in hand, then leave; also out of a pause."""
        patience.STOPPING.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def connect(settings: Settings) -> "Redis":
    """Return a connection to the configured Redis; nothing is sent yet."""
    if settings.redis_url is None:
        raise ConfigError("redis_url is not set: name a server, or use the commands that bring their own")
    try:
        return Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=SOCKET_S,
            socket_connect_timeout=SOCKET_S,
            # Once, for a connection that went stale while idle; whatever lasts longer is waited for by us.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise ConfigError(f"redis_url: {error}") from None


def database_url(settings: Settings) -> str:
    """Return the configured database, or the SQLite file of the data folder."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{path_in_url((settings.data_dir / 'copydesk.db').absolute())}"


def open_worker(settings: Settings, name: str | None = None) -> CopydeskWorker:
    """Return a worker whose Redis answers.

    Raises:
        BackendError: It does not.
    """
    worker = CopydeskWorker(settings.work.queue, connection=connect(settings), name=name)
    try:
        worker.connection.ping()
    except RedisError as error:
        raise BackendError(f"Redis does not answer: {error}") from error
    return worker


def run_worker(settings: Settings, name: str | None = None) -> None:
    """Work until told to stop."""
    open_worker(settings, name).work(
        logging_level="WARNING", date_format="%Y-%m-%dT%H:%M:%S", log_format="%(asctime)s %(message)s"
    )


def main(arguments: Sequence[str]) -> int:
    """Run one worker; under a pool (``--under-pool NAME``) standard input and output are its lifeline."""
    name = arguments[1] if arguments[:1] == ["--under-pool"] else None
    if name is not None:
        lifeline.hold()
    try:
        settings = load_settings()
        set_up_logging(settings.log_level)
        run_worker(settings, name)
    except (BackendError, RedisError) as error:
        sys.stderr.write(f"copydesk worker: {error}\n")
        return OUTAGE_EXIT
    except CopydeskError as error:
        sys.stderr.write(f"copydesk worker: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
