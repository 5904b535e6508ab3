"""From the queue to the store with real worker processes: pages a second, RQ's share of the CPU, Redis bytes a page.

    python bench/queue_to_store.py [--pages FOLDER] [--count 1000] [--workers 1 2 4] [--batch 25]
                                   [--databases sqlite postgresql] [--rounds 3]

FOLDER holds saved HTML pages; without it, pages of the demo press are padded to 140 KB.  Prints one table row a
database and number of workers, medians of the rounds, as it stands in docs/scale.md.  RQ's share is what the same
number of jobs costs when their batches are already done, against all CPU time of the workers in the run.
"""

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice, product
from pathlib import Path
from statistics import median

import psutil
from pydantic import SecretStr
from redis import Redis

from config.settings import Settings
from copydesk.demo.answers import answer
from copydesk.demo.press import Press
from copydesk.embedded import server_program
from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.pool import Pool
from workers.store import open_store
from workers.worker import connect

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.chaos.databases import KINDS, databases

PAD = b"<script>" + b"var layout = {columns: 12, gutter: 8};\n" * 3400 + b"</script>"


def bodies(folder: Path | None) -> list[bytes]:
    """The pages, compressed as they come from the wire."""
    if folder is not None:
        found = [path.read_bytes() for path in sorted(folder.rglob("*.html"))]
        found += [gzip.decompress(path.read_bytes()) for path in sorted(folder.rglob("*.html.gz"))]
    else:
        press = Press(1, publishers=12, stories=200)
        found = [
            answer(press, host, path).body.replace(b"</head>", PAD + b"</head>", 1)
            for (host, path), page in press.pages.items()
            if page.mishap is None
        ]
    print(f"{len(found)} pages, {sum(map(len, found)) / len(found) / 1000:.0f} KB each on average")
    return [gzip.compress(body, 6) for body in found]


def pages(compressed: list[bytes], count: int) -> list[FetchedPage]:
    now = datetime.now(UTC)
    made = []
    for number, body in enumerate(islice(cycle(compressed), count)):
        url = CanonicalUrl(f"https://s{number % 97}.example/{number}")
        made.append(
            FetchedPage(
                url=url,
                final_url=url,
                status=200,
                headers={"content-type": "text/html"},
                body=body,
                content_encoding="gzip",
                fetched_at=now,
                source=SourceId("bench"),
            )
        )
    return made


class Meter:
    """CPU seconds of the pool's workers, as far as they were seen."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.base = self.read()

    def read(self) -> float:
        total = 0.0
        for pid in self._pool.pids:
            times = psutil.Process(pid).cpu_times()
            total += times.user + times.system
        return total

    def since(self) -> float:
        return self.read() - self.base


def drain(handover: Handover, redis: "Redis") -> float:
    begun = time.monotonic()
    while handover.queued_pages() or redis.zcard("rq:wip:copydesk") or redis.llen("rq:queue:copydesk"):
        time.sleep(0.01)
    return time.monotonic() - begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One run."""

    rate: float
    """Pages a second, by the clock on the wall."""
    cpu_ms: float
    """CPU of the workers a page."""
    rq_ms: float
    """CPU of the workers a job without pages."""
    queued_kb: float
    """Redis memory a page that waits."""


def measure(made: list[FetchedPage], database: str, workers: int, batch: int) -> Figures:
    """Drain the pages with so many workers, on an empty Redis and an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="bq", dir="/tmp"))
    words = [
        "--port",
        "0",
        "--unixsocket",
        str(folder / "s"),
        "--dir",
        str(folder),
        "--appendonly",
        "yes",
        "--save",
        "",
    ]
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = subprocess.Popen([server_program(), *words], stdout=subprocess.DEVNULL)
        stack.callback(server.wait)
        stack.callback(server.terminate)
        url = stack.enter_context(databases(database))(folder)
        settings = Settings(
            data_dir=folder,
            redis_url=SecretStr(f"unix://{folder}/s"),
            database_url=SecretStr(url),
        )
        open_store(url).close()
        redis = connect(settings)
        while not (folder / "s").exists():
            time.sleep(0.05)
        pool = Pool(settings=settings, workers=workers, stop=threading.Event(), redis=redis)
        thread = threading.Thread(target=pool.run)
        thread.start()
        stack.callback(thread.join)
        stack.callback(pool.stop.set)
        return drained(made, redis, pool, workers, batch)


def drained(made: list[FetchedPage], redis: "Redis", pool: Pool, workers: int, batch: int) -> Figures:
    handover = Handover(redis)
    warm, made = made[: batch * workers * 2], made[batch * workers * 2 :]
    send(handover, warm, batch)  # imports and first statements are not what is measured
    drain(handover, redis)
    while len(pool.pids) < workers:
        time.sleep(0.1)
    meter, jobs = Meter(pool), 200
    for name in [handover.send([]) for _ in range(jobs)]:
        handover.discard(name)
    drain(handover, redis)
    rq_ms = meter.since() / jobs * 1000
    meter, used = Meter(pool), redis.info("memory")["used_memory"]
    redis.set("rq:suspended", 1)
    send(handover, made, batch)
    queued = redis.info("memory")["used_memory"] - used
    redis.delete("rq:suspended")
    took = drain(handover, redis)
    return Figures(
        rate=len(made) / took,
        cpu_ms=meter.since() / len(made) * 1000,
        rq_ms=rq_ms,
        queued_kb=queued / len(made) / 1000,
    )


def send(handover: Handover, made: list[FetchedPage], batch: int) -> None:
    for at in range(0, len(made), batch):
        handover.send(made[at : at + batch])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=25)
    words = parser.parse_args()
    made = pages(bodies(words.pages), words.count)
    print(f"{len(made)} pages a run, {words.batch} a job, medians of {words.rounds}, {os.cpu_count()} cores")
    print(
        "| database | workers | pages/s | CPU ms a page in the workers | RQ's share | Redis KB a queued page |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for database, workers in product(words.databases, words.workers):
        runs = [measure(made, database, workers, words.batch) for _ in range(words.rounds)]
        rate, cpu_ms, rq_ms, queued_kb = (
            median(getattr(run, name) for run in runs) for name in ("rate", "cpu_ms", "rq_ms", "queued_kb")
        )
        share = rq_ms / words.batch / cpu_ms
        print(
            f"| {database} | {workers} | {rate:.0f} | {cpu_ms:.1f} | {share:.1%} | {queued_kb:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
