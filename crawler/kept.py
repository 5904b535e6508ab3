"""The last pages as they came, kept a while after their batch was stored, so that people can look at them.

Nothing is copied: the batch that the fetcher wrote is renamed in place of being deleted.
"""

from collections.abc import Sequence
from typing import Any

from redis import Redis

from crawler.errors import BackendError
from crawler.frontier.scope import id_of
from crawler.handover import decode_outcomes
from crawler.records import FetchedPage, FetchOutcome

TTL_S = 7 * 86_400
MOST_BATCHES = 2_000
"""Batches kept, however small: as many as are looked through for one page in some milliseconds."""


class KeptPages:
    """The newest batches, up to so many bytes together.

    ============================== ====== =========================================================
    key                            type   holds
    ============================== ====== =========================================================
    ``{prefix}kept``               list   ``id bytes`` of batches, the newest first
    ``{prefix}kept:batch:{id}``    string the batch (``crawler.handover.encode_outcomes``)
    ``{prefix}kept:urls:{id}``     string 8 bytes of hash for each URL of its pages
    ============================== ====== =========================================================
    """

    def __init__(self, redis: "Redis", prefix: str = "copydesk:", *, max_bytes: int = 32_000_000) -> None:
        self._redis = redis
        self._prefix = prefix
        self._max_bytes = max_bytes

    def retire(self, batch: str, outcomes: Sequence[FetchOutcome]) -> None:
        """Keep a batch that is stored, which ends it as ``Handover.discard`` does; the oldest are let go.

        In one step: a worker that dies between keeping and discarding would leave a batch that counts as
        waiting and cannot be found.  Harmless when repeated.
        """
        urls = sorted({url for o in outcomes if isinstance(o, FetchedPage) for url in (o.url, o.final_url)})
        size: Any = self._redis.strlen(self._source(batch)) if self._max_bytes and urls else 0
        if not 0 < size <= self._max_bytes:
            return
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.rename(self._source(batch), self._batch(batch))
            pipe.expire(self._batch(batch), TTL_S)
            pipe.set(self._urls(batch), b"".join(id_of(url) for url in urls), ex=TTL_S)
            pipe.lpush(self._list, f"{batch} {size}")
            pipe.hdel(f"{self._prefix}batches", batch)
            # The rename fails where another worker has just finished the same batch.
            pipe.execute(raise_on_error=False)
        self._let_go()

    def find(self, url: str) -> FetchedPage | None:
        """Return the newest page of this URL that is still kept."""
        wanted = id_of(url)
        names = [name for name, _ in self._kept()]
        blobs: Any = self._redis.mget([self._urls(name) for name in names]) if names else []
        for name, blob in zip(names, blobs, strict=True):
            if blob is not None and wanted in {blob[at : at + 8] for at in range(0, len(blob), 8)}:
                found = self._page_in(name, url)
                if found is not None:
                    return found
        return None

    def _page_in(self, name: str, url: str) -> FetchedPage | None:
        blob: Any = self._redis.get(self._batch(name))
        try:
            outcomes = decode_outcomes(blob) if blob is not None else []
        except BackendError:
            return None
        return next((o for o in outcomes if isinstance(o, FetchedPage) and url in {o.url, o.final_url}), None)

    def _kept(self) -> list[tuple[str, int]]:
        rows: Any = self._redis.lrange(self._list, 0, MOST_BATCHES)
        pairs = [row.decode().partition(" ") for row in rows]
        return [(name, int(size)) for name, _, size in pairs]

    def _let_go(self) -> None:
        total = 0
        kept = self._kept()
        for number, (_, size) in enumerate(kept):
            total += size
            if total > self._max_bytes or number >= MOST_BATCHES:
                surplus = [name for name, _ in kept[number:]]
                with self._redis.pipeline(transaction=True) as pipe:
                    for name, size_of in kept[number:]:
                        pipe.lrem(self._list, 1, f"{name} {size_of}")
                    pipe.delete(*(key for name in surplus for key in (self._batch(name), self._urls(name))))
                    pipe.execute()
                return

    @property
    def _list(self) -> str:
        return f"{self._prefix}kept"

    def _source(self, batch: str) -> str:
        return f"{self._prefix}batch:{batch}"

    def _batch(self, batch: str) -> str:
        return f"{self._prefix}kept:batch:{batch}"

    def _urls(self, batch: str) -> str:
        return f"{self._prefix}kept:urls:{batch}"
