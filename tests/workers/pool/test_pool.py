"""The pool: real worker processes, killed, stuck and orphaned."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from pydantic import SecretStr
from redis import Redis
from structlog.testing import capture_logs

from config.settings import Settings
from crawler.errors import StoreError
from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers import lifeline
from workers.pool import OVERTIME_S, SILENT_S, Pool, _Child, run_pool
from workers.store import open_store
from workers.worker import OUTAGE_EXIT, connect

pytestmark = pytest.mark.integration
DEADLINE_S = 60.0


def page(number: int) -> FetchedPage:
    """A plain page with a text of its own."""
    url = CanonicalUrl(f"https://a.example/{number}")
    lines = "".join(
        f"<p>Report {number}: item {line * number + line} of the register was moved to hall {number % 9 + line}, "
        f"as the keeper {chr(65 + (number + line) % 26)}{number} had asked in letter {number * 7 + line}.</p>"
        for line in range(1, 7)
    )
    html = f"<html><head><title>Report {number}</title></head><body><article><h1>Report {number}</h1>{lines}"
    return FetchedPage(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=html.encode(),
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
        source=SourceId("desk"),
    )


@contextmanager
def running(settings: Settings, workers: int) -> Iterator[Pool]:
    """A pool in a thread of the test."""
    stop = threading.Event()
    pool = Pool(settings=settings, workers=workers, stop=stop, redis=connect(settings))
    thread = threading.Thread(target=pool.run)
    thread.start()
    try:
        yield pool
    finally:
        stop.set()
        thread.join(DEADLINE_S)
    assert not thread.is_alive()


def until(condition: Callable[[], Any]) -> None:
    """Wait until something has happened: processes tell nobody when."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        threading.Event().wait(0.02)


@pytest.fixture
def settings(redis_url: str, tmp_path: Path) -> Settings:
    """Where the pool's workers find Redis and the database."""
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


def test_killed_workers_are_replaced_and_nothing_is_lost(
    settings: Settings, redis: "Redis", tmp_path: Path
) -> None:
    """Every worker that shows itself at the start is killed; the batches are done all the same, each page once."""
    handover = Handover(redis)
    for batch in range(6):
        handover.send([page(batch * 5 + n) for n in range(5)])
    with running(settings, 1) as pool:
        for _ in range(2):
            until(lambda: pool.pids and redis.zcard("rq:wip:copydesk"))
            os.kill(pool.pids[0], signal.SIGKILL)
            until(lambda: not redis.zcard("rq:wip:copydesk") or redis.llen("rq:queue:copydesk") < 5)
        until(lambda: handover.queued_pages() == 0)
    store = open_store(f"sqlite:///{tmp_path / 'copydesk.db'}")
    assert store.totals().pages == 30
    assert store.dead_letters() == []
    assert store.check() == []
    store.close()


def test_no_worker_outlives_its_pool(settings: Settings, tmp_path: Path) -> None:
    """A pool that is killed takes its workers along: they read the end of their lifeline."""
    code = (
        "import sys, threading; from config.load import load_settings; from workers.pool import run_pool;"
        "run_pool(load_settings(), 1, threading.Event())"
    )
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    env = os.environ | {"COPYDESK_REDIS_URL": url, "COPYDESK_DATA_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], env=env) as pool:
        parent = psutil.Process(pool.pid)
        until(parent.children)
        children = parent.children()
        pool.kill()
    gone, alive = psutil.wait_procs(children, timeout=DEADLINE_S)
    assert gone
    assert alive == []


class _NoProcess:
    pass


def child(**fields: Any) -> _Child:
    """A worker as the pool sees it, started at time 0."""
    process: Any = _NoProcess()
    return _Child(name="w", process=process, started=0.0, heard=0.0, **fields)


def test_a_busy_worker_that_says_nothing_is_stuck() -> None:
    """Its beats come from a thread: in C code that never returns there are none."""
    worker = child()
    worker.hear(lifeline.BUSY, 10.0)
    assert worker.stuck(10.0 + SILENT_S, 180) == ""
    worker.hear(lifeline.ALIVE, 20.0)
    assert worker.stuck(20.0 + SILENT_S, 180) == ""
    assert worker.stuck(21.0 + SILENT_S, 180) == "silent"


def test_a_worker_that_beats_but_never_ends_is_stuck_after_its_limit() -> None:
    """The job's own alarm comes first; the pool is the last resort."""
    worker = child()
    worker.hear(lifeline.BUSY + lifeline.ALIVE, 10.0)
    now = 10.0 + 180 + OVERTIME_S
    worker.hear(lifeline.ALIVE * 3, now)
    assert worker.stuck(now, 180) == ""
    assert worker.stuck(now + 1, 180) == "overtime"


def test_idle_and_paused_workers_are_never_stuck() -> None:
    """Waiting for work, or for a database, may take a day."""
    worker = child()
    for said in (lifeline.BUSY + lifeline.IDLE, lifeline.BUSY + lifeline.ALIVE + lifeline.PAUSED):
        worker.hear(said, 10.0)
        assert worker.stuck(1e6, 180) == ""


def test_a_database_that_cannot_be_used_is_told_before_any_worker_starts(
    settings: Settings, tmp_path: Path
) -> None:
    """One error for the command line, instead of one in each worker's log."""
    (tmp_path / "copydesk.db").write_text("<html>" * 200)
    with pytest.raises(StoreError, match="no SQLite database"):
        run_pool(settings, 1, threading.Event())


def test_workers_that_die_as_they_start_are_told_of_once(settings: Settings, redis: "Redis") -> None:
    """The one at the terminal would wait for ever: told after three, and again when one of them stays."""
    pool = Pool(settings=settings, workers=1, stop=threading.Event(), redis=redis)
    newborn, ended = child(), _NoProcess()
    newborn.started, newborn.process = math.inf, cast("Any", ended)
    with capture_logs() as told:
        for code in (1, -signal.SIGKILL, OUTAGE_EXIT, 1, 0, 1, 1):
            cast("Any", ended).returncode = code
            pool._count_vain(newborn)
        assert [line["event"] for line in told] == ["work.paused"]
        pool.children.append(newborn)
        pool._settle()
        assert len(told) == 1
        newborn.started = -math.inf
        pool._settle()
        pool._settle()
    assert [line["event"] for line in told] == ["work.paused", "work.resumed"]
