"""The child processes of one command: started with our settings, restarted when they die, ended with us.

Each child holds the other end of a pipe as its standard input (its lifeline): when we end, however we end, it reads
end-of-file and stops by itself.  Children stay in our process group, so Ctrl-C in a
terminal and ``kill -- -PGID`` reach all.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

from config.load import child_environment
from config.settings import Settings
from copydesk.notices import Notices
from copydesk.stack import ready_folder
from crawler.errors import CopydeskError

STOP_S = 1.0
"""What a child has to stop by itself after SIGTERM: Ctrl-C promises two seconds in all."""

RESTART_PAUSE_S = 1.0
"""Between a child's death and its restart, so that one that cannot start does not spin."""

LARGEST_LOG_BYTES = 10_000_000
"""A log this large is set aside as ``.old`` when its process starts."""

CANNOT = 2
"""The exit code of a command that cannot do what it was asked: restarting it would not help."""


class Crew:
    """The children of one command, by name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._logs = ready_folder(settings.data_dir / "logs")
        self._commands: dict[str, list[str]] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._died_at: dict[str, float] = {}
        self._restarted: set[str] = set()
        """What has run before can run again: what stops it now, such as a database that is away, will pass."""
        self._notices = Notices(self._logs)

    def start(self, name: str, *words: str) -> None:
        """Start ``copydesk WORDS`` under ``name``; its log is ``logs/NAME.log`` in the data folder."""
        self._commands[name] = [sys.executable, "-m", "copydesk", *words]
        self._notices.follow(self.log_of(name))
        self._spawn(name)

    def news(self) -> list[str]:
        """Return what the children have to say to the user since the last call: that they pause, that they go on."""
        return self._notices.news()

    def log_of(self, name: str) -> Path:
        """Return the log file of a child."""
        return self._logs / f"{name}.log"

    def watch(self) -> set[str]:
        """Restart children that died, and return the names of those that have finished their work.

        Raises:
            CopydeskError: A child cannot do what it was asked; the message is the child's own.
        """
        finished = set()
        for name, child in self._children.items():
            code = child.poll()
            if code == CANNOT and name not in self._restarted:
                raise CopydeskError(self._last_line(name))
            if code == 0:
                finished.add(name)
            elif code is not None:
                self._restart(name)
        return finished

    def stop(self) -> None:
        """End every child: ask, wait ``STOP_S`` seconds, then insist (what is not done is done again)."""
        alive = [child for child in self._children.values() if child.poll() is None]
        for child in alive:
            child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        for child in self._children.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdin is not None:
                child.stdin.close()

    def _spawn(self, name: str) -> None:
        log = self.log_of(name)
        if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
            log.replace(log.with_suffix(".old"))
        with log.open("ab") as stderr:
            self._children[name] = subprocess.Popen(  # noqa: S603 - our own command line
                self._commands[name],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=child_environment(self._settings),
            )

    def _restart(self, name: str) -> None:
        now = time.monotonic()
        if now - self._died_at.setdefault(name, now) < RESTART_PAUSE_S:
            return
        del self._died_at[name]
        self._restarted.add(name)
        child = self._children[name]
        if child.stdin is not None:
            child.stdin.close()
        self._spawn(name)

    def _last_line(self, name: str) -> str:
        lines = self.log_of(name).read_text(errors="replace").strip().splitlines() or [f"{name} cannot run"]
        return lines[-1].removeprefix("copydesk: ")
