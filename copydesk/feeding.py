"""Puts work into an open stack: seeds into the frontier, files into the queue."""

import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice

import redis

from config.settings import Settings
from copydesk.stack import look_at
from crawler.handover import Handover, hand_back, new_batch_id
from crawler.records import DiscoveredUrl, FetchedPage, FetchOutcome
from workers.patience import is_outage

LARGEST_BATCH_BYTES = 8_000_000
"""A batch of large files is cut here, so that neither Redis nor a worker holds much at once."""

WAIT_S = 0.05


def plant(settings: Settings, seeds: Sequence[DiscoveredUrl]) -> Counter[str]:
    """Put seeds into the frontier; return how many were added, known already, and so on."""
    with redis.Redis.from_url(_url(settings)) as client:
        return hand_back(
            client,
            seeds,
            max_depth=settings.crawl.max_depth,
            max_pages_per_host=settings.crawl.max_pages_per_host,
        )


def hand_over(settings: Settings, outcomes: Iterable[FetchOutcome]) -> Generator[int, None, None]:
    """Put outcomes into the queue in batches; yield their number after each, and while the queue is full.

    The source is read no faster than the workers take pages, so memory stays bounded for any size of input.  While
    Redis is away or full it is not read at all.
    """
    count = 0
    with look_at(_url(settings)) as client:
        queue = Handover(
            client,
            settings.work.queue,
            job_timeout_s=settings.work.job_timeout_s,
            max_tries=settings.work.max_tries,
        )
        for batch in _batches(outcomes, settings.crawl.batch_pages):
            name = new_batch_id()  # the same at each try: one that was taken after all is not taken twice
            while not _is_taken(queue, batch, name, at_most=settings.crawl.max_queued_pages):
                yield count
                time.sleep(WAIT_S)
            count += len(batch)
            yield count


def _is_taken(queue: Handover, batch: Sequence[FetchOutcome], name: str, *, at_most: int) -> bool:
    try:
        if queue.queued_pages() > at_most:
            return False
        queue.send(batch, batch_id=name)
    except redis.RedisError as error:
        if not is_outage(error):
            raise
        return False
    return True


def _batches(outcomes: Iterable[FetchOutcome], pages: int) -> Iterator[list[FetchOutcome]]:
    source = iter(outcomes)
    while first := list(islice(source, 1)):
        batch, size = first, _bytes_of(first[0])
        for outcome in islice(source, pages - 1):
            batch.append(outcome)
            size += _bytes_of(outcome)
            if size > LARGEST_BATCH_BYTES:
                break
        yield batch


def _bytes_of(outcome: FetchOutcome) -> int:
    return len(outcome.body) if isinstance(outcome, FetchedPage) else 0


def _url(settings: Settings) -> str:
    if settings.redis_url is None:
        raise ValueError("feeding needs the settings of an open stack")
    return settings.redis_url.get_secret_value()
