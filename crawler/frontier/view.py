"""The frontier for people: synchronous, for the command line and the web page."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError, ResponseError

from crawler.frontier import intake, scripts
from crawler.frontier.records import HostState, Visited
from crawler.records import DiscoveredUrl, HostKey

MOST_HOSTS = 10_000
"""Listed at once: a look at them all costs the server some fifty milliseconds, in pieces."""
_AT_ONCE = 1000
"""Hosts asked about in one round trip, so that fetchers have their turn in between."""


class FrontierView:
    """What the frontier holds, host by host, and what a person may do to a host.

    Keys are those of ``crawler.frontier.shared.Frontier``.
    """

    def __init__(self, redis: "Redis", prefix: str = "copydesk:") -> None:
        self._redis = redis
        self.prefix = prefix

    def _run(self, script: str, packed: bytes) -> Any:
        try:
            return self._redis.evalsha(scripts.digest_of(script), 0, self.prefix, packed)
        except NoScriptError:
            return self._redis.eval(scripts.text_of(script), 0, self.prefix, packed)

    def add(
        self,
        found: Sequence[DiscoveredUrl],
        *,
        visited: Sequence[Visited] = (),
        max_depth: int = 2,
        max_pages_per_host: int = 10_000,
    ) -> Counter[str]:
        """Take in URLs; return how many were added, seen, again, out_of_scope, too_deep, host_full, ..."""
        calls, refused = intake.calls_of(
            found,
            visited=visited,
            max_depth=max_depth,
            max_pages_per_host=max_pages_per_host,
            now_s=int(time.time()),
        )
        return intake.count([self._run("add", call) for call in calls], refused)

    def counts(self) -> dict[str, int]:
        """Return URLs ``waiting``, ``leased``, to be ``retried`` and ``visited`` again, ``seen`` ever, and hosts.

        ``unanswered`` are hosts whose last requests failed and that are asked again.
        """
        names = self._names(None)

        def ask(pipe: Any, name: bytes) -> None:
            pipe.zcard(self._of(b"queue:", name))
            pipe.hmget(self._of(b"host:", name), "row", "dead")

        replies = self._ask(names, ask)
        now_ms = self._now_ms()
        with self._redis.pipeline(transaction=False) as pipe:
            for name in ("lent", "retries", "visits", "busy"):
                pipe.zcard(self._key(name))
            pipe.hget(self._key("totals"), "seen")
            lent, retries, visits, busy, seen = pipe.execute()
        return {
            "hosts": len(names),
            "hosts_leased": busy,
            "waiting": sum(replies[0::2]),
            "leased": lent,
            "retried": retries,
            "visited": visits,
            "seen": int(seen or 0),
            "unanswered": sum(
                int(row or 0) > 0 and float(dead or 0) <= now_ms for row, dead in replies[1::2]
            ),
        }

    def hosts(self, most: int = MOST_HOSTS) -> list[HostState]:
        """Return the hosts that the frontier knows, the next due first: the ``most`` that were touched last.

        What else there is in Redis costs nothing; only a frontier that an older version wrote is looked for in all
        of Redis, once.
        """
        names = self._names(most)
        now_ms = self._now_ms()

        def ask(pipe: Any, name: bytes) -> None:
            pipe.hgetall(self._of(b"host:", name))
            pipe.zcard(self._of(b"queue:", name))
            pipe.zscore(self._key("hosts"), name)
            pipe.zscore(self._key("busy"), name)

        replies = self._ask(names, ask)
        parts = {name: replies[4 * i : 4 * i + 4] for i, name in enumerate(names)}
        # Borrowed or forgotten long ago: the state has expired.  If it comes back this moment, its next lease lists it.
        gone = [name for name, (state, waiting, *_) in parts.items() if not state and not waiting]
        if gone:
            with _tidying():
                self._redis.zrem(self._key("known"), *gone)
        states = [_state_of(name, reply, now_ms) for name, reply in parts.items() if name not in set(gone)]
        return sorted(states, key=lambda s: (s.due_in_s is None, s.due_in_s or 0.0, s.host))

    def _names(self, most: int | None) -> list[bytes]:
        old = [] if self._redis.exists(self._key("listed")) else self._list_old()
        last = -1 if most is None else most - 1
        names: Any = self._redis.zrange(self._key("known"), 0, last, desc=True)
        return list(dict.fromkeys([*names, *old]))[:most]

    def _list_old(self) -> list[bytes]:
        """Take up the hosts that were there before there was a list of them, and return them."""
        pattern = self._key("host:*")
        names = {key[len(pattern) - 1 :] for key in self._redis.scan_iter(pattern, count=_AT_ONCE)}
        with _tidying():
            if names:
                # Not touched again by being found: those that were listed meanwhile keep their time.
                self._redis.zadd(self._key("known"), dict.fromkeys(names, 0), nx=True)
            self._redis.set(self._key("listed"), 1)
        return sorted(names)

    def _ask(self, names: Sequence[bytes], ask: Callable[[Any, bytes], object]) -> list[Any]:
        replies: list[Any] = []
        with self._redis.pipeline(transaction=False) as pipe:
            for start in range(0, len(names), _AT_ONCE):
                for name in names[start : start + _AT_ONCE]:
                    ask(pipe, name)
                replies += pipe.execute()
        return replies

    def _of(self, kind: bytes, name: bytes) -> bytes:
        return self._key("").encode() + kind + name

    def _now_ms(self) -> int:
        seconds, micros = self._redis.time()
        return int(seconds) * 1000 + int(micros) // 1000

    def pause(self, host: str) -> bool:
        """Stop lending the host until it is resumed; ``False`` when the frontier does not know it."""
        return self._steer("pause", host) >= 0

    def resume(self, host: str) -> bool:
        """Lend the host again, and close its breaker."""
        return self._steer("resume", host) >= 0

    def forget(self, host: str) -> int | None:
        """Drop all that is known of the host, also which URLs were seen; return how many waited."""
        return _known(self._steer("forget", host))

    def visit_now(self, host: str) -> int | None:
        """Make the host's next visits and retries due at once; return how many."""
        return _known(self._steer("visit_now", host))

    def _steer(self, what: str, host: str) -> int:
        return int(self._run("steer", scripts.pack([what, host])))

    def _key(self, name: str) -> str:
        return f"{self.prefix}frontier:{name}"


def _tidying() -> AbstractContextManager[None]:
    """A look works where nothing can be written: the list is put in order by the next one."""
    return suppress(ResponseError)  # full, a replica, its disk full


def _known(reply: int) -> int | None:
    return None if reply < 0 else reply


def _state_of(name: bytes, reply: list[Any], now_ms: int) -> HostState:
    state, waiting, due_ms, busy = reply
    number = {
        key.decode(): float(value)
        for key, value in state.items()
        if key not in (b"error", b"holder", b"guest", b"asks")
    }
    error_at = number.get("error_at")
    return HostState(
        host=HostKey(name.decode()),
        waiting=waiting,
        visits=int(number.get("visits", 0)),
        due_in_s=None if due_ms is None else (due_ms - now_ms) / 1000,
        delay_s=number.get("delay", 0.0) / 1000,
        fetched=int(number.get("fetched", 0)),
        failed=int(number.get("failed", 0)),
        is_leased=busy is not None,
        is_paused="paused" in number,
        is_dead=number.get("dead", 0.0) > now_ms,
        row=int(number.get("row", 0)),
        error=state.get(b"error", b"").decode("utf-8", "replace"),
        error_ago_s=None if error_at is None else (now_ms - error_at) / 1000,
    )
