"""One fetcher process: lease, fetch, hand over, until there is nothing left or somebody says stop."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import redis
import redis.asyncio
import structlog
from aiohttp.abc import AbstractResolver

from config.settings import CrawlSettings, FetchSettings, WorkSettings
from crawler import redis_words
from crawler.archive import Archive
from crawler.errors import BackendError, ConfigError
from crawler.fetcher import AGENT, Fetcher, user_agent_of
from crawler.frontier.guests import Guests
from crawler.frontier.shared import Frontier
from crawler.guard import parse_networks
from crawler.handover import Handover
from crawler.lease_run import Desk, LeaseRun
from crawler.outbox import Outbox
from crawler.process import BulkPacker, run_in_loop
from crawler.reach import PATIENCE_S, Reach
from crawler.records import HostKey
from crawler.report import FetchReport, Tally
from crawler.robots_cache import RobotsCache
from crawler.transport import Transport

LEASE_S = 30.0
RENEWALS = 4
"""In the life of a lease: three may fail before it is lost."""
POLL_S = 0.25
"""Between two looks at an empty frontier: fresh URLs of workers wait so long at most."""
IDLE_HORIZON_S = 300.0
"""A host whose turn is further away does not keep a crawl alive."""
REDIS_CONNECTIONS = 8
"""Of the asynchronous client: enough for the loop and a few look-ups of robots rules at once."""
MIN_PAUSE_S = 0.002
"""Turns that fall due within it are leased together."""
IDLE_LOOKS = 2
"""An idle frontier is looked at twice: another fetcher may be between two steps."""
QUEUE_LOOK_S = 0.1
MAX_QUEUED_BYTES = 256_000_000
"""Bodies waiting for workers in Redis; beyond it leasing stops, however few the pages."""

__all__ = ["FetcherSettings", "run_fetcher", "run_in_loop"]

Progress = Callable[[FetchReport], None]
T = TypeVar("T")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetcherSettings:
    """The sections of ``config.settings.Settings`` that a fetcher needs."""

    fetch: FetchSettings = field(default_factory=FetchSettings)
    crawl: CrawlSettings = field(default_factory=CrawlSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    prefix: str = "copydesk:"
    warc: Path | None = None
    """Folder in which every exchange is archived, robots.txt and redirects included."""


async def run_fetcher(
    settings: FetcherSettings,
    redis_url: str,
    *,
    until_idle: bool = False,
    max_pages: int | None = None,
    deadline: datetime | None = None,
    stop: asyncio.Event | None = None,
    progress: Progress | None = None,
    lease_s: float = LEASE_S,
    resolver: AbstractResolver | None = None,
) -> FetchReport:
    """Run one fetcher; any number of them share the frontier behind ``redis_url``.

    Args:
        settings: how to fetch and how far.
        redis_url: ``redis://``, ``rediss://`` or ``unix://``.
        until_idle: end when nothing is due soon, lent, queued or in workers' hands; next visits do not count.
        max_pages: end after so many pages.
        deadline: end at this time (aware).
        stop: end within two seconds once it is set; what is under way goes back to the frontier.
        progress: told the counters a few times a second.
        lease_s: how long after this process's death its URLs are lent to another.
        resolver: who knows the addresses of names, if not the system.

    Raises:
        ConfigError: if the open web is to be fetched without ``fetch.contact``.
        BackendError: if Redis stays away.
    """
    async with contextlib.AsyncExitStack() as stack:
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            redis_url, max_connections=REDIS_CONNECTIONS, timeout=None
        )
        shared = redis.asyncio.Redis.from_pool(pool)
        stack.push_async_callback(shared.aclose)
        private = redis.Redis.from_url(redis_url, command_packer=BulkPacker())
        stack.callback(private.close)
        reach = Reach(patience_s=PATIENCE_S if until_idle else None)
        transport = Transport(
            reach=reach,
            resolver=resolver,
            user_agent=user_agent_of(settings.fetch),
            connections=settings.fetch.connections,
            timeout_s=settings.fetch.timeout_s,
            allowed=parse_networks(settings.fetch.allow_private),
            archive=None
            if settings.warc is None
            else (await stack.enter_async_context(Archive(settings.warc))).keep,
        )
        await stack.enter_async_context(transport)
        robots = RobotsCache(shared, AGENT, settings.prefix)
        frontier = Frontier(
            shared,
            settings.prefix,
            default_delay_s=settings.fetch.delay_s,
            max_depth=settings.crawl.max_depth,
            max_pages_per_host=settings.crawl.max_pages_per_host,
        )
        crawl = _Crawl(
            settings,
            frontier,
            Handover(
                private, settings.work.queue, settings.prefix, job_timeout_s=settings.work.job_timeout_s
            ),
            Fetcher(
                settings.fetch, transport, robots, Guests(frontier, wait_s=settings.fetch.timeout_s).turn
            ),
            lease_s=lease_s,
            reach=reach,
        )
        limits = _Limits(
            until_idle=until_idle, max_pages=max_pages, deadline=deadline, stop=stop or asyncio.Event()
        )
        try:
            return await crawl.run(limits, progress)
        except redis.RedisError as error:
            raise BackendError(
                f"{redis_words.say(error)}; what was under way is fetched again later"
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    until_idle: bool
    max_pages: int | None
    deadline: datetime | None
    stop: asyncio.Event

    def reached(self, pages: int) -> str:
        if self.stop.is_set():
            return "stop"
        if self.max_pages is not None and pages >= self.max_pages:
            return "max_pages"
        return "deadline" if self.deadline is not None and datetime.now(UTC) >= self.deadline else ""


class _Crawl:
    """The loop of one fetcher and the leases that it holds."""

    def __init__(
        self,
        settings: FetcherSettings,
        frontier: Frontier,
        handover: Handover,
        fetcher: Fetcher,
        *,
        lease_s: float,
        reach: Reach,
    ) -> None:
        self._settings = settings
        self._frontier = frontier
        self._handover = handover
        self._lease_s = lease_s
        self._reach = reach
        # One thread for the synchronous client: name look-ups, which may hang, have the loop's own threads.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="handover")
        self._name = secrets.token_hex(8)
        self._outbox = Outbox(handover, self._executor, batch_pages=settings.crawl.batch_pages)
        self._tally = Tally()
        self._desk = Desk(
            frontier=frontier,
            fetcher=fetcher,
            outbox=self._outbox,
            retries=settings.fetch.retries,
            tally=self._tally,
            reach=reach,
            is_over=lambda: bool(self._limits.reached(self._tally.counts["pages"])),
        )
        self._limits = _Limits(until_idle=False, max_pages=None, deadline=None, stop=asyncio.Event())
        self._runs: dict[HostKey, tuple[LeaseRun, asyncio.Task[None]]] = {}
        self._done: list[LeaseRun] = []
        self._wake = asyncio.Event()
        self._started = time.monotonic()
        self._fatal: BaseException | None = None

    async def run(self, limits: _Limits, progress: Progress | None) -> FetchReport:
        """Crawl until a limit is reached; whatever happens, leases go back and pages are handed over."""
        self._limits = limits
        sender = self._beside(self._outbox.run())
        others = [self._beside(self._renew()), self._beside(self._wake_on(limits.stop))]
        try:
            stopped_by = await self._loop(limits, progress)
        finally:
            await self._wind_up(sender)
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        if self._fatal is not None:
            raise self._fatal
        report = replace(
            self._report(stopped_by=stopped_by), hosts_waiting=await self._frontier.hosts_waiting()
        )
        if progress is not None:
            progress(report)
        return report

    async def _loop(self, limits: _Limits, progress: Progress | None) -> str:
        idle_looks, told_at = 0, 0.0
        while self._fatal is None:
            reason = limits.reached(self._tally.counts["pages"])
            if reason:
                return reason
            leased = await self._lease()
            if progress is not None and time.monotonic() - told_at > POLL_S:
                told_at = time.monotonic()
                progress(self._report())
            is_still = not leased and not self._runs and self._outbox.is_empty
            idle_looks = idle_looks + 1 if limits.until_idle and is_still and await self._is_idle() else 0
            if idle_looks == IDLE_LOOKS:
                return "idle"
            await self._pause()
        return "stop"

    def _in_hand(self) -> int:
        """Return the URLs under way, which count against ``max_pages`` before they are pages."""
        return sum(len(run.unended) for run, _ in self._runs.values())

    async def _lease(self) -> int:
        """Give back the hosts that are done and borrow as many as there are free connections."""
        await self._free_done()
        room = self._settings.fetch.connections - len(self._runs)
        if self._limits.max_pages is not None:
            room = min(room, self._limits.max_pages - self._tally.counts["pages"] - self._in_hand())
        self._is_held = not self._outbox.room.is_set() or await self._is_queue_long()
        if self._is_network_away():
            room = min(room, self._reach.probes())
            self._is_held = self._is_held or room <= 0
        if room <= 0 or self._is_held:
            return 0
        leases = await self._frontier.lease(room, self._name, self._lease_s)
        for lease in leases:
            run = LeaseRun(self._desk, lease)
            self._runs[lease.host] = run, asyncio.create_task(self._run_host(run))
        return len(leases)

    def _is_network_away(self) -> bool:
        """Look whether anything can be reached, and say so when that has changed."""
        was_away, is_away = self._was_away, self._reach.is_away
        self._was_away = is_away
        if is_away and not was_away:
            _log.warning("network.away", reason="no host can be reached, the network seems to be away")
        elif was_away and not is_away:
            _log.warning("network.back" if self._reach.is_heard else "network.given_up")
        return is_away

    async def _free_done(self) -> None:
        done, self._done = self._done, []
        if not done:
            return
        try:
            await self._frontier.release([one for run in done for one in run.unended.values()])
            await self._frontier.free(self._name, [run.freed() for run in done])
        except BaseException:
            self._done = done + self._done
            raise

    async def _is_queue_long(self) -> bool:
        now = time.monotonic()
        if now < self._queue_looked_at + QUEUE_LOOK_S:
            return self._queue_is_long
        pages, size = await self._ask(self._handover.queued)
        self._queue_looked_at = now
        self._queue_is_long = pages >= self._settings.crawl.max_queued_pages or size >= MAX_QUEUED_BYTES
        return self._queue_is_long

    _queue_looked_at = float("-inf")
    _queue_is_long = False
    _is_held = False
    """Whether Redis, the workers or the network have to come back before more is leased."""
    _was_away = False

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, question)

    async def _is_idle(self) -> bool:
        # In this order: what a worker hands back is in the frontier before its batch is gone.
        if await self._ask(self._handover.in_hands):
            return False
        return await self._frontier.is_idle(horizon_s=IDLE_HORIZON_S)

    async def _pause(self) -> None:
        """Wait until a run ends, somebody says stop, or it is time to look again."""
        wait_s = QUEUE_LOOK_S if self._is_held else POLL_S
        if not self._is_held and not self._done and len(self._runs) < self._settings.fetch.connections:
            due_s = await self._frontier.next_due()
            wait_s = POLL_S if due_s is None else min(POLL_S, max(due_s, MIN_PAUSE_S))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), wait_s)
        self._wake.clear()

    async def _run_host(self, run: LeaseRun) -> None:
        try:
            await run.run()
        except (ConfigError, BackendError, redis.RedisError) as error:
            self._fatal = self._fatal or error
        except Exception as error:  # noqa: BLE001
            # The one place: a fault of ours on one page must not end the crawl of all others.
            run.break_off(error)
            _log.exception("fetch.broken", host=run.lease.host)
        finally:
            self._runs.pop(run.lease.host, None)
            self._done.append(run)
            self._wake.set()

    def _report(self, *, stopped_by: str = "") -> FetchReport:
        return self._tally.report(
            seconds=time.monotonic() - self._started, active=len(self._runs), stopped_by=stopped_by
        )

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / RENEWALS)
            runs = {host: run for host, (run, _) in self._runs.items()}
            held = [one for run in runs.values() for one in run.unended.values()]
            for host in await self._frontier.renew(self._name, self._lease_s, list(runs), held):
                run, task = self._runs.get(host, (None, None))
                if task is not None and run is runs[host]:
                    # This process slept, and somebody else has the host now: two at once is what must not be.
                    task.cancel()

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    def _beside(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            self._fatal = self._fatal or task.exception()
            self._wake.set()

    async def _wind_up(self, sender: "asyncio.Task[None]") -> None:
        """Give back what is under way, hand over what is fetched."""
        tasks = [task for _, task in self._runs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._outbox.close()
        await asyncio.gather(sender, return_exceptions=True)
        with contextlib.suppress(redis.RedisError):
            await self._free_done()
        self._executor.shutdown(wait=False)
