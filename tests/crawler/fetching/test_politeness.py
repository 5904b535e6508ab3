"""Politeness as the server sees it, and a fetcher that dies in the middle."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from redis.utils import str_if_bytes

from config.settings import FetchSettings
from crawler.crawl import FetcherSettings, run_fetcher
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.politeness import fresh_for_s, parse_retry_after, retry_delay_s
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId

HOSTS = [f"127.0.0.{n}" for n in range(2, 8)]
DELAY_S = 0.08


def settings(**fetch: Any) -> FetcherSettings:
    return FetcherSettings(
        fetch=FetchSettings(
            allow_private=("127.0.0.0/8",), **({"delay_s": DELAY_S, "timeout_s": 600} | fetch)
        )
    )


def fill(client: redis.Redis, press: Any, pages: int) -> set[str]:
    urls = {press.url(f"/{n}", host) for host in HOSTS for n in range(pages)}
    FrontierView(client).add(
        [DiscoveredUrl(url=CanonicalUrl(url), source=SourceId("s")) for url in sorted(urls)]
    )
    return urls


def take(client: redis.Redis) -> Counter[str]:
    """Take the batches off as workers do; return how often each URL came."""
    handover, seen = Handover(client), Counter[str]()
    for key in map(str_if_bytes, client.hkeys("copydesk:batches")):
        seen.update(outcome.url for outcome in handover.load(key) or ())
        handover.discard(key)
    return seen


@contextlib.asynccontextmanager
async def working(client: redis.Redis, came: Counter[str]):  # type: ignore[no-untyped-def]  # noqa: ANN201
    async def work() -> None:
        while True:
            came.update(take(client))
            await asyncio.sleep(0.05)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        came.update(take(client))


@pytest.mark.asyncio
@pytest.mark.integration
async def test_three_fetchers_keep_the_delay_of_every_host(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """From the server's side: never two requests of a host at once, never sooner than its delay, robots obeyed."""
    robots = b"User-agent: *\nDisallow: /3\nCrawl-delay: 0.2"
    press.routes[HOSTS[0], "/robots.txt"] = reply(robots)
    # The robots.txt of one host lies at another, which is being crawled: it may be asked in its own turn only.
    moved = press.url("/rules-of-another.txt", HOSTS[4])
    press.routes[HOSTS[3], "/robots.txt"] = reply(b"", f"Location: {moved}", status=301)
    press.routes[HOSTS[4], "/rules-of-another.txt"] = reply(b"User-agent: *\nDisallow: /4")
    press.routes["/5"] = reply(b"", "Location: /moved", status=302)
    press.routes[HOSTS[1], "/7"] = reply(b"", f"Location: {press.url('/from-afar', HOSTS[2])}", status=302)
    urls = fill(redis_sync, press, 10)
    came = Counter[str]()
    async with working(redis_sync, came):
        reports = await asyncio.gather(
            *(run_fetcher(settings(), redis_url, until_idle=True) for _ in range(3))
        )
    assert came == Counter(urls)
    assert [r.stopped_by for r in reports] == ["idle"] * 3
    assert max(press.most_at_once.values()) == 1
    assert all(min(press.gaps[host]) >= DELAY_S for host in HOSTS[1:])
    assert min(press.gaps[HOSTS[0]][1:]) >= 0.2
    assert "/3" not in press.paths(HOSTS[0])
    assert "/4" not in press.paths(HOSTS[3])
    assert press.paths(HOSTS[4]).count("/rules-of-another.txt") == 1
    assert {host: press.paths(host).count("/robots.txt") for host in HOSTS} == dict.fromkeys(HOSTS, 1)


CHILD = """
import sys
from config.settings import FetchSettings
from crawler.crawl import FetcherSettings, run_fetcher, run_in_loop
fetch = FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0.08, timeout_s=600)
run_in_loop(run_fetcher(FetcherSettings(fetch=fetch), sys.argv[1], until_idle=True, lease_s=1.0))
"""


@pytest.mark.asyncio
@pytest.mark.integration
async def test_a_fetcher_killed_in_the_middle_loses_nothing(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """SIGKILL at any moment: the leases come back, the others fetch what it held, every URL is handed over."""
    is_dead = asyncio.Event()

    async def only_then(request: Any, writer: asyncio.StreamWriter) -> None:
        await is_dead.wait()  # however fast the child is, it is not done
        writer.write(reply(b"<p>here"))

    press.routes[HOSTS[0], "/*"] = only_then
    urls = fill(redis_sync, press, 12)
    came = Counter[str]()
    async with working(redis_sync, came):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, redis_url, stdout=-3, stderr=-3
        )
        while not came:  # noqa: ASYNC110 - what is awaited happens in other processes
            await asyncio.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        await child.wait()
        is_dead.set()
        report = await run_fetcher(settings(delay_s=0.02), redis_url, until_idle=True)
    assert set(came) == urls
    assert 0 < report.pages < len(urls)
    assert FrontierView(redis_sync).counts()["leased"] == 0


@pytest.mark.asyncio
@pytest.mark.integration
async def test_a_fetcher_that_is_told_to_stop_gives_everything_back(
    press: Any, redis_sync: Any, redis_url: str
) -> None:
    """``stop`` ends it at once; what it has fetched is handed over, what it had leased waits for the next one."""

    async def slow(request: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    press.routes[HOSTS[0], "/*"] = slow
    urls = fill(redis_sync, press, 20)
    stop = asyncio.Event()
    running = asyncio.create_task(run_fetcher(settings(), redis_url, stop=stop))
    while len(press.requests) < 30:  # noqa: ASYNC110 - what is awaited happens in the server
        await asyncio.sleep(0.01)
    stop.set()
    report = await asyncio.wait_for(running, 60)
    counts = FrontierView(redis_sync).counts()
    came = take(redis_sync)
    assert (report.stopped_by, counts["leased"], counts["hosts_leased"]) == ("stop", 0, 0)
    assert report.pages == sum(came.values())
    assert counts["waiting"] == len(urls) - len(came)


@pytest.mark.asyncio
@pytest.mark.integration
async def test_limits_end_a_crawl(press: Any, redis_sync: Any, redis_url: str) -> None:
    """``max_pages`` and ``deadline`` stop it, by name, without losing what is left."""
    fill(redis_sync, press, 5)
    some = await run_fetcher(settings(), redis_url, max_pages=7)
    late = await run_fetcher(settings(), redis_url, deadline=datetime.now(UTC))
    assert (some.stopped_by, late.stopped_by, late.pages) == ("max_pages", "deadline", 0)
    assert 7 <= some.pages <= 7 + len(HOSTS)
    assert FrontierView(redis_sync).counts()["waiting"] == 30 - some.pages


async def commands_in_a_second(client: redis.Redis) -> float:
    """How many Redis is given; the fetcher goes on meanwhile."""
    began, before = time.monotonic(), client.info("stats")["total_commands_processed"]
    # Longer than a batch waits for more pages: what was fetched has been sent by then.
    await asyncio.sleep(0.8)
    given = client.info("stats")["total_commands_processed"] - before
    return float(given / (time.monotonic() - began))


@pytest.mark.asyncio
@pytest.mark.integration
async def test_a_long_queue_stops_leasing(press: Any, redis_sync: Any, redis_url: str) -> None:
    """While workers do not keep up the fetcher waits, and hardly asks; when they do it goes on."""
    urls = fill(redis_sync, press, 60)
    bound = settings(delay_s=0)
    tight = FetcherSettings(
        fetch=bound.fetch, crawl=bound.crawl.model_copy(update={"max_queued_pages": 5, "batch_pages": 5})
    )
    running = asyncio.create_task(run_fetcher(tight, redis_url, until_idle=True))
    # Ten looks a second, each at some forty batches; without rest it is thousands, for as long as one waits.
    while await commands_in_a_second(redis_sync) > 1000:
        assert not running.done()
    done = running.done()
    held = len([r for r in press.requests if r.path != "/robots.txt"])
    came = Counter[str]()
    async with working(redis_sync, came):
        await running
    assert not done
    assert held < len(urls)
    assert set(came) == urls


@given(st.text(max_size=40))
def test_any_retry_after_is_read_or_ignored(value: str) -> None:
    """Whatever a server writes, the wait is none or between nothing and a day."""
    wait_s = parse_retry_after(value, datetime.now(UTC))
    assert wait_s is None or 0 <= wait_s <= 86_400


@pytest.mark.parametrize(
    ("control", "expires", "age", "seconds"),
    [
        ("max-age=300", None, None, 300),
        ("MAX-AGE = 300", None, None, 300),
        ('public, max-age="300"', None, None, 300),
        (
            "max-age=60, s-maxage=300",
            None,
            None,
            300,
        ),  # RFC 9111, 5.2.2.10: for caches that many share, as we are
        ("max-age=300", None, "250", 50),
        ("max-age=300", None, "999", 0),
        ("max-age=300", None, "soon", 300),
        ("no-store", "Thu, 01 Jan 2026 01:00:00 GMT", None, 0),
        ("private, no-cache", None, None, 0),
        ("max-age=-5", None, None, 0),
        (
            "max-age=99999999999999999999",
            None,
            None,
            9_999_999_999,
        ),  # 1.2.2: larger than can be is still large
        ("stale-if-error=86400", None, None, 0),
        ("x-max-age=5", None, None, 0),
        ("", "Thu, 01 Jan 2026 00:30:00 GMT", None, 1800),
        ("", "Wed, 31 Dec 2025 00:30:00 GMT", None, 0),
        ("max-age=0", "Thu, 01 Jan 2026 00:30:00 GMT", None, 0),  # 5.3: Cache-Control goes before Expires
        ("", "0", None, 0),
        ("", "-1", None, 0),
        ("", "3600", None, 0),  # a number is no date
    ],
)
def test_freshness_is_read_by_rfc_9111(
    control: str, expires: str | None, age: str | None, seconds: int
) -> None:
    """``Cache-Control`` before ``Expires``, less the age; what is malformed says nothing."""
    assert fresh_for_s(control, expires, age, datetime(2026, 1, 1, tzinfo=UTC)) == seconds


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=12))
def test_any_freshness_is_read_or_ignored(control: str, expires: str, age: str) -> None:
    """Whatever a server writes, it is a time that is not negative."""
    assert 0 <= fresh_for_s(control, expires, age, datetime.now(UTC)) < 1e11


@given(st.integers(0, 10), st.floats(0, 1), st.booleans())
def test_retries_wait_longer_each_time(tries: int, jitter: float, is_overload: bool) -> None:  # noqa: FBT001
    """Back-off grows, with its jitter, up to its bound."""
    now, later = (
        retry_delay_s(n, retry_after_s=None, is_overload=is_overload, jitter=jitter)
        for n in (tries, tries + 1)
    )
    assert 0 < now <= later <= 3600 * 1.25
