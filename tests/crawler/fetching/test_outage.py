"""Our own network is away: a crawl waits for it, and nobody is given up."""

from typing import Any

import pytest
import redis
from structlog.testing import capture_logs

from crawler.records import FetchedPage
from tests.crawler.fetching.hostile_crawl import SETTINGS, Resolver, allow_all_hosts, crawl

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]
HOSTS = [f"{name}.example" for name in ("north", "south", "east", "west", "centre")]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.reach.PROBE_S", 0.02)
    monkeypatch.setattr("crawler.politeness.RETRY_BASE_S", 0.02)
    # Whatever network the machine has that runs the tests.
    monkeypatch.setattr("crawler.reach.is_routed", lambda: True)


@pytest.mark.usefixtures("soon")
async def test_a_crawl_that_starts_without_a_network_waits_for_it(
    press: Any, redis_sync: redis.Redis, redis_url: str
) -> None:
    """Names cannot be looked up forty times over: it is said once, no host is given up, and then all pages come."""
    resolver = Resolver({host: ["127.0.0.1"] for host in HOSTS}, silent=40)
    urls = [f"http://{host}:{press.port}/{n}" for host in HOSTS for n in range(2)]
    fetch = allow_all_hosts(SETTINGS).model_copy(update={"retries": 1, "respect_robots": False})
    with capture_logs() as said:
        outcomes, report = await crawl(redis_sync, redis_url, urls, fetch, resolver=resolver)
    assert {type(outcome) for outcome in outcomes.values()} == {FetchedPage}
    assert set(outcomes) == set(urls)
    assert report.stopped_by == "idle"
    about = [line["event"] for line in said if line["event"].startswith("network.")]
    assert about == ["network.away", "network.back"]


@pytest.mark.usefixtures("soon")
async def test_dead_names_beside_a_living_host_end_at_once(
    press: Any, redis_sync: redis.Redis, redis_url: str
) -> None:
    """Many names that do not exist cost their own pages only, and nothing is waited for."""
    resolver = Resolver({"alive.example": ["127.0.0.1"]})
    dead = [f"http://{host}:{press.port}/" for host in HOSTS]
    alive = f"http://alive.example:{press.port}/"
    with capture_logs() as said:
        outcomes, _ = await crawl(
            redis_sync, redis_url, [*dead, alive], allow_all_hosts(SETTINGS), resolver=resolver
        )
    assert isinstance(outcomes[alive], FetchedPage)
    assert len(outcomes) == 6
    assert not [line for line in said if line["event"].startswith("network.")]


@pytest.mark.usefixtures("soon")
async def test_a_crawl_without_a_network_stops_when_told(redis_sync: redis.Redis, redis_url: str) -> None:
    """While it waits it still listens, and what it could not ask for waits for the next one, untried."""
    resolver = Resolver({}, silent=10_000)
    urls = [f"http://{host}/" for host in HOSTS]

    outcomes, report = await crawl(
        redis_sync, redis_url, urls, allow_all_hosts(SETTINGS).model_copy(update={"retries": 1}),
        resolver=resolver, stop=resolver.enough,
    )  # fmt: skip
    assert (outcomes, report.stopped_by, report.failed) == ({}, "stop", 0)
