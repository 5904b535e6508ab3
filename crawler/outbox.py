"""What a fetcher has fetched and not yet handed over: batches that go when they are full, heavy or old enough."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

import structlog
from redis.exceptions import RedisError

from crawler.errors import BackendError
from crawler.frontier.records import Finish
from crawler.handover import Handover, new_batch_id
from crawler.records import FetchedPage, FetchOutcome

FLUSH_S = 0.5
"""A small crawl does not wait for a full batch."""
BATCH_BYTES = 4_000_000
"""A batch of heavy pages goes early: so much memory, and so large a value in Redis, at most."""
MAX_UNSENT = 2
"""One batch on its way to Redis and one ready to go: more only means that Redis is slower than the web."""
RETRY_S = (0.2, 1.0, 3.0, 10.0)
"""Between tries while Redis cannot be reached; the leases are renewed only if it can be, so longer is of no use."""

_log = structlog.get_logger()


@dataclass(slots=True)
class _Batch:
    outcomes: list[FetchOutcome] = field(default_factory=list)
    finished: list[Finish] = field(default_factory=list)
    size: int = 0


class Outbox:
    """Collects outcomes and ended leases; ``run`` sends them until ``close``."""

    def __init__(
        self, handover: Handover, executor: Executor, *, batch_pages: int, flush_s: float = FLUSH_S
    ) -> None:
        self._handover = handover
        self._executor = executor
        self._batch_pages = batch_pages
        self._flush_s = flush_s
        self._batch = _Batch()
        self._full: asyncio.Queue[_Batch | None] = asyncio.Queue()
        self._unsent = 0
        self._is_told = False
        self.room = asyncio.Event()
        """Set while batches leave faster than they fill; a fetch waits for it, so that memory has a bound."""
        self.room.set()
        self._timer: asyncio.TimerHandle | None = None

    def put(self, finish: Finish, outcome: FetchOutcome | None = None) -> None:
        """Take the end of a lease, and the outcome that goes to the workers with it, if there is one."""
        batch = self._batch
        batch.finished.append(finish)
        if outcome is not None:
            batch.outcomes.append(outcome)
            batch.size += len(outcome.body) if isinstance(outcome, FetchedPage) else 0
        if len(batch.outcomes) >= self._batch_pages or batch.size >= BATCH_BYTES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._flush_s, self.flush)

    def flush(self) -> None:
        """Send what there is, however little."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._batch.finished:
            self._full.put_nowait(self._batch)
            self._unsent += 1
            if self._unsent >= MAX_UNSENT:
                self.room.clear()
            self._batch = _Batch()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left in this process."""
        return self._unsent == 0 and not self._batch.finished

    async def run(self) -> None:
        """Send batches in the order in which they were filled, until closed.

        Raises:
            BackendError: if Redis cannot be reached for longer than the leases live; what was not sent is
                fetched again by whoever leases it next.
        """
        while (batch := await self._full.get()) is not None:
            await self._send(batch)
            self._unsent -= 1
            if self._unsent < MAX_UNSENT:
                self.room.set()

    def close(self) -> None:
        """Send the rest, then let ``run`` end."""
        self.flush()
        self._full.put_nowait(None)

    async def _send(self, batch: _Batch) -> None:
        loop = asyncio.get_running_loop()
        send = partial(self._handover.send, batch.outcomes, batch.finished, batch_id=new_batch_id())
        end = partial(self._handover.end, batch.finished)
        for pause_s in (*RETRY_S, None):
            try:
                await loop.run_in_executor(self._executor, send if batch.outcomes else end)
            except RedisError as error:
                if not self._is_told:
                    # Once an outage: the tries that follow say nothing new.
                    self._is_told = True
                    _log.warning("batch.unsent", pages=len(batch.outcomes), error=type(error).__name__)
                if pause_s is None:
                    raise BackendError(
                        f"Redis does not take the pages: {error}; is it running, is it full?"
                    ) from error
                await asyncio.sleep(pause_s)
            else:
                if self._is_told:
                    self._is_told = False
                    _log.info("batch.sent", pages=len(batch.outcomes))
                return
