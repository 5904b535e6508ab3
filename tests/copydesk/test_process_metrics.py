"""Fetchers and workers as real processes: each tells of itself, idle or not, and of nobody else."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from redis import Redis

from crawler.vitals import Signs

pytestmark = pytest.mark.integration
DEADLINE_S = 90.0


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(folder: Path, redis_url: str, *words: str, **settings: str) -> Iterator[None]:
    """``copydesk WORDS``, ended gently."""
    env = os.environ | {"COPYDESK_REDIS_URL": redis_url, "COPYDESK_DATA_DIR": str(folder)} | settings
    with (folder / f"{words[0]}.log").open("ab") as log:
        child = subprocess.Popen([sys.executable, "-m", "copydesk", *words], env=env, stderr=log)
    try:
        yield
    finally:
        child.terminate()
        assert child.wait(DEADLINE_S) == 0


def until(condition: Callable[[], Any]) -> None:
    """Wait until something has happened: processes tell nobody when."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.05)


def processes_at(port: int) -> set[tuple[str, str]]:
    """The (role, process) pairs of which a ``/metrics`` tells."""
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    line = r'^copydesk_process_cpu_seconds_total\{process="([^"]+)",role="([^"]+)"\}'
    return {(role, name) for name, role in re.findall(line, text, re.MULTILINE)}


def test_each_process_tells_of_itself_and_all_tell_where_they_are(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    """An idle fetcher and two idle workers are there; each endpoint has its own; ended, none is left."""
    signs, fetch_port, work_port = Signs(redis), free_port(), free_port()
    with ExitStack() as stack:
        start = stack.enter_context
        start(process(tmp_path, redis_url, "fetch", COPYDESK_FETCH_METRICS=str(fetch_port)))
        start(process(tmp_path, redis_url, "work", "--workers", "2", COPYDESK_WORK_METRICS=str(work_port)))
        until(lambda: [v.role for v in signs.living().values()].count("worker") == 2)
        until(lambda: any(v.role == "fetcher" for v in signs.living().values()))
        living = {(vitals.role, name) for name, vitals in signs.living().items()}
        assert processes_at(fetch_port) == {one for one in living if one[0] == "fetcher"}
        assert processes_at(work_port) == {one for one in living if one[0] == "worker"}
        assert redis.llen("copydesk:backlog:hour") > 0
    assert signs.living() == {}
