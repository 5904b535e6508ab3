"""The RQ worker: runs our task and nothing else, whatever is put into Redis."""

import json
import os
import pickle
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis
from rq import Queue, Retry
from rq.job import Job
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry
from structlog.testing import capture_logs

import workers.worker
from config.settings import Settings
from crawler.errors import ConfigError
from crawler.handover import Handover
from workers import lifeline, patience, tasks
from workers.jobs import CopydeskJob
from workers.leases import LEASE_S
from workers.worker import CopydeskWorker


@pytest.fixture
def queue(redis: "Redis") -> Queue:
    """Our queue, as anybody who can write to Redis sees it."""
    return Queue("copydesk", connection=redis, serializer="json")


@pytest.fixture
def worker(redis: "Redis") -> Iterator[CopydeskWorker]:
    """A worker; the signal handlers that it sets are taken back."""
    handlers = {
        number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    }
    yield CopydeskWorker(["copydesk"], connection=redis)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The batches that the task was called with; the task itself does nothing."""
    batches: list[str] = []
    monkeypatch.setattr(tasks, "process_batch", lambda batch: batches.append(batch))  # noqa: PLW0108  (by keyword)
    return batches


def test_a_batch_is_run_and_its_job_forgotten(redis: "Redis", worker: CopydeskWorker, ran: list[str]) -> None:
    """What the hand-over queues, the worker runs; no result is kept."""
    batch = Handover(redis).send([])
    worker.work(burst=True)
    assert ran == [batch]
    assert not redis.exists(f"rq:job:{batch}")


@pytest.mark.parametrize(
    "name", ["os.system", "workers.tasks.open_desk", "builtins.eval", "", "workers.tasks"]
)
def test_no_other_function_is_called_or_imported(
    redis: "Redis", queue: Queue, worker: CopydeskWorker, tmp_path: Path, name: str
) -> None:
    """RQ would import any name, also with JSON arguments; we refuse before importing."""
    mark = tmp_path / "mark"
    job = Job.create(
        "workers.tasks.process_batch", args=(f"touch {mark}",), connection=redis, serializer="json"
    )
    job.func_name = name
    queue.enqueue_job(job)
    worker.work(burst=True)
    assert not mark.exists()
    assert job.id in FailedJobRegistry(queue=queue)


def test_callbacks_and_webhooks_of_a_job_are_never_followed(
    redis: "Redis", queue: Queue, worker: CopydeskWorker, ran: list[str]
) -> None:
    """Their names would be imported and their addresses asked for."""
    batch = Handover(redis).send([])
    redis.hset(
        f"rq:job:{batch}",
        mapping={
            "success_callback_name": "os.getcwd",
            "failure_callback_name": "os.getcwd",
            "stopped_callback_name": "os.x",
        },
    )
    job = CopydeskJob.fetch(batch, connection=redis, serializer="json")
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)
    worker.work(burst=True)
    assert ran == [batch]


def test_a_job_that_cannot_be_read_is_dropped(redis: "Redis", worker: CopydeskWorker, ran: list[str]) -> None:
    """Rubbish in the queue costs nobody else's job."""
    redis.hset("rq:job:rubbish", mapping={"created_at": "never", "data": b"\xff\xfe", "origin": b"\xff"})
    redis.rpush("rq:queue:copydesk", "rubbish", "nothing-at-all")
    batch = Handover(redis).send([])
    worker.work(burst=True)
    assert ran == [batch]


TASK = "workers.tasks.process_batch"


def packed(*parts: Any) -> bytes:
    """A job's data as RQ writes it: task, instance, arguments, keywords."""
    return zlib.compress(json.dumps(parts).encode())


STRANGE: dict[str, bytes] = {
    "pickled": zlib.compress(pickle.dumps((TASK, None, ("x",), {}))),
    "pickled, to run a program": zlib.compress(b"cos\nsystem\n(S'touch mark'\ntR."),
    "no arguments": packed(TASK, None, [], {}),
    "too many": packed(TASK, None, ["a", "b"], {"batch": "c"}),
    "keywords that are a list": packed(TASK, None, [], ["b"]),
    "a method": packed(TASK, "x", ["b"], {}),
    "a name that is a list": packed(["os", "system"], None, ["b"], {}),
    "one part": packed(TASK),
    "nothing": zlib.compress(b"null"),
    "a bomb": zlib.compress(bytes(50_000_000)),
    "not compressed": b"not compressed",
    "deep": zlib.compress(b"[" * 100_000),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE.keys())
def test_a_stranger_s_job_runs_nothing_and_stops_nobody(
    redis: "Redis", worker: CopydeskWorker, ran: list[str], here: Path, data: bytes
) -> None:
    """Whatever its data is: the next job is run."""
    given: Any = {"created_at": "2026-03-02T12:00:00.000000Z", "origin": "copydesk", "data": data}
    redis.hset("rq:job:stranger", mapping=given)
    redis.rpush("rq:queue:copydesk", "stranger")
    batch = Handover(redis).send([])
    worker.work(burst=True)
    assert ran == [batch]
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"timeout": "soon"},
        {"timeout": 10**30},
        {"status": "weird"},
        {"retries_left": "x"},
        {"retry_intervals": "x"},
        {"created_at": "x"},
        {"dependency_ids": "nonsense"},
        {"repeats_left": "5", "repeat_intervals": "[0]"},
        {"meta": b"\xff"},
        {"origin": "elsewhere"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_fields_of_a_job_that_make_no_sense_stop_nobody(
    redis: "Redis", worker: CopydeskWorker, ran: list[str], fields: dict[str, Any]
) -> None:
    """It is run, or not; the next one is run."""
    given: Any = {
        "created_at": "2026-03-02T12:00:00.000000Z",
        "origin": "copydesk",
        "data": packed(TASK, None, ["x"], {}),
    }
    redis.hset("rq:job:stranger", mapping=given | fields)
    redis.rpush("rq:queue:copydesk", "stranger")
    batch = Handover(redis).send([])
    worker.work(burst=True)
    assert batch in ran
    assert set(ran) <= {batch, "x"}


def test_a_name_that_nobody_can_read_is_taken_and_forgotten(
    redis: "Redis", worker: CopydeskWorker, ran: list[str]
) -> None:
    """RQ ends at it; ours takes the next one."""
    redis.rpush("rq:queue:copydesk", b"\xff\xfe", b"", b"a:b:c")
    batch = Handover(redis).send([])
    worker.work(burst=True)
    assert ran == [batch]


def test_page_text_in_an_exception_does_not_end_the_worker(
    redis: "Redis", queue: Queue, worker: CopydeskWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lone surrogate in the message ends RQ's own worker; ours waits, then tries again."""

    def explode(batch: str) -> None:
        raise ValueError(f"\ud800 {batch}")

    monkeypatch.setattr(tasks, "process_batch", explode)
    batches = [Handover(redis).send([]) for _ in range(2)]
    worker.work(burst=True)
    scheduled = ScheduledJobRegistry(queue=queue).get_job_ids()
    assert sorted(scheduled) == sorted(batches)
    assert len(StartedJobRegistry(queue=queue)) == 0


def test_the_lease_is_short_whatever_the_time_limit(
    redis: "Redis", queue: Queue, worker: CopydeskWorker
) -> None:
    """A dead worker's job is free again in seconds, not after its time limit."""
    job = queue.create_job("workers.tasks.process_batch", timeout=3600, retry=Retry(max=1))
    assert worker.get_heartbeat_ttl(job) == LEASE_S


def test_a_worker_serves_one_queue(redis: "Redis") -> None:
    """With two, RQ pops without an intermediate list, and a worker's death loses the job."""
    with pytest.raises(ConfigError, match="one queue"):
        CopydeskWorker(["copydesk", "other"], connection=redis)


def test_an_idle_worker_waits_longer_than_a_read_may_take(redis_url: str) -> None:
    """A connection that was made before RQ allowed for its blocking read is not used for it."""
    with Redis.from_url(redis_url, socket_timeout=1) as client:
        client.ping()
        idle = CopydeskWorker(["copydesk"], connection=client)
        reading = client.connection_pool.get_connection()
        try:
            assert reading.socket_timeout > idle.dequeue_timeout
        finally:
            client.connection_pool.release(reading)


def test_rq_itself_can_start_our_worker(redis: "Redis", redis_url: str, tmp_path: Path) -> None:
    """``rq worker -w workers.worker.CopydeskWorker`` is for people who run RQ their own way."""
    Handover(redis).send([])
    words = ["worker", "-w", "workers.worker.CopydeskWorker", "--url", redis_url, "--burst", "copydesk"]
    env: dict[str, Any] = os.environ | {"COPYDESK_REDIS_URL": redis_url, "COPYDESK_DATA_DIR": str(tmp_path)}
    rq = Path(sys.executable).with_name("rq")
    done = subprocess.run([rq, *words], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert Handover(redis).queued() == (0, 0)
    assert (tmp_path / "copydesk.db").exists()


def test_having_nothing_to_do_is_no_outage(
    redis_url: str, worker: CopydeskWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idle worker waits for longer than Redis may take to answer; it says nothing of it."""
    monkeypatch.setattr(workers.worker, "SOCKET_S", 0.1)
    monkeypatch.setattr(workers.worker, "IDLE_S", 1)
    paused: list[bytes] = []

    def say(what: bytes) -> None:
        if what == lifeline.PAUSED:
            paused.append(what)
            patience.STOPPING.set()  # else it would pause for ever

    monkeypatch.setattr(lifeline, "say", say)
    idle = workers.worker.open_worker(Settings(redis_url=SecretStr(redis_url)))
    try:
        idle.work(max_idle_time=1)
    finally:
        patience.STOPPING.clear()
    assert paused == []


@pytest.fixture
def until_paused(redis: "Redis", monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Redis has no memory left until somebody says that the work pauses; gives what was said."""
    said: list[bytes] = []

    def say(what: bytes) -> None:
        said.append(what)
        if what == lifeline.PAUSED:
            redis.config_set("maxmemory", "0")

    monkeypatch.setattr(lifeline, "say", say)
    monkeypatch.setattr(patience, "FIRST_PAUSE_S", 0.01)
    yield said
    redis.config_set("maxmemory", "0")


def test_a_worker_outlasts_a_redis_that_is_full(
    redis: "Redis",
    worker: CopydeskWorker,
    ran: list[str],
    until_paused: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even taking a job is a write: the worker waits, one line before and one after, and goes on where it was."""
    batch = Handover(redis).send([])
    # The last thing that RQ does before its loop.
    monkeypatch.setattr(worker, "subscribe", lambda: redis.config_set("maxmemory", "1"))
    with capture_logs() as logs:
        worker.work(burst=True)
    assert ran == [batch]
    assert [line["event"] for line in logs] == ["work.paused", "work.resumed"]
    assert "raise its maxmemory" in logs[0]["reason"]
    assert until_paused[:2] == [lifeline.PAUSED, lifeline.IDLE]


def test_a_job_whose_end_redis_does_not_take_is_left_to_recovery(
    redis: "Redis", worker: CopydeskWorker, monkeypatch: pytest.MonkeyPatch, until_paused: list[bytes]
) -> None:
    """The worker neither ends nor tells of a failure; the job's lease lapses, and the batch is found done."""
    monkeypatch.setattr(tasks, "process_batch", lambda batch: redis.config_set("maxmemory", "1"))  # noqa: ARG005
    batch = Handover(redis).send([])
    with capture_logs() as logs:
        worker.work(burst=True)
    assert {"event": "job.unsettled", "batch": batch} in [
        {key: line[key] for key in ("event", "batch") if key in line} for line in logs
    ]
    assert redis.zcard("rq:wip:copydesk") == 1
    assert batch not in FailedJobRegistry(queue=worker.queues[0])


def test_a_failed_job_is_an_event_like_any_other(
    redis: "Redis", worker: CopydeskWorker, queue: Queue
) -> None:
    """It is found by its name, and its batch is a field."""
    job = queue.enqueue("os.getcwd")
    with capture_logs() as logs:
        worker.work(burst=True)
    (line,) = [line for line in logs if line["event"] == "job.failed"]
    assert line["batch"] == job.id
    assert "RefusedJobError" in line["error"]
