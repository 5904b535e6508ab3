"""From the queue to the store with real worker processes: pages a second, RQ's share of the CPU, Redis bytes a page.

    python bench/queue_to_store.py [--pages FOLDER] [--count 1000] [--workers 2] [--batch 25]

FOLDER holds saved HTML pages; without it, pages of the demo press are padded to 140 KB.  RQ's share is what the same
number of jobs costs when their batches are already done, against all CPU time of the workers in the run.
"""

import argparse
import gzip
import shutil
import subprocess
import tempfile
import threading
import time
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=25)
    words = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bq", dir="/tmp"))
    server = subprocess.Popen(
        [
            server_program(),
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
        ],
        stdout=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    settings = Settings(data_dir=folder, redis_url=SecretStr(f"unix://{folder}/s"))
    redis = connect(settings)
    handover = Handover(redis)
    stop = threading.Event()
    pool = Pool(settings=settings, workers=words.workers, stop=stop, redis=redis)
    thread = threading.Thread(target=pool.run)
    try:
        made = pages(bodies(words.pages), words.count)
        warm, made = made[: words.batch * words.workers * 2], made[words.batch * words.workers * 2 :]
        thread.start()
        for at in range(0, len(warm), words.batch):  # imports and first statements are not what is measured
            handover.send(warm[at : at + words.batch])
        drain(handover, redis)
        while len(pool.pids) < words.workers:
            time.sleep(0.1)
        meter = Meter(pool)
        jobs = 200
        ids = [handover.send([]) for _ in range(jobs)]
        for batch in ids:
            handover.discard(batch)
        drain(handover, redis)
        rq_ms = meter.since() / jobs * 1000
        meter = Meter(pool)
        used = redis.info("memory")["used_memory"]
        redis.set("rq:suspended", 1)
        for at in range(0, len(made), words.batch):
            handover.send(made[at : at + words.batch])
        queued = redis.info("memory")["used_memory"] - used
        redis.delete("rq:suspended")
        took = drain(handover, redis)
        cpu_ms = meter.since() / len(made) * 1000
        print(f"{len(made) / took:.0f} pages/s with {words.workers} workers, {words.batch} pages a job")
        print(
            f"{cpu_ms:.2f} ms CPU a page in the workers: "
            f"{1000 / cpu_ms * words.workers:.0f} pages/s on {words.workers} free cores"
        )
        print(f"RQ: {rq_ms:.2f} ms a job, {rq_ms / words.batch / cpu_ms:.1%} of the workers' CPU")
        print(f"Redis: {queued / len(made) / 1000:.1f} KB a queued page")
    finally:
        stop.set()
        thread.join()
        server.terminate()
        server.wait()
        store = open_store(f"sqlite:///{folder / 'copydesk.db'}")
        print(store.totals())
        store.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
