"""The one script of the index in Redis: sent by its hash, in one round trip for all its calls."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from crawler.errors import BackendError

_SCRIPT: Final = Path(__file__).with_name("fold_index.lua").read_text(encoding="utf-8")
_SHA: Final = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
_CHUNK = 25
"""Articles a call: a few milliseconds in which the server does nothing else."""

Arguments = tuple[bytes, bytes, bytes]
"""Of one article: its short id, its record, its keys."""
Row = list[Any]
"""What the script answers for one article."""


class FoldScript:
    """Runs ``fold_index.lua`` on a server or on all nodes of a cluster, and loads it where it is not known."""

    def __init__(self, client: "Redis | RedisCluster") -> None:
        self._client: Any = client
        self._own: Any = None
        self._pid = 0

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
            raise BackendError(f"the deduplication index cannot be used: {error}") from error

    def _send(self, commands: Sequence[tuple[Any, ...]]) -> list[list[Row]]:
        if len(commands) == 1:
            command = ("EVALSHA", _SHA, 1, *commands[0])
            try:
                return [self._connection().execute_command(*command)]
            except RedisConnectionError:  # hung up since its last use; repeating does no harm
                return [self._client.execute_command(*command)]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command("EVALSHA", _SHA, 1, *command)
        replies: list[list[Row]] = pipeline.execute()
        return replies

    def _connection(self) -> Any:
        """Return a client that keeps one connection: borrowing one from the pool takes as long as a call."""
        if isinstance(self._client, RedisCluster):
            return self._client
        if self._pid != os.getpid():  # a forked child must not speak through its parent's socket
            self._own, self._pid = self._client.client(), os.getpid()
        return self._own


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
