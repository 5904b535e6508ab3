"""The index can always be rebuilt from the store."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from workers.dedup.folding import Folder
from workers.desk import Desk
from workers.indexing import check_index, open_index, rebuild_index
from workers.store.records import Totals

Make = Callable[..., Any]
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def totals_after_copies(desk: Desk, fetched: Make, html: Make) -> Totals:
    """Copies of the stories that are in the store come in."""
    copies = [fetched(f"https://b.example/{n}", html(f"Story {n}", n)) for n in range(5)]
    desk.process(desk.handover.send(copies))
    return desk.store.totals()


def test_a_lost_index_is_rebuilt_from_the_store(desk: Desk, fetched: Make, html: Make) -> None:
    """After a rebuild every stored article is found again, and copies fold into their stories."""
    desk.folder = Folder(open_index(desk.redis, window_days=30))
    desk.process(
        desk.handover.send([fetched(f"https://a.example/{n}", html(f"Story {n}", n)) for n in range(5)])
    )
    looked, found, _ = check_index(desk.store, desk.redis, window_days=30, since=EVER, sample=100)
    assert (looked, found) == (5, 5)
    desk.redis.flushall()
    looked, found, _ = check_index(desk.store, desk.redis, window_days=30, since=EVER, sample=100)
    assert (looked, found) == (5, 0)
    assert rebuild_index(desk.store, desk.redis, window_days=30, since=EVER) == 5
    looked, found, stats = check_index(desk.store, desk.redis, window_days=30, since=EVER, sample=100)
    assert (looked, found) == (5, 5)
    assert stats.articles == 5
    totals = totals_after_copies(desk, fetched, html)
    assert (totals.stories, totals.sightings) == (5, 10)


def test_an_index_that_forgot_hides_no_text(desk: Desk, fetched: Make, html: Make) -> None:
    """With an empty index copies become stories of their own: too many stories, never too few texts."""
    desk.folder = Folder(open_index(desk.redis, window_days=30))
    desk.process(
        desk.handover.send([fetched(f"https://a.example/{n}", html(f"Story {n}", n)) for n in range(5)])
    )
    desk.redis.flushall()
    assert totals_after_copies(desk, fetched, html).sightings == 10
    assert desk.store.check() == []
