"""A desk without processes: a real Redis, an SQLite file, the index in memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from config.settings import Settings
from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.dedup.folding import Folder
from workers.dedup.memory_index import MemoryIndex
from workers.desk import Desk
from workers.parsing import Reader
from workers.store import open_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def desk(redis: "Redis", tmp_path: Path) -> Iterator[Desk]:
    """A worker's desk."""
    store = open_store(f"sqlite:///{tmp_path / 'copydesk.db'}")
    yield Desk(
        redis=redis,
        store=store,
        handover=Handover(redis),
        folder=Folder(MemoryIndex()),
        reader=Reader(max_bytes=5_000_000),
        settings=Settings(data_dir=tmp_path),
    )
    store.close()


WORDS = "harbour council ferry bridge market school winter timber licence border valley orchard"


def story_html(title: str, seed: int) -> bytes:
    """A page with a story of its own and a menu."""
    words = WORDS.split()

    def sentence(k: int) -> str:
        said = (f"{words[(seed * 7 + i * k + i) % len(words)]}{(seed * 31 + i * k) % 97}" for i in range(22))
        return f"{' '.join(said).capitalize()} in {1900 + (seed * 13 + k) % 120}."

    paragraphs = "".join(f"<p>{sentence(k)}</p>" for k in range(1, 9))
    return (
        f"<html lang=en><head><title>{title}</title></head><body><nav><a href=/a>Home</a><a href=/b>News</a></nav>"
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>About us</footer></body></html>"
    ).encode()


@pytest.fixture
def html() -> Callable[[str, int], bytes]:
    """Makes pages."""
    return story_html


@pytest.fixture
def fetched() -> Callable[..., FetchedPage]:
    """Makes fetched pages."""

    def make(url: str, body: bytes, content_type: str = "text/html", **fields: Any) -> FetchedPage:
        given = {"status": 200, "fetched_at": NOON, "source": SourceId("desk"), **fields}
        return FetchedPage(
            url=CanonicalUrl(url),
            final_url=CanonicalUrl(url),
            headers={"content-type": content_type},
            body=body,
            **given,
        )

    return make
