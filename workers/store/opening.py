"""Opening a database: empty ones are set up, old SQLite files upgraded, newer ones refused."""

import re
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from crawler.errors import StoreError
from workers.store.engine import describe, make_engine, reading, writing
from workers.store.store import Store

HEAD = "0004"
"""The schema that this program reads and writes; a test holds it equal to the newest migration."""

REVISION = re.compile(r"[0-9]{4}\Z")
"""Ours are numbers; other programs that keep theirs in a table of this name have hashes."""


def open_store(url: str) -> Store:
    """Open (and where needed create) the database at the URL.

    Raises ``ConfigError`` for a URL we cannot use, ``StoreError`` where the database cannot be read or
    written, was written by a newer Copydesk, or (PostgreSQL) needs ``copydesk db upgrade`` first.
    """
    engine = make_engine(url)
    try:
        _open(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def upgrade_store(url: str) -> tuple[str | None, str]:
    """Bring the database to this program's schema; give the revision before and after."""
    engine = make_engine(url)
    try:
        _prepare_file(engine)
        with reading(engine) as connection:
            found = current_revision(connection)
        _refuse_newer(engine, found)
        if found != HEAD:
            _migrate(engine)
        return found, HEAD
    finally:
        engine.dispose()


def current_revision(connection: Connection) -> str | None:
    """Return the revision that the database says it has; ``None`` for an empty one."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found
    return None if not tables else _foreign(tables)


def _foreign(tables: set[str]) -> str | None:
    ours = {"articles", "pages", "sightings", "sources", "stories", "relations", "dead_letters"} & tables
    if ours:
        raise StoreError(
            f"the database has tables of another program ({', '.join(sorted(ours))}); "
            "give copydesk a database of its own"
        )
    return None


def _open(engine: Engine) -> None:
    _prepare_file(engine)
    with reading(engine) as connection:
        found = current_revision(connection)
    _refuse_newer(engine, found)
    if found == HEAD:
        return
    if found is not None and engine.dialect.name != "sqlite":
        raise StoreError(
            f"{describe(engine.url)} has schema {found}, this copydesk {HEAD}: run copydesk db upgrade"
        )
    _migrate(engine)


def _prepare_file(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    path = Path(engine.url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot make the folder ({error.strerror})") from error
    with reading(engine) as connection:
        wal = connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    if not wal:
        _turn_wal_on(engine)


def _turn_wal_on(engine: Engine) -> None:
    # Not inside a transaction, hence not through SQLAlchemy's.
    with reading(engine) as connection:
        raw = connection.connection.driver_connection
        connection.exec_driver_sql("COMMIT")
        if raw is not None:
            raw.execute("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("BEGIN")


def _refuse_newer(engine: Engine, found: str | None) -> None:
    if found is not None and not REVISION.match(found):
        raise StoreError(
            f"{describe(engine.url)} is another program's (schema {found}); give copydesk a database of its own"
        )
    if found is not None and found > HEAD:
        raise StoreError(
            f"{describe(engine.url)} was written by a newer copydesk (schema {found}, this one knows {HEAD}): "
            "install that version"
        )


def _migrate(engine: Engine) -> None:
    # Alembic takes a fifth of a second to import, and a database is migrated once.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        if current_revision(connection) == HEAD:
            return  # another process was first
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
