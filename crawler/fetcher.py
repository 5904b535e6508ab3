"""From a leased URL to a page: robots, politeness, redirects and conditional requests around single requests."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.settings import FetchSettings
from crawler.answers import (
    REDIRECTS,
    conditions_of,
    encoding_of,
    fresh_s_of,
    kept_headers,
    refuse_status,
    target_of,
    validators_of,
)
from crawler.errors import ConfigError, FetchError, PermanentError, RefusedError, TransientError
from crawler.frontier.records import VISITED_AGAIN, Entry, Validators
from crawler.guard import is_named_private, parse_networks
from crawler.politeness import delay_of
from crawler.records import CanonicalUrl, FetchedPage, HostKey, SourceId, UrlRole
from crawler.robots import MAX_BYTES as ROBOTS_BYTES
from crawler.robots import Robots, RobotsAnswer, RobotsRules
from crawler.robots_cache import UNREACHABLE_S, RobotsCache
from crawler.transport import Answer, Transport
from crawler.urls import canonicalize, host_key

AGENT = "copydesk"
"""The product token that robots.txt groups are matched with."""
ROBOTS_REDIRECTS = 5
"""RFC 9309, 2.3.1.2: at least five are followed."""


@dataclass(slots=True)
class HostPace:
    """The gap between the requests of one host lease: from the end of one to the start of the next.

    Counted from the end, it holds at the server too, whatever the network does to the first request.
    """

    delay_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Any] = asyncio.sleep
    ended_at: float | None = None

    async def turn(self) -> None:
        """Wait until the host may be asked."""
        while self.ended_at is not None and (wait_s := self.ended_at + self.delay_s - self.clock()) > 0:
            await self.sleep(wait_s)

    def ended(self) -> None:
        """Note that a request has ended, in whatever way."""
        self.ended_at = self.clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A visit that found what was there the last time."""

    url: CanonicalUrl
    status: int
    validators: Validators | None
    fresh_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A redirect to another host: to be asked for when that host has its turn."""

    url: CanonicalUrl
    target: CanonicalUrl
    hops: int
    """Redirects followed so far, this one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and what the next visit's request needs."""

    page: FetchedPage
    validators: Validators | None
    """Of a page that is visited again."""
    fresh_s: float = 0.0
    """How long it says that it stays as it is."""
    sitemaps: tuple[str, ...] = ()
    """What the host's robots.txt lists."""


Fetched = Page | NotModified | Moved


def user_agent_of(settings: FetchSettings, version: str = "0.1") -> str:
    """Return who we say we are: the product token, and where our owner can be reached."""
    contact = f" (+{settings.contact})" if settings.contact else ""
    return f"{AGENT}/{version}{contact}"


TurnOf = Callable[[HostKey, HostKey], AbstractAsyncContextManager[bool]]
"""Waits for another host's turn, for one request, while ours is held (``crawler.frontier.guests``); ``False`` if it did
not come."""


class Fetcher:
    """Fetches single URLs; one per process, over one ``Transport``."""

    def __init__(
        self,
        settings: FetchSettings,
        transport: Transport,
        robots: RobotsCache,
        turn_of: TurnOf | None = None,
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._robots = robots
        self._turn_of = turn_of
        self._allowed = parse_networks(settings.allow_private)
        self._max_bytes = int(settings.max_body_mb * 1_000_000)

    async def fetch(
        self, entry: Entry, host: HostKey, pace: HostPace, validators: Validators | None = None
    ) -> Fetched:
        """Fetch one entry of ``host``; redirects within it are followed, a redirect to another host is returned.

        Raises:
            FetchError: with a stable reason, when there is no page.
        """
        url = str(entry.url)
        self._demand_contact(entry, host)
        visited = {url}
        for hop in range(entry.hops, self._settings.max_redirects + 1):
            rules = await self._allow(url, pace)
            answer = await self._ask(url, pace, conditions_of(validators) if hop == entry.hops else None)
            if answer.status not in REDIRECTS:
                return self._judge(entry, url, answer, validators, rules)
            url, target = target_of(answer)
            if host_key(target) != host:
                if hop == self._settings.max_redirects:
                    break
                return Moved(url=entry.url, target=target, hops=hop + 1)
            if url in visited:
                raise PermanentError(entry.url, reason="redirect_loop", status=answer.status)
            visited.add(url)
        raise PermanentError(
            entry.url, reason="too_many_redirects", detail=f"over {self._settings.max_redirects}"
        )

    def _demand_contact(self, entry: Entry, host: HostKey) -> None:
        """Refuse the open web to a crawler that does not say who runs it.

        A seed is what the user asked for, so the user is told; whatever else leads there is only not followed.
        """
        if self._settings.contact or is_named_private(host, self._allowed):
            return
        if entry.depth > 0 or entry.asked is not None:
            raise RefusedError(entry.url, reason="no_contact", detail="fetch.contact is not set")
        raise ConfigError(
            f"fetch.contact is not set: site owners must be able to reach you before {host} is crawled; set "
            "fetch.contact in copydesk.toml or COPYDESK_FETCH_CONTACT to an e-mail address or a page about you"
        )

    async def _allow(self, url: str, pace: HostPace) -> RobotsRules | None:
        if not self._settings.respect_robots:
            return None
        # Canonical URLs have a path: what stands before it is the origin.
        origin = url[: url.index("/", url.index("//") + 2)]
        rules = self._robots.kept(origin) or await self._robots.rules_of(
            origin, lambda robots_url: self._ask_robots(robots_url, pace)
        )
        robots = rules.robots
        pace.delay_s = delay_of(self._settings.delay_s, robots.crawl_delay_s)
        if robots.unreachable:
            if robots.unreachable in {"address_refused", "port_refused", "bad_url"}:
                raise RefusedError(url, reason=robots.unreachable)
            # A server that answers with an error gets its minute; a connection that broke is tried as any other.
            wait_s = float(UNREACHABLE_S) if robots.unreachable.startswith("http_") else None
            raise TransientError(
                url, reason="robots_unreachable", detail=robots.unreachable, retry_after_s=wait_s
            )
        if (asked_s := pace.delay_s) > self._settings.max_delay_s:
            # Nothing more is asked of the host, so that its other URLs need not wait to be refused.
            pace.delay_s = self._settings.delay_s
            raise RefusedError(url, reason="crawl_delay_too_long", detail=f"{asked_s:g} s")
        if not rules.may_fetch(url):
            raise RefusedError(url, reason="robots_disallowed")
        return rules

    async def _ask(
        self, url: str, pace: HostPace, headers: Mapping[str, str] | None, cut_at: int | None = None
    ) -> Answer:
        await pace.turn()
        try:
            return await self._transport.get(url, max_bytes=self._max_bytes, cut_at=cut_at, headers=headers)
        finally:
            pace.ended()

    async def _ask_robots(self, url: str, pace: HostPace) -> RobotsAnswer | Robots:
        """Ask for a robots.txt, redirects followed, also to other hosts (RFC 9309, 2.3.1.2)."""
        status, host = 0, host_key(url)
        for _ in range(ROBOTS_REDIRECTS + 1):
            origin, _, path = url.partition("://")[2].partition("/")
            if origin != host and path == "robots.txt":
                known = await self._robots.known(url.removesuffix("/robots.txt"))
                if known is not None:
                    return known
            try:
                answer = await self._ask_for_rules(url, pace, host)
            except FetchError as error:
                return RobotsAnswer(failure=error.reason)
            status = answer.status
            if status not in REDIRECTS:
                return RobotsAnswer(status=status, body=answer.body)
            try:
                url, _ = target_of(answer)
            except FetchError:
                break
        return RobotsAnswer(status=status)

    async def _ask_for_rules(self, url: str, pace: HostPace, ours: HostKey) -> Answer:
        """Ask once; another host in its own turn only, not in ours."""
        plain, host = {"Accept-Encoding": "identity"}, host_key(url)
        if host == ours or self._turn_of is None:
            return await self._ask(url, pace, plain, cut_at=ROBOTS_BYTES)
        async with self._turn_of(host, ours) as is_ours:
            if not is_ours:
                raise TransientError(url, reason="robots_host_busy")
            return await self._transport.get(
                url, max_bytes=self._max_bytes, cut_at=ROBOTS_BYTES, headers=plain
            )

    def _judge(
        self, entry: Entry, url: str, answer: Answer, validators: Validators | None, rules: RobotsRules | None
    ) -> Fetched:
        if answer.status == 304 and validators is not None:  # noqa: PLR2004 - RFC 9110, 15.4.5
            return NotModified(url=entry.url, status=304, validators=validators, fresh_s=fresh_s_of(answer))
        refuse_status(entry.url, answer)
        encoding = encoding_of(entry.url, answer)
        if not answer.body:
            raise PermanentError(entry.url, reason="empty_body", status=answer.status)
        fresh = validators_of(answer) if entry.role in VISITED_AGAIN else None
        if fresh is not None and validators is not None and validators.body_hash == fresh.body_hash:
            return NotModified(
                url=entry.url, status=answer.status, validators=fresh, fresh_s=fresh_s_of(answer)
            )
        page = FetchedPage(
            url=entry.asked or entry.url,
            final_url=entry.url if url == entry.url else canonicalize(url),
            status=answer.status,
            headers=kept_headers(answer),
            body=answer.body,
            content_encoding=encoding,
            fetched_at=datetime.now(UTC),
            source=entry.source,
            role=entry.role,
            depth=entry.depth,
            hint=entry.hint,
        )
        return Page(
            page=page,
            validators=fresh,
            fresh_s=0.0 if fresh is None else fresh_s_of(answer),
            sitemaps=() if rules is None else rules.robots.sitemaps,
        )


async def fetch_one(url: str, settings: FetchSettings) -> FetchedPage:
    """Fetch one URL now, redirects to other hosts followed too: for ``copydesk extract URL``.

    Raises:
        FetchError: with a stable reason, when there is no page.
        ConfigError: if the open web is asked without ``fetch.contact``.
    """
    entry = Entry(url=canonicalize(url), source=SourceId(url), role=UrlRole.SEED)
    transport = Transport(
        user_agent=user_agent_of(settings),
        connections=1,
        timeout_s=settings.timeout_s,
        allowed=parse_networks(settings.allow_private),
    )
    async with transport:
        fetcher = Fetcher(settings, transport, RobotsCache(None, AGENT))
        while True:
            fetched = await fetcher.fetch(entry, host_key(entry.url), HostPace(0.0))
            if isinstance(fetched, Page):
                return fetched.page
            if isinstance(fetched, NotModified):
                raise PermanentError(url, reason="not_modified")
            entry = Entry(
                url=fetched.target,
                source=entry.source,
                role=entry.role,
                asked=entry.asked or entry.url,
                hops=fetched.hops,
            )
