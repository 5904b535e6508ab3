"""What waited, as it was sampled."""

from datetime import UTC, datetime

from redis import Redis

from crawler.backlog import KEPT, Backlog, Samples
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.records import CanonicalUrl, DiscoveredUrl, FetchFailed, SourceId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def fill(redis: Redis) -> None:
    """Two URLs wait on one host and one on a paused one; three outcomes are with the workers."""
    view = FrontierView(redis)
    urls = ["https://a.example/1", "https://a.example/2", "https://b.example/1"]
    view.add([DiscoveredUrl(url=CanonicalUrl(url), source=SourceId("s")) for url in urls])
    view.pause("b.example")
    gone = FetchFailed(
        url=CanonicalUrl("https://c.example/1"), reason="http_404", fetched_at=NOON, source=SourceId("s")
    )
    Handover(redis).send([gone] * 3)


def test_a_sample_is_what_waits(redis: Redis) -> None:
    """Pages handed over and URLs that a fetcher may have; a paused host's wait for a person."""
    fill(redis)
    found = Samples(redis, now=lambda: 1000.0).read()
    assert found == Backlog(at_s=1000.0, in_hands=3, waiting=2)


def test_processes_take_turns(redis: Redis) -> None:
    """Two of them take one sample between them, for each span."""
    Samples(redis, now=lambda: 1000.0).take()
    Samples(redis, now=lambda: 1001.0).take()
    expected = [Backlog(at_s=1000.0, in_hands=0, waiting=0)]
    assert Samples(redis).load("hour") == Samples(redis).load("day") == expected


def test_a_span_holds_no_more_than_its_length(redis: Redis) -> None:
    """Old samples go, and what is no sample is passed over."""
    redis.lpush("copydesk:backlog:hour", *["1 1 1"] * 1000, "nonsense")
    samples = Samples(redis)
    samples.take()
    assert redis.llen("copydesk:backlog:hour") == KEPT["hour"][1]
    assert len(samples.load("hour")) == KEPT["hour"][1] - 1
