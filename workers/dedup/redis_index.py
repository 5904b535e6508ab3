"""The index on Redis (6.2 or newer) or Valkey, alone or as a cluster, shared by any number of workers."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import RedisError

from crawler import redis_words
from crawler.errors import BackendError
from workers.dedup.entries import CANDIDATES, HOLDERS, Candidate, IndexEntry, IndexStats
from workers.dedup.fingerprint import VERSION
from workers.dedup.key_table import SPREAD
from workers.dedup.redis_script import Arguments, FoldScript, Row
from workers.records import ArticleId

LAYOUT = 2
"""Of what stands in Redis; with the version of the fingerprints it is what an index is known by."""

_DAY_S = 86_400
_CLUSTER_SHARDS = 64
_SHELF, _RECORD_KEYS, _SAMPLES = 262_144, 256, 100
_SHORT_BYTES, _REST_BYTES = 5, 3
_SHORT = (1 << 40) - 1
_SPREAD = np.uint64(SPREAD)

_Share = tuple[int, Arguments]
"""A shard, and what the script gets of one article there."""


class RedisIndex:
    """Articles under keys, in strings that a script searches and extends where they lie.

    =============================  ==========================================================================
    ``PREFIX:header``              hash: version of fingerprints and layout, window, shards; another is refused
    ``{PREFIX:S}:state``           hash: entries and buckets of each generation on shard S
    ``{PREFIX:S}:G:bN``            hash: buckets 262,144 N and on of generation G, 8 bytes an entry
    ``{PREFIX:S}:G:rB``            hash: records of the articles whose id ends in byte B
    =============================  ==========================================================================

    A generation lasts ``window_days``; the current and the last are searched, and every key expires with its
    generation.  On one server there is one shard and a batch costs one round trip.  On a cluster, keys spread over
    64 shards and a batch costs three, each to all nodes at once: its records, then its keys, then its candidates'
    records; so whoever is found under a key has its record in place.
    """

    def __init__(
        self,
        client: "Redis | RedisCluster",
        prefix: str = "copydesk:index",
        window_days: float = 30,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client: Any = client
        self._script = FoldScript(client)
        self._prefix = prefix
        self._period_s = window_days * _DAY_S
        self._clock = clock
        self._shards = _CLUSTER_SHARDS if isinstance(client, RedisCluster) else 1
        self._roots = [f"{{{prefix}:{shard}}}".encode() for shard in range(self._shards)]
        self._check_header(
            {
                "version": f"{VERSION}.{LAYOUT}",
                "window_days": f"{window_days:g}",
                "shards": str(self._shards),
            }
        )

    def check_and_add(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        if self._shards == 1:
            return self._look("put find add get", entries)
        self._run("put", [self._at_home(e.article, _stored(e)) for e in entries])
        return self._gather("find add", entries)

    def check(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        return self._look("find get", entries) if self._shards == 1 else self._gather("find", entries)

    def note(self, additions: Iterable[tuple[ArticleId, bytes]]) -> None:
        self._run("more", [self._at_home(article, addition) for article, addition in additions])

    def withdraw(self, entries: Iterable[IndexEntry]) -> None:
        taken = list(entries)
        if self._shards == 1:
            packed = _packed([e.keys for e in taken])
            shares = [self._at_home(e.article, b"", keys) for e, keys in zip(taken, packed, strict=True)]
        else:
            shares = [self._at_home(e.article, b"") for e in taken]
            shares += [share for entry in taken for share in self._spread(entry)]
        self._run("drop", shares)

    def remove(self, articles: Iterable[ArticleId]) -> None:
        self._run("drop", [self._at_home(article, b"") for article in articles])

    def clear(self) -> None:
        header = self._client.hgetall(f"{self._prefix}:header")
        for pattern in (f"{{{self._prefix}:*", f"{self._prefix}:header"):
            for key in self._client.scan_iter(match=_escape(pattern), count=1000):
                self._client.unlink(key)
        if header:
            self._client.hset(f"{self._prefix}:header", mapping=header)

    def stats(self) -> IndexStats:
        current, _ = self._generation()
        held = [
            self._held(shard, generation)
            for shard in range(self._shards)
            for generation in (current, current - 1)
        ]
        articles, keys, size = (sum(column) for column in zip(*held, strict=True))
        return IndexStats(articles=articles, keys=keys, bytes=size)

    def _held(self, shard: int, generation: int) -> tuple[int, int, int]:
        """Return a generation's articles, keys and bytes on a shard."""
        root = self._roots[shard].decode()
        entries, buckets = self._client.hmget(f"{root}:state", f"e{generation}", f"s{generation}")
        # A record's shard and its key both follow from the id's last bits, so a shard has a share of the keys.
        records = [f"{root}:{generation}:r{byte}" for byte in range(shard, _RECORD_KEYS, self._shards)]
        shelves = [f"{root}:{generation}:b{n}" for n in range(-(-int(buckets or 0) // _SHELF))]
        pipeline = self._client.pipeline(transaction=False)
        for name in records:
            pipeline.hlen(name)
        for name in records + shelves:
            pipeline.memory_usage(name, samples=_SAMPLES)
        replies = pipeline.execute()
        size = sum(reply or 0 for reply in replies[len(records) :])
        return sum(replies[: len(records)]), int(entries or 0), size

    def _look(self, what: str, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        """Return the candidates of the entries, from the only shard."""
        packed = _packed([e.keys for e in entries])
        shares = [self._at_home(e.article, _stored(e), keys) for e, keys in zip(entries, packed, strict=True)]
        return [_ranked(row) for row in self._run(what, shares)]

    def _gather(self, what: str, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        """Return the candidates of the entries, whose keys lie on many shards."""
        shares = [(place, share) for place, entry in enumerate(entries) for share in self._spread(entry)]
        held: list[Counter[bytes]] = [Counter() for _ in entries]
        for (place, _), row in zip(shares, self._run(what, [share for _, share in shares]), strict=True):
            held[place].update(dict(zip(row[::3], row[1::3], strict=True)))
        return self._fetch([counts.most_common(CANDIDATES) for counts in held])

    def _fetch(self, best: "Sequence[Sequence[tuple[bytes, int]]]") -> list[tuple[Candidate, ...]]:
        """Return the candidates with their records, which stand on the shards of their ids."""
        wanted = sorted({short for ranking in best for short, _ in ranking})
        rows = self._run("fetch", [self._at_home(int.from_bytes(short, "big"), b"") for short in wanted])
        records = {short: row[0] for short, row in zip(wanted, rows, strict=True)}
        found = ([(short, n, records[short]) for short, n in ranking if records[short]] for ranking in best)
        return [_ranked([part for triple in triples for part in triple]) for triples in found]

    def _at_home(self, article: int, record: bytes, packed: bytes = b"") -> _Share:
        """Return an article's share of the shard where its record stands."""
        return (article & _SHORT) % self._shards, (_short(article), record, packed)

    def _spread(self, entry: IndexEntry) -> Iterator[_Share]:
        """Yield an article's share of every shard that some of its keys lie on."""
        keys: dict[int, list[int]] = defaultdict(list)
        for key in entry.keys:
            keys[key % self._shards].append(key)
        short = _short(entry.article)
        for shard, packed in zip(keys, _packed(list(keys.values())), strict=True):
            yield shard, (short, b"", packed)

    def _generation(self) -> tuple[int, int]:
        """Return the generation's number, and the seconds until it is no longer searched."""
        now = self._clock()
        generation = int(now // self._period_s)
        return generation, max(1, int((generation + 2) * self._period_s - now))

    def _run(self, what: str, shares: "Sequence[_Share]") -> list[Row]:
        """Run the script for all shares, in one round trip to each node; return a row a share, in order."""
        most = CANDIDATES if self._shards == 1 else 4 * CANDIDATES
        current, left_s = self._generation()
        return self._script.run((what, current, current - 1, left_s, most, HOLDERS), self._roots, shares)

    def _check_header(self, mine: dict[str, str]) -> None:
        key = f"{self._prefix}:header"
        try:
            for field, value in mine.items():
                self._client.hsetnx(key, field, value)
            found = {f.decode(): v.decode() for f, v in self._client.hgetall(key).items()}
        except RedisError as error:
            raise BackendError(
                f"the deduplication index cannot be opened: {redis_words.say(error)}"
            ) from error
        for field, value in mine.items():
            if found.get(field) != value:
                raise BackendError(
                    f"the deduplication index has {field} {found.get(field)}, this program {value}: "
                    "rebuild it with 'copydesk index rebuild'"
                )


def _short(article: int) -> bytes:
    return (article & _SHORT).to_bytes(_SHORT_BYTES, "big")


def _packed(keys: Sequence[Sequence[int]]) -> Iterator[bytes]:
    """Yield eight bytes a key for each article's keys.

    Keys are scrambled: they are chosen by some of their bits, and buckets are told apart by those that differ.
    """
    data = (np.array(list(chain.from_iterable(keys)), "<u8") * _SPREAD).tobytes()
    at = 0
    for own in keys:
        yield data[at : (at := at + 8 * len(own))]


def _stored(entry: IndexEntry) -> bytes:
    """Return what the index keeps: the three bytes of the id that its short form lacks, and the record."""
    return (entry.article >> 40).to_bytes(_REST_BYTES, "big") + entry.record


def _ranked(row: Row) -> tuple[Candidate, ...]:
    """Return the candidates of a flat (short id, shared keys, record) row."""
    return tuple(
        Candidate(
            article=ArticleId(int.from_bytes(record[:_REST_BYTES] + short, "big")),
            record=record[_REST_BYTES:],
            shared_keys=int(shared),
        )
        for short, shared, record in zip(row[::3], row[1::3], row[2::3], strict=True)
    )


def _escape(pattern: str) -> str:
    return pattern.replace("[", "\\[").replace("?", "\\?")
