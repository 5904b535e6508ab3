"""The frontier for people: synchronous, for the command line and the web page."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

from crawler.frontier import intake, scripts
from crawler.frontier.records import HostState, Visited
from crawler.records import DiscoveredUrl, HostKey

_SCAN_COUNT = 1000


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
        hosts = self.hosts()
        with self._redis.pipeline(transaction=False) as pipe:
            for name in ("lent", "retries", "visits", "busy"):
                pipe.zcard(self._key(name))
            pipe.hget(self._key("totals"), "seen")
            lent, retries, visits, busy, seen = pipe.execute()
        return {
            "hosts": len(hosts),
            "hosts_leased": busy,
            "waiting": sum(host.waiting for host in hosts),
            "leased": lent,
            "retried": retries,
            "visited": visits,
            "seen": int(seen or 0),
            "unanswered": sum(host.row > 0 and not host.is_dead for host in hosts),
        }

    def hosts(self) -> list[HostState]:
        """Return every host that the frontier knows, the next due first."""
        pattern = self._key("host:*")
        names = {key[len(pattern) - 1 :] for key in self._redis.scan_iter(pattern, count=_SCAN_COUNT)}
        # A host that was never lent has no state yet, only its turn.
        names.update(self._redis.zrange(self._key("hosts"), 0, -1))
        seconds, micros = self._redis.time()
        now_ms = seconds * 1000 + micros // 1000
        with self._redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(self._key("host:").encode() + name)
                pipe.zcard(self._key("queue:").encode() + name)
                pipe.zscore(self._key("hosts"), name)
                pipe.zscore(self._key("busy"), name)
            replies = pipe.execute()
        states = [_state_of(name, replies[4 * i : 4 * i + 4], now_ms) for i, name in enumerate(names)]
        return sorted(states, key=lambda s: (s.due_in_s is None, s.due_in_s or 0.0, s.host))

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


def _known(reply: int) -> int | None:
    return None if reply < 0 else reply


def _state_of(name: bytes, reply: list[Any], now_ms: int) -> HostState:
    state, waiting, due_ms, busy = reply
    number = {
        key.decode(): float(value)
        for key, value in state.items()
        if key not in (b"error", b"holder", b"guest")
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
