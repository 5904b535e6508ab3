"""The index on Redis (6.2 or newer) or Valkey, alone or as a cluster, shared by any number of workers."""

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import NoScriptError, RedisError

from crawler.errors import BackendError
from workers.dedup.entries import CANDIDATES, HOLDERS, Candidate, IndexEntry, IndexStats
from workers.dedup.fingerprint import VERSION
from workers.records import ArticleId

_DAY_S = 86_400
_SCRIPT: Final = Path(__file__).with_name("fold_index.lua").read_text(encoding="utf-8")
_SHA: Final = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
_CHUNK = 25
"""Articles a script call: some ten milliseconds in which the server does nothing else."""

_SHORT = (1 << 40) - 1
_RECORD_KEYS = 256


class RedisIndex:
    """Articles under keys, in strings that a script searches and extends where they lie.

    =============================  ==========================================================================
    ``PREFIX:header``              hash: version of the fingerprints, window, shards; another one is refused
    ``{PREFIX:S}:G:state``         hash: entries and buckets of generation G on shard S
    ``{PREFIX:S}:G:bN``            hash: buckets 65,536 N and on: 10 bytes an entry (5 of the key, 5 of the id)
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
        self._prefix = prefix
        self._period_s = window_days * _DAY_S
        self._clock = clock
        self._shards = 64 if isinstance(client, RedisCluster) else 1
        self._check_header(
            {"version": str(VERSION), "window_days": f"{window_days:g}", "shards": str(self._shards)}
        )

    def check_and_add(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        return self._fold(entries, add=True)

    def check(self, entries: Sequence[IndexEntry]) -> list[tuple[Candidate, ...]]:
        return self._fold(entries, add=False)

    def withdraw(self, entries: Iterable[IndexEntry]) -> None:
        taken = list(entries)
        if not taken:
            return
        jobs = self._key_jobs(taken)
        if self._shards > 1:
            jobs += [_Job(self._home(e.article), e.article, b"", b"") for e in taken]
        self._run("drop", jobs)

    def remove(self, articles: Iterable[ArticleId]) -> None:
        self.withdraw(IndexEntry(article=article, keys=(), record=b"") for article in articles)

    def clear(self) -> None:
        header = self._client.hgetall(f"{self._prefix}:header")
        for pattern in (f"{{{self._prefix}:*", f"{self._prefix}:header"):
            for key in self._client.scan_iter(match=_escape(pattern), count=1000):
                self._client.unlink(key)
        if header:
            self._client.hset(f"{self._prefix}:header", mapping=header)

    def stats(self) -> IndexStats:
        articles = keys = size = 0
        for shard in range(self._shards):
            for generation in self._generations():
                root = f"{self._root(shard)}:{generation}"
                entries = int(self._client.hget(f"{root}:state", "entries") or 0)
                keys += entries
                held = [self._client.hlen(f"{root}:r{b}") for b in range(_RECORD_KEYS)]
                articles += sum(held)
                size += entries * 13
        return IndexStats(articles=articles, keys=keys, bytes=size + articles * 700)

    def _fold(self, entries: Sequence[IndexEntry], *, add: bool) -> list[tuple[Candidate, ...]]:
        jobs = self._key_jobs(entries)
        if self._shards == 1:
            rows = self._run("put find add get" if add else "find get", jobs)
            return [_ranked(row) for row in rows[: len(entries)]]
        if add:
            self._run("put", [_Job(self._home(e.article), e.article, _stored(e), b"") for e in entries])
        held: list[Counter[bytes]] = [Counter() for _ in entries]
        for job, row in zip(jobs, self._run("find add" if add else "find", jobs), strict=True):
            held[job.entry].update(dict(zip(row[::3], row[1::3], strict=True)))
        return self._fetch(held)

    def _key_jobs(self, entries: Sequence[IndexEntry]) -> "list[_Job]":
        """Return one job an entry and shard; on a single shard, one an entry and in order."""
        jobs: list[_Job] = []
        for at, entry in enumerate(entries):
            tags: dict[int, list[bytes]] = defaultdict(list) if self._shards > 1 else {0: []}
            for key in entry.keys:
                tags[key % self._shards].append((key >> 24).to_bytes(5, "big"))
            record = _stored(entry) if self._shards == 1 else b""
            jobs.extend(_Job(shard, entry.article, record, b"".join(t), at) for shard, t in tags.items())
        return jobs

    def _fetch(self, held: "Sequence[Counter[bytes]]") -> list[tuple[Candidate, ...]]:
        """Return the best candidates with their records, which stand on the shards of their ids."""
        best = [counts.most_common(CANDIDATES) for counts in held]
        wanted = sorted({short for ranking in best for short, _ in ranking})
        jobs = [
            _Job(self._home(int.from_bytes(short, "big")), int.from_bytes(short, "big"), b"", b"")
            for short in wanted
        ]
        records = {short: row[0] for short, row in zip(wanted, self._run("fetch", jobs), strict=True)}
        return [
            _ranked(
                [
                    part
                    for short, count in ranking
                    if records[short]
                    for part in (short, count, records[short])
                ]
            )
            for ranking in best
        ]

    def _home(self, article: int) -> int:
        return (article & _SHORT) % self._shards

    def _root(self, shard: int) -> str:
        return f"{{{self._prefix}:{shard}}}"

    def _generations(self) -> tuple[int, int]:
        current = int(self._clock() // self._period_s)
        return current, current - 1

    def _run(self, what: str, jobs: "Sequence[_Job]") -> list[list[Any]]:
        """Run the script for all jobs, in one round trip to each node; return a row a job, in order."""
        calls = list(_calls(jobs))
        now = self._clock()
        generation = int(now // self._period_s)
        left = max(1, int((generation + 2) * self._period_s - now))
        fixed = (what, generation, left, CANDIDATES if self._shards == 1 else 4 * CANDIDATES, HOLDERS)
        rows: list[list[Any]] = [[] for _ in jobs]
        for (_, places), reply in zip(calls, self._evaluate(calls, fixed, jobs), strict=True):
            for place, row in zip(places, reply, strict=True):
                rows[place] = row
        return rows

    def _evaluate(
        self, calls: Sequence[tuple[int, list[int]]], fixed: tuple[Any, ...], jobs: "Sequence[_Job]"
    ) -> list[list[Any]]:
        try:
            try:
                return self._send(calls, fixed, jobs)
            except NoScriptError:
                self._client.script_load(_SCRIPT)
                return self._send(calls, fixed, jobs)
        except RedisError as error:
            raise BackendError(f"the deduplication index cannot be used: {error}") from error

    def _send(
        self, calls: Sequence[tuple[int, list[int]]], fixed: tuple[Any, ...], jobs: "Sequence[_Job]"
    ) -> list[list[Any]]:
        commands = [
            (
                "EVALSHA",
                _SHA,
                1,
                self._root(shard),
                *fixed,
                *(part for at in places for part in jobs[at].arguments()),
            )
            for shard, places in calls
        ]
        if len(commands) == 1:
            return [self._client.execute_command(*commands[0])]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        replies: list[list[Any]] = pipeline.execute()
        return replies

    def _check_header(self, mine: dict[str, str]) -> None:
        key = f"{self._prefix}:header"
        try:
            for field, value in mine.items():
                self._client.hsetnx(key, field, value)
            found = {f.decode(): v.decode() for f, v in self._client.hgetall(key).items()}
        except RedisError as error:
            raise BackendError(f"the deduplication index cannot be opened: {error}") from error
        for field, value in mine.items():
            if found.get(field) != value:
                raise BackendError(
                    f"the deduplication index has {field} {found.get(field)}, this program {value}: "
                    "rebuild it with 'copydesk index rebuild'"
                )


@dataclass(frozen=True, slots=True)
class _Job:
    """What the script does for one article on one shard."""

    shard: int
    article: int
    record: bytes
    tags: bytes
    entry: int = 0

    def arguments(self) -> tuple[bytes, bytes, bytes]:
        return (self.article & _SHORT).to_bytes(5, "big"), self.record, self.tags


def _calls(jobs: Sequence[_Job]) -> Iterator[tuple[int, list[int]]]:
    """Yield (shard, places of its jobs), at most 25 jobs a call."""
    by_shard: dict[int, list[int]] = defaultdict(list)
    for place, job in enumerate(jobs):
        by_shard[job.shard].append(place)
    for shard, places in by_shard.items():
        for start in range(0, len(places), _CHUNK):
            yield shard, places[start : start + _CHUNK]


def _stored(entry: IndexEntry) -> bytes:
    return entry.article.to_bytes(8, "big") + entry.record


def _ranked(row: Sequence[Any]) -> tuple[Candidate, ...]:
    """Return the candidates of a flat (short id, shared keys, record) row."""
    return tuple(
        Candidate(
            article=ArticleId(int.from_bytes(record[:8], "big")), record=record[8:], shared_keys=int(shared)
        )
        for shared, record in zip(row[1::3], row[2::3], strict=True)
    )


def _escape(pattern: str) -> str:
    return pattern.replace("[", "\\[").replace("?", "\\?")
