"""Signs of life: what every fetcher and worker says of itself every few seconds, busy or idle.

A process that ends takes its sign down; one that is killed, or hangs, is forgotten when its sign expires.  Whoever
wants to know who is there, and what each has done, reads them all in two round trips.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
from redis import Redis
from redis.exceptions import RedisError

BEAT_S = 5.0
LIFE_S = 30
"""Six beats may be missed before a process counts as gone: as long as a lease of the frontier lives."""
GOODBYE_S = 2.0
"""A process that ends waits no longer for a Redis that is away: its sign expires by itself."""
MOST_PROCESSES = 2_000
MOST_SERIES = 64


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One number of a series."""

    name: str
    labels: dict[str, str]
    value: float


class Series(msgspec.Struct, frozen=True, array_like=True):
    """A counter or gauge of one process."""

    name: str
    kind: str
    """``counter`` or ``gauge``."""
    means: str
    samples: list[Sample]


class Vitals(msgspec.Struct, frozen=True, array_like=True):
    """What one process says of itself."""

    role: str
    """``fetcher`` or ``worker``."""
    host: str
    """The machine's name."""
    pid: int
    since_s: float
    """When it began, in seconds since the epoch."""
    series: list[Series]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Vitals)


def own_name() -> str:
    """Return a name that no other process has: machine, process id, four random digits.

    A process id alone comes again, in a container as often as it is started.
    """
    return f"{machine()}-{os.getpid()}-{secrets.token_hex(2)}"


def machine() -> str:
    """Return this machine's name, without its domain."""
    return os.uname().nodename.partition(".")[0]


class Signs:
    """The signs of all processes.

    ========================== ====== ==================================================================
    key                        type   holds
    ========================== ====== ==================================================================
    ``{prefix}processes``      set    names of the processes that showed a sign
    ``{prefix}process:{name}`` string its ``Vitals`` (MessagePack), for ``LIFE_S`` seconds
    ========================== ====== ==================================================================
    """

    def __init__(self, redis: "Redis", prefix: str = "copydesk:") -> None:
        self._redis = redis
        self._prefix = prefix

    def show(self, name: str, vitals: Vitals) -> None:
        """Say that the process lives, and what it has done."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(f"{self._prefix}processes", name)
            pipe.set(self._key(name), _encoder.encode(vitals), ex=LIFE_S)
            pipe.execute()

    def leave(self, name: str) -> None:
        """Take the sign down: the process ends."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.srem(f"{self._prefix}processes", name)
            pipe.delete(self._key(name))
            pipe.execute()

    def living(self) -> dict[str, Vitals]:
        """Return name -> vitals of all that live, by name; names whose sign has expired are dropped."""
        members: Any = self._redis.smembers(f"{self._prefix}processes")
        names = sorted(members)[:MOST_PROCESSES]
        if not names:
            return {}
        blobs: Any = self._redis.mget([self._key(name.decode("utf-8", "replace")) for name in names])
        gone = [name for name, blob in zip(names, blobs, strict=True) if blob is None]
        if gone:
            self._redis.srem(f"{self._prefix}processes", *gone)
        found = {}
        for name, blob in zip(names, blobs, strict=True):
            # Whoever can write to Redis can write nonsense: it is nobody's sign.
            with suppress(msgspec.DecodeError, UnicodeDecodeError, TypeError):
                found[name.decode()] = _decoder.decode(blob)
        return found

    def _key(self, name: str) -> str:
        return f"{self._prefix}process:{name}"


@contextmanager
def shown(
    signs: Signs,
    name: str,
    read: Callable[[], Vitals | None],
    *,
    beside: Sequence[Callable[[], None]] = (),
    every_s: float = BEAT_S,
) -> Iterator[None]:
    """Show a sign at once and then every few seconds, from a thread, for as long as the block runs.

    Args:
        signs: Where.
        name: The process.
        read: What it says of itself; ``None`` when it is not well, so that its sign expires.
        beside: Called after each sign.
        every_s: Between two signs.
    """
    done = threading.Event()

    def beat() -> None:
        while True:
            # An outage of Redis is told by those whose work it stops.
            with suppress(RedisError):
                if (vitals := read()) is not None:
                    signs.show(name, vitals)
                for step in beside:
                    step()
            if done.wait(every_s):
                break
        with suppress(RedisError):
            signs.leave(name)

    thread = threading.Thread(target=beat, name="vitals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(GOODBYE_S)
