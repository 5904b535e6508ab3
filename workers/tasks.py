"""The RQ tasks: what a job may call.  State of the process is opened once, when the first job comes."""

import gc
from functools import cache

from rq import get_current_job
from rq.timeouts import JobTimeoutException

from config.load import load_settings
from config.settings import Settings
from crawler.handover import Handover
from workers.dedup.folding import Folder
from workers.dedup.remembered import RememberingIndex
from workers.desk import Desk
from workers.indexing import open_index
from workers.metrics import OWN
from workers.parsing import Reader
from workers.patience import patiently
from workers.store import open_store
from workers.worker import connect, database_url

RETRIES = 3
PREFIX = "copydesk:"
GC_THRESHOLD = 20_000
"""Objects made before the young ones are looked through: a page makes thousands, and few cycles (4 % of its CPU)."""


def process_batch(batch: str) -> None:
    """Take one batch of fetched outcomes to the store."""
    desk = patiently(open_desk)
    _renew_retries(desk)
    desk.process(batch)


def _renew_retries(desk: Desk) -> None:
    """RQ's count would give the whole batch up; ours decides page by page, and always ends."""
    job = get_current_job()
    if job is not None:
        job.retries_left = RETRIES
        patiently(lambda: desk.redis.hset(job.key, "retries_left", RETRIES))


@cache
def open_desk() -> Desk:
    """Open what this process needs, from its environment."""
    desk = make_desk(load_settings())
    spare_the_heap()
    return desk


def spare_the_heap() -> None:
    """What is open now stays: it need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


def make_desk(settings: Settings) -> Desk:
    """Open Redis and the database that the settings name."""
    redis = connect(settings)
    index = RememberingIndex(open_index(redis, window_days=settings.dedup.window_days))
    return Desk(
        redis=redis,
        store=open_store(database_url(settings)),
        handover=Handover(redis, settings.work.queue, PREFIX),
        folder=Folder(index),
        index=index,
        reader=Reader(
            max_bytes=int(settings.fetch.max_body_mb * 1_000_000),
            passes=(JobTimeoutException,),
        ),
        settings=settings,
        prefix=PREFIX,
        tally=OWN,
    )
