"""The door: ``open_store(url)`` gives a ``Store``."""

from workers.store.opening import open_store, upgrade_store
from workers.store.store import Store

__all__ = ["Store", "open_store", "upgrade_store"]
