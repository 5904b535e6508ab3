"""Outages: what the work stands on is taken away in the middle of a crawl, and given back.

The work must pause and say why, go on by itself, and end in the store of an undisturbed run.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis

from copydesk.demo.press import Press
from copydesk.demo.process import press_process
from copydesk.embedded import socket_path
from crawler.errors import CopydeskError
from tests.chaos.crawl import ROUND_LIMIT_S, Crawl, environment
from tests.chaos.databases import Server, database_of, file_in, postgres
from tests.chaos.kills import undisturbed
from tests.chaos.outcome import Outcome, differences, opened, outcome_of

LOOK_S = 0.1
NOTICE_S = 120.0
"""An outage that nobody has told of by then hit nothing, or was kept from the user."""
ENOUGH_SIGHTINGS = 4
"""The crawl is in its middle then."""
DISK_BYTES = 24_000_000
PAUSED, GOES_ON = "Paused: ", "goes on.\n"
MOST_TOLD = 2
"""The fetcher may notice a frozen Redis only when the workers go on already."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """A crawl under way with its web page, and what can be taken from it."""

    crawl: Crawl
    server: Server | None = None
    port: int = 0

    @property
    def redis(self) -> "redis.Redis":
        """A connection to the crawl's Redis."""
        return redis.Redis(unix_socket_path=str(socket_path(self.crawl.folder.resolve() / "redis")))

    def told(self) -> str:
        """Return what the user at the terminal has read."""
        return self.crawl.said.read_text(errors="replace")

    def has_ended(self) -> bool:
        """Say whether the command has ended."""
        return self.crawl.process.poll() is not None

    def logs(self) -> str:
        """Return what the processes have said."""
        logs = sorted((self.crawl.folder / "logs").glob("*.log"))
        return "".join(path.read_text(errors="replace") for path in logs)

    def web_is_ready(self) -> bool:
        """Say whether the web page calls itself ready."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=60) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return False
            raise


@contextmanager
def redis_frozen(scene: Scene) -> Iterator[None]:
    """Redis answers nobody: a machine that swaps, a network that drops packets."""
    servers = scene.crawl.members()["redis"]
    for server in servers:
        server.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for server in servers:
            server.send_signal(signal.SIGCONT)


@contextmanager
def redis_gone(scene: Scene) -> Iterator[None]:
    """Redis refuses connections: its process is dead, and its keeper sleeps."""
    keepers = scene.crawl.members()["keeper"]
    for keeper in keepers:
        keeper.send_signal(signal.SIGSTOP)
    for server in scene.crawl.members()["redis"]:
        server.send_signal(signal.SIGKILL)
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.send_signal(signal.SIGCONT)


@contextmanager
def redis_full(scene: Scene) -> Iterator[None]:
    """Redis takes no writes: ``maxmemory`` with ``noeviction``."""
    with scene.redis as client:
        client.config_set("maxmemory", "1")
    try:
        yield
    finally:
        with scene.redis as client:
            client.config_set("maxmemory", "0")


@contextmanager
def database_locked(scene: Scene) -> Iterator[None]:
    """Somebody holds SQLite's write lock."""
    holder = sqlite3.connect(scene.crawl.folder / "copydesk.db", isolation_level=None, timeout=60)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@contextmanager
def postgres_stopped(scene: Scene) -> Iterator[None]:
    """The PostgreSQL server is stopped, and started."""
    assert scene.server is not None
    scene.server.stop()
    try:
        yield
    finally:
        scene.server.ensure_postgres_running()


@contextmanager
def disk_full(scene: Scene) -> Iterator[None]:
    """Nothing can be written where the data folder is, which is a small disk of its own."""
    ballast = scene.crawl.folder / "ballast"
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


OUTAGES: dict[str, Callable[[Scene], AbstractContextManager[None]]] = {
    "redis_gone": redis_gone,
    "redis_frozen": redis_frozen,
    "redis_full": redis_full,
    "database_locked": database_locked,
    "postgres_stopped": postgres_stopped,
    "disk_full": disk_full,
}


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of one crawl."""

    outages: tuple[str, ...]
    seconds: float = 0.0
    stories: int = 0
    sightings: int = 0
    faults: list[str] = field(default_factory=list)


class Stage:
    """A press, its undisturbed outcome, and crawls of it in which something is taken away."""

    def __init__(self, folder: Path, *, seed: int, publishers: int, stories: int, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        home = folder / "press"
        home.mkdir()
        served = press_process(home, seed=seed, publishers=publishers, stories=stories)
        self.press: Press = stack.enter_context(served)[0]
        self.expected: Outcome = undisturbed(self.press, home / "calm", file_in)
        self._crawls = 0

    def play(self, *outages: str, hold_s: float) -> Report:
        """Crawl with these outages one after the other, each held until it was told of and for ``hold_s``."""
        begun = time.monotonic()
        report = Report(outages=outages)
        self._crawls += 1
        folder = self._folder / f"outage-{self._crawls}"
        folder.mkdir()
        with ExitStack() as stack:
            scene = self._scene(folder, outages, stack)
            for outage in outages:
                _await(lambda: _has_begun(scene), "the crawl did not begin")
                _take_away(scene, outage, hold_s, report)
            _finish(scene, report)
            found = outcome_of(scene.crawl.database, self.press)
            report.stories, report.sightings = len(found.stories), found.sightings
            report.faults += differences(self.expected, found)
        report.seconds = time.monotonic() - begun
        return report

    def _scene(self, folder: Path, outages: tuple[str, ...], stack: ExitStack) -> Scene:
        server, database = None, file_in(folder)
        if "postgres_stopped" in outages:
            server = stack.enter_context(postgres())
            database = database_of(server)(folder)
        if "disk_full" in outages:
            stack.enter_context(_small_disk(folder))
        crawl = Crawl(folder, self.press.feed_urls(), database)
        stack.callback(crawl.end)
        scene = Scene(crawl=crawl, server=server, port=_free_port())
        stack.enter_context(_web(scene))
        return scene


def _take_away(scene: Scene, outage: str, hold_s: float, report: Report) -> None:
    before = _pauses(scene)
    with OUTAGES[outage](scene):
        ends = time.monotonic() + hold_s

        def is_noticed() -> bool:
            return scene.has_ended() or (time.monotonic() >= ends and _pauses(scene) > before)

        _await(is_noticed, f"{outage}: the user was not told")
    if scene.has_ended():
        report.faults.append(f"{outage}: ended the crawl: {scene.told()[-300:]}")
        return
    _await(
        lambda: scene.has_ended() or GOES_ON in scene.told().rpartition(PAUSED)[2],
        f"{outage}: no end was told",
    )
    if _pauses(scene) > before + MOST_TOLD:
        report.faults.append(f"{outage}: told {_pauses(scene) - before} times")
    _await(scene.web_is_ready, f"{outage}: the web page did not come back")


def _pauses(scene: Scene) -> int:
    return scene.told().count(PAUSED)


def _finish(scene: Scene, report: Report) -> None:
    try:
        code = scene.crawl.process.wait(ROUND_LIMIT_S)
    except subprocess.TimeoutExpired:
        report.faults.append(f"not done in {ROUND_LIMIT_S:g} s")
        return
    if code:
        report.faults.append(f"exit code {code}: {scene.told()[-300:]}")
    if "Traceback" in scene.logs() + scene.told():
        report.faults.append("a traceback instead of a message")
    scene.crawl.end()


def _has_begun(scene: Scene) -> bool:
    with suppress(CopydeskError), opened(scene.crawl.database) as store:
        return store.totals().sightings >= ENOUGH_SIGHTINGS
    return False


def _await(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + NOTICE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(LOOK_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _web(scene: Scene) -> Iterator[None]:
    stack = {"COPYDESK_DATA_DIR": str(scene.crawl.folder), "COPYDESK_DATABASE_URL": scene.crawl.database}
    with scene.crawl.said.with_suffix(".web").open("ab") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "copydesk", "web", "--port", str(scene.port)],
            env=environment(**stack),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        web.terminate()
        web.wait()


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Make the folder a disk of its own: the superuser's privilege, and Linux only."""
    size = f"size={DISK_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def may_mount() -> bool:
    """Say whether a small disk can be made here."""
    return sys.platform == "linux" and os.geteuid() == 0
