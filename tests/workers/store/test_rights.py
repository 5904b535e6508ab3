"""The database user of docs/operations.md may do what the work needs, and nothing else."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text

from crawler.errors import StoreError
from workers.store import Store, open_store
from workers.store.dead_letters import make_dead_letter
from workers.store.engine import writing
from workers.store.opening import HEAD, upgrade_store

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations.md"


def statements(name: str) -> list[list[str]]:
    """The documented SQL, block by block, for a database and roles of another name (tests share a server)."""
    blocks = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return [re.sub(r"\bcopydesk", name, block).strip().splitlines() for block in blocks]


@pytest.fixture
def documented(postgres_url: str, postgres_database: Callable[[], str]) -> Iterator[tuple[str, str]]:
    """URLs of a database set up by the book: its owner's and its user's."""
    name = urlsplit(postgres_database()).path.strip("/").replace("desk", "least")
    by_administrator, by_owner = statements(name)

    def url(role: str) -> str:
        return postgres_url.replace("/postgres?", f"/{name}?").replace("//postgres:@", f"//{role}:@")

    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        for statement in by_administrator:
            administrator.execute(statement.encode())
        with psycopg.connect(url(f"{name}_owner"), autocommit=True) as owner:
            for statement in by_owner:
                owner.execute(statement.encode())
        yield url(f"{name}_owner"), url(name)
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        administrator.execute(f"DROP ROLE {name}, {name}_owner".encode())


@pytest.fixture
def desk(documented: tuple[str, str]) -> Iterator[Store]:
    """The store as fetchers, workers and the web page open it."""
    owner, user = documented
    assert upgrade_store(owner) == (None, HEAD)
    store = open_store(user)
    yield store
    store.close()


def test_the_work_needs_no_more_than_the_documented_rights(desk: Store, make: Any) -> None:
    """Save, search, export, put aside, check, repair, forget."""
    desk.save(make.batch(make.decided("https://a.example/1"), pages=(make.page("https://a.example/2"),)))
    desk.put_aside(
        make_dead_letter(
            url="https://a.example/3",
            source="desk",
            reason="worker_error",
            detail=None,
            tries=3,
            failed_at=make.noon,
            outcome=b"",
        )
    )
    assert len(desk.stories(text="text")) == 1
    assert len(list(desk.export())) == 1
    assert desk.check(repair=True) == []
    assert desk.drop_dead_letters([letter.id for letter in desk.dead_letters()]) == 1
    assert desk.prune(before=make.noon + timedelta(days=1)) == (1, 2)


@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE pages", "DROP TABLE pages", "CREATE TABLE mine (id int)", "ALTER TABLE pages ADD x int"],
)
def test_the_user_can_neither_empty_nor_change_tables(desk: Store, statement: str) -> None:
    """A stolen password of a worker is not the schema's."""
    with pytest.raises(StoreError), writing(desk.engine) as connection:
        connection.execute(text(statement))


def test_a_user_without_tables_is_told_what_to_run(documented: tuple[str, str]) -> None:
    """The owner has not upgraded yet: one line that names the right or the command."""
    with pytest.raises(StoreError, match=r"right|upgrade"):
        open_store(documented[1])
