"""One fetcher process: the crawl loop with its stop signals."""

import asyncio
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import redis

from config.settings import Settings
from copydesk.durations import parse_duration
from copydesk.fetcher_metrics import FetcherMetrics
from copydesk.lifeline import on_stop
from crawler.crawl import FetcherSettings, run_fetcher
from crawler.errors import ConfigError
from crawler.guard import is_named_private, parse_networks
from crawler.urls import host_key
from crawler.vitals import BEAT_S, Vitals, machine, own_name
from workers.metrics import series_of, serving, signs_shown

ROLE = "fetcher"


async def run(
    settings: Settings,
    *,
    until_idle: bool,
    max_pages: int | None,
    last: str | None,
    warc: Path | None,
    lifeline: bool,
) -> None:
    """Fetch until idle, until so many pages or so long, or until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(stop.set)

    on_stop(end, lifeline=lifeline)
    if settings.redis_url is None:
        raise ValueError("the settings of an open stack have a Redis URL")
    metrics = FetcherMetrics()
    with _watched(settings, settings.redis_url.get_secret_value(), metrics):
        await run_fetcher(
            FetcherSettings(fetch=settings.fetch, crawl=settings.crawl, work=settings.work, warc=warc),
            settings.redis_url.get_secret_value(),
            until_idle=until_idle,
            max_pages=max_pages,
            deadline=datetime.now(UTC) + parse_duration(last) if last else None,
            stop=stop,
            progress=metrics.hear,
        )


@contextmanager
def _watched(settings: Settings, redis_url: str, metrics: FetcherMetrics) -> Iterator[None]:
    """Show signs of life, and serve the metrics where ``fetch.metrics`` says so."""
    name, since_s = own_name(), time.time()

    def own() -> dict[str, Vitals]:
        series = series_of(metrics)
        return {name: Vitals(role=ROLE, host=machine(), pid=os.getpid(), since_s=since_s, series=series)}

    with (
        redis.Redis.from_url(redis_url, socket_timeout=BEAT_S) as client,
        serving(settings.fetch.metrics, own),
        signs_shown(client, name, ROLE, metrics, pid=os.getpid(), is_well=metrics.is_well),
    ):
        yield


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
