"""A fetcher and an ingest outlast a Redis that is away; every other command says in one line that it went."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from pydantic import SecretStr
from structlog.testing import capture_logs

from config.settings import Settings
from copydesk import fetching
from copydesk.checkup import Finding, examine
from copydesk.embedded import embedded_redis
from copydesk.feeding import hand_over
from copydesk.stack import check_redis, open_stack, takes_writes
from crawler.errors import BackendError, ConfigError
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchFailed, SourceId
from crawler.report import FetchReport


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of these tests alone."""
    with embedded_redis(tmp_path_factory.mktemp("outages")) as found:
        yield found


@pytest.fixture
def client(url: str) -> Iterator["redis.Redis"]:
    """A connection to it; its memory is unbounded again afterwards."""
    with redis.Redis.from_url(url) as connection:
        connection.flushall()
        yield connection
        connection.config_set("maxmemory", "0")


def failures(count: int) -> list[FetchFailed]:
    """Outcomes that are quickly made."""
    return [
        FetchFailed(
            url=CanonicalUrl(f"https://a.example/{n}"),
            reason="http_404",
            fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
            source=SourceId("desk"),
        )
        for n in range(count)
    ]


def test_a_fetcher_begins_anew_when_redis_takes_writes_again(
    url: str, client: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line when it pauses, one when it goes on, and the pages of before count against its limit."""
    asked: list[Any] = []

    async def run_fetcher(*_: object, progress: Any, **limits: Any) -> None:
        asked.append(limits["max_pages"])
        if len(asked) == 1:
            progress(FetchReport(pages=3))
            client.config_set("maxmemory", "1")
            threading.Timer(0.05, client.config_set, ("maxmemory", "0")).start()
            raise BackendError("Redis went away")

    monkeypatch.setattr(fetching, "run_fetcher", run_fetcher)
    monkeypatch.setattr(fetching, "LOOK_S", 0.01)
    settings = Settings(redis_url=SecretStr(url))
    with capture_logs() as logs:
        asyncio.run(
            fetching.run(settings, until_idle=True, max_pages=10, last=None, warc=None, lifeline=False)
        )
    assert [line["event"] for line in logs] == ["fetch.paused", "fetch.resumed"]
    assert asked == [10, 7]


def test_a_full_redis_takes_no_writes(url: str, client: "redis.Redis") -> None:
    """To answer a ping is not enough."""
    assert takes_writes(url)
    client.config_set("maxmemory", "1")
    assert client.ping()
    assert not takes_writes(url)


def test_an_ingest_waits_while_redis_is_full(url: str, client: "redis.Redis", tmp_path: Path) -> None:
    """Nothing is read meanwhile, and each outcome is queued once."""
    with closing(hand_over(Settings(redis_url=SecretStr(url), data_dir=tmp_path), failures(3))) as steps:
        client.config_set("maxmemory", "1")
        assert [next(steps), next(steps)] == [0, 0]
        client.config_set("maxmemory", "0")
        assert list(steps)[-1] == 3
    assert Handover(client).queued_pages() == 3


def test_a_command_that_loses_redis_says_so_in_one_line(url: str, client: "redis.Redis") -> None:
    """No traceback, no address with a password."""
    client.config_set("maxmemory", "1")
    with (
        pytest.raises(BackendError, match=r"^Redis is full: raise its maxmemory"),
        open_stack(Settings(redis_url=SecretStr(url))),
    ):
        client.set("x", "y")


def test_a_full_redis_can_be_looked_at(url: str, client: "redis.Redis") -> None:
    """The frontier is counted and listed where its list of hosts cannot be put in order: then it is needed most."""
    client.zadd("copydesk:frontier:queue:news.example", {"https://news.example/": 1})
    client.hset("copydesk:frontier:host:news.example", mapping={"fetched": 2})
    client.config_set("maxmemory", "1")
    view = FrontierView(client)
    assert view.counts()["waiting"] == 1
    assert [state.host for state in view.hosts()] == ["news.example"]


def found_of_redis(url: str, folder: Path) -> Finding:
    settings = Settings(redis_url=SecretStr(url), data_dir=folder)
    return next(found for found in examine(settings) if found.what == "redis" and "version" in found.found)


def test_the_doctor_tells_of_a_redis_that_takes_nothing(
    url: str, client: "redis.Redis", tmp_path: Path
) -> None:
    """To answer is not enough: a full one is to be mended."""
    assert not found_of_redis(url, tmp_path).mend
    client.config_set("maxmemory", "1")
    found = found_of_redis(url, tmp_path)
    assert found.mend.startswith("Redis is full: raise its maxmemory")
    assert not found.warning


def test_the_doctor_tells_of_a_redis_that_forgets(url: str, client: "redis.Redis", tmp_path: Path) -> None:
    """A policy that evicts loses queued pages without a word."""
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        found = found_of_redis(url, tmp_path)
    finally:
        client.config_set("maxmemory-policy", "noeviction")
    assert "maxmemory-policy noeviction" in found.mend
    assert found.warning


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "127.0.0.1:6379",
        "http://h/0",
        "redis://h:port/0",
        "redis://:pa/ss@h:6379/0",
        "redis://:pass@h:6379/news",
    ],
)
def test_a_wrong_redis_url_is_refused_without_showing_it(wrong: str) -> None:
    """A password that was not encoded is no host, and in no message."""
    with pytest.raises(ConfigError, match=r"^redis_url") as caught:
        check_redis(wrong)
    assert "pa/ss" not in str(caught.value)
    assert "'pa'" not in str(caught.value)


def test_a_redis_that_is_not_there_is_not_said_to_refuse_us(tmp_path: Path) -> None:
    """The line says what to do."""
    with pytest.raises(BackendError, match=r"Redis is away \(.*\); start it, or correct COPYDESK_REDIS_URL"):
        check_redis(f"unix://{tmp_path}/nobody.sock")
