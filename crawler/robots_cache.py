"""Robots rules shared by all fetchers: a small cache in the process, before a day's cache in Redis."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from redis.asyncio import Redis

from crawler.robots import Robots, RobotsAnswer, RobotsRules, judge

FRESH_S = 86_400
"""RFC 9309, 2.4: a cached robots.txt is not used for more than a day."""
UNREACHABLE_S = 60
"""A robots.txt that could not be read is asked for again after a minute."""
NO_ANSWER_S = 1
"""Where there was no answer at all, the next try asks again: this only serves what is asked at the same moment."""
KEPT_HOSTS = 2000

KEPT_BYTES = 24_000_000
"""Of rules in a process: 1600 hosts of thirty rules, or one operator's three with half a megabyte each."""

FetchRobots = Callable[[str], Awaitable[RobotsAnswer | Robots]]
"""Asks for the robots.txt at a URL, redirects followed; rules, where it led to what is known."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Robots)


class RobotsCache:
    """Rules by origin: ``{prefix}robots:{scheme}://{host}`` holds a ``Robots`` as MessagePack and expires."""

    def __init__(
        self,
        redis: "Redis | Any | None",
        agent: str,
        prefix: str = "copydesk:",
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._agent = agent
        self._prefix = prefix
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, RobotsRules]] = OrderedDict()
        self._size = 0

    def kept(self, origin: str) -> RobotsRules | None:
        """Return the rules that this process holds and that are fresh."""
        kept = self._kept.get(origin)
        return kept[1] if kept is not None and kept[0] > self._clock() else None

    async def rules_of(self, origin: str, fetch: FetchRobots) -> RobotsRules:
        """Return the rules of ``scheme://host``; asks the host itself, through ``fetch``, when nobody has lately."""
        rules = self.kept(origin)
        if rules is not None:
            return rules
        robots, life_s = await self._shared(origin)
        if robots is None:
            answer = await fetch(f"{origin}/robots.txt")
            robots = answer if isinstance(answer, Robots) else judge(answer, self._agent)
            life_s = _life_s(robots)
            if self._redis is not None:
                await self._redis.set(self._key(origin), _encoder.encode(robots), ex=life_s)
        return self._keep(origin, robots, life_s)

    async def known(self, origin: str) -> Robots | None:
        """Return what is known of an origin without asking it; ``None`` also where it could not be read."""
        rules = self.kept(origin)
        robots = rules.robots if rules is not None else (await self._shared(origin))[0]
        return None if robots is None or robots.unreachable else robots

    async def _shared(self, origin: str) -> tuple[Robots | None, int]:
        if self._redis is None:
            return None, 0
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(self._key(origin))
            pipe.ttl(self._key(origin))
            blob, life_s = await pipe.execute()
        try:
            return (None, 0) if blob is None or life_s <= 0 else (_decoder.decode(blob), life_s)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None, 0

    def _keep(self, origin: str, robots: Robots, life_s: int) -> RobotsRules:
        rules = RobotsRules(robots)
        # An hour at most, so that ``forget`` on the command line reaches every fetcher the same day.
        old = self._kept.pop(origin, None)
        self._size += rules.size - (old[1].size if old is not None else 0)
        self._kept[origin] = (self._clock() + min(life_s, 3600), rules)
        while len(self._kept) > 1 and (len(self._kept) > KEPT_HOSTS or self._size > KEPT_BYTES):
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= dropped.size
        return rules

    def _key(self, origin: str) -> str:
        return f"{self._prefix}robots:{origin}"


def _life_s(robots: Robots) -> int:
    if not robots.unreachable:
        return FRESH_S
    return UNREACHABLE_S if robots.unreachable.startswith("http_") else NO_ANSWER_S
