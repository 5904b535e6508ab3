"""The index of fingerprints: its contract and both of its back ends, by one name to import."""

from workers.dedup.entries import CANDIDATES, HOLDERS, Candidate, Index, IndexEntry, IndexStats
from workers.dedup.memory_index import MemoryIndex
from workers.dedup.redis_index import RedisIndex

__all__ = [
    "CANDIDATES",
    "HOLDERS",
    "Candidate",
    "Index",
    "IndexEntry",
    "IndexStats",
    "MemoryIndex",
    "RedisIndex",
]
