"""Keeps the embedded Redis of one data folder: starts it, restarts it, and stops it when its last user is gone.

Run as ``python keeper.py FOLDER SERVER SOCKET``; it detaches itself.  Three lock files carry the whole protocol,
because the kernel drops a lock however its holder ends, SIGKILL included:

=============  ==========================  ===========================================================================
file           held by                     says
=============  ==========================  ===========================================================================
users.lock     every user, shared          somebody needs the server; the keeper waits for the exclusive lock
keeper.lock    the keeper                  a keeper is at work
server.lock    the server (inherited)      a server may write the append-only file; two would ruin it
=============  ==========================  ===========================================================================

Standard library only: it must start fast and stay small.
"""

import fcntl
import os
import signal
import socket as sockets
import subprocess
import sys
import threading
import time
from pathlib import Path

RESTART_PAUSE_S = 0.2
"""Between a server's death and its restart: long enough not to spin on a server that cannot start."""


def server_command(server: str, folder: Path, socket: Path) -> list[str]:
    """Return the server's command line: a private socket, every write in the append-only file, nothing evicted.

    ``appendfsync everysec`` loses nothing when the process is killed (the write has reached the kernel before the
    reply) and at most a second when the machine is: a last write that is there in part is cut off at the start
    (``aof-load-truncated``).  ``noeviction``: with any other policy queued jobs vanish silently.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "logfile": str(folder / "redis.log"),
    }
    return [server, *(word for name, value in options.items() for word in (f"--{name}", value))]


BLOCK = 65_536
"""Bytes read at once."""


class Keeper:
    """One folder's server, and the wish to end it with its last user."""

    def __init__(self, folder: Path, server: str, socket: Path) -> None:
        self._folder = folder
        self._socket = socket
        self._command = server_command(server, folder, socket)
        self._change = threading.Lock()
        self._ending = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start the server and return when it was stopped, or at once when another keeper is at work."""
        with (self._folder / "keeper.lock").open("a") as mine:
            try:
                fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._start()
            threading.Thread(target=self._restart_when_dead, daemon=True).start()
            with (self._folder / "users.lock").open("a") as users:
                fcntl.flock(users, fcntl.LOCK_EX)  # granted when the last user is gone
                self._stop()
                mine.close()  # before users.lock: the next user must not take us for a keeper that stays

    def _start(self) -> None:
        with (self._folder / "server.lock").open("a") as lock:
            end_orphan(lock.fileno(), self._socket)
            cut_nulls(self._folder)
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                self._command, stdin=subprocess.DEVNULL, pass_fds=[lock.fileno()]
            )

    def _stop(self) -> None:
        with self._change:
            self._ending = True
            if self._process is not None:
                self._process.send_signal(signal.SIGTERM)  # flushes the append-only file
                self._process.wait()

    def _restart_when_dead(self) -> None:
        while True:
            if self._process is not None:
                self._process.wait()
            time.sleep(RESTART_PAUSE_S)
            with self._change:
                if self._ending:
                    return
                self._start()


def cut_nulls(folder: Path) -> None:
    """Cut bytes of zero off the end of the newest append-only file.

    After a power cut a file system may have a file's new length and not yet its bytes.  Commands never end so (each
    ends with a line break), and the server would refuse to start rather than load it.
    """
    numbered = {
        int(path.name.split(".")[-3]): path
        for path in folder.glob("appendonlydir/*.incr.aof")
        if path.name.split(".")[-3].isdigit()
    }
    if not numbered:
        return
    with numbered[max(numbered)].open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            begin = max(0, end - BLOCK)
            file.seek(begin)
            kept = len(file.read(end - begin).rstrip(b"\0"))
            end = begin + kept
            if kept:
                break
        file.truncate(end)


def end_orphan(lock: int, socket: Path) -> None:
    """Take the lock of ``server.lock``; a server that outlived its keeper holds it, and is stopped first."""
    while not _may_lock(lock):
        _shut_down(socket)
        time.sleep(0.05)


def _may_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _shut_down(socket: Path) -> None:
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
        connection.settimeout(5)
        try:
            connection.connect(os.fspath(socket))
            connection.sendall(b"SHUTDOWN NOSAVE\r\n")
            connection.recv(1)  # returns when the server has closed the connection
        except OSError:
            return


def _detach() -> None:
    """Leave the starter's session and family, so that neither its Ctrl-C nor its end reaches the server."""
    os.setsid()
    if os.fork():
        os._exit(0)


if __name__ == "__main__":
    _detach()
    Keeper(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])).run()
