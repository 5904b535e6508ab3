"""Outages: Redis or the database gone, locked, full.  Work pauses, says so once, and goes on by itself."""

import re
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
    RedisError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from crawler import redis_words
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
_REFUSALS = re.compile(r"(?:^|caused error: )(MISCONF|BUSY|NOREPLICAS|TRYAGAIN|OOM)\b")
"""Answers that redis-py has no class for: its file cannot be written, a script runs too long, a replica is missing."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0

log = structlog.get_logger(__name__)


class StoppedWaitingError(Exception):
    """Told to stop in the middle of an outage; the batch is untouched and will be run again."""


def is_outage(error: BaseException) -> bool:
    """Say whether the same call may succeed later: nothing is wrong with what was asked.

    >>> is_outage(RedisError("MISCONF Errors writing to the AOF file: No space left on device"))
    True
    >>> is_outage(RedisError("WRONGTYPE Operation against a key holding the wrong kind of value"))
    False
    """
    if isinstance(error, StoreRefusedError):
        return False
    return isinstance(error, OUTAGES) or (
        isinstance(error, RedisError) and _REFUSALS.search(str(error)) is not None
    )


def reason_of(error: BaseException) -> str:
    """Return what a log line may say of an outage: redis-py names the command, and its arguments are page text.

    >>> reason_of(RedisError("Command # 2 (HSET k f secret) of pipeline caused error: MISCONF cannot write"))
    'Redis cannot write its file: is its disk full? (MISCONF cannot write)'
    """
    return redis_words.say(error) if isinstance(error, RedisError) else str(error)[: redis_words.MOST_SAID]


def patiently(
    action: Callable[[], T],
    *,
    wait: Callable[[float], bool] = STOPPING.wait,
    doing: bytes = lifeline.BUSY,
) -> T:
    """Return what the action returns, however long its back end is away.  The action must be repeatable.

    The job's time limit stands still meanwhile.  Rows that the database will never take are no outage.  ``doing`` is
    what the pool is told when it goes on.
    """
    pause_s = FIRST_PAUSE_S
    remaining_s = 0
    paused = False
    while True:
        try:
            result = action()
        except Exception as error:
            if not is_outage(error):
                # Whatever it says, it answers: the outage is over.
                if paused:
                    _go_on(doing, remaining_s)
                raise
            if not paused:
                log.warning("work.paused", reason=reason_of(error))
                remaining_s = _stop_clock()
                paused = True
            lifeline.say(lifeline.PAUSED)
            if wait(pause_s):
                raise StoppedWaitingError from error
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            continue
        if paused:
            _go_on(doing, remaining_s)
        return result


def _go_on(doing: bytes, remaining_s: int) -> None:
    log.warning("work.resumed")
    lifeline.say(doing)
    if remaining_s:
        signal.alarm(remaining_s)


def _stop_clock() -> int:
    """Stop RQ's alarm (main thread only, as RQ itself); return the seconds that were left."""
    if threading.current_thread() is not threading.main_thread():
        return 0
    return signal.alarm(0)
