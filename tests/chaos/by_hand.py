"""A crawl by processes that an operator starts one by one, on a Redis with TLS and a password, and a database.

Each may be killed, or asked to end; a supervisor (here: ``look_after``) starts it again, as systemd would.
"""

import secrets
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import redis

from copydesk.embedded import server_program
from tests.chaos.crawl import KINDS, Crawl, environment

PARTS = {"pool": ("work", "--workers", "2"), "web": ("web",)}
"""What is started by hand beside the fetcher and Redis."""
SUBJECT = "/CN=localhost"


class ByHand(Crawl):
    """Fetcher, pool, web page and Redis as processes of their own; the fetcher's end is the crawl's."""

    def __init__(self, folder: Path, seeds: Sequence[str], database: str | None = None) -> None:
        self.password = secrets.token_hex(12)
        self._ports = _free_ports(3)
        """Of TLS, of Redis behind it, of the web page."""
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True)
        self._redis_folder = folder / "own-redis"
        self._redis_folder.mkdir()
        _make_certificate(self._redis_folder)
        super().__init__(
            folder, seeds, (database or "").replace("postgres:@", f"postgres:{self.password}@") or None
        )

    def faults(self) -> list[str]:
        """Return where a password can be read."""
        return [f"the password is told by {where}" for where in self.secrets_told()]

    @property
    def redis_url(self) -> str:
        """Where Redis listens, with its password."""
        authority = f"ssl_ca_certs={self._redis_folder / 'cert.pem'}"
        return f"rediss://:{self.password}@localhost:{self._ports[0]}/0?{authority}"

    def start(self) -> None:
        """Start what does not run, and the fetcher, which finds its seeds in the frontier."""
        self.look_after()
        if self.restarts < 0:
            self._await_redis()
            subprocess.run(
                self._words("enqueue", *self._seeds), env=self._environment, check=True, capture_output=True
            )
        self.process = self._run("fetcher", *self._words("fetch", "--until-idle"))
        self.restarts += 1

    def look_after(self) -> None:
        """Start again what has died or ended, but for the fetcher."""
        if self._is_dead("redis"):
            self._parts["redis"] = self._run("redis", *self._server_words())
        if self._is_dead("tls"):
            self._parts["tls"] = self._run("tls", *self._relay_words())
        for name, words in PARTS.items():
            if self._is_dead(name):
                self._parts[name] = self._run(name, *self._words(*words))

    def members(self) -> dict[str, list[psutil.Process]]:
        """Return our living processes by what they are."""
        found: dict[str, list[psutil.Process]] = {kind: [] for kind in (*KINDS, "web", "tls")}
        for name, started in [*self._parts.items(), ("fetcher", self.process)]:
            with suppress(psutil.Error):
                process = psutil.Process(started.pid)
                if process.status() != psutil.STATUS_ZOMBIE:
                    found[name].append(process)
                    found["worker"] += process.children() if name == "pool" else []
        return found

    def secrets_told(self) -> list[str]:
        """Return where the password can be read: a log, or the command line of a process that is ours."""
        logs = [
            path.name
            for path in self.folder.glob("*.log")
            if self.password in path.read_text(errors="replace")
        ]
        shown = [
            kind
            for kind, found in self.members().items()
            for process in found
            if kind != "redis" and self.password in " ".join(_words_of(process))
        ]
        return logs + shown

    @property
    def _environment(self) -> dict[str, str]:
        return environment(
            COPYDESK_DATA_DIR=str(self.folder),
            COPYDESK_DATABASE_URL=self.database,
            COPYDESK_REDIS_URL=self.redis_url,
            COPYDESK_WEB_PORT=str(self._ports[2]),
        )

    def _is_dead(self, name: str) -> bool:
        return name not in self._parts or self._parts[name].poll() is not None

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "copydesk", *words]

    def _run(self, name: str, *words: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                words, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _server_words(self) -> list[str]:
        settings = self._redis_folder / "redis.conf"
        settings.write_text(
            f"port {self._ports[1]}\nbind 127.0.0.1\nrequirepass {self.password}\ndir {self._redis_folder}\n"
            'appendonly yes\nsave ""\nmaxmemory-policy noeviction\n'
        )
        return [server_program(), str(settings)]

    def _relay_words(self) -> list[str]:
        cert, key = (str(self._redis_folder / name) for name in ("cert.pem", "key.pem"))
        ports = [str(port) for port in self._ports[:2]]
        return [sys.executable, "-m", "tests.chaos.tls_relay", ports[0], cert, key, ports[1]]

    def _await_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client:
            while not self._is_dead("redis"):
                with suppress(redis.RedisError):
                    client.ping()
                    return
        raise RuntimeError((self.folder / "redis.log").read_text()[-500:])


def _words_of(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _free_ports(wanted: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(wanted)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _make_certificate(folder: Path) -> None:
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    words += ["-subj", SUBJECT, "-addext", "subjectAltName=DNS:localhost"]
    words += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(words, check=True, capture_output=True)
