"""From a front page to where its site lists its news, and single fetches."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.utils import str_if_bytes

from config.settings import FetchSettings
from crawler.crawl import FetcherSettings, run_fetcher
from crawler.discovery import USUAL_SITEMAPS
from crawler.errors import BackendError, ConfigError, FetchError
from crawler.fetcher import fetch_one
from crawler.frontier.view import FrontierView
from crawler.handover import Handover
from crawler.records import CanonicalUrl, DiscoveredUrl, FetchOutcome, SourceId, UrlRole
from crawler.warc import read_warc

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]
LOCAL = FetchSettings(allow_private=("127.0.0.0/8",), delay_s=0, retries=0, timeout_s=600)
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Tides</title></channel></rss>'
SITEMAP = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'


async def crawl(client: redis.Redis, redis_url: str, seed: str, **more: Any) -> dict[str, FetchOutcome]:
    FrontierView(client).add(
        [DiscoveredUrl(url=CanonicalUrl(seed), source=SourceId(seed), role=UrlRole.SEED)]
    )
    crawling = asyncio.create_task(
        run_fetcher(FetcherSettings(fetch=LOCAL, **more), redis_url, until_idle=True)
    )
    outcomes: dict[str, FetchOutcome] = {}
    handover = Handover(client)
    while not crawling.done():
        await asyncio.wait([crawling], timeout=0.05)
        for key in map(str_if_bytes, client.hkeys("copydesk:batches")):
            outcomes |= {o.url: o for o in handover.load(key) or ()}
            handover.discard(key)
    await crawling
    return outcomes


async def test_a_site_is_asked_for_its_sitemaps_and_feeds(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """What robots.txt lists and what lies at the usual paths is found; misses leave no trace in the outcomes."""
    press.routes["/robots.txt"] = reply(
        b"Sitemap: /news.xml\nSitemap: /private.xml\nUser-agent: *\nDisallow: /private"
    )
    press.routes["/news.xml"] = reply(SITEMAP, "Content-Type: application/xml")
    press.routes["/feed"] = reply(FEED, "Content-Type: application/rss+xml")
    press.routes["/rss"] = reply(b"", status=404)
    outcomes = await crawl(redis_sync, redis_url, press.url("/"))
    names = {url.removeprefix(press.url("")): type(o).__name__ for url, o in outcomes.items()}
    assert names == {
        "/": "FetchedPage", "/news.xml": "FetchedPage", "/feed": "FetchedPage", "/private.xml": "FetchFailed",
    }  # fmt: skip
    assert "/rss" in press.paths()
    assert FrontierView(redis_sync).counts()["visited"] == 3


async def test_feeds_that_a_front_page_names_are_not_guessed(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """Half of the questions to a site's usual paths are spared where its front page answers them."""
    front = b'<html><head><link rel=alternate type="application/rss+xml" href="/news.rss"></head><body>Tides'
    press.routes["/"] = reply(front, "Content-Type: text/html")
    await crawl(redis_sync, redis_url, press.url("/"))
    assert set(press.paths()) == {"/robots.txt", "/", *USUAL_SITEMAPS}


async def test_a_usual_path_that_is_not_there_is_no_error_of_the_host(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """Whoever looks at the hosts would take it for one: nobody has asked for that address."""
    press.routes["/feed"] = press.routes["/rss"] = reply(b"", status=404)
    await crawl(redis_sync, redis_url, press.url("/"))
    assert {"/feed", "/rss"} <= set(press.paths())
    assert [host.error for host in FrontierView(redis_sync).hosts()] == [""]


async def test_a_single_story_is_no_site(press: Any, redis_sync: Any, redis_url: str) -> None:
    """A seed that is one page is fetched alone: nothing of its site is asked for."""
    await crawl(redis_sync, redis_url, press.url("/2026/11/22/the-harbour-office-reopens.html"))
    assert press.paths() == ["/robots.txt", "/2026/11/22/the-harbour-office-reopens.html"]


async def test_an_unchanged_feed_is_not_handed_over_again(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """The second visit sends the validators; 304, or the same bytes, end there."""

    async def feed(request: Any, writer: asyncio.StreamWriter) -> None:
        is_known = request.headers.get("if-none-match") == '"v1"'
        writer.write(reply(b"", 'ETag: "v1"', status=304) if is_known else reply(FEED, 'ETag: "v1"'))

    press.routes["/feed.xml"] = feed
    press.routes["/plain.xml"] = reply(FEED)
    urls = [press.url("/feed.xml"), press.url("/plain.xml", "127.0.0.2")]
    view = FrontierView(redis_sync)
    view.add([DiscoveredUrl(url=CanonicalUrl(u), source=SourceId(u), role=UrlRole.FEED) for u in urls])
    first = await run_fetcher(FetcherSettings(fetch=LOCAL), redis_url, max_pages=2)
    for host in view.hosts():
        view.visit_now(host.host)
    redis_sync.delete("copydesk:batches")
    second = await run_fetcher(FetcherSettings(fetch=LOCAL), redis_url, until_idle=True)
    assert (first.pages, second.pages, second.not_modified) == (2, 0, 2)


async def test_every_exchange_is_archived(
    press: Any, redis_sync: Any, redis_url: str, tmp_path: Path
) -> None:
    """With a WARC folder, robots.txt and pages are written as they came, and read back."""
    await crawl(redis_sync, redis_url, press.url("/2026/11/22/story.html"), warc=tmp_path)
    [path] = tmp_path.glob("*.warc.gz")  # noqa: ASYNC240
    archive = io.BytesIO(path.read_bytes())
    responses = {r.url.removeprefix(press.url("")): r for r in read_warc(archive)}
    assert {url: r.status for url, r in responses.items()} == {
        "/robots.txt": 404,
        "/2026/11/22/story.html": 200,
    }
    assert b"harbour office" in responses["/2026/11/22/story.html"].body


async def test_fetch_one_follows_to_other_hosts(press: Any, reply: Any) -> None:
    """For ``copydesk extract``: one URL now, with its final address."""
    press.routes["/a"] = reply(b"", f"Location: {press.url('/b', '127.0.0.2')}", status=301)
    page = await fetch_one(press.url("/a"), LOCAL)
    assert (page.url, page.final_url, page.status) == (press.url("/a"), press.url("/b", "127.0.0.2"), 200)


async def test_fetch_one_names_what_went_wrong(press: Any, reply: Any) -> None:
    """A refusal is an error with a reason, robots.txt included."""
    press.routes["/robots.txt"] = reply(b"User-agent: *\nDisallow: /no")
    with pytest.raises(FetchError) as caught:
        await fetch_one(press.url("/no"), LOCAL)
    assert caught.value.reason == "robots_disallowed"


async def test_the_open_web_demands_a_contact(redis_sync: Any, redis_url: str) -> None:
    """Without ``fetch.contact`` nothing outside the named networks is asked, and the error says what to set."""
    with pytest.raises(ConfigError, match="COPYDESK_FETCH_CONTACT"):
        await crawl(redis_sync, redis_url, "https://news.example/")
    assert FrontierView(redis_sync).counts()["waiting"] == 1


async def test_without_a_contact_the_open_web_is_not_followed_into(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """A private page that leads to the open web is refused there by name; the crawl goes on."""
    press.routes["/2026/a.html"] = reply(b"", "Location: https://news.example/", status=302)
    outcomes = await crawl(redis_sync, redis_url, press.url("/2026/a.html"))
    assert [getattr(o, "reason", "page") for o in outcomes.values()] == ["no_contact"]


async def test_a_server_that_goes_away_is_told_in_one_line(press: Any) -> None:
    """Without Redis a fetcher ends with an error made for people."""
    with pytest.raises(BackendError, match="Redis"):
        await run_fetcher(FetcherSettings(fetch=LOCAL), "unix:///nowhere/redis.sock", until_idle=True)
