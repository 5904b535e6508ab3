"""Several workers under one parent: started, replaced when they die or get stuck, stopped together.

A worker that is killed leaves a lease and perhaps a popped job behind: the pool knows which one died and gives its
work back at once.  A worker whose parent dies stops by itself (``workers.lifeline``).
"""

import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_hex

import structlog
from redis import Redis
from redis.exceptions import RedisError

from config.load import child_environment
from config.settings import Settings
from crawler.vitals import Signs, Vitals, machine
from workers import lifeline
from workers.leases import LEASE_S
from workers.metrics import serving
from workers.patience import reason_of
from workers.recovery import Recovery
from workers.store import open_store
from workers.worker import OUTAGE_EXIT, connect, database_url

SWEEP_S = 2.0
TICK_S = 0.2
FIRST_RESPAWN_S, LONGEST_RESPAWN_S = 0.1, 15.0
LIVED_S = 10.0
"""A worker that lived this long was no failure to start: the next one starts at once."""
VAIN_STARTS = 3
"""So many workers in a row that died by themselves as they started are a fault to be told of, not a mishap."""
SILENT_S = LEASE_S * 1.5
"""A busy worker that says nothing for so long is stuck in C code (the beats come from a thread)."""
OVERTIME_S = 15
"""What a worker may take over its job's time limit: RQ ends the job itself at the limit, if Python runs."""
STOP_S = 60.0
"""How long a worker that was told to stop may take to finish its batch."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Child:
    """One worker process, as the pool sees it.  Times are of the monotonic clock."""

    name: str
    process: subprocess.Popen[bytes]
    started: float
    heard: float
    busy_since: float | None = None

    def hear(self, said: bytes, now: float) -> None:
        self.heard = now
        last = next((bytes([b]) for b in reversed(said) if bytes([b]) != lifeline.ALIVE), b"")
        if last == lifeline.BUSY:
            self.busy_since = now
        elif last in (lifeline.IDLE, lifeline.PAUSED):
            self.busy_since = None

    def stuck(self, now: float, limit_s: float) -> str:
        """Return why this worker must be ended, or nothing."""
        if self.busy_since is None:
            return ""
        if now - self.heard > SILENT_S:
            return "silent"
        return "overtime" if now - self.busy_since > limit_s + OVERTIME_S else ""


@dataclass(slots=True)
class Pool:
    """``workers`` processes on one queue; ``run`` returns when ``stop`` is set and all have left."""

    settings: Settings
    workers: int
    stop: threading.Event
    redis: "Redis"
    children: list[_Child] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _respawn_at: float = 0.0
    _respawn_s: float = FIRST_RESPAWN_S
    _vain_starts: int = 0
    _swept_at: float = 0.0
    _redis_away: bool = False

    def run(self) -> None:
        """Keep the workers at work."""
        recovery = Recovery(
            self.redis, self.settings.work.queue, job_timeout_s=self.settings.work.job_timeout_s
        )
        try:
            while not self.stop.is_set():
                self._listen(TICK_S)
                self._bury(recovery)
                self._end_stuck()
                self._sweep(recovery)
                self._spawn()
                self._settle()
        finally:
            self._stop_all(recovery)
            self._selector.close()

    @property
    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        return [child.process.pid for child in self.children]

    def signs(self, signs: Signs) -> dict[str, Vitals]:
        """Return what the pool's own workers say of themselves; to be called from any thread."""
        names = {child.name for child in list(self.children)}
        return {name: vitals for name, vitals in signs.living().items() if name in names}

    def _spawn(self) -> None:
        now = time.monotonic()
        if len(self.children) >= self.workers or now < self._respawn_at or self._redis_away:
            return
        name = f"copydesk-{machine()}-{os.getpid()}-{token_hex(3)}"
        process = subprocess.Popen(  # noqa: S603  (our own module, no shell)
            [sys.executable, "-m", "workers.worker", "--under-pool", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(self.settings),
            start_new_session=True,  # Ctrl-C in the terminal is the parent's to pass on
        )
        child = _Child(name=name, process=process, started=now, heard=now)
        if process.stdout is not None:
            os.set_blocking(process.stdout.fileno(), False)
            self._selector.register(process.stdout, selectors.EVENT_READ, child)
        self.children.append(child)

    def _listen(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            self.stop.wait(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            said = os.read(key.fd, 4096)
            if said:
                key.data.hear(said, time.monotonic())
            else:
                self._selector.unregister(key.fileobj)

    def _bury(self, recovery: Recovery) -> None:
        for child in [c for c in self.children if c.process.poll() is not None]:
            self._forget(child)
            code = child.process.returncode
            if not self.stop.is_set():
                self._slow_down(child)
                log.warning("worker.died", worker=child.name, code=code)
                self._count_vain(child)
            with self._outage_is_no_reason():
                recovery.end_leases(child.name)
            self._swept_at = 0.0

    def _forget(self, child: _Child) -> None:
        self.children.remove(child)
        for pipe in (child.process.stdin, child.process.stdout):
            if pipe is not None:
                if pipe is child.process.stdout and pipe in {
                    k.fileobj for k in self._selector.get_map().values()
                }:
                    self._selector.unregister(pipe)
                pipe.close()

    def _slow_down(self, child: _Child) -> None:
        now = time.monotonic()
        # Killed: its page's tries are counted, so it cannot go on for ever.  Left by itself: a back end is away.
        killed = child.process.returncode < 0
        lived = now - child.started > LIVED_S
        self._respawn_s = FIRST_RESPAWN_S if lived or killed else min(LONGEST_RESPAWN_S, self._respawn_s * 2)
        self._respawn_at = now + self._respawn_s

    def _count_vain(self, child: _Child) -> None:
        if child.process.returncode <= 0 or child.process.returncode == OUTAGE_EXIT:
            return  # was killed, has left, or has told of the outage itself
        if time.monotonic() - child.started <= LIVED_S:
            self._vain_starts += 1
            if self._vain_starts == VAIN_STARTS:
                log.warning("work.paused", reason="the workers die as they start, and their log says why")

    def _settle(self) -> None:
        """Take a worker that has lived for the end of the vain starts."""
        if self._vain_starts and any(time.monotonic() - child.started > LIVED_S for child in self.children):
            if self._vain_starts >= VAIN_STARTS:
                log.warning("work.resumed")
            self._vain_starts = 0

    def _end_stuck(self) -> None:
        now = time.monotonic()
        for child in self.children:
            why = child.stuck(now, self.settings.work.job_timeout_s)
            if why:
                log.error("worker.stuck", worker=child.name, why=why)
                child.process.kill()

    def _sweep(self, recovery: Recovery) -> None:
        if time.monotonic() - self._swept_at < SWEEP_S:
            return
        self._swept_at = time.monotonic()
        with self._outage_is_no_reason():
            found = recovery.sweep()
            if found:
                log.info("work.recovered", batches=found)

    @contextmanager
    def _outage_is_no_reason(self) -> Iterator[None]:
        """Redis may be away or full: say so once, start no worker meanwhile, go on when it is back."""
        try:
            yield
        except RedisError as error:
            if not self._redis_away:
                log.warning("redis.away", reason=reason_of(error))
            self._redis_away = True
            return
        if self._redis_away:
            log.warning("redis.back")
        self._redis_away = False

    def _stop_all(self, recovery: Recovery) -> None:
        for child in self.children:
            child.process.terminate()
        deadline = time.monotonic() + STOP_S
        while self.children and time.monotonic() < deadline:
            self._listen(TICK_S)
            self._bury(recovery)
        for child in list(self.children):
            child.process.kill()
            child.process.wait()
        self._bury(recovery)


def run_pool(settings: Settings, n: int, stop: threading.Event) -> None:
    """Run ``n`` workers until ``stop`` is set; returns when they have finished their batches and left.

    Raises:
        BackendError: The database cannot be used at all: told at once, rather than by each worker in its log.
        ConfigError: ``work.metrics`` names a place that cannot be served.
    """
    open_store(database_url(settings)).close()
    redis = connect(settings)
    pool = Pool(settings=settings, workers=n, stop=stop, redis=redis)
    with serving(settings.work.metrics, lambda: pool.signs(Signs(redis)), role="worker"):
        pool.run()
