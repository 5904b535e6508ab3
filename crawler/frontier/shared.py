"""The frontier as fetchers share it: asynchronous, every step one Lua script, every clock the Redis server's."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from crawler.frontier import intake, scripts
from crawler.frontier.records import (
    Entry,
    Finish,
    Freed,
    Lease,
    LeasedUrl,
    Visited,
    decode_entry,
    decode_validators,
    encode_entry,
)
from crawler.frontier.scope import id_of, priority_of, seen_number, site_of
from crawler.politeness import (
    BREAKER_BASE_S,
    BREAKER_DEAD_S,
    BREAKER_FAILURES,
    BREAKER_STRANGERS,
    FIRST_VISIT_S,
)
from crawler.records import CanonicalUrl, DiscoveredUrl, HostKey, SourceId
from crawler.urls import host_key

RUN_S = 0.25
"""A host is lent with as many URLs as its delay lets through in this time, mostly one: no slot waits for a delay."""
MOST_URLS = 16
"""A host without delay is lent with so many, which makes a round trip cheap beside sixteen requests."""
DEAD_URLS = 100
"""URLs of a dead host that are failed in one go."""

_DEADLOCK = -2


class DeadlockError(Exception):
    """Two fetchers hold a host each, and want the other's, too: one has to give way."""


class Frontier:
    """Known URLs and who is next.

    Keys, all after ``prefix`` + ``frontier:`` (``copydesk:frontier:`` by default):

    ================== ======= ===========================================================================
    key                type    holds
    ================== ======= ===========================================================================
    ``seen:{0..7fff}`` set     49-bit numbers of URLs ever taken in, 32768 buckets that stay integer sets
    ``queue:{host}``   zset    ids of URLs that wait, by priority
    ``entries:{host}`` hash    id -> entry (MessagePack), for as long as the URL waits, is lent or is visited
    ``host:{host}``    hash    next, delay, holder, guest that waits, paused, dead, counters, last error
    ``known``          zset    all hosts, by the time they were touched last (added, lent, steered)
    ``listed``         string  set once ``known`` holds also the hosts of a version that did not keep it
    ``hosts``          zset    hosts with waiting URLs, by the time of their turn
    ``busy``           zset    hosts lent to a fetcher, by the end of the lease
    ``lent``           zset    id + host of URLs lent to a fetcher, by the end of the lease
    ``retries``        zset    id + host of URLs that come back after a passing failure, by time
    ``visits``         zset    id + host of feeds, sitemaps and front pages, by the time of the next visit
    ``rhythm``         hash    id -> interval and last visit
    ``validators``     hash    id -> ETag, Last-Modified, hash of the last body
    ``tries, lost``    hash    id -> passing failures; fetchers that died with it
    ``sites:{source}`` set     the sites that a source's seeds are on: its scope
    ``queries:{host}`` hash    path -> variants of its query that were taken from links today
    ``epochs``         hash    host -> times it was forgotten
    ``totals``         hash    URLs seen, and outcomes of ``add``
    ================== ======= ===========================================================================

    The scripts make up key names as they go: one Redis server, not a cluster, holds the frontier (as RQ's queue).
    """

    def __init__(
        self,
        redis: "Redis",
        prefix: str = "copydesk:",
        *,
        default_delay_s: float = 1.0,
        max_depth: int = 2,
        max_pages_per_host: int = 10_000,
        breaker_failures: int = BREAKER_FAILURES,
    ) -> None:
        self._redis = redis
        self.prefix = prefix
        self._default_delay_s = default_delay_s
        self._limits = {"max_depth": max_depth, "max_pages_per_host": max_pages_per_host}
        self._breaker = [
            breaker_failures,
            int(1000 * BREAKER_DEAD_S),
            int(1000 * BREAKER_BASE_S),
            min(BREAKER_STRANGERS, breaker_failures),
        ]

    async def _run(self, script: str, packed: bytes) -> Any:
        try:
            return await self._redis.evalsha(scripts.digest_of(script), 0, self.prefix, packed)
        except NoScriptError:
            return await self._redis.eval(scripts.text_of(script), 0, self.prefix, packed)

    async def add(
        self, found: Sequence[DiscoveredUrl], *, visited: Sequence[Visited] = (), guess: bool = False
    ) -> Counter[str]:
        """Take in URLs; return how many were added, seen, again, out_of_scope, too_deep, host_full, ..."""
        calls, refused = intake.calls_of(
            found, visited=visited, now_s=int(time.time()), guess=guess, **self._limits
        )
        return intake.count([await self._run("add", call) for call in calls], refused)

    async def lease(self, n: int, fetcher: str, lease_s: float) -> list[Lease]:
        """Borrow up to ``n`` hosts whose turn has come, each with a few of its URLs, for ``lease_s`` seconds."""
        packed = scripts.pack(
            [
                fetcher,
                n,
                int(1000 * RUN_S),
                MOST_URLS,
                int(1000 * lease_s),
                int(1000 * self._default_delay_s),
                DEAD_URLS,
            ]
        )
        leases = [_lease_of(reply) for reply in await self._run("lease", packed)]
        # An entry that another version wrote, or nobody should have: it can only be dropped.
        await self.finish([Finish(leased=one) for lease in leases for one in lease.urls if not one.entry.url])
        return [replace(lease, urls=tuple(one for one in lease.urls if one.entry.url)) for lease in leases]

    async def borrow(
        self, host: HostKey, guest: str, lease_s: float, *, holding: HostKey | None = None
    ) -> float | None:
        """Borrow one host for a single request; return its delay in seconds, ``None`` when it is not its turn yet.

        The host is kept free for a guest that asks again within two seconds; ``free`` gives it back.

        Raises:
            DeadlockError: if whoever has the host waits for the one that the guest is ``holding``.
        """
        ask = [guest, host, int(1000 * lease_s), int(1000 * self._default_delay_s), holding or ""]
        delay_ms = int(await self._run("borrow", scripts.pack(ask)))
        if delay_ms == _DEADLOCK:
            raise DeadlockError(f"{host} waits for {holding}")
        return None if delay_ms < 0 else delay_ms / 1000

    async def free(self, fetcher: str, freed: Sequence[Freed]) -> None:
        """End the leases of hosts; their URLs' leases end with ``finish`` or ``release``."""
        if freed:
            await self._run("free", scripts.pack([fetcher, self._breaker, [_freed_item(f) for f in freed]]))

    async def finish(self, finished: Sequence[Finish]) -> None:
        """End the leases of URLs whose outcome is safe (``Handover.send`` does so in the same step)."""
        if finished:
            await self._run("finish", intake.finish_argument(finished))

    async def release(self, leased: Sequence[LeasedUrl]) -> None:
        """Give URLs back unfetched; no try is counted."""
        if leased:
            await self._run("release", scripts.pack([[one.host, scripts.binary(one.id)] for one in leased]))

    async def renew(
        self, fetcher: str, lease_s: float, hosts: Sequence[HostKey], leased: Sequence[LeasedUrl]
    ) -> set[HostKey]:
        """Prolong leases; return the hosts that this fetcher holds no longer."""
        packed = scripts.pack(
            [
                fetcher,
                int(1000 * lease_s),
                list(hosts),
                [[one.host, scripts.binary(one.id)] for one in leased],
            ]
        )
        return {HostKey(host.decode()) for host in await self._run("renew", packed)}

    async def move(self, leased: LeasedUrl, target: CanonicalUrl, *, hops: int, is_visit: bool) -> bool:
        """Queue a redirect's target at its own host; ``False``, with the lease kept, when it was seen before."""
        entry, url_id = leased.entry, id_of(target)
        moved = msgspec.structs.replace(entry, url=target, asked=entry.asked or entry.url, hops=hops)
        as_found = DiscoveredUrl(
            url=target, source=entry.source, role=entry.role, depth=entry.depth, hint=entry.hint
        )
        host = host_key(target)
        item = {
            "host": host,
            "id": scripts.binary(url_id),
            "number": seen_number(url_id),
            "blob": scripts.binary(encode_entry(moved)),
            "score": priority_of(as_found, int(time.time())),
            "site": site_of(host) if entry.depth == 0 else "",
            "source": entry.source,
        }
        keep = int(1000 * FIRST_VISIT_S) if is_visit else False
        return bool(
            await self._run(
                "move", scripts.pack([leased.host, scripts.binary(leased.id), entry.depth == 0, keep, item])
            )
        )

    async def next_due(self) -> float | None:
        """Return the seconds until a host has its turn or a retry is due; ``None`` when neither waits."""
        first_of = [self._key(name) for name in ("hosts", "retries")]
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for key in first_of:
                pipe.zrange(key, 0, 0, withscores=True)
            (seconds, micros), *firsts = await pipe.execute()
        now_ms = seconds * 1000 + micros / 1000
        due = [float(first[0][1]) for first in firsts if first]
        return max(0.0, (min(due) - now_ms) / 1000) if due else None

    async def is_idle(self, *, horizon_s: float = 300.0) -> bool:
        """Tell whether nothing is lent and nothing waits for a turn or a retry within ``horizon_s`` seconds.

        Next visits and paused hosts do not count; what is in workers' hands is the hand-over's to know.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.zcard(self._key("busy"))
            pipe.zcard(self._key("lent"))
            busy, lent = await pipe.execute()
        due = None if busy or lent else await self.next_due()
        return not (busy or lent) and (due is None or due > horizon_s)

    async def hosts_waiting(self) -> int:
        """Return the hosts that have URLs and are neither lent nor paused."""
        return int(await self._redis.zcard(self._key("hosts")))

    def _key(self, name: str) -> str:
        return f"{self.prefix}frontier:{name}"


def _freed_item(freed: Freed) -> list[Any]:
    return [
        freed.host, int(1000 * freed.age_s), int(1000 * freed.delay_s), freed.answered, freed.unanswered,
        freed.error, int(1000 * freed.hold_s), freed.is_nobody_there,
    ]  # fmt: skip


def _entry_in(blob: bytes) -> Entry:
    try:
        return decode_entry(blob)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Entry(url=CanonicalUrl(""), source=SourceId(""))


def _lease_of(reply: Any) -> Lease:
    host = HostKey(reply[0].decode())
    urls = tuple(
        LeasedUrl(
            id=url_id,
            entry=_entry_in(blob),
            host=host,
            tries=int(tries),
            lost=int(lost),
            validators=decode_validators(validators),
        )
        for url_id, blob, tries, lost, validators in reply[3]
    )
    return Lease(host=host, urls=urls, delay_s=int(reply[1]) / 1000, is_dead=bool(reply[2]))
