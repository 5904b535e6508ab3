"""The one script of the index in Redis: sent by its hash, in one round trip for all its calls."""

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from crawler import redis_words
from crawler.errors import BackendError

_SCRIPT: Final = Path(__file__).with_name("fold_index.lua").read_text(encoding="utf-8")
_SHA: Final = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
_CHUNK = 25
"""Articles a call: a few milliseconds in which the server does nothing else."""

Arguments = tuple[bytes, bytes, bytes]
"""Of one article: its short id, its record, its keys."""
Row = list[Any]
"""What the script answers for one article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A connection of one process, and whose turn it is among its threads."""

    pid: int
    client: Any
    lock: threading.Lock


class FoldScript:
    """Runs ``fold_index.lua`` on a server or on all nodes of a cluster, and loads it where it is not known."""

    def __init__(self, client: "Redis | RedisCluster") -> None:
        self._client: Any = client
        self._line: _Line | None = None

    def run(
        self, fixed: tuple[str | int, ...], roots: Sequence[bytes], shares: Sequence[tuple[int, Arguments]]
    ) -> list[Row]:
        """Run the script for every (shard, article); return their rows in order.

        ``fixed`` are the arguments that all calls have in common, ``roots`` the shards' first keys.  Raises
        ``BackendError`` when the server cannot be used.
        """
        if len(roots) == 1 and 0 < len(shares) <= _CHUNK:  # what nearly every call is
            return self._replies([(roots[0], *fixed, *chain.from_iterable(share for _, share in shares))])[0]
        calls = list(_calls(len(roots), shares))
        commands = [
            (roots[shard], *fixed, *chain.from_iterable(shares[place][1] for place in places))
            for shard, places in calls
        ]
        rows: list[Row] = [[] for _ in shares]
        for (_, places), reply in zip(calls, self._replies(commands), strict=True):
            for place, row in zip(places, reply, strict=True):
                rows[place] = row
        return rows

    def _replies(self, commands: Sequence[tuple[Any, ...]]) -> list[list[Row]]:
        try:
            try:
                return self._send(commands)
            except NoScriptError:
                self._client.script_load(_SCRIPT)
                return self._send(commands)
        except RedisError as error:
            raise BackendError(f"the deduplication index cannot be used: {redis_words.say(error)}") from error

    def _send(self, commands: Sequence[tuple[Any, ...]]) -> list[list[Row]]:
        if len(commands) == 1:
            return [self._ask(("EVALSHA", _SHA, 1, *commands[0]))]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command("EVALSHA", _SHA, 1, *command)
        replies: list[list[Row]] = pipeline.execute()
        return replies

    def _ask(self, command: tuple[Any, ...]) -> list[Row]:
        """Send one command and return its reply, over a connection of our own where there is one server.

        Borrowing one from the pool, and the client's layers above it, take as long as half a call.
        """
        if not isinstance(self._client, RedisCluster):
            try:
                return self._ask_alone(command)
            except (RedisConnectionError, RedisTimeoutError):
                pass  # hung up since its last use; repeating does no harm, and the client tries as often as it was told
        return self._client.execute_command(*command)  # type: ignore[no-any-return]

    def _ask_alone(self, command: tuple[Any, ...]) -> list[Row]:
        line = self._line
        if (
            line is None or line.pid != os.getpid()
        ):  # a forked child must not speak through its parent's socket
            line = self._line = _Line(pid=os.getpid(), client=self._client.client(), lock=threading.Lock())
        with line.lock:
            connection = line.client.connection
            try:
                connection.send_command(*command)
                return connection.read_response()  # type: ignore[no-any-return]
            except ResponseError:
                raise
            except (
                BaseException
            ):  # a job's time may be up between question and reply: nobody else shall read that
                connection.disconnect()
                raise


def _calls(shards: int, shares: Sequence[tuple[int, Arguments]]) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield (shard, places of its shares), at most 25 shares a call."""
    places: dict[int, Sequence[int]] = {0: range(len(shares))}
    if shards > 1:
        by_shard: dict[int, list[int]] = defaultdict(list)
        for place, (shard, _) in enumerate(shares):
            by_shard[shard].append(place)
        places = dict(by_shard)
    for shard, own in places.items():
        for start in range(0, len(own), _CHUNK):
            yield shard, own[start : start + _CHUNK]
