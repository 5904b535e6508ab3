"""Connections and transactions: where SQLite and PostgreSQL differ, and where database errors become ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from crawler.errors import ConfigError, StoreError, StoreRefusedError

BUSY_TIMEOUT_S = 10
"""SQLite: how long a writer waits in silence for another; a batch commits in tens of milliseconds."""
WRITE_LOCK = 0x636F7079
"""PostgreSQL advisory lock that makes saves follow one another ("copy" in ASCII)."""


def make_engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///PATH`` or ``postgresql://...``; connects to nothing yet."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed,
        pool_pre_ping=True,
        pool_size=4,
        connect_args={"connect_timeout": 10, "application_name": "copydesk"},
    )


def parse_url(url: str) -> URL:
    """Return the URL with the driver that we ship; anything but SQLite and PostgreSQL is refused."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "database_url is no database URL: write sqlite:///PATH or postgresql://..."
        ) from None
    backend = parsed.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite+pysqlite")
    raise ConfigError(f"database_url begins with {backend}: write sqlite:///PATH or postgresql://...")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    # synchronous=FULL: the queue forgets a batch once it is committed, so a commit must outlive a power cut.
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins as a reader cannot wait for a writer later: SQLite fails it at once.
    writes = connection.get_execution_options().get("copydesk_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer's transaction overlaps; errors become ``StoreError``."""
    with _mapped(engine), engine.connect() as connection:
        connection = connection.execution_options(copydesk_writes=True)  # noqa: PLW2901 (the same connection)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One read transaction: all its answers are of one moment."""
    with _mapped(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def _mapped(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise one_line(engine.url, error) from error


_OUTAGES = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)
"""May pass: locked, full, gone.  And so may ``ProgrammingError`` where a table or a right is missing."""


def one_line(url: URL, error: SQLAlchemyError) -> StoreError:
    """Return our error for the library's: one line, what to do, never a parameter (they are page text)."""
    said = str(error.orig).splitlines()[0].strip() if isinstance(error, DBAPIError) and error.orig else ""
    where = describe(url)
    for sign, advice in _ADVICE.items():
        if sign in said:
            return StoreError(f"{where}: {advice} ({said[:160]})")
    if isinstance(error, _OUTAGES):
        return StoreError(f"{where}: {said[:200] or type(error).__name__}")
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return StoreRefusedError(f"{where}: the rows were refused: {type(error).__name__} {state}".rstrip())


_ADVICE = {
    "database is locked": "another process holds the database for longer than we wait; work goes on when it lets go",
    "readonly database": "the file or its folder cannot be written; give copydesk the right to write there",
    "unable to open database file": "the file cannot be opened; check that its folder exists and can be written",
    "database or disk is full": "the disk is full; work goes on when there is room",
    "No space left": "the disk is full; work goes on when there is room",
    "disk I/O error": "the disk failed or is full",
    "not a database": "the file is no SQLite database; choose another database_url",
    "malformed": "the database file is damaged; stop all that uses it, then restore a backup, or save what can be "
    "read with sqlite3 FILE .recover | sqlite3 NEW",
    "password authentication failed": "the server refuses the password in database_url",
    "Connection refused": "no server listens there; start it or correct database_url",
    "failed to resolve host": "the host is not known; correct database_url",
    "connection to server on socket": "no server listens there; start it, or name a host in database_url",
    "permission denied for schema": "the tables are missing and this user may not make them; "
    "run copydesk db upgrade as the owner of the database (docs/operations.md)",
    "permission denied": "the database user lacks a right; docs/operations.md lists what it needs",
    "does not exist": "the database, role or table is missing; create it or run copydesk db upgrade",
    "no such table": "the tables are missing; run copydesk db upgrade",
}


def describe(url: URL) -> str:
    """Return the database's name for people: no password."""
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or ""))
    port = f":{url.port}" if url.port else ""
    return f"postgresql {url.username or ''}@{url.host or 'local'}{port}/{url.database or ''}"


def insert_into(connection: Connection, table: Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT; both dialects' are asked in the same words."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
