"""A page that ends its process, as a fault in a C library or lack of memory does: real workers, both stores."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis import Redis

from config.settings import Settings
from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.pool import Pool
from workers.store import open_store
from workers.worker import connect

pytestmark = pytest.mark.integration
WITHIN_S = 100.0

KILLER = """
import os, signal
from crawler import content

inflate = content.inflate

def deadly(body, *args, **kwargs):
    for name in (b"SIGSEGV", b"SIGKILL"):
        if name in body:
            os.kill(os.getpid(), getattr(signal, name.decode()))
            signal.pause()
    return inflate(body, *args, **kwargs)

content.inflate = deadly
"""
"""Run by every Python that finds it as ``sitecustomize``: reading certain bodies is the end."""


def page(number: int, words: str = "") -> FetchedPage:
    """A page with a text of its own."""
    url = CanonicalUrl(f"https://a.example/{number}")
    lines = "".join(
        f"<p>Report {number}: item {n * number + n} was moved to hall {n}. {words}</p>" for n in range(1, 9)
    )
    return FetchedPage(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=f"<html><head><title>Report {number}</title></head><body><article>{lines}".encode(),
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
        source=SourceId("desk"),
    )


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """A pool of one worker, in a thread of the test."""
    stop = threading.Event()
    redis = connect(settings)
    thread = threading.Thread(target=Pool(settings=settings, workers=1, stop=stop, redis=redis).run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(WITHIN_S)
        redis.close()
    assert not thread.is_alive()


def test_a_page_that_ends_its_process_is_put_aside_alone(
    database_url: str, redis: "Redis", redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After as many tries as a page has; its mates are stored, and nothing of the batch is left in Redis."""
    how = "SIGSEGV" if database_url.startswith("sqlite") else "SIGKILL"
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    settings = Settings(
        data_dir=tmp_path, redis_url=SecretStr(redis_url), database_url=SecretStr(database_url)
    )
    store = open_store(database_url)
    handover = Handover(redis)
    handover.send([page(1), page(2, how), page(3)])
    deadline = time.monotonic() + WITHIN_S
    with working(settings):
        while handover.queued_pages() and time.monotonic() < deadline:
            threading.Event().wait(0.05)
    assert handover.queued_pages() == 0
    (letter,) = store.dead_letters()
    assert (letter.url, letter.reason, letter.tries) == (
        page(2).url,
        "never_finished",
        settings.work.max_tries,
    )
    assert store.totals().pages == 2
    assert store.check() == []
    assert not list(redis.scan_iter("copydesk:tries:*"))
    store.close()
