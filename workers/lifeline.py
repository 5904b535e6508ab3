"""Between a pool and its workers: two pipes.

A worker's standard input stays open as long as its parent lives: at its end the worker stops, so that no orphan works
on.  On its standard output a worker says what it does: ``b`` busy, ``i`` idle, ``p`` paused by an outage, ``.`` alive.
A worker that is stuck in C code cannot even say ``.``, and its pool ends it.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BUSY, IDLE, PAUSED, ALIVE = b"b", b"i", b"p", b"."

_out: int | None = None


def hold() -> None:
    """Take the pipes of this process: call once, at the start, under a pool only."""
    global _out  # noqa: PLW0603  (one process, one lifeline)
    _out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed may reach the pipe
    threading.Thread(target=_watch, args=(os.dup(sys.stdin.fileno()),), daemon=True).start()


def _watch(pipe: int) -> None:
    while os.read(pipe, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def say(what: bytes) -> None:
    """Tell the pool; without one, nobody."""
    if _out is not None:
        try:
            os.write(_out, what)
        except OSError:
            return  # the pool is gone; the other pipe says so too


def beat() -> None:
    """Say that this process still runs Python."""
    say(ALIVE)


@contextmanager
def busy() -> Iterator[None]:
    """A job is in hand: from now on its time counts."""
    say(BUSY)
    try:
        yield
    finally:
        say(IDLE)
