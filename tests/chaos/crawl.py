"""A crawl of the demo press by real processes: the all-in-one command, or each process by hand."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

SETTINGS = {
    "COPYDESK_FETCH_DELAY_S": "0.05",
    "COPYDESK_FETCH_ALLOW_PRIVATE": '["127.0.0.0/8"]',
    "COPYDESK_FETCH_CONTACT": "the crash harness, on loopback",
    "COPYDESK_FETCH_TIMEOUT_S": "5",
    "COPYDESK_FETCH_RETRIES": "1",  # the press has pages that fail for ever; their later retries prove nothing
    "COPYDESK_CRAWL_BATCH_PAGES": "5",  # many small batches: more places to be killed in
    "COPYDESK_WORK_MAX_TRIES": "10",  # a page must not be condemned for being in hand at three kills
}
KINDS = ("worker", "pool", "fetcher", "redis", "keeper", "parent")
ROUND_LIMIT_S = 900.0
"""A crawl that is not done by then hangs: that is a failure too."""


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a process of ours, whatever is set here."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")}
    return inherited | SETTINGS | variables


class Crawl:
    """The all-in-one command on one data folder, and all the processes that belong to it."""

    def __init__(self, folder: Path, seeds: Sequence[str], database: str | None = None) -> None:
        self.folder = folder
        self.database = database or f"sqlite:///{folder / 'copydesk.db'}"
        self.said = folder.with_name(f"{folder.name}.said")
        """What the command writes to its terminal; not in its folder, which may be a disk of its own."""
        self._seeds = seeds
        self.restarts = -1
        self.start()

    def start(self) -> None:
        """Start the command; a second time it goes on where the last one was killed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stack = {"COPYDESK_DATA_DIR": str(self.folder), "COPYDESK_DATABASE_URL": self.database}
        with self.said.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "copydesk", "crawl", *self._seeds, "--json"],
                env=environment(**stack),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.restarts += 1

    def look_after(self) -> None:
        """Start again what nobody else does: here the command looks after all its children."""

    def faults(self) -> list[str]:
        """Return what is wrong with the processes themselves, whatever they have stored."""
        return []

    def members(self) -> dict[str, list[psutil.Process]]:
        """Return our living processes by what they are; found by descent and by our folder's name."""
        found: dict[str, list[psutil.Process]] = {kind: [] for kind in KINDS}
        with suppress(psutil.Error):
            parent = psutil.Process(self.process.pid)
            found["parent"].append(parent)
            for child in parent.children(recursive=True):
                with suppress(psutil.Error):
                    if kind := _kind(child.cmdline()):
                        found[kind].append(child)
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if any(str(self.folder.resolve()) in word for word in words):
                kind = "keeper" if any(word.endswith("keeper.py") for word in words) else "redis"
                if kind == "keeper" or "--unixsocket" in words or any("server" in word for word in words[:1]):
                    found[kind].append(process)
        return found

    def end(self) -> None:
        """Leave nothing running."""
        for found in self.members().values():
            for process in found:
                with suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)
        self.process.wait()


def _kind(words: Sequence[str]) -> str | None:
    if "workers.worker" in words:
        return "worker"
    if "work" in words:
        return "pool"
    return "fetcher" if "fetch" in words else None
