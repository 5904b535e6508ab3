"""``copydesk status`` says why nothing goes on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from redis import Redis

from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchFailed, SourceId

FAILED = FetchFailed(
    url=CanonicalUrl("https://a.example/1"),
    reason="http_404",
    fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    source=SourceId("desk"),
)


@pytest.mark.parametrize(("bound", "waits"), [("1", ["Fetchers wait"]), ("2", [])])
def test_pages_that_nobody_takes_are_told_of(
    copydesk: Callable[..., Any], redis: "Redis", redis_url: str, bound: str, waits: list[str]
) -> None:
    """That no worker is alive, and, where the bound is reached, that the fetchers wait."""
    Handover(redis).send([FAILED])
    said = copydesk("status", COPYDESK_REDIS_URL=redis_url, COPYDESK_CRAWL_MAX_QUEUED_PAGES=bound).stdout
    said = " ".join(said.split())
    assert "1 pages are with the workers" in said
    assert "No worker is alive" in said
    assert [words for words in ["Fetchers wait"] if words in said] == waits


def test_with_nothing_to_do_nobody_is_missed(copydesk: Callable[..., Any], redis_url: str) -> None:
    """An empty desk without workers is at rest."""
    assert "No worker" not in copydesk("status", COPYDESK_REDIS_URL=redis_url).stdout
