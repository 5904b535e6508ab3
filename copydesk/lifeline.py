"""How a child process learns that it should stop: a signal, or the end of its parent."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def on_stop(action: Callable[[], None], *, lifeline: bool) -> None:
    """Call ``action`` at SIGTERM or SIGINT, and, with ``lifeline``, when standard input ends (our parent is gone).

    ``action`` may be called more than once and from another thread.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: action())
    if lifeline:
        threading.Thread(target=_wait_for_end, args=(action,), daemon=True).start()


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Yield an event that SIGINT or SIGTERM sets; the handlers that were there come back.

    ``KeyboardInterrupt`` may be raised, and lost, inside any library that is being called just then.
    """
    stopping = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    on_stop(stopping.set, lifeline=False)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for_end(action: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    action()
