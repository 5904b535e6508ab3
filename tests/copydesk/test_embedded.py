"""The embedded Redis starts with its first user, is joined by others, survives a kill, and ends with the last."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.exceptions import RedisError

from config.settings import Settings
from copydesk.embedded import _has_keeper, embedded_redis, socket_path
from copydesk.stack import open_stack
from crawler.errors import BackendError
from workers.store.opening import open_store
from workers.worker import open_worker

pytestmark = pytest.mark.integration

HOLD = """
import sys
from pathlib import Path
from redis.exceptions import RedisError

from copydesk.embedded import embedded_redis
with embedded_redis(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server of ``tmp_path``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("unix://")
    yield process
    process.kill()
    process.communicate()


def ask(url: str, command: str, *words: str) -> Any:
    """Send one command on a connection of its own."""
    with redis.Redis.from_url(url) as client:
        return client.execute_command(command, *words)


def gone(folder: Path) -> bool:
    """Wait until nothing listens any more, at most ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            ask(f"unix://{socket_path(folder / 'redis')}", "PING")
        except redis.RedisError:
            return True
        time.sleep(0.02)
    return False


def server_pid(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


@pytest.mark.parametrize("name", ["two words", "100% #1?", "a%20b", "x=y", "line\nline", "Über 'it\"\\"])
def test_a_data_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Its Redis is reached, a worker can register there, and its database lies in it and nowhere else."""
    settings = Settings(data_dir=tmp_path / name)
    with open_stack(settings) as stack:
        open_worker(stack).connection.close()
        assert stack.database_url is not None
        open_store(stack.database_url.get_secret_value()).close()
    assert [folder.name for folder in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "copydesk.db").exists()


def test_a_second_user_joins_and_the_data_survives_a_stop(tmp_path: Path) -> None:
    """Two users share one server; after its end a new one has what was written."""
    with embedded_redis(tmp_path) as first, embedded_redis(tmp_path) as second:
        assert first == second
        ask(first, "SET", "story", "kept")
    assert gone(tmp_path)
    with embedded_redis(tmp_path) as url:
        assert ask(url, "GET", "story") == b"kept"


def test_the_server_outlives_the_process_that_started_it(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    """The starter is killed: a user that joined keeps the same server, and the server ends with that user."""
    with embedded_redis(tmp_path) as url:
        before = server_pid(url)
        holder.kill()
        holder.wait()
        assert server_pid(url) == before
    assert gone(tmp_path)


def test_a_killed_last_user_takes_the_server_with_it(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """SIGKILL of the only user leaves no server behind."""
    holder.kill()
    holder.wait()
    assert gone(tmp_path)


def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    """SIGKILL of the server: the keeper starts it again, and every acknowledged write is there."""
    with embedded_redis(tmp_path) as url:
        ask(url, "SET", "story", "kept")
        before = server_pid(url)
        os.kill(before, signal.SIGKILL)
        with embedded_redis(tmp_path):  # waits until it answers
            assert ask(url, "GET", "story") == b"kept"
            assert server_pid(url) != before


def test_a_killed_keeper_is_replaced(tmp_path: Path) -> None:
    """A server without a keeper is taken over, never run twice."""
    with embedded_redis(tmp_path) as url:
        before = server_pid(url)
        status = Path(f"/proc/{before}/status")
        if not status.exists():
            pytest.skip("needs /proc to find the keeper")
        keeper = int(status.read_text().partition("PPid:")[2].split()[0])
        ask(url, "SET", "story", "kept")
        os.kill(keeper, signal.SIGKILL)
        while _has_keeper(
            tmp_path / "redis"
        ):  # its last thread holds the lock a moment longer than its first
            time.sleep(0.01)
        with embedded_redis(tmp_path) as again:
            assert ask(again, "GET", "story") == b"kept"
            assert server_pid(again) != before
    assert gone(tmp_path)


def test_a_server_that_died_with_its_keeper_is_started_by_who_waits_for_it(tmp_path: Path) -> None:
    """Both killed at once: nobody new comes, and the work still goes on by itself."""
    with embedded_redis(tmp_path) as url:
        before = server_pid(url)
        status = Path(f"/proc/{before}/status")
        if not status.exists():
            pytest.skip("needs /proc to find the keeper")
        keeper = int(status.read_text().partition("PPid:")[2].split()[0])
        ask(url, "SET", "story", "kept")
        os.kill(keeper, signal.SIGKILL)
        os.kill(before, signal.SIGKILL)
        for _ in range(3_000):
            with suppress(RedisError):
                assert ask(url, "GET", "story") == b"kept"
                break
            time.sleep(0.01)
        assert server_pid(url) != before
    assert gone(tmp_path)


def newest_file(folder: Path) -> Path:
    """The append-only file that the server wrote last, once the server has ended."""
    with (folder / "redis" / "server.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # granted when the server is gone
    files = (folder / "redis" / "appendonlydir").glob("*.incr.aof")
    return max(files, key=lambda path: int(path.name.split(".")[-3]))


@pytest.mark.parametrize(
    ("lost", "left"), [(500, b""), (500, bytes(70_000)), (0, bytes(3)), (0, bytes(200_000))]
)
def test_a_torn_file_costs_the_write_that_was_torn(tmp_path: Path, lost: int, left: bytes) -> None:
    """A machine that crashes leaves half a command, or zeros where bytes were to come: the server starts by itself."""
    with embedded_redis(tmp_path) as url:
        ask(url, "SET", "story", "kept")
        ask(url, "SET", "torn", "x" * 1_000)
    file = newest_file(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - lost] + left)
    for _ in range(2):  # and what it writes behind the tear is there the next time
        with embedded_redis(tmp_path) as url:
            assert ask(url, "GET", "story") == b"kept"
            assert bool(ask(url, "EXISTS", "torn")) is not bool(lost)
            ask(url, "SET", "later", "kept too")
    with embedded_redis(tmp_path) as url:
        assert ask(url, "GET", "later") == b"kept too"
    assert gone(tmp_path)


def test_a_server_killed_while_it_rewrites_its_file_loses_nothing(tmp_path: Path) -> None:
    """Every acknowledged write is there, those of before the rewriting and those of meanwhile."""
    with embedded_redis(tmp_path) as url:
        with redis.Redis.from_url(url) as client:
            client.mset({f"before-{n}": "x" * 1_000 for n in range(20_000)})  # enough to be killed in
            client.bgrewriteaof()
            client.mset({f"meanwhile-{n}": "y" for n in range(100)})
            os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
        with embedded_redis(tmp_path) as again:  # waits until it answers
            assert ask(again, "DBSIZE") == 20_100
    assert gone(tmp_path)


def test_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    """A socket's path is short; a data folder's need not be."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with embedded_redis(deep) as url:
        assert ask(url, "PING")
    assert gone(deep)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The message names the folder and the setting that mends it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BackendError, match="COPYDESK_DATA_DIR") as caught, embedded_redis(tmp_path / "file"):
        pass
    assert "\n" not in str(caught.value)
