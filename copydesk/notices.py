"""What the children of a command have to say to the person at its terminal: the work pauses, why, and it goes on."""

import json
import shutil
from pathlib import Path

PAUSED = frozenset({"work.paused", "fetch.paused", "redis.away", "network.away"})
SIGNS = (b".paused", b".resumed", b"redis.", b"network.")
"""One of them is in every line that is read; most lines are of pages."""
RESUMED = frozenset({"work.resumed", "fetch.resumed", "redis.back", "network.back", "network.given_up"})
LARGEST_READ = 1_000_000
"""Bytes of a log looked at in one go; a fetcher writes a line a page."""

LEAST_FREE_BYTES = 1_000_000
"""With less, neither the database nor Redis takes a batch, and the children's logs cannot say so."""


class Notices:
    """Follows log files in a folder from where they are now; several processes in one outage are told of once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_to: dict[Path, int] = {}
        self._paused = False
        self._full = False

    def follow(self, log: Path) -> None:
        """Read this file too, from its present end."""
        self._read_to.setdefault(log, log.stat().st_size if log.exists() else 0)

    def news(self) -> list[str]:
        """Return what was said since the last look, a line a change."""
        told = [self._tell(line) for log in self._read_to for line in self._new_lines(log)]
        return [line for line in (self._disk(), *told) if line]

    def _disk(self) -> str:
        was, self._full = self._full, shutil.disk_usage(self._folder).free < LEAST_FREE_BYTES
        if self._full and not was:
            return f"Paused: the disk of {self._folder} is full. Nothing is lost; the work goes on when there is room."
        return "There is room on the disk again; the work goes on." if was and not self._full else ""

    def _new_lines(self, log: Path) -> list[bytes]:
        try:
            with log.open("rb") as file:
                if file.seek(0, 2) < self._read_to[log]:  # set aside, begun anew
                    self._read_to[log] = 0
                file.seek(self._read_to[log])
                said = file.read(LARGEST_READ)
        except OSError:
            return []
        whole = said[: said.rfind(b"\n") + 1]
        self._read_to[log] += len(whole)
        return whole.splitlines()

    def _tell(self, line: bytes) -> str:
        if not any(sign in line for sign in SIGNS):
            return ""
        try:
            said = json.loads(line)
        except ValueError:
            return ""
        event = said.get("event") if isinstance(said, dict) else None
        if event in PAUSED and not self._paused:
            self._paused = True
            return f"Paused: {said.get('reason', 'unknown')}. Nothing is lost; the work goes on by itself."
        if event in RESUMED and self._paused:
            self._paused = False
            return "The work goes on."
        return ""
