"""The index of fingerprints, filled and checked from the database: it holds nothing that cannot be rebuilt."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from redis import Redis

from workers.dedup.folding import Foldable, Folder
from workers.dedup.index import IndexStats, RedisIndex
from workers.records import ArticleId
from workers.store.records import StoredArticle
from workers.store.store import Store

INDEX_PREFIX = "copydesk:index"
AT_ONCE = 25
_OTHER_SELF = 1
"""Flips an id: an article never sees itself, so it is looked for under another name."""


def open_index(redis: "Redis", *, window_days: float, prefix: str = INDEX_PREFIX) -> RedisIndex:
    """Return the index that workers share."""
    return RedisIndex(redis, prefix, window_days)


def rebuild_index(store: Store, redis: "Redis", *, window_days: float, since: datetime) -> int:
    """Empty the index and fold all articles of the window again, oldest first; return how many.

    Verdicts are not asked for again: the database keeps what was decided.
    """
    for key in redis.scan_iter(match=f"*{INDEX_PREFIX}*", count=1000):
        redis.unlink(key)
    folder = Folder(open_index(redis, window_days=window_days))
    articles = 0
    for chunk in _chunks(store.articles(since=since)):
        folder.fold([_foldable(stored, stored.id) for stored in chunk])
        articles += len(chunk)
    return articles


def check_index(
    store: Store, redis: "Redis", *, window_days: float, since: datetime, sample: int
) -> tuple[int, int, IndexStats]:
    """Look for the oldest ``sample`` articles of the window; return (looked for, found, what the index holds)."""
    index = open_index(redis, window_days=window_days)
    folder = Folder(index)
    looked = found = 0
    for stored in islice(store.articles(since=since), sample):
        if stored.kind == "digest" or not stored.text.strip():
            continue
        looked += 1
        found += folder.query(_foldable(stored, ArticleId(stored.id ^ _OTHER_SELF))).match is not None
    return looked, found, index.stats()


def _chunks(articles: Iterable[StoredArticle]) -> Iterator[list[StoredArticle]]:
    wanted = (stored for stored in articles if stored.kind != "digest")
    while chunk := list(islice(wanted, AT_ONCE)):
        yield chunk


def _foldable(stored: StoredArticle, name: ArticleId) -> Foldable:
    article = stored.article
    return Foldable(article_id=name, article=article, site=article.site or "")
