"""Numbers for Prometheus are read, not counted along the way."""

from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from redis import Redis

from workers.desk import Desk
from workers.metrics import WorkMetrics


def test_numbers_are_those_of_the_queue_and_the_store(
    desk: Desk, fetched: Callable[..., Any], html: Callable[..., Any]
) -> None:
    """What waits, what was stored and why the rest was not."""
    desk.process(desk.handover.send([fetched("https://a.example/1", html("Harbour opens", 1))]))
    desk.handover.send([fetched("https://a.example/2", b"")] * 3)
    registry = CollectorRegistry()
    registry.register(WorkMetrics(desk.redis, desk.store))
    text = generate_latest(registry).decode()
    assert "copydesk_queue_pages 3.0" in text
    assert 'copydesk_jobs{state="waiting"} 2.0' in text
    assert "copydesk_stories 1.0" in text
    assert 'copydesk_up{part="redis"} 1.0' in text


def test_a_part_that_is_down_is_said_to_be_down(desk: Desk) -> None:
    """The rest is still told."""
    registry = CollectorRegistry()
    registry.register(WorkMetrics(Redis(unix_socket_path="/nowhere"), desk.store))
    text = generate_latest(registry).decode()
    assert 'copydesk_up{part="redis"} 0.0' in text
    assert 'copydesk_up{part="database"} 1.0' in text
    assert "copydesk_stories 0.0" in text
