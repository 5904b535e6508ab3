"""A database that is locked, full or read-only stops nothing for good."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from crawler.errors import StoreError
from workers import lifeline, patience
from workers.desk import Desk
from workers.store import Store, open_store
from workers.store.engine import reading

Make = Callable[..., Any]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Pauses are short; the event is set when the first one begins."""
    paused = threading.Event()
    original = lifeline.say

    def say(what: bytes) -> None:
        if what == lifeline.PAUSED:
            paused.set()
        original(what)

    monkeypatch.setattr(lifeline, "say", say)
    monkeypatch.setattr(patience, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr(patience, "FIRST_PAUSE_S", 0.02)
    return paused


def run(desk: Desk, batch: str) -> threading.Thread:
    """Process a batch in another thread."""
    thread = threading.Thread(target=desk.process, args=(batch,), daemon=True)
    thread.start()
    return thread


def test_a_locked_database_is_waited_for(
    desk: Desk, fetched: Make, html: Make, tmp_path: Path, impatient: threading.Event
) -> None:
    """Somebody holds the file: the batch waits, and is stored when they let go."""
    with reading(desk.store.engine):
        pass  # a connection to set the short time-out on

    def hasty(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute("PRAGMA busy_timeout=10")

    event.listen(desk.store.engine, "checkout", hasty)
    batch = desk.handover.send([fetched("https://a.example/1", html("Harbour opens", 1))])
    holder = sqlite3.connect(tmp_path / "copydesk.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    thread = run(desk, batch)
    assert impatient.wait(20)
    holder.execute("ROLLBACK")
    holder.close()
    thread.join(20)
    assert desk.store.totals().stories == 1
    assert desk.handover.queued() == (0, 0)


def test_a_full_disk_is_waited_for(
    desk: Desk, fetched: Make, html: Make, tmp_path: Path, impatient: threading.Event
) -> None:
    """SQLite says that the disk is full: nothing is half written, and the batch is stored when there is room."""
    full = threading.Event()
    full.set()

    def limit(connection: sqlite3.Connection, *_: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages if full.is_set() else 1_000_000}")

    event.listen(desk.store.engine, "checkout", limit)
    batch = desk.handover.send([fetched(f"https://a.example/{n}", html(f"Story {n}", n)) for n in range(20)])
    thread = run(desk, batch)
    assert impatient.wait(20)
    assert desk.store.totals().pages == 0
    full.clear()
    thread.join(20)
    assert desk.store.totals().pages == 20
    assert desk.store.check() == []


def test_messages_of_outages_say_what_to_do(tmp_path: Path) -> None:
    """One line, with the file and a way out."""
    store: Store = open_store(f"sqlite:///{tmp_path / 'copydesk.db'}")

    def limit(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    event.listen(store.engine, "checkout", limit)
    with pytest.raises(StoreError, match="cannot be written"):
        store.prune(before=datetime.now(UTC))
    store.close()
