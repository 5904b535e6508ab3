"""The index of fingerprints, filled and checked from the database: it holds nothing that cannot be rebuilt."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from redis import Redis

from workers.dedup.folding import Foldable, Folder
from workers.dedup.index import IndexStats, RedisIndex
from workers.dedup.remembered import entry_of
from workers.records import ArticleId
from workers.store.records import StoredArticle
from workers.store.store import Store

INDEX_PREFIX = "copydesk:index"
AT_ONCE = 25
_SLICES = 8
_OTHER_SELF = 1
"""Flips an id: an article never sees itself, so it is looked for under another name."""


def open_index(redis: "Redis", *, window_days: float, prefix: str = INDEX_PREFIX) -> RedisIndex:
    """Return the index that workers share."""
    return RedisIndex(redis, prefix, window_days)


def rebuild_index(store: Store, redis: "Redis", *, window_days: float, since: datetime) -> int:
    """Empty the index and add all articles of the window again, oldest first; return how many were gone through.

    Verdicts are not asked for again: the database keeps what was decided, also of copies that came while their story
    was not in the index and founded another; the next copy finds both and merges them.  It keeps the index's entries
    too: a text is read again only where it has none, as of copies that were taken out of the index, or one of another
    version.
    """
    for key in redis.scan_iter(match=f"*{INDEX_PREFIX}*", count=1000):
        redis.unlink(key)
    index = open_index(redis, window_days=window_days)
    folder = Folder(index)
    articles = 0
    for chunk in _chunks(store.articles(since=since)):
        entries = [entry_of(stored.id, stored.fingerprint) for stored in chunk]
        index.check_and_add([entry for entry in entries if entry is not None])
        folder.fold([_foldable(s, s.id) for s, entry in zip(chunk, entries, strict=True) if entry is None])
        articles += len(chunk)
    return articles


def check_index(
    store: Store, redis: "Redis", *, window_days: float, since: datetime, sample: int
) -> tuple[int, int, IndexStats]:
    """Look for ``sample`` articles from all over the window; return (looked for, found, what the index holds)."""
    index = open_index(redis, window_days=window_days)
    folder = Folder(index)
    looked = found = 0
    for stored in _sampled(store, since, timedelta(days=window_days), sample):
        if stored.kind == "digest" or not stored.text.strip():
            continue
        looked += 1
        found += folder.query(_foldable(stored, ArticleId(stored.id ^ _OTHER_SELF))).match is not None
    return looked, found, index.stats()


def _sampled(store: Store, since: datetime, window: timedelta, sample: int) -> Iterator[StoredArticle]:
    """Yield some articles of each eighth of the window, then the oldest, ``sample`` in all."""
    seen: set[ArticleId] = set()
    begins = [since + window * n / _SLICES for n in range(_SLICES)]
    slices = [islice(store.articles(since=begin), sample // _SLICES) for begin in begins]
    for stored in chain(*slices, store.articles(since=since)):
        if len(seen) == sample:
            return
        if stored.id not in seen:
            seen.add(stored.id)
            yield stored


def _chunks(articles: Iterable[StoredArticle]) -> Iterator[list[StoredArticle]]:
    wanted = (stored for stored in articles if stored.kind != "digest")
    while chunk := list(islice(wanted, AT_ONCE)):
        yield chunk


def _foldable(stored: StoredArticle, name: ArticleId) -> Foldable:
    article = stored.article
    return Foldable(article_id=name, article=article, site=article.site or "")
