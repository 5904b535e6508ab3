"""Opening: set up once, upgraded where that is safe, refused in one line where it is not."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text

from crawler.errors import ConfigError, CopydeskError, StoreError
from workers.store import open_store, schema, upgrade_store
from workers.store.engine import make_engine, reading, writing
from workers.store.opening import HEAD

MIGRATIONS = Path(schema.__file__).parent / "migrations"


def test_the_newest_migration_is_the_schema_that_the_program_knows() -> None:
    """HEAD is written down so that Alembic need not be imported to open a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_lead_to_the_tables_of_the_program(database_url: str) -> None:
    """What the migrations make is what ``schema`` says, on both databases."""
    store = open_store(database_url)
    with reading(store.engine) as connection:
        found = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    store.close()
    ours = [
        change for change in found if "articles_text" not in str(change) and "text_index" not in str(change)
    ]
    assert ours == []


def test_a_database_is_set_up_once_whoever_comes_first(sqlite_url: str) -> None:
    """Several processes that open a fresh file at the same moment all get a sound one."""
    code = f"from workers.store import open_store; open_store({sqlite_url!r}).close()"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert upgrade_store(sqlite_url) == (HEAD, HEAD)


def test_a_migration_that_is_broken_off_leaves_nothing_half_done(database_url: str) -> None:
    """Killed in the middle of its statements: the database is as before, and the next try succeeds."""

    def break_off(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "ix_sightings_site" in statement:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", break_off)
    try:
        with pytest.raises(KeyboardInterrupt):
            open_store(database_url)
    finally:
        event.remove(Engine, "before_cursor_execute", break_off)
    engine = make_engine(database_url)
    with reading(engine) as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    store = open_store(database_url)
    assert store.check() == []
    store.close()


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    """One line that says so, and nothing is touched."""
    store = open_store(database_url)
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    for action in (open_store, upgrade_store):
        with pytest.raises(StoreError, match="newer copydesk"):
            action(database_url)


def test_another_programs_schema_is_not_taken_for_a_newer_one(database_url: str) -> None:
    """Many programs keep their revision, a hash, in a table of this name: no version of ours would help."""
    store = open_store(database_url)
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f3a91c'"))
    store.close()
    for action in (open_store, upgrade_store):
        with pytest.raises(StoreError, match="another program"):
            action(database_url)


def test_an_older_server_database_waits_for_its_owner(postgres_database: Callable[[], str]) -> None:
    """PostgreSQL is upgraded by ``copydesk db upgrade``, never behind its owner's back."""
    url = postgres_database()
    store = open_store(url)
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    store.close()
    with pytest.raises(StoreError, match="db upgrade"):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "postgresql://u:p@h:x/d"],
)
def test_a_url_that_names_no_database_of_ours_is_refused_in_one_line(url: str) -> None:
    """The message says what to write, and never a password."""
    with pytest.raises(ConfigError) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_one_line_without_the_password() -> None:
    """A refused connection says what to check."""
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://desk:s3cret@127.0.0.1:1/desk")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("postgresql desk@127.0.0.1:1/desk: no server listens there; start it")


def test_a_server_without_its_socket_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    """A URL without a host means a socket."""
    with pytest.raises(StoreError, match="no server listens there; start it, or name a host"):
        open_store(f"postgresql:///desk?host={tmp_path}")


def test_files_that_are_no_database_are_refused(tmp_path: Path) -> None:
    """Another file, another program's tables, a folder that cannot be made: one line each."""
    (tmp_path / "page.html").write_text("<html>" * 200)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE articles (id)")
    other.close()
    (tmp_path / "file").touch()
    for path in (tmp_path / "page.html", tmp_path / "other.db", tmp_path / "file" / "copydesk.db", tmp_path):
        with pytest.raises(CopydeskError) as caught:
            open_store(f"sqlite:///{path}")
        assert "\n" not in str(caught.value)
