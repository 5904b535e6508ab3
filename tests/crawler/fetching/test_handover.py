"""The hand-over: a batch goes whole or not at all, and what is read back is what was written."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from rq import Queue
from structlog.testing import capture_logs

from crawler.errors import BackendError
from crawler.frontier.records import Entry, Finish, LeasedUrl, Visited
from crawler.frontier.shared import Frontier
from crawler.frontier.view import FrontierView
from crawler.handover import TASK, Handover, decode_outcomes, encode_outcomes, hand_back
from crawler.outbox import Outbox
from crawler.records import (
    CanonicalUrl,
    DiscoveredUrl,
    FeedHint,
    FetchedPage,
    FetchFailed,
    FetchOutcome,
    HostKey,
    SourceId,
    UrlRole,
)

WHEN = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
URL = CanonicalUrl("https://news.example/a")
PAGE = FetchedPage(
    url=URL, final_url=URL, status=200, headers={"content-type": "text/html"}, body=b"\x1f\x8b\0\xff",
    content_encoding="gzip", fetched_at=WHEN, source=SourceId("s"), role=UrlRole.FEED, depth=1,
    hint=FeedHint(title="Tides \u00e9", authors=("A", "B"), published_at=WHEN),
)  # fmt: skip
FAILED = FetchFailed(url=URL, reason="http_404", status=404, fetched_at=WHEN, source=SourceId("s"))


@pytest.fixture
def handover(redis_sync: redis.Redis) -> Handover:
    return Handover(redis_sync)


outcomes_of_any_kind = st.lists(st.sampled_from([PAGE, FAILED]), max_size=9)


@given(outcomes_of_any_kind)
def test_outcomes_come_back_as_they_went_and_in_order(outcomes: list[FetchOutcome]) -> None:
    """Bodies, dates, hints and the order survive the way through Redis."""
    assert decode_outcomes(encode_outcomes(outcomes)) == outcomes


@given(st.binary(max_size=200))
def test_what_is_no_batch_is_refused_by_name(blob: bytes) -> None:
    """Whatever stands in Redis, reading gives outcomes or a BackendError."""
    with contextlib.suppress(BackendError):
        assert isinstance(decode_outcomes(blob), list)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_batch_is_refused_or_read(at: int, value: int) -> None:
    """A flipped byte raises nothing but a BackendError."""
    blob = bytearray(encode_outcomes([PAGE, FAILED]))
    blob[at % len(blob)] = value
    with contextlib.suppress(BackendError):
        assert len(decode_outcomes(bytes(blob))) == 2


def test_a_batch_is_one_job_that_names_it(handover: Handover, redis_sync: redis.Redis) -> None:
    """RQ sees a JSON job with retries and a description of numbers; the pages are in a key of their own."""
    batch = handover.send([PAGE, FAILED])
    [job] = Queue("copydesk", connection=redis_sync, serializer="json").jobs
    assert (job.id, job.func_name, job.kwargs, job.description) == (
        batch,
        TASK,
        {"batch": batch},
        "2 pages of 1 host",
    )
    assert (job.retries_left, job.result_ttl, job.failure_ttl) == (3, 0, 7 * 86_400)
    assert handover.load(batch) == [PAGE, FAILED]
    assert (handover.queued_pages(), handover.in_hands()) == (2, 1)


def test_a_discarded_batch_is_gone(handover: Handover) -> None:
    """After ``discard`` nothing is queued, and reading it says that somebody has finished it."""
    batch = handover.send([PAGE])
    handover.discard(batch)
    handover.discard(batch)
    assert (handover.load(batch), handover.queued_pages(), handover.in_hands()) == (None, 0, 0)


def test_a_batch_that_failed_for_good_keeps_no_crawl_alive(
    handover: Handover, redis_sync: redis.Redis
) -> None:
    """It can still be looked at, but nobody waits for it."""
    batch = handover.send([PAGE])
    redis_sync.hset(f"rq:job:{batch}", "status", "failed")
    assert (handover.in_hands(), handover.load(batch)) == (0, [PAGE])


@pytest.mark.asyncio
async def test_leases_end_with_the_hand_over(
    handover: Handover, redis_async: Any, redis_sync: redis.Redis
) -> None:
    """Before ``send`` the URL is lent, after it is gone: there is no moment in between."""
    frontier = Frontier(redis_async)
    await frontier.add([DiscoveredUrl(url=URL, source=SourceId("s"))])
    [lease] = await frontier.lease(1, "me", 30)
    assert FrontierView(redis_sync).counts()["leased"] == 1
    await asyncio.to_thread(handover.send, [PAGE], [Finish(leased=one) for one in lease.urls])
    assert FrontierView(redis_sync).counts()["leased"] == 0


def test_sending_the_same_batch_again_writes_the_same_keys(
    handover: Handover, redis_sync: redis.Redis
) -> None:
    """After a broken connection a batch is sent again under its name: one blob, one job."""
    handover.send([PAGE], batch_id="b1")
    handover.send([PAGE], batch_id="b1")
    assert handover.queued_pages() == 1
    assert len(list(redis_sync.scan_iter("rq:job:*"))) == 1


def test_urls_come_back_to_the_frontier(redis_sync: redis.Redis) -> None:
    """Workers return what they found, and what they found a seed to be; twice is harmless."""
    front = CanonicalUrl("https://news.example/")
    hand_back(redis_sync, [DiscoveredUrl(url=front, source=SourceId("s"), role=UrlRole.SEED)])
    found = [DiscoveredUrl(url=URL, source=SourceId("s"), depth=1, found_on=front)]
    visited = [Visited(url=front, source=SourceId("s"), role=UrlRole.FRONT)]
    assert hand_back(redis_sync, found, visited=visited)["added"] == 1
    assert hand_back(redis_sync, found, visited=visited)["seen"] == 1
    assert hand_back(redis_sync, []) == {}


@pytest.mark.asyncio
async def test_an_outage_of_redis_is_told_once(
    handover: Handover, redis_sync: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tries that follow the first failure say nothing; that the pages went says that it is over."""
    failures = iter([True, True, True, False, True, False])
    send = handover.send

    def flaky(*args: Any, **more: Any) -> str:
        if next(failures):
            raise redis.ConnectionError
        return send(*args, **more)

    monkeypatch.setattr(handover, "send", flaky)
    monkeypatch.setattr("crawler.outbox.RETRY_S", (0.0,) * 4)
    leased = LeasedUrl(
        id=b"12345678", entry=Entry(url=URL, source=SourceId("s")), host=HostKey("news.example")
    )
    with ThreadPoolExecutor(1) as executor, capture_logs() as said:
        outbox = Outbox(handover, executor, batch_pages=1)
        for _ in range(2):
            outbox.put(Finish(leased=leased), PAGE)
        outbox.close()
        await outbox.run()
    assert [line["event"] for line in said] == ["batch.unsent", "batch.sent"] * 2
    assert handover.queued_pages() == 2
