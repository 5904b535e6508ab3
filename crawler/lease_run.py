"""What a fetcher does with one lease: asks for its URLs one after the other, and decides what each end means."""

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from crawler import discovery
from crawler.content import ContentKind, inflate, sniff
from crawler.errors import FetchError, TransientError
from crawler.fetcher import Fetcher, HostPace, Moved, NotModified, Page
from crawler.frontier.records import VISITED_AGAIN, Action, Finish, Freed, Lease, LeasedUrl
from crawler.frontier.shared import Frontier
from crawler.outbox import Outbox
from crawler.politeness import FIRST_VISIT_S, MAX_HOLD_S, Jitter, retry_delay_s
from crawler.reach import Reach
from crawler.records import CanonicalUrl, FetchedPage, FetchFailed, FetchOutcome, UrlRole
from crawler.report import Tally
from crawler.transport import NOBODY_THERE

MAX_LOST = 3
"""A URL in whose hands so many fetchers died is put aside."""
SNIFF_BYTES = 8192
MAX_SNIFFED_BYTES = 2_000_000
"""Inflated to tell what a front page or a guess is; larger ones are neither."""
_FEEDS = frozenset({ContentKind.FEED, ContentKind.JSON_FEED, ContentKind.SITEMAP, ContentKind.GZIP})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all lease runs of a fetcher share."""

    frontier: Frontier
    fetcher: Fetcher
    outbox: Outbox
    retries: int
    tally: Tally
    is_over: Callable[[], bool]
    """Whether the crawl has reached a limit: the rest of a lease goes back then."""
    reach: Reach
    jitter: Jitter = random.random


class NetworkAwayError(Exception):
    """Our own network is away: what was asked for goes back as it came, and is nobody's failure."""


class LeaseRun:
    """One host's lease while it lasts."""

    def __init__(self, desk: Desk, lease: Lease) -> None:
        self._desk = desk
        self.lease = lease
        self.unended: dict[bytes, LeasedUrl] = {one.id: one for one in lease.urls}
        """The URLs whose leases are still ours to end."""
        self._pace = HostPace(lease.delay_s)
        self._leased_at = time.monotonic()
        self._answered = self._unanswered = 0
        self._hold_s = 0.0
        self._error = ""
        self._is_nobody_there = False
        self._current: LeasedUrl | None = None

    async def run(self) -> None:
        """Ask for each URL in turn; stops early when the host wants to be left alone.

        Raises:
            ConfigError: if the open web is asked without a contact.
        """
        for leased in self.lease.urls:
            if not self._desk.outbox.room.is_set():
                await self._desk.outbox.room.wait()
            if self._desk.is_over():
                return
            self._current = leased
            try:
                failure = await self._visit(leased)
            except NetworkAwayError:
                return
            self._note(leased, failure)
            if isinstance(failure, TransientError) and not self.lease.is_dead:
                return

    def break_off(self, error: Exception) -> None:
        """Note that a fault of ours ended the run: the URL that met it is tried again, but not for ever."""
        if self._current is not None and self._current.id in self.unended:
            url, detail = self._current.entry.url, type(error).__name__
            self._fail(
                self._current, TransientError(url, reason="fetcher_broken", detail=detail), time.monotonic()
            )

    def freed(self) -> Freed:
        """Return how the host behaved; its next turn counts from the end of the last request."""
        now = time.monotonic()
        asked = self._pace.ended_at is not None
        delay_s = self._pace.delay_s if asked else self.lease.delay_s
        # Without a request no more is owed than before: as if the last one had ended a delay before the lease.
        ended_at = self._pace.ended_at if self._pace.ended_at is not None else self._leased_at - delay_s
        return Freed(
            host=self.lease.host,
            age_s=now - ended_at,
            delay_s=delay_s,
            answered=self._answered,
            unanswered=self._unanswered,
            error=self._error,
            hold_s=self._hold_s,
            is_nobody_there=self._is_nobody_there,
        )

    def _note(self, leased: LeasedUrl, failure: FetchError | None) -> None:
        # That there is nothing at a usual path is no fault of the host's.
        if failure is not None and (isinstance(failure, TransientError) or not leased.entry.guess):
            self._error = failure.reason
        if isinstance(failure, TransientError):
            self._unanswered += not self.lease.is_dead
            self._hold_s = min(failure.retry_after_s or 0.0, MAX_HOLD_S)
            # Of robots.txt, the reason stands in the detail.
            self._is_nobody_there = bool({failure.reason, failure.detail} & NOBODY_THERE)
        else:
            self._answered += self._pace.ended_at is not None

    async def _visit(self, leased: LeasedUrl) -> FetchError | None:
        began = time.monotonic()
        try:
            self._refuse_hopeless(leased)
            fetched = await self._desk.fetcher.fetch(leased.entry, leased.host, self._pace, leased.validators)
        except FetchError as error:
            if self._is_ours(error):
                raise NetworkAwayError from error
            self._fail(leased, error, began)
            return error
        if isinstance(fetched, Moved):
            await self._move(leased, fetched, began)
        elif isinstance(fetched, NotModified):
            finish = _visit_again(leased, changed="same", page=fetched)
            self._end(leased, "not_modified", finish, began, status=fetched.status)
        else:
            await self._take(leased, fetched, began)
        return None

    def _is_ours(self, error: FetchError) -> bool:
        """Whether a failure is our own network's: no server had a part in it, and none is heard of."""
        is_unanswered = isinstance(error, TransientError) and error.status is None
        return (
            is_unanswered
            and not self.lease.is_dead
            and not error.detail.startswith("http_")
            and self._desk.reach.is_away
        )

    def _refuse_hopeless(self, leased: LeasedUrl) -> None:
        if self.lease.is_dead:
            raise TransientError(
                leased.entry.url, reason="host_unreachable", detail="too many failures in a row"
            )
        if leased.lost >= MAX_LOST:
            raise FetchError(leased.entry.url, reason="fetchers_died", detail=f"{leased.lost} times")

    async def _take(self, leased: LeasedUrl, fetched: Page, began: float) -> None:
        page, entry = fetched.page, leased.entry
        if entry.guess and _kind_of(fetched.page, _body_of(fetched.page)) not in _FEEDS:
            self._end(leased, "missed", Finish(leased=leased), began, status=page.status)
            return
        if entry.depth == 0 and entry.role in {UrlRole.SEED, UrlRole.FRONT}:
            await self._discover(fetched)
        if entry.role in VISITED_AGAIN:
            finish = _visit_again(leased, changed="changed", page=fetched)
        else:
            finish = Finish(leased=leased, final_url=page.final_url)
        self._desk.tally.counts["wire_bytes"] += len(page.body)
        self._end(leased, "pages", finish, began, status=page.status, outcome=page)

    async def _discover(self, fetched: Page) -> None:
        """Ask where the site of a front page lists its news, before the page is out of our hands."""
        page = fetched.page
        if not discovery.is_front(page.final_url):
            return
        body = _body_of(page)
        if _kind_of(page, body) is not ContentKind.HTML:
            return
        sitemaps = discovery.sitemaps_of(page, fetched.sitemaps)
        guesses = discovery.guesses_of(
            page, has_sitemaps=bool(sitemaps), has_feeds=discovery.names_feed(body or b"")
        )
        await self._desk.frontier.add(sitemaps)
        await self._desk.frontier.add(guesses, guess=True)

    async def _move(self, leased: LeasedUrl, moved: Moved, began: float) -> None:
        is_visit = leased.entry.role in VISITED_AGAIN
        if await self._desk.frontier.move(leased, moved.target, hops=moved.hops, is_visit=is_visit):
            self.unended.pop(leased.id, None)
            self._desk.tally.counts["moved"] += 1
            self._say(leased, "moved", began, to=moved.target)
        else:
            error = FetchError(leased.entry.url, reason="redirect_to_seen")
            self._fail(leased, error, began, final_url=moved.target)

    def _fail(
        self, leased: LeasedUrl, error: FetchError, began: float, *, final_url: CanonicalUrl | None = None
    ) -> None:
        self._desk.tally.reasons[error.reason] += 1
        is_passing = isinstance(error, TransientError) and not self.lease.is_dead
        if is_passing and leased.tries < self._desk.retries:
            finish = Finish(leased=leased, action=Action.RETRY, delay_s=self._retry_delay(leased, error))
            self._end(leased, "retried", finish, began, error=error)
        elif leased.entry.guess:
            self._end(leased, "missed", Finish(leased=leased), began, error=error)
        else:
            is_visit = leased.entry.role in VISITED_AGAIN
            finish = _visit_again(leased, changed="failed") if is_visit else Finish(leased=leased)
            outcome = _failure_of(leased, error, final_url)
            self._end(leased, "failed", finish, began, error=error, outcome=outcome)

    def _retry_delay(self, leased: LeasedUrl, error: FetchError) -> float:
        return retry_delay_s(
            leased.tries,
            retry_after_s=error.retry_after_s if isinstance(error, TransientError) else None,
            is_overload=error.status in {429, 503},
            jitter=self._desk.jitter(),
        )

    def _end(
        self,
        leased: LeasedUrl,
        count: str,
        finish: Finish,
        began: float,
        *,
        error: FetchError | None = None,
        status: int | None = None,
        outcome: FetchOutcome | None = None,
    ) -> None:
        self.unended.pop(leased.id, None)
        self._desk.tally.counts[count] += 1
        self._desk.outbox.put(finish, outcome)
        if error is None:
            self._say(leased, count, began, status=status)
        else:
            self._say(leased, count, began, status=error.status, reason=error.reason, detail=error.detail)

    def _say(self, leased: LeasedUrl, outcome: str, began: float, **more: object) -> None:
        ms = round(1000 * (time.monotonic() - began))
        _log.info("page.fetched", url=leased.entry.url, outcome=outcome, ms=ms, **more)


def _visit_again(leased: LeasedUrl, *, changed: str, page: Page | NotModified | None = None) -> Finish:
    final_url = page.page.final_url if isinstance(page, Page) else None
    return Finish(
        leased=leased,
        action=Action.VISIT,
        delay_s=FIRST_VISIT_S,
        changed=changed,
        validators=None if page is None else page.validators,
        fresh_s=0.0 if page is None else page.fresh_s,
        final_url=final_url,
    )


def _failure_of(leased: LeasedUrl, error: FetchError, final_url: CanonicalUrl | None) -> FetchFailed:
    entry = leased.entry
    return FetchFailed(
        url=entry.asked or entry.url,
        final_url=final_url or (entry.url if entry.asked else None),
        reason=error.reason,
        detail=error.detail,
        status=error.status,
        fetched_at=datetime.now(UTC),
        source=entry.source,
        role=entry.role,
        depth=entry.depth,
    )


def _body_of(page: FetchedPage) -> bytes | None:
    """Return the body inflated; ``None`` if it is broken or large."""
    with contextlib.suppress(FetchError):
        return inflate(page.body, page.content_encoding, max_bytes=MAX_SNIFFED_BYTES)
    return None


def _kind_of(page: FetchedPage, body: bytes | None) -> ContentKind:
    if body is None:
        return ContentKind.BINARY
    return sniff(body[:SNIFF_BYTES], page.headers.get("content-type", ""), page.final_url)
