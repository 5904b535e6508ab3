"""Crawls of the misbehaving press, and what the pipeline will record of each URL."""

import asyncio
import socket
from dataclasses import dataclass, field
from typing import Any

import redis
from aiohttp.abc import AbstractResolver, ResolveResult
from redis.utils import str_if_bytes

from config.settings import FetchSettings
from crawler.content import inflate
from crawler.crawl import FetcherSettings, run_fetcher
from crawler.errors import FetchError
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.records import CanonicalUrl, DiscoveredUrl, FetchedPage, FetchOutcome, SourceId
from crawler.report import FetchReport

# Nothing here ends by the time-out but what is said to: on a machine that is busy it would come at any moment.
SETTINGS = FetchSettings(
    delay_s=0, timeout_s=600, retries=0, max_body_mb=1, allow_private=("127.0.0.0/24",), connections=128
)


async def crawl(
    client: redis.Redis, redis_url: str, urls: list[str], fetch: FetchSettings = SETTINGS, **more: Any
) -> tuple[dict[str, FetchOutcome], FetchReport]:
    """Crawl the URLs to the end; batches are taken off as a worker would."""
    seeds = [DiscoveredUrl(url=CanonicalUrl(url), source=SourceId(url)) for url in urls]
    FrontierView(client).add(seeds)
    outcomes: dict[str, FetchOutcome] = {}
    crawling = asyncio.create_task(
        run_fetcher(FetcherSettings(fetch=fetch), redis_url, **({"until_idle": True} | more))
    )
    while not crawling.done():
        await asyncio.wait([crawling], timeout=0.05)
        handover = Handover(client)
        for key in map(str_if_bytes, client.hkeys("copydesk:batches")):
            outcomes |= {o.url: o for o in handover.load(key) or ()}
            handover.discard(key)
    return outcomes, await crawling


def reason_of(outcome: FetchOutcome) -> str:
    """Return what the pipeline will record: the fetcher's reason, or the one that bounded inflating gives."""
    if not isinstance(outcome, FetchedPage):
        return outcome.reason
    try:
        inflate(outcome.body, outcome.content_encoding, max_bytes=1_000_000)
    except FetchError as error:
        return error.reason
    return "page"


def wrong(reasons: dict[str, str], cases: dict[str, tuple[Any, str]]) -> dict[str, str]:
    """Return the cases whose reason is none of those that fit."""
    return {path: reason for path, reason in reasons.items() if reason not in cases[path][1].split("|")}


def allow_all_hosts(settings: FetchSettings) -> FetchSettings:
    return settings.model_copy(update={"contact": "tests@example.org"})


@dataclass
class Resolver(AbstractResolver):
    """Knows the names of ``addresses``, and answers nothing for the first ``silent`` questions."""

    addresses: dict[str, list[str]]
    silent: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after ten questions."""
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - not ours to name
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if len(self.asked) == 10:
            self.enough.set()
        if len(self.asked) <= self.silent:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses[host]
        ]

    async def close(self) -> None:
        """Nothing is open."""
