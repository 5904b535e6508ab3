"""The last pages stay in Redis as they came."""

import redis

from crawler.handover import Handover
from crawler.kept import KeptPages
from crawler.records import CanonicalUrl, FetchedPage, FetchFailed, SourceId
from tests.web.press import NOON, site_url


def page(n: int, size: int = 10) -> FetchedPage:
    """Return a page; what it redirects to has another address."""
    return FetchedPage(
        url=CanonicalUrl(site_url("Delta Wire", f"asked-{n}")),
        final_url=CanonicalUrl(site_url("Delta Wire", f"final-{n}")),
        status=200,
        body=b"x" * size,
        fetched_at=NOON,
        source=SourceId("wire"),
    )


def retire(kept: KeptPages, handover: Handover, *pages: FetchedPage) -> str:
    """Hand pages over and finish them."""
    batch = handover.send(list(pages))
    kept.retire(batch, handover.load(batch) or [])
    return batch


def test_a_finished_page_is_found_by_either_address(client_of_redis: "redis.Redis") -> None:
    """By the URL that was asked for and by the one that answered."""
    kept, handover = KeptPages(client_of_redis), Handover(client_of_redis)
    retire(kept, handover, page(1), page(2))
    assert kept.find(page(2).url) == page(2)
    assert kept.find(page(2).final_url) == page(2)
    assert kept.find(site_url("Delta Wire", "other")) is None


def test_a_kept_batch_is_finished(client_of_redis: "redis.Redis") -> None:
    """It counts as waiting no longer, and whoever takes it up again learns that it is done."""
    kept, handover = KeptPages(client_of_redis), Handover(client_of_redis)
    batch = retire(kept, handover, page(1))
    assert handover.queued_pages() == 0
    assert handover.load(batch) is None


def test_repeating_is_harmless(client_of_redis: "redis.Redis") -> None:
    """Two workers that finish the same batch leave one copy."""
    kept, handover = KeptPages(client_of_redis), Handover(client_of_redis)
    batch = retire(kept, handover, page(1))
    kept.retire(batch, [page(1)])
    assert client_of_redis.llen("copydesk:kept") == 1
    assert kept.find(page(1).url) == page(1)


def test_the_oldest_are_let_go(client_of_redis: "redis.Redis") -> None:
    """Together they stay within the bound, and nothing of the others is left behind."""
    kept, handover = KeptPages(client_of_redis, max_bytes=10_000), Handover(client_of_redis)
    for n in range(8):
        retire(kept, handover, page(n, size=3000))
    assert kept.find(page(7).url) == page(7, size=3000)
    assert kept.find(page(0).url) is None
    assert len(client_of_redis.keys("copydesk:kept:*")) == 2 * client_of_redis.llen("copydesk:kept")
    assert client_of_redis.llen("copydesk:kept") <= 3


def test_nothing_is_kept_when_nothing_should_be(client_of_redis: "redis.Redis") -> None:
    """With a bound of 0, a batch of failures, or one larger than the bound, the batch is left to be discarded."""
    handover = Handover(client_of_redis)
    failed = FetchFailed(url=page(1).url, reason="http_404", fetched_at=NOON, source=SourceId("wire"))
    for bound, outcome in ((0, page(1)), (10_000, failed), (500, page(1, size=600))):
        batch = handover.send([outcome])
        KeptPages(client_of_redis, max_bytes=bound).retire(batch, [outcome])
        assert handover.load(batch) == [outcome]
    assert client_of_redis.exists("copydesk:kept") == 0
