"""Entries in the lists of jobs that no program of ours has written: dropped, for RQ ends at a name it cannot read."""

import re
from collections.abc import Sequence
from typing import Any

import structlog
from redis import Redis

_JOB = re.compile(rb"[A-Za-z0-9_-]{1,200}")
_RUNNING = re.compile(rb"[A-Za-z0-9_-]{1,200}:[A-Za-z0-9_-]{1,200}")

log = structlog.get_logger(__name__)


def expel(
    redis: "Redis", *, lists: Sequence[str], sorted_sets: Sequence[str], running: str, batches: str
) -> int:
    """Drop what is named as no job is; return how many entries.

    Args:
        redis: gives bytes.
        lists: jobs that wait.
        sorted_sets: jobs that wait for a retry, or for a person.
        running: jobs in hand, as ``job:execution``.
        batches: a hash of all batches.
    """
    with redis.pipeline(transaction=False) as pipe:
        for key in lists:
            pipe.lrange(key, 0, -1)
        for key in (*sorted_sets, running):
            pipe.zrange(key, 0, -1)
        pipe.hkeys(batches)
        found: list[list[bytes]] = pipe.execute()
    keys = (*lists, *sorted_sets, running, batches)
    strange = {
        key: [name for name in names if not (_RUNNING if key == running else _JOB).fullmatch(name)]
        for key, names in zip(keys, found, strict=True)
    }
    for key, names in strange.items():
        drop: Any = redis.hdel if key == batches else redis.zrem
        for name in names:
            redis.lrem(key, 0, name) if key in lists else drop(key, name)  # type: ignore[arg-type]
    count = sum(map(len, strange.values()))
    if count:
        log.warning("job.unreadable", entries=count)
    return count
