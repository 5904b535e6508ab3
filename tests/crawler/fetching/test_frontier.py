"""The frontier: every URL once, one fetcher a host, nothing lost with a fetcher that dies."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import redis.asyncio

from crawler.frontier.records import Action, Finish, Freed, Validators, Visited
from crawler.frontier.shared import DeadlockError, Frontier
from crawler.frontier.view import FrontierView
from crawler.records import CanonicalUrl, DiscoveredUrl, FeedHint, HostKey, SourceId, UrlRole

pytestmark = pytest.mark.asyncio
NEWS = SourceId("news")
FRONT = CanonicalUrl("https://news.example/")


def seed(url: str = FRONT, role: UrlRole = UrlRole.SEED) -> DiscoveredUrl:
    return DiscoveredUrl(url=CanonicalUrl(url), source=NEWS, role=role)


def link(url: str, *, found_on: str = FRONT, depth: int = 1, **more: Any) -> DiscoveredUrl:
    return DiscoveredUrl(
        url=CanonicalUrl(url), source=NEWS, depth=depth, found_on=CanonicalUrl(found_on), **more
    )


@pytest.fixture
def frontier(redis_async: redis.asyncio.Redis) -> Frontier:
    return Frontier(redis_async, default_delay_s=0.0)


async def is_due_in(frontier: Frontier, seconds: float, began: float) -> bool:
    """Whether the next turn is ``seconds`` after what was begun then, however long that took."""
    due_s = await frontier.next_due()
    took_s = time.monotonic() - began
    # Redis counts some times in whole milliseconds.
    return due_s is not None and seconds - took_s - 0.002 <= due_s <= seconds + 0.001


async def visit_all(frontier: Frontier, *, rounds: int = 50) -> list[str]:
    """Lease and finish until nothing is lent; return the URLs in order."""
    urls: list[str] = []
    for _ in range(rounds):
        leases = await frontier.lease(10, "me", 30)
        if not leases:
            break
        for lease in leases:
            urls += [one.entry.url for one in lease.urls]
            await frontier.finish([Finish(leased=one) for one in lease.urls])
        await frontier.free("me", [Freed(host=lease.host, answered=1) for lease in leases])
    return urls


async def test_a_url_is_taken_in_once(frontier: Frontier) -> None:
    """However often and from wherever it is found, it is fetched once."""
    await frontier.add([seed()])
    first = await frontier.add([link("https://news.example/a"), link("https://news.example/a")])
    again = await frontier.add([link("https://news.example/a", depth=2)])
    assert (first, again) == (Counter(added=1, seen=1), Counter(seen=1))
    assert Counter(await visit_all(frontier)) == Counter([FRONT, "https://news.example/a"])


async def test_a_seed_given_again_is_asked_again(frontier: Frontier) -> None:
    """A user who names a page a second time wants it now, seen or not."""
    await frontier.add([seed()])
    await visit_all(frontier)
    assert await frontier.add([seed()]) == Counter(again=1)
    assert await visit_all(frontier) == [FRONT]


async def test_a_page_that_a_feed_dates_anew_is_asked_again(frontier: Frontier) -> None:
    """The same date is the same page, another is a rewritten one; a sitemap's dates (no title) say nothing."""

    def dated(minute: int, title: str | None = "Ferry") -> DiscoveredUrl:
        moment = datetime(2026, 3, 1, 8, minute, tzinfo=UTC)
        return link("https://news.example/ferry", hint=FeedHint(title=title, modified_at=moment))

    async def outcome(url: DiscoveredUrl) -> str:
        [only] = await frontier.add([url])
        return only

    await frontier.add([seed()])
    assert await outcome(link("https://news.example/ferry")) == "added"
    await visit_all(frontier)
    assert await outcome(dated(0)) == "seen"  # its first date
    assert await outcome(dated(0)) == "seen"
    assert await outcome(dated(5, title=None)) == "seen"
    assert await outcome(dated(5)) == "again"
    assert await outcome(dated(9)) == "seen"  # it waits to be asked already
    assert await visit_all(frontier) == ["https://news.example/ferry"]


async def test_scope_is_the_site_of_the_seeds(frontier: Frontier) -> None:
    """Links stay on the site and its sub-domains; what a feed of the site names may be anywhere, one hop far."""
    hint = FeedHint(title="Tides")
    await frontier.add([seed("https://www.news.example/")])
    far = "https://elsewhere.example/story"
    outcomes = [
        await frontier.add([found])
        for found in (
            link("https://m.news.example/a", found_on="https://www.news.example/"),
            link(far, found_on="https://www.news.example/"),
            link(far, found_on="https://www.news.example/feed", hint=hint),
            link("https://elsewhere.example/next", found_on=far, depth=2),
            link("https://third.example/x", found_on=far, depth=2, hint=hint),
            link("https://news.example/deep", depth=3),
        )
    ]
    assert [next(iter(outcome)) for outcome in outcomes] == [
        "added", "out_of_scope", "added", "out_of_scope", "out_of_scope", "too_deep",
    ]  # fmt: skip


async def test_a_saved_list_without_an_address_leads_anywhere(frontier: Frontier) -> None:
    """A sitemap file that was ingested to be followed names whole addresses; pages found there stay on their sites."""
    listed = link("https://other.example/a", found_on="local:sitemap-0123456789ab")
    further = link("https://third.example/b", found_on=listed.url, depth=2)
    outcomes = [await frontier.add([found]) for found in (listed, further)]
    assert [next(iter(outcome)) for outcome in outcomes] == ["added", "out_of_scope"]


async def test_traps_are_bounded(redis_async: redis.asyncio.Redis) -> None:
    """Paths that repeat, queries without end and hosts without end stop at their bounds, each by name."""
    frontier = Frontier(redis_async, default_delay_s=0.0, max_pages_per_host=600)
    await frontier.add([seed()])
    loop = await frontier.add([link("https://news.example/a/b/a/b/a/b/")])
    queries = await frontier.add([link(f"https://news.example/calendar?day={n}") for n in range(550)])
    pages = await frontier.add([link(f"https://news.example/p{n}") for n in range(150)])
    assert loop == Counter(path_repeats=1)
    assert queries == Counter(added=500, too_many_queries=50)
    assert pages == Counter(added=100, host_full=50)


async def test_links_to_media_are_not_followed(frontier: Frontier) -> None:
    """A picture or a film is no page, whatever leads to it; one that the user names is asked for all the same."""
    await frontier.add([seed()])
    links = [
        link(f"https://news.example/files/{name}") for name in ("a.jpg", "b.MP4", "c.pdf?v=2", "d.jpg.html")
    ]
    assert await frontier.add(links) == Counter(media_file=3, added=1)
    assert await frontier.add([seed("https://news.example/paper.pdf")]) == Counter(added=1)


async def test_fresh_news_comes_first(frontier: Frontier) -> None:
    """Feeds before what they name, the newest of that first, then undated items, then links by depth."""
    now = datetime.now(UTC)
    hints = {n: FeedHint(published_at=now - timedelta(hours=n)) for n in (1, 5, 30)}
    await frontier.add([seed()])
    await visit_all(frontier)
    await frontier.add(
        [
            link("https://news.example/deep", depth=2),
            link("https://news.example/link"),
            link("https://news.example/undated", hint=FeedHint()),
            *(link(f"https://news.example/{n}h", hint=hint) for n, hint in reversed(hints.items())),
            link("https://news.example/feed", role=UrlRole.FEED),
        ]
    )
    order = [url.removeprefix(FRONT) for url in await visit_all(frontier)]
    assert order == ["feed", "1h", "5h", "30h", "undated", "link", "deep"]


async def test_a_host_is_never_lent_twice(frontier: Frontier) -> None:
    """While one fetcher has a host no other gets it; a busy host does not keep the others back."""
    await frontier.add([seed(f"https://{name}.example/{n}") for name in "ab" for n in range(40)])
    mine = await frontier.lease(1, "me", 30)
    yours = await frontier.lease(10, "you", 30)
    assert {lease.host for lease in mine}.isdisjoint(lease.host for lease in yours)
    assert len(mine) + len(yours) == 2
    assert await frontier.lease(10, "third", 30) == []


async def test_the_next_turn_is_a_delay_after_the_last_request(frontier: Frontier) -> None:
    """A freed host waits for what is left of its delay, counted from the end of its last request."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(40)])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.finish([Finish(leased=one) for one in lease.urls])
    began = time.monotonic()
    await frontier.free("me", [Freed(host=lease.host, age_s=4, delay_s=10, answered=1)])
    assert await is_due_in(frontier, 6, began)
    assert await frontier.lease(1, "me", 30) == []


async def test_hosts_take_turns(frontier: Frontier) -> None:
    """A host with thousands of URLs gets no more turns than a host with ten."""
    await frontier.add([seed(f"https://big.example/{n}") for n in range(900)])
    await frontier.add([seed(f"https://small{m}.example/{n}") for m in range(3) for n in range(20)])
    turns: Counter[str] = Counter()
    for _ in range(8):
        [lease] = await frontier.lease(1, "me", 30)
        turns[lease.host] += 1
        await frontier.finish([Finish(leased=one) for one in lease.urls])
        await frontier.free("me", [Freed(host=lease.host, answered=1)])
    assert set(turns.values()) == {2}


async def test_what_a_dead_fetcher_held_comes_back(frontier: Frontier) -> None:
    """When a lease expires its URLs are lent again, and told how often they were lost."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(3)])
    [lost] = await frontier.lease(1, "dead", 0.0)
    await asyncio.sleep(0)
    [again] = await frontier.lease(1, "alive", 30)
    assert {one.id for one in again.urls} == {one.id for one in lost.urls}
    assert [one.lost for one in again.urls] == [1, 1, 1]


async def test_a_fetcher_that_slept_cannot_free_what_it_lost(frontier: Frontier) -> None:
    """Only the holder of a lease may end it, and renewing tells a fetcher what it has lost."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(40)])
    [slept] = await frontier.lease(1, "sleeper", 0.0)
    [lease] = await frontier.lease(1, "other", 30)
    assert await frontier.renew("sleeper", 30, [slept.host], slept.urls) == {lease.host}
    await frontier.free("sleeper", [Freed(host=slept.host, answered=1)])
    assert await frontier.lease(1, "third", 30) == []
    assert await frontier.renew("other", 30, [lease.host], lease.urls) == set()


async def test_released_urls_are_served_first_and_no_try_is_counted(frontier: Frontier) -> None:
    """A fetcher that stops gives back what it has not asked for, as if it had never had it."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(3)])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.release(lease.urls)
    await frontier.free("me", [Freed(host=lease.host)])
    [again] = await frontier.lease(1, "me", 30)
    assert [(one.tries, one.lost) for one in again.urls] == [(0, 0)] * 3


async def test_a_retry_waits_and_counts(frontier: Frontier) -> None:
    """A passing failure brings the URL back after its delay, one try further."""
    await frontier.add([seed()])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.finish([Finish(leased=lease.urls[0], action=Action.RETRY, delay_s=0)])
    await frontier.free("me", [Freed(host=lease.host, answered=1)])
    [again] = await frontier.lease(1, "me", 30)
    assert again.urls[0].tries == 1
    began = time.monotonic()
    await frontier.finish([Finish(leased=again.urls[0], action=Action.RETRY, delay_s=50)])
    await frontier.free("me", [Freed(host=again.host, answered=1)])
    assert await frontier.lease(1, "me", 30) == []
    assert await is_due_in(frontier, 50, began)
    assert not await frontier.is_idle()


async def test_a_host_that_never_answers_is_left_alone_and_then_dead(frontier: Frontier) -> None:
    """Failures in a row make the waits longer; at the breaker's bound its URLs are lent to be failed, many at once."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(150)])
    [lease] = await frontier.lease(1, "me", 30)
    began = time.monotonic()
    await frontier.free("me", [Freed(host=lease.host, unanswered=1, error="connect_failed")])
    assert await is_due_in(frontier, 2, began)


@pytest.mark.parametrize(
    ("has_answered", "is_nobody_there", "failures"), [(False, True, 3), (False, False, 6), (True, True, 6)]
)
async def test_a_host_that_was_never_there_is_given_up_sooner(
    frontier: Frontier, redis_sync: Any, *, has_answered: bool, is_nobody_there: bool, failures: int
) -> None:
    """No connection three times is the end for a stranger; who answers badly, or has answered once, gets six tries."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(10)])
    view, host = FrontierView(redis_sync), "copydesk:frontier:host:news.example"
    if has_answered:
        redis_sync.hset(host, "fetched", 1)
    tried = 0
    while not view.hosts() or not view.hosts()[0].is_dead:
        redis_sync.hset(host, "next", 0)
        for key in ("copydesk:frontier:retries", "copydesk:frontier:hosts"):
            for member in redis_sync.zrange(key, 0, -1):
                redis_sync.zadd(key, {member: 0})
        [lease] = await frontier.lease(1, "me", 30)
        failed = Freed(host=lease.host, unanswered=1, is_nobody_there=is_nobody_there)
        again = [Finish(leased=one, action=Action.RETRY, delay_s=20) for one in lease.urls]
        await frontier.finish(again[1:])
        await frontier.free("me", [failed])
        await frontier.finish(again[:1])
        tried += 1
    assert tried == failures
    assert redis_sync.zcard("copydesk:frontier:retries") == 0
    assert view.hosts()[0].waiting == 10


async def test_a_guest_waits_for_its_turn_and_gets_it(frontier: Frontier, redis_sync: Any) -> None:
    """No host is borrowed on lease or before its turn; while a guest waits nobody else gets it; then it is free."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(40)])
    host, state = HostKey("news.example"), "copydesk:frontier:host:news.example"
    [lease] = await frontier.lease(1, "me", 30)
    assert await frontier.borrow(host, "guest", 5) is None
    await frontier.free("me", [Freed(host=lease.host, delay_s=60)])
    assert await frontier.borrow(host, "guest", 5) is None
    redis_sync.hset(state, "next", 0)
    redis_sync.zadd("copydesk:frontier:hosts", {host: 0})
    assert await frontier.lease(1, "me", 30) == []
    assert await frontier.borrow(host, "another", 5) is None
    assert await frontier.borrow(host, "guest", 5) == 60
    assert await frontier.borrow(host, "guest", 5) is None
    await frontier.free("guest", [Freed(host=host, delay_s=0)])
    redis_sync.hdel(state, "guest_until")  # the one that came too late asks no more
    assert len(await frontier.lease(1, "me", 30)) == 1


async def test_a_host_that_nobody_crawls_is_borrowed_and_forgotten(
    frontier: Frontier, redis_sync: Any
) -> None:
    """Its delay is the default one, and what is noted of it has an end."""
    assert await frontier.borrow(HostKey("rules.example"), "guest", 5) is not None
    assert 0 < redis_sync.ttl("copydesk:frontier:host:rules.example") <= 86_400


async def test_the_breaker_closes_with_the_first_answer(frontier: Frontier, redis_sync: Any) -> None:
    """A dead host is lent as dead; an answer brings it back to life."""
    await frontier.add([seed(f"https://news.example/{n}") for n in range(150)])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.free("me", [Freed(host=lease.host, unanswered=9, error="connect_failed")])
    view = FrontierView(redis_sync)
    assert view.hosts()[0].is_dead
    redis_sync.hset("copydesk:frontier:host:news.example", "next", 0)
    redis_sync.zadd("copydesk:frontier:hosts", {"news.example": 0})
    [dead] = await frontier.lease(1, "me", 30)
    assert (dead.is_dead, len(dead.urls)) == (True, 100)
    await frontier.free("me", [Freed(host=lease.host, answered=1)])
    assert not view.hosts()[0].is_dead


async def test_a_feed_is_visited_again_with_its_validators(frontier: Frontier, redis_sync: Any) -> None:
    """A visit is planned, does not keep a crawl alive, and sends what the last answer gave."""
    await frontier.add([seed(role=UrlRole.FEED)])
    [lease] = await frontier.lease(1, "me", 30)
    kept = Validators(etag='"v1"', last_modified="", body_hash="1")
    await frontier.finish([Finish(leased=lease.urls[0], action=Action.VISIT, delay_s=900, validators=kept)])
    await frontier.free("me", [Freed(host=lease.host, answered=1)])
    assert await frontier.is_idle()
    assert FrontierView(redis_sync).visit_now("news.example") == 1
    [again] = await frontier.lease(1, "me", 30)
    assert again.urls[0].validators == kept


def interval_of(client: Any) -> float:
    """Return the seconds between the last visit and the next, by no clock but theirs."""
    [(member, due)] = client.zrange("copydesk:frontier:visits", 0, -1, withscores=True)
    _, last, *_ = msgspec.msgpack.decode(client.hget("copydesk:frontier:rhythm", member[:8]))
    return float(round((float(due) - last) / 1000))


async def visit_feed(
    frontier: Frontier, client: Any, fresh: int, start: int, period_s: float | None = None
) -> float:
    """One visit of the feed, as fetcher and worker make it; return the seconds until the next."""
    leases = await frontier.lease(5, "me", 30)
    for lease in leases:
        await frontier.finish(
            [
                Finish(
                    leased=one,
                    action=Action.VISIT if one.entry.role is UrlRole.FEED else Action.GONE,
                    delay_s=900,
                )
                for one in lease.urls
            ]
        )
    await frontier.free("me", [Freed(host=lease.host, answered=1) for lease in leases])
    items = [link(f"https://news.example/{start + n}", hint=FeedHint()) for n in range(fresh)]
    await frontier.add(items, visited=[Visited(url=FRONT, source=NEWS, role=UrlRole.FEED, period_s=period_s)])
    next_s = interval_of(client)
    await visit_all(frontier)
    FrontierView(client).visit_now("news.example")
    return next_s


async def test_a_fresh_answer_puts_the_next_visit_off(frontier: Frontier, redis_sync: Any) -> None:
    """What an answer's freshness asks for holds for the next visit, after the worker's word too, and is not learned."""
    await frontier.add([seed(role=UrlRole.FEED)])
    intervals = []
    for fresh_s in (1800.0, 1e9, 0.0):
        [lease] = await frontier.lease(1, "me", 30)
        [one] = lease.urls
        finish = Finish(leased=one, action=Action.VISIT, delay_s=900, fresh_s=fresh_s, changed="changed")
        await frontier.finish([finish])
        await frontier.free("me", [Freed(host=lease.host, answered=1)])
        alone_s = interval_of(redis_sync)
        await frontier.add([], visited=[Visited(url=FRONT, source=NEWS, role=UrlRole.FEED)])
        intervals.append((alone_s, interval_of(redis_sync)))
        FrontierView(redis_sync).visit_now("news.example")
    assert [s for pair in intervals[:2] for s in pair] == pytest.approx([1800, 1800, 3600, 3600], abs=5)
    assert max(intervals[2]) <= 900 * 1.4 * 1.4


async def test_the_rhythm_of_a_feed_is_learned(frontier: Frontier, redis_sync: Any) -> None:
    """Fresh items bring the next visit closer, none move it away, between a minute and a day; a hint bounds it."""
    await frontier.add([seed(role=UrlRole.FEED)])
    busy = [await visit_feed(frontier, redis_sync, fresh=6, start=100 * n) for n in range(8)]
    quiet = [await visit_feed(frontier, redis_sync, fresh=0, start=0) for _ in range(25)]
    assert busy == sorted(busy, reverse=True)
    assert (busy[0], busy[-1]) == (900, 60)
    assert quiet == sorted(quiet)
    assert quiet[-1] == 86_400
    hinted = [await visit_feed(frontier, redis_sync, 6, 5000 + 100 * n, period_s=1800) for n in range(12)]
    assert hinted[-1] == 1800


async def test_what_a_worker_finds_to_be_a_feed_is_visited_again(frontier: Frontier, redis_sync: Any) -> None:
    """A seed whose nature the content told is planned from then on."""
    await frontier.add([seed()])
    await visit_all(frontier)
    await frontier.add([], visited=[Visited(url=FRONT, source=NEWS, role=UrlRole.FRONT)])
    assert interval_of(redis_sync) == 900
    FrontierView(redis_sync).visit_now("news.example")
    [lease] = await frontier.lease(1, "me", 30)
    assert lease.urls[0].entry.role is UrlRole.FRONT


async def test_a_redirect_moves_to_the_other_host_unless_it_is_known_there(frontier: Frontier) -> None:
    """The target waits for its own host's turn, under the first URL's name; a seen target is not fetched again."""
    await frontier.add([seed(), link("https://news.example/a"), link("https://news.example/b")])
    [lease] = await frontier.lease(1, "me", 30)
    by_url = {one.entry.url: one for one in lease.urls}
    a, b = (by_url[CanonicalUrl(f"https://news.example/{name}")] for name in "ab")
    target = CanonicalUrl("https://moved.example/a")
    assert await frontier.move(a, target, hops=1, is_visit=False)
    assert not await frontier.move(b, target, hops=1, is_visit=False)
    [moved] = await frontier.lease(5, "you", 30)
    assert (moved.host, moved.urls[0].entry.asked, moved.urls[0].entry.hops) == (
        "moved.example",
        a.entry.url,
        1,
    )


async def test_seeds_that_move_to_one_place_have_an_outcome_each(frontier: Frontier) -> None:
    """While the target waits under the first one's name the second is told that it is known, and does not vanish."""
    await frontier.add([seed("https://a.example/"), seed("https://b.example/")])
    first, second = [lease.urls[0] for lease in await frontier.lease(2, "me", 30)]
    target = CanonicalUrl("https://moved.example/")
    assert await frontier.move(first, target, hops=1, is_visit=False)
    assert not await frontier.move(second, target, hops=1, is_visit=False)
    [moved] = await frontier.lease(5, "you", 30)
    assert [one.entry.asked for one in moved.urls] == [first.entry.url]


async def test_a_seed_that_moves_takes_its_scope_along(frontier: Frontier) -> None:
    """When a whole site has moved, the links of its new home are in scope."""
    await frontier.add([seed()])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.move(lease.urls[0], CanonicalUrl("https://new.example/"), hops=1, is_visit=False)
    outcome = await frontier.add([link("https://new.example/a", found_on="https://new.example/")])
    assert outcome == Counter(added=1)


async def test_a_person_may_pause_resume_and_forget_a_host(frontier: Frontier, redis_sync: Any) -> None:
    """A paused host is not lent and keeps nobody waiting; a forgotten one starts anew."""
    view = FrontierView(redis_sync)
    await frontier.add([seed(), link("https://news.example/a")])
    assert view.pause("news.example")
    assert await frontier.lease(5, "me", 30) == []
    assert await frontier.is_idle()
    assert [(s.is_paused, s.waiting) for s in view.hosts()] == [(True, 2)]
    assert view.resume("news.example")
    assert len(await visit_all(frontier)) == 2
    assert await frontier.add([link("https://news.example/a")]) == Counter(seen=1)
    assert view.forget("news.example") == 0
    assert await frontier.add([link("https://news.example/a")]) == Counter(added=1)
    assert view.pause("nobody.example") is False


async def test_forgetting_a_host_leaves_nothing_of_it_behind(frontier: Frontier, redis_sync: Any) -> None:
    """After finish and forget the only keys left are the seen set, scopes, counters and epochs."""
    await frontier.add([seed(role=UrlRole.FEED), *(link(f"https://news.example/{n}") for n in range(30))])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.finish([Finish(leased=one, action=Action.RETRY, delay_s=9) for one in lease.urls])
    await frontier.free("me", [Freed(host=lease.host, answered=1)])
    FrontierView(redis_sync).forget("news.example")
    left = {
        key.decode().removeprefix("copydesk:frontier:").partition(":")[0] for key in redis_sync.scan_iter()
    }
    assert left == {"seen", "sites", "totals", "epochs", "host", "known"}


async def test_hosts_are_listed_without_looking_through_redis(frontier: Frontier, redis_sync: Any) -> None:
    """What else is in Redis costs nothing: hosts stand in a list, from which the last touched are shown."""
    view = FrontierView(redis_sync)
    assert view.hosts() == []
    redis_sync.config_resetstat()
    await frontier.add([seed(f"https://{name}.example/") for name in "abc"])
    [lease] = await frontier.lease(1, "me", 30)
    await frontier.move(lease.urls[0], CanonicalUrl("https://d.example/"), hops=1, is_visit=False)
    await frontier.borrow(HostKey("rules.example"), "guest", 5)
    assert {state.host for state in view.hosts()} == {f"{n}.example" for n in ("a", "b", "c", "d", "rules")}
    assert (view.counts()["hosts"], view.counts()["waiting"]) == (5, 3)
    redis_sync.zadd("copydesk:frontier:known", {"c.example": 9e15})
    assert [state.host for state in view.hosts(most=1)] == ["c.example"]
    redis_sync.delete("copydesk:frontier:host:rules.example")  # expired
    assert len(view.hosts()) == 4
    assert view.counts()["hosts"] == 4
    assert not {"cmdstat_scan", "cmdstat_keys"} & set(redis_sync.info("commandstats"))


async def test_hosts_of_an_older_frontier_are_listed(frontier: Frontier, redis_sync: Any) -> None:
    """A frontier from before there was a list is looked through once; paused and finished hosts are found, too."""
    view = FrontierView(redis_sync)
    await frontier.add([seed(f"https://{name}.example/") for name in "ab"])
    view.pause("b.example")
    redis_sync.delete("copydesk:frontier:known", "copydesk:frontier:listed")
    await frontier.add([seed("https://c.example/")])
    assert [(s.host, s.waiting) for s in view.hosts()] == [
        ("a.example", 1), ("c.example", 1), ("b.example", 1),
    ]  # fmt: skip
    assert view.counts()["hosts"] == 3


async def test_finishing_twice_is_harmless(frontier: Frontier, redis_sync: Any) -> None:
    """A batch that is handed over by two fetchers ends in the same frontier."""
    await frontier.add([seed()])
    [lease] = await frontier.lease(1, "dead", 0.0)
    await frontier.lease(1, "alive", 30)
    await frontier.finish([Finish(leased=lease.urls[0])])
    await frontier.finish([Finish(leased=lease.urls[0], action=Action.RETRY)])
    counts = FrontierView(redis_sync).counts()
    assert (counts["waiting"], counts["leased"], counts["retried"]) == (0, 0, 0)


async def test_an_entry_that_cannot_be_read_is_dropped(frontier: Frontier, redis_sync: Any) -> None:
    """What another version or a stranger wrote costs itself, not the crawl."""
    await frontier.add([seed(), seed("https://news.example/a")])
    [first, *_] = redis_sync.hkeys("copydesk:frontier:entries:news.example")
    redis_sync.hset("copydesk:frontier:entries:news.example", first, b"\xc1nonsense")
    [lease] = await frontier.lease(1, "me", 30)
    assert len(lease.urls) == 1
    assert redis_sync.hlen("copydesk:frontier:entries:news.example") == 1


async def test_a_clock_that_is_set_back_keeps_nobody_waiting(frontier: Frontier, redis_sync: Any) -> None:
    """Times further ahead than any lawful delay are from before the step: hosts, leases, retries, visits are due."""
    week_ms = 7 * 86_400_000
    await frontier.add([seed(f"https://{name}.example/{n}") for name in ("free", "lent") for n in range(20)])
    leases = await frontier.lease(5, "gone", 30)
    [again] = [lease for lease in leases if lease.host == "free.example"]
    retried = Finish(leased=again.urls[0], action=Action.RETRY, delay_s=20)
    visited = Finish(leased=again.urls[1], action=Action.VISIT, delay_s=900)
    await frontier.finish([retried, visited])
    await frontier.release(again.urls[2:])
    await frontier.free("gone", [Freed(host=again.host, answered=1, delay_s=0)])
    for name in ("hosts", "busy", "lent", "retries", "visits"):
        for member in redis_sync.zrange(f"copydesk:frontier:{name}", 0, -1):
            redis_sync.zincrby(f"copydesk:frontier:{name}", week_ms, member)
    redis_sync.hincrbyfloat("copydesk:frontier:host:free.example", "next", week_ms)
    assert len(await visit_all(frontier)) == 40


async def test_a_long_delay_is_no_clock_that_was_set_back(frontier: Frontier) -> None:
    """A host that may be asked every two hours is not asked sooner; an hour's ``Retry-After`` is waited for."""
    await frontier.add([seed(f"https://{name}.example/{n}") for name in "ab" for n in range(40)])
    first = await frontier.lease(5, "me", 30)
    slow = [Freed(host=first[0].host, answered=1, delay_s=7200), Freed(host=first[1].host, hold_s=3600)]
    began = time.monotonic()
    await frontier.free("me", slow)
    assert await frontier.lease(5, "me", 30) == []
    assert await is_due_in(frontier, 3600, began)


async def test_guests_that_wait_for_each_other_are_told(frontier: Frontier) -> None:
    """Over one host or several, the one who closes the circle gives way at once; the others have their turn."""
    names = [HostKey(f"{name}.example") for name in "abc"]
    await frontier.add([seed(f"https://{name}/{n}") for name in names for n in range(20)])
    assert len(await frontier.lease(5, "me", 30)) == 3
    a, b, c = names
    assert await frontier.borrow(b, "of a", 5, holding=a) is None
    assert await frontier.borrow(c, "of b", 5, holding=b) is None
    with pytest.raises(DeadlockError):
        await frontier.borrow(a, "of c", 5, holding=c)
    await frontier.free("me", [Freed(host=c, answered=1)])
    assert await frontier.borrow(c, "of b", 5, holding=b) is not None
    await frontier.free("of b", [Freed(host=c)])
    await frontier.free("me", [Freed(host=b, answered=1)])
    assert await frontier.borrow(b, "of a", 5, holding=a) is not None
