"""One fetcher process: the crawl loop with its stop signals, begun anew after every outage of Redis."""

import asyncio
import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import redis
import structlog

from config.settings import Settings
from copydesk.durations import parse_duration
from copydesk.fetcher_metrics import FetcherMetrics
from copydesk.lifeline import on_stop
from copydesk.stack import takes_writes
from crawler.crawl import FetcherSettings, run_fetcher
from crawler.errors import BackendError, ConfigError
from crawler.guard import is_named_private, parse_networks
from crawler.report import FetchReport
from crawler.urls import host_key
from crawler.vitals import BEAT_S, Vitals, machine, own_name
from workers.metrics import series_of, serving, signs_shown

ROLE = "fetcher"

LOOK_S = 1.0
"""Between two looks whether Redis is back."""

log = structlog.get_logger(__name__)


async def run(
    settings: Settings,
    *,
    until_idle: bool,
    max_pages: int | None,
    last: str | None,
    warc: Path | None,
    lifeline: bool,
) -> None:
    """Fetch until idle, until so many pages or so long, or until told to stop.

    While Redis is away or full nothing is fetched; what was under way then is leased again when its lease lapses.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(stop.set)

    on_stop(end, lifeline=lifeline)
    if settings.redis_url is None:
        raise ValueError("the settings of an open stack have a Redis URL")
    url = settings.redis_url.get_secret_value()
    deadline = datetime.now(UTC) + parse_duration(last) if last else None
    metrics = FetcherMetrics()
    pages = 0
    with _watched(settings, url, metrics):
        while not stop.is_set():
            seen = _Seen(metrics)
            try:
                await run_fetcher(
                    FetcherSettings(
                        fetch=settings.fetch, crawl=settings.crawl, work=settings.work, warc=warc
                    ),
                    url,
                    until_idle=until_idle,
                    max_pages=None if max_pages is None else max(1, max_pages - pages),
                    deadline=deadline,
                    stop=stop,
                    progress=seen,
                )
            except BackendError as error:
                pages += seen.pages
                log.warning("fetch.paused", reason=str(error)[:300])
                await _until_back(url, stop, deadline)
            else:
                return


@contextlib.contextmanager
def _watched(settings: Settings, redis_url: str, metrics: FetcherMetrics) -> Iterator[None]:
    """Show signs of life, and serve the metrics where ``fetch.metrics`` says so."""
    name, since_s = own_name(), time.time()

    def own() -> dict[str, Vitals]:
        series = series_of(metrics)
        return {name: Vitals(role=ROLE, host=machine(), pid=os.getpid(), since_s=since_s, series=series)}

    with (
        redis.Redis.from_url(redis_url, socket_timeout=BEAT_S) as client,
        serving(settings.fetch.metrics, own, role=ROLE),
        signs_shown(client, name, ROLE, metrics, pid=os.getpid(), is_well=metrics.is_well),
    ):
        yield


class _Seen:
    """How many pages a run had when it last told; the metrics hear it too."""

    def __init__(self, metrics: FetcherMetrics) -> None:
        self.pages = 0
        self._metrics = metrics

    def __call__(self, report: FetchReport) -> None:
        self.pages = report.pages
        self._metrics.hear(report)


async def _until_back(url: str, stop: asyncio.Event, deadline: datetime | None) -> None:
    """Wait until Redis takes writes, or there is no reason left to wait."""
    while not stop.is_set() and (deadline is None or datetime.now(UTC) < deadline):
        if await asyncio.to_thread(takes_writes, url):
            log.warning("fetch.resumed")
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_S)


def demand_contact(settings: Settings, urls: Iterable[str]) -> None:
    """Refuse to begin with the open web while nobody could be reached about it.

    Raises:
        ConfigError: ``fetch.contact`` is not set and a URL is not on a network that ``fetch.allow_private`` names.
    """
    allowed = parse_networks(settings.fetch.allow_private)
    for url in urls:
        if not settings.fetch.contact and not is_named_private(host_key(url), allowed):
            raise ConfigError(
                f"{url}: site owners must be able to reach you; set COPYDESK_FETCH_CONTACT "
                "(fetch.contact in copydesk.toml) to your mail address or a page about you"
            )
