"""Outages pause the work, which says so once and goes on by itself."""

from collections.abc import Callable

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from structlog.testing import capture_logs

from crawler.errors import StoreError, StoreRefusedError
from workers.patience import LONGEST_PAUSE_S, StoppedWaitingError, patiently


def failing(error: Exception, times: int) -> Callable[[], str]:
    """An action that fails so often, then works."""
    left = iter([error] * times)

    def action() -> str:
        for one in left:
            raise one
        return "done"

    return action


@pytest.mark.parametrize(
    "error",
    [
        StoreError("database is locked"),
        RedisConnectionError("gone"),
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'"),
    ],
)
def test_an_outage_is_waited_for(error: Exception) -> None:
    """However long it lasts: longer pauses, two log lines, then the result."""
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return False

    with capture_logs() as logs:
        assert patiently(failing(error, 9), wait=wait) == "done"
    assert [line["event"] for line in logs] == ["work.paused", "work.resumed"]
    assert pauses == sorted(pauses)
    assert max(pauses) == LONGEST_PAUSE_S


def test_what_is_no_outage_is_not_waited_for() -> None:
    """Rows that the database will never take, and bugs, are the page's affair."""
    for error in (StoreRefusedError("a constraint"), ValueError("a bug")):
        with pytest.raises(type(error)):
            patiently(failing(error, 1), wait=lambda _: pytest.fail("waited"))


def test_being_told_to_stop_ends_the_wait() -> None:
    """The batch stays in Redis for another day."""
    with pytest.raises(StoppedWaitingError):
        patiently(failing(StoreError("gone"), 99), wait=lambda _: True)
