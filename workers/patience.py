"""Outages: Redis or the database gone, locked, full.  Work pauses, says so once, and goes on by itself."""

import signal
import threading
from collections.abc import Callable
from typing import TypeVar

import structlog
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from crawler.errors import BackendError, StoreRefusedError
from workers import lifeline

T = TypeVar("T")

STOPPING = threading.Event()
"""Set when the process was told to stop: a pause ends, and the batch waits in Redis for another day."""

OUTAGES = (
    BackendError,
    RedisConnectionError,
    RedisTimeoutError,
    BusyLoadingError,
    OutOfMemoryError,
    ReadOnlyError,
    ClusterDownError,
)
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0

log = structlog.get_logger(__name__)


class StoppedWaitingError(Exception):
    """Told to stop in the middle of an outage; the batch is untouched and will be run again."""


def patiently(action: Callable[[], T], *, wait: Callable[[float], bool] = STOPPING.wait) -> T:
    """Return what the action returns, however long its back end is away.  The action must be repeatable.

    The job's time limit stands still meanwhile.  Rows that the database will never take are no outage.
    """
    pause_s = FIRST_PAUSE_S
    remaining_s = 0
    paused = False
    while True:
        try:
            result = action()
        except StoreRefusedError:
            raise
        except OUTAGES as error:
            if not paused:
                log.warning("work.paused", reason=str(error)[:300])
                remaining_s = _stop_clock()
                paused = True
            lifeline.say(lifeline.PAUSED)
            if wait(pause_s):
                raise StoppedWaitingError from error
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            continue
        if paused:
            log.warning("work.resumed")
            lifeline.say(lifeline.BUSY)
            _start_clock(remaining_s)
        return result


def _stop_clock() -> int:
    """Stop RQ's alarm (main thread only, as RQ itself); return the seconds that were left."""
    if threading.current_thread() is not threading.main_thread():
        return 0
    return signal.alarm(0)


def _start_clock(remaining_s: int) -> None:
    if remaining_s:
        signal.alarm(remaining_s)
