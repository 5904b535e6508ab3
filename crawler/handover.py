"""The hand-over between fetchers and workers: batches of outcomes one way, discovered URLs the other way.

What crosses is MessagePack, checked when it is read.  Nothing here needs the event loop or an HTTP library.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from redis import Redis
from rq import Queue, Retry
from rq.job import Job

from crawler.errors import BackendError
from crawler.frontier import scripts
from crawler.frontier.intake import finish_argument
from crawler.frontier.records import Finish, Visited
from crawler.frontier.view import FrontierView
from crawler.records import DiscoveredUrl, FetchedPage, FetchFailed, FetchOutcome

TASK = "workers.tasks.process_batch"
FAILURE_TTL_S = 7 * 86_400
"""A batch that failed for good can be looked at, and requeued, for a week."""
MAX_TRIES = 3


class _Batch(msgspec.Struct, frozen=True, array_like=True):
    pages: list[FetchedPage]
    failed: list[FetchFailed]
    order: list[bool]
    """Of each outcome, whether it is a page."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Batch)


def encode_outcomes(outcomes: Sequence[FetchOutcome]) -> bytes:
    """Return outcomes as one blob; bodies stay as they came from the wire."""
    return _encoder.encode(
        _Batch(
            pages=[o for o in outcomes if isinstance(o, FetchedPage)],
            failed=[o for o in outcomes if isinstance(o, FetchFailed)],
            order=[isinstance(o, FetchedPage) for o in outcomes],
        )
    )


def decode_outcomes(blob: bytes) -> list[FetchOutcome]:
    """Read a blob, in the order in which it was written.

    Raises:
        BackendError: if it is no batch of outcomes.
    """
    try:
        batch = _decoder.decode(blob)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackendError(f"a batch in Redis cannot be read: {error}") from error
    if len(batch.order) != len(batch.pages) + len(batch.failed) or sum(batch.order) != len(batch.pages):
        raise BackendError("a batch in Redis cannot be read: its order does not fit its outcomes")
    pages, failed = iter(batch.pages), iter(batch.failed)
    return [next(pages) if is_page else next(failed) for is_page in batch.order]


class Handover:
    """Batches on their way to the workers.

    =========================== ====== ==================================================================
    key                         type   holds
    =========================== ====== ==================================================================
    ``copydesk:batch:{id}``     string the outcomes (``encode_outcomes``), until a worker discards them
    ``copydesk:batches``        hash   id -> number of outcomes and bytes, of batches not yet discarded
    ``rq:queue:{name}``         list   RQ's: ids of jobs that wait; a job has its batch's id
    ``rq:job:{id}``             hash   RQ's: one job
    =========================== ====== ==================================================================
    """

    def __init__(
        self,
        redis: "Redis",
        queue_name: str = "copydesk",
        prefix: str = "copydesk:",
        *,
        job_timeout_s: int = 180,
        max_tries: int = MAX_TRIES,
    ) -> None:
        self._redis = redis
        self.prefix = prefix
        self._job_timeout_s = job_timeout_s
        self._max_tries = max_tries
        self._queue = Queue(queue_name, connection=redis, serializer="json")

    def send(
        self, outcomes: Sequence[FetchOutcome], leases: Sequence[Finish] = (), *, batch_id: str | None = None
    ) -> str:
        """Hand a batch over and end its leases, all or nothing; return the batch's id.

        May be called again with the same ``batch_id`` after a broken connection: the same keys are written.
        """
        batch_id = batch_id or new_batch_id()
        blob = encode_outcomes(outcomes)
        with self._redis.pipeline(transaction=True) as pipe:
            # First: RQ opens the transaction itself.
            self._queue.enqueue_job(self._job_of(batch_id, outcomes), pipeline=pipe)
            pipe.set(self._blob_key(batch_id), blob)  # no expiry: pages wait for workers as long as it takes
            pipe.hset(self._index_key, batch_id, f"{len(outcomes)} {len(blob)}")
            if leases:
                # Not by digest: inside MULTI an unknown script would lose the leases' end without a word.
                pipe.eval(scripts.text_of("finish"), 0, self.prefix, finish_argument(leases))
            pipe.execute()
        return batch_id

    def end(self, leases: Sequence[Finish]) -> None:
        """End leases that have nothing to hand over."""
        if leases:
            self._redis.eval(scripts.text_of("finish"), 0, self.prefix, finish_argument(leases))

    def load(self, batch_id: str) -> list[FetchOutcome] | None:
        """Return a batch's outcomes; ``None`` when it was discarded: somebody has finished it.

        Raises:
            BackendError: if it cannot be read.
        """
        blob: Any = self._redis.get(self._blob_key(batch_id))
        return None if blob is None else decode_outcomes(blob)

    def discard(self, batch_id: str) -> None:
        """Delete a batch that is stored; harmless when repeated."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(self._blob_key(batch_id))
            pipe.hdel(self._index_key, batch_id)
            pipe.execute()

    def queued(self) -> tuple[int, int]:
        """Return the pages and the bytes that wait for workers or are in their hands."""
        sizes: Any = self._redis.hvals(self._index_key)
        pairs = [size.split() for size in sizes]
        return sum(int(pages) for pages, _ in pairs), sum(int(length) for _, length in pairs)

    def queued_pages(self) -> int:
        """Return the pages that wait for workers or are in their hands."""
        return self.queued()[0]

    def in_hands(self) -> int:
        """Return the batches that a worker has yet to finish: those whose job has not failed for good."""
        ids: Any = self._redis.hkeys(self._index_key)
        with self._redis.pipeline(transaction=False) as pipe:
            for batch_id in ids:
                pipe.hget(b"rq:job:" + batch_id, "status")
            statuses = pipe.execute()
        return sum(
            status is not None and status not in {b"failed", b"stopped", b"canceled"} for status in statuses
        )

    def _job_of(self, batch_id: str, outcomes: Sequence[FetchOutcome]) -> Job:
        hosts = len({outcome.url[: outcome.url.find("/", 8)] for outcome in outcomes})
        return self._queue.create_job(
            TASK,
            kwargs={"batch": batch_id},
            job_id=batch_id,
            # Numbers only: the dashboard shows descriptions unescaped.
            description=f"{_plural(len(outcomes), 'page')} of {_plural(hosts, 'host')}",
            timeout=self._job_timeout_s,
            result_ttl=0,
            failure_ttl=FAILURE_TTL_S,
            retry=Retry(max=self._max_tries),
        )

    @property
    def _index_key(self) -> str:
        return f"{self.prefix}batches"

    def _blob_key(self, batch_id: str) -> str:
        return f"{self.prefix}batch:{batch_id}"


def hand_back(
    redis: "Redis",
    discovered: Sequence[DiscoveredUrl],
    *,
    visited: Sequence[Visited] = (),
    prefix: str = "copydesk:",
    max_depth: int = 2,
    max_pages_per_host: int = 10_000,
) -> Counter[str]:
    """Give the URLs that a batch led to back to the frontier; harmless when repeated.

    ``visited`` names what was found to be a feed, a sitemap or a front page: it is visited again, the sooner
    the more of ``discovered`` was found on it and is new.  Returns the count of each outcome, such as ``added``,
    ``seen``, ``out_of_scope``.
    """
    if not discovered and not visited:
        return Counter()
    view = FrontierView(redis, prefix)
    return view.add(discovered, visited=visited, max_depth=max_depth, max_pages_per_host=max_pages_per_host)


def new_batch_id() -> str:
    """Return a name that no other batch has."""
    return secrets.token_hex(10)


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
