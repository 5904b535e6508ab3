"""Outages pause the work, which says so once and goes on by itself."""

from collections.abc import Callable

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from rq import Queue
from rq.exceptions import DequeueTimeout
from structlog.testing import capture_logs

from crawler.errors import StoreError, StoreRefusedError
from workers import patience
from workers.patience import LONGEST_PAUSE_S, StoppedWaitingError, patiently
from workers.steady import SteadyQueue


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


@pytest.mark.parametrize("error", [ValueError("a bug"), StoreRefusedError("a constraint")])
def test_an_outage_ends_with_whatever_answer(error: Exception) -> None:
    """A job that fails after an outage, or a wait for one that ends without, leaves no pause without its end."""
    answers = iter([RedisConnectionError("gone"), error])

    def action() -> None:
        raise next(answers)

    with capture_logs() as logs, pytest.raises(type(error)):
        patiently(action, wait=lambda _: False)
    assert [line["event"] for line in logs] == ["work.paused", "work.resumed"]


def test_an_idle_worker_soon_says_that_redis_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage it waits for a job no longer than RQ can: the end of a pause is not to come with the next job."""
    waited: list[int | None] = []

    def take(_queues: object, timeout: int | None, **_: object) -> None:
        waited.append(timeout)
        raise RedisConnectionError("gone") if len(waited) < 3 else DequeueTimeout(timeout, "copydesk")

    monkeypatch.setattr(Queue, "dequeue_any", take)
    monkeypatch.setattr(patience, "FIRST_PAUSE_S", 0.01)
    with capture_logs() as logs, pytest.raises(DequeueTimeout):
        SteadyQueue.dequeue_any([], 405, connection=None)
    assert waited == [405, 1, 1]
    assert [line["event"] for line in logs] == ["work.paused", "work.resumed"]
