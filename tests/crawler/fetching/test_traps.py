"""Where a crawl could go round for ever, or be led inside: names with two faces, refreshes, calendars, sitemaps."""

from collections import Counter
from typing import Any

import pytest
import redis
import redis.asyncio

from crawler.frontier.records import Finish, Freed
from crawler.frontier.shared import Frontier
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId, UrlRole
from crawler.sitemaps import MAX_URLS, parse_sitemap
from tests.crawler.fetching.hostile_crawl import SETTINGS, Resolver, allow_all_hosts, crawl, reason_of

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]
NEWS = SourceId("news")
OPEN, INSIDE = "127.0.0.2", "127.0.0.3"


async def test_of_a_name_with_two_faces_only_the_public_one_is_asked(
    press: Any, redis_sync: redis.Redis, redis_url: str
) -> None:
    """Answers that mix public and private addresses, in any order: nobody connects to the private one."""
    names = {
        "first.example": [INSIDE, OPEN],
        "last.example": [OPEN, INSIDE],
        "inner.example": [INSIDE, "10.0.0.1"],
    }
    fetch = allow_all_hosts(SETTINGS).model_copy(update={"allow_private": (f"{OPEN}/32",)})
    urls = {name: f"http://{name}:{press.port}/" for name in names}
    outcomes, _ = await crawl(redis_sync, redis_url, list(urls.values()), fetch, resolver=Resolver(names))
    reasons = {name: reason_of(outcomes[url]) for name, url in urls.items()}
    assert reasons == {"first.example": "page", "last.example": "page", "inner.example": "address_refused"}
    assert press.paths(INSIDE) == []


async def test_a_name_that_turns_inwards_is_refused(
    press: Any, redis_sync: redis.Redis, redis_url: str
) -> None:
    """Where a redirect leads to a name of our own network, the address counts, not the name."""
    names = {"open.example": [OPEN], "evil.example": [INSIDE]}
    press.routes["/moved"] = (
        f"HTTP/1.1 302 X\r\nLocation: http://evil.example:{press.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    )
    fetch = allow_all_hosts(SETTINGS).model_copy(update={"allow_private": (f"{OPEN}/32",)})
    url = f"http://open.example:{press.port}/moved"
    outcomes, _ = await crawl(redis_sync, redis_url, [url], fetch, resolver=Resolver(names))
    assert reason_of(outcomes[url]) == "address_refused"
    assert press.paths(INSIDE) == []


async def test_a_refresh_in_a_page_is_not_followed(
    press: Any, redis_sync: redis.Redis, redis_url: str, reply: Any
) -> None:
    """A page that sends browsers on is a page: a chain of them, or one to itself, leads the crawl nowhere."""
    for n in range(5):
        body = (
            f'<html><head><meta http-equiv="refresh" content="0;url=/r{(n + 1) % 5}"></head><p>on</p></html>'
        )
        press.routes[f"/r{n}"] = reply(body.encode(), f"Refresh: 0; url=/r{(n + 1) % 5}")
    outcomes, _ = await crawl(redis_sync, redis_url, [press.url("/r0")])
    assert reason_of(outcomes[press.url("/r0")]) == "page"
    assert [path for path in press.paths() if path.startswith("/r") and path != "/robots.txt"] == ["/r0"]


def on_site(path: str, found_on: str, depth: int, role: UrlRole = UrlRole.PAGE) -> DiscoveredUrl:
    return DiscoveredUrl(
        url=CanonicalUrl(f"https://news.example{path}"), source=NEWS, role=role, depth=depth,
        found_on=CanonicalUrl(f"https://news.example{found_on}"),
    )  # fmt: skip


SEED = DiscoveredUrl(url=CanonicalUrl("https://news.example/"), source=NEWS, role=UrlRole.SEED)


def calendar_links(page: str) -> list[str]:
    _, _, *rest = page.split("/")
    if len(rest) < 2:
        return []
    months = 12 * int(rest[0]) + int(rest[1])
    beside = [f"/calendar/{m // 12}/{m % 12}" for m in (months - 1, months + 1)]
    return beside + [f"/calendar/{rest[0]}/{rest[1]}/{day}" for day in range(1, 29)]


async def test_a_calendar_without_end_ends(redis_async: redis.asyncio.Redis) -> None:
    """Every month links to its days and to the months beside it: the depth ends it, whatever the paths look like."""
    frontier = Frontier(redis_async, default_delay_s=0.0)
    await frontier.add([SEED, on_site("/calendar/2026/11", "/", 1)])
    outcomes: Counter[str] = Counter()
    visited = 0
    while leases := await frontier.lease(5, "me", 30):
        for one in (one for lease in leases for one in lease.urls):
            visited += 1
            page = one.entry.url.removeprefix("https://news.example")
            outcomes += await frontier.add(
                [on_site(to, page, one.entry.depth + 1) for to in calendar_links(page)]
            )
        await frontier.finish([Finish(leased=one) for lease in leases for one in lease.urls])
        await frontier.free("me", [Freed(host=lease.host, answered=1) for lease in leases])
    assert outcomes["too_deep"] > 0
    assert visited < 100


async def test_sitemaps_that_list_each_other_are_asked_once(redis_async: redis.asyncio.Redis) -> None:
    """An index that lists itself, and two that list one another, add nothing the second time."""
    frontier = Frontier(redis_async)
    await frontier.add([SEED])
    one, two = "/index-1.xml", "/index-2.xml"
    first = await frontier.add([on_site(one, "/", 0, UrlRole.SITEMAP)])
    to_both = [on_site(path, one, 0, UrlRole.SITEMAP) for path in (one, two)]
    back = [on_site(path, two, 0, UrlRole.SITEMAP) for path in (one, two)]
    assert first == Counter(added=1)
    assert await frontier.add(to_both) == Counter(seen=1, added=1)
    assert await frontier.add(back) == Counter(seen=2)


async def test_a_sitemap_of_a_hundred_thousand_pages_fills_its_host_only(
    redis_async: redis.asyncio.Redis,
) -> None:
    """What the protocol allows is read, what the host may have a day is taken, the rest is counted."""
    body = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % n for n in range(100_000)) + b"</urlset>"
    sitemap = parse_sitemap(body, url=CanonicalUrl("https://news.example/sitemap.xml"))
    assert sitemap is not None
    assert len(sitemap.urls) == min(MAX_URLS, 100_000)
    frontier = Frontier(redis_async, max_pages_per_host=300)
    await frontier.add([SEED])
    found = [on_site(f"/{n}", "/sitemap.xml", 1) for n in range(5000)]
    assert await frontier.add(found) == Counter(added=300, host_full=4700)
