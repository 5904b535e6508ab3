"""Leases of running jobs, in the time of Redis: the clocks of the machines may differ, stand wrong, or be set.

RQ writes the end of a lease by the worker's clock and reads it by the sweeper's.  Between two machines an hour apart
every job would run twice for ever, or a dead machine's wait an hour.  We write and read by the clock that all share.
"""

from typing import Any

from redis import Redis

LEASE_S = 20
"""A job whose worker gave no sign for so long is given to another."""
LONGEST_LEASE_S = 3 * LEASE_S
"""No lease is longer; one that seems so is of before Redis' own clock was set back."""

_RENEW = "return redis.call('ZADD', KEYS[1], 'XX', redis.call('TIME')[1] + ARGV[2], ARGV[1])"
_SHORTEN = """
local now = redis.call('TIME')[1]
local far = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now + ARGV[1], '+inf')
for _, entry in ipairs(far) do redis.call('ZADD', KEYS[1], now + ARGV[2], entry) end
return #far
"""


def redis_now(redis: "Redis") -> int:
    """Return the time of Redis, in seconds since the epoch."""
    answer: Any = redis.time()
    return int(answer[0])


def renew(redis: "Redis", registry: str, entry: str) -> None:
    """Let the lease of an execution that is registered end ``LEASE_S`` from now."""
    redis.eval(_RENEW, 1, registry, entry, LEASE_S)


def shorten(redis: "Redis", registry: str) -> None:
    """Let no lease of the registry last longer than leases do."""
    redis.eval(_SHORTEN, 1, registry, LONGEST_LEASE_S, LEASE_S)
