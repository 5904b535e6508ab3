"""The index can always be rebuilt from the store."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from workers import indexing
from workers.dedup import remembered
from workers.dedup.folding import Folder
from workers.dedup.index import RedisIndex
from workers.dedup.remembered import RememberingIndex
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


def remember(desk: Desk, **index: Any) -> None:
    """Let the desk fold as a worker's does: what goes into the index goes into the store too."""
    desk.index = RememberingIndex(RedisIndex(desk.redis, "copydesk:index", **index))
    desk.folder = Folder(desk.index)


def take(desk: Desk, fetched: Make, html: Make, site: str = "a", stories: int = 5) -> None:
    """Take the stories as they stand on a site."""
    pages = [fetched(f"https://{site}.example/{n}", html(f"Story {n}", n)) for n in range(stories)]
    desk.process(desk.handover.send(pages))


def test_a_rebuild_reads_no_text_whose_entry_is_stored(
    desk: Desk, fetched: Make, html: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's entries make the same index; of another version they are not used, and texts are read again."""
    remember(desk)
    take(desk, fetched, html)
    stored = list(desk.store.articles())
    assert all(article.fingerprint for article in stored)
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "fold", lambda _, batch: [] if not batch else pytest.fail("a text was read"))
        assert rebuild_index(desk.store, desk.redis, window_days=30, since=EVER) == 5
    looked, found, stats = check_index(desk.store, desk.redis, window_days=30, since=EVER, sample=100)
    assert (looked, found, stats.articles) == (5, 5, 5)
    monkeypatch.setattr(remembered, "_VERSION", b"\xff")
    rebuild_index(desk.store, desk.redis, window_days=30, since=EVER)
    looked, found, stats = check_index(desk.store, desk.redis, window_days=30, since=EVER, sample=100)
    assert (looked, found, stats.articles) == (5, 5, 5)


def test_a_rebuild_that_was_broken_off_is_run_again(
    desk: Desk, fetched: Make, html: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies that came meanwhile found stories where theirs was missing; the next copies after it merge the two."""
    remember(desk)
    take(desk, fetched, html)
    with monkeypatch.context() as patch:
        patch.setattr(indexing, "AT_ONCE", 2)
        patch.setattr(type(desk.store), "articles", broken_off_after(2, list(desk.store.articles())))
        with pytest.raises(KeyboardInterrupt):
            rebuild_index(desk.store, desk.redis, window_days=30, since=EVER)
    take(desk, fetched, html, site="b")
    assert desk.store.totals().stories == 5 + 3
    rebuild_index(desk.store, desk.redis, window_days=30, since=EVER)
    assert desk.store.totals().stories == 5 + 3
    take(desk, fetched, html, site="c")
    totals = desk.store.totals()
    assert (totals.stories, totals.sightings) == (5, 15)
    assert desk.store.check() == []


def broken_off_after(count: int, articles: list[Any]) -> Callable[..., Any]:
    """A reading of the store that ends as by a kill."""

    def read(_store: Any, **_: Any) -> Any:
        yield from articles[:count]
        raise KeyboardInterrupt

    return read


def test_copies_that_were_taken_back_stay_out_of_a_rebuilt_index(
    desk: Desk, fetched: Make, html: Make
) -> None:
    """Their entries are not stored; read again, they find their match again and are taken back again."""
    remember(desk)
    take(desk, fetched, html)
    take(desk, fetched, html, site="b")
    before = open_index(desk.redis, window_days=30).stats()
    rebuild_index(desk.store, desk.redis, window_days=30, since=EVER)
    after = open_index(desk.redis, window_days=30).stats()
    assert (after.articles, after.keys) == (before.articles, before.keys)


def test_a_check_finds_what_is_missing(desk: Desk, fetched: Make, html: Make) -> None:
    """An article whose record or whose keys are gone is missed, the newest as well as the oldest."""
    remember(desk)
    take(desk, fetched, html)
    articles = [stored.id for stored in desk.store.articles()]
    index = open_index(desk.redis, window_days=30)
    for gone, article in enumerate((articles[-1], articles[0]), 1):
        index.remove([article])
        looked, found, _ = check_index(desk.store, desk.redis, window_days=30, since=EVER, sample=100)
        assert (looked, found) == (5, 5 - gone)


def test_the_index_forgets_and_the_store_does_not(desk: Desk, fetched: Make, html: Make) -> None:
    """Within the window a copy joins its story; long after it, the copy founds one, and the old one is still there."""
    now = [1_800_000_000.0]
    remember(desk, window_days=10, clock=lambda: now[0])
    take(desk, fetched, html, stories=2)
    now[0] += 9 * 86_400
    take(desk, fetched, html, site="b", stories=2)
    assert desk.store.totals().stories == 2
    now[0] += 30 * 86_400
    take(desk, fetched, html, site="c", stories=2)
    totals = desk.store.totals()
    assert (totals.stories, totals.sightings) == (4, 6)
