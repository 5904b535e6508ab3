"""One endpoint per misbehaviour: each costs its own page, gives its own reason, and harms nobody beside it."""

import asyncio
import gzip
import itertools
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import brotli
import pytest

from crawler.errors import FetchError, TransientError
from crawler.fetcher import fetch_one
from crawler.guard import parse_networks
from crawler.reach import Reach
from crawler.transport import Transport
from tests.crawler.fetching.hostile_crawl import SETTINGS, allow_all_hosts, crawl, reason_of, wrong

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]

ZEROS = bytes(20_000_000)


async def forever(request: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"<p>more</p>" * 5000)
        await writer.drain()


async def drip(request: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def drip_header(request: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in itertools.count():
        writer.write(b"X-%d: y\r\n" % n)
        await writer.drain()
        await asyncio.sleep(0.1)


async def silence(request: Any, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hang_up(request: Any, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def too_short(request: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(raw("Content-Length: 500\r\n", b"<p>less than announced"))
    writer.close()


async def reset(request: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: text/html\r\n\r\n<p>half")
    await writer.drain()
    sock = writer.get_extra_info("socket")
    sock.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER of zero: the close is a reset
    writer.transport.abort()


def raw(head: str, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head.encode("latin-1") + b"\r\n" + body


BOMB = gzip.compress(ZEROS)
TWICE = gzip.compress(gzip.compress(ZEROS))
BODIES: dict[str, tuple[bytes | Callable[..., Any], str]] = {
    "/ok": (raw("Content-Length: 2\r\n", b"<p"), "page"),
    "/gzip-bomb": (raw(f"Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n", BOMB), "body_too_large"),
    "/gzip-bomb-twice": (raw(f"Content-Encoding: gzip, gzip\r\nContent-Length: {len(TWICE)}\r\n", TWICE),
                         "body_too_large"),
    "/brotli-bomb": (raw(f"Content-Encoding: br\r\nContent-Length: {len(brotli.compress(ZEROS, quality=4))}\r\n",
                         brotli.compress(ZEROS, quality=4)), "body_too_large"),
    "/announced-huge": (raw("Content-Length: 99999999999\r\n", b"<p>"), "body_too_large"),
    "/forever": (forever, "body_too_large"),
    "/hang-up": (hang_up, "disconnected"),
    "/reset": (reset, "incomplete_body|disconnected|connection_reset"),
    "/short": (too_short, "incomplete_body"),
    "/no-http": (b"220 mail.example ESMTP\r\n\r\n", "bad_response"),
    "/empty": (raw("Content-Length: 0\r\n"), "empty_body"),
    "/bad-chunks": (raw("Transfer-Encoding: chunked\r\n", b"ZZ\r\nnot hex\r\n0\r\n\r\n"), "bad_response"),
    "/endless-chunk-size": (raw("Transfer-Encoding: chunked\r\n", b"1" * 100_000), "bad_response"),
    "/huge-header": (raw("X-Huge: " + "h" * 10_000_000 + "\r\n"), "headers_too_large"),
    "/cookies": (raw("".join(f"Set-Cookie: c{n}=v\r\n" for n in range(5000)) + "Content-Length: 2\r\n", b"ok"),
                 "headers_too_large"),
    "/nul": (raw("Content-Length: 6\r\n", b"<p>\0\0\0"), "page"),
    "/no-such-charset": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=klingon\r\nContent-Length: 2\r\n\r\nok", "page"),
    "/picture": (b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG", "not_text"),
    "/picture-that-is-a-page": (
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 6\r\n\r\n<html>", "page"),
    "/unknown-encoding": (raw("Content-Encoding: lzma9\r\nContent-Length: 2\r\n", b"ok"), "unknown_encoding"),
    "/not-gzip": (raw("Content-Encoding: gzip\r\nContent-Length: 14\r\n", b"<p>hello</p>\r\n"), "page"),
    "/gone": (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", "http_410"),
    "/broken": (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "http_500"),
    "/odd-status": (b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", "http_999"),
    "/unasked-304": (b"HTTP/1.1 304 Same\r\nContent-Length: 0\r\n\r\n", "http_304"),
}  # fmt: skip

# What only a time-out ends; which of them comes first is the machine's to say.
SLOW: dict[str, tuple[Callable[..., Any], str]] = {
    "/drip": (drip, "timeout|idle_timeout|connect_timeout"),
    "/drip-header": (drip_header, "timeout|idle_timeout|connect_timeout"),
    "/silence": (silence, "timeout|idle_timeout|connect_timeout"),
}

REDIRECTS = {
    "/to-file": ("file:///etc/passwd", "bad_redirect"),
    "/to-nothing": ("", "bad_redirect"),
    "/to-javascript": ("javascript:alert(1)", "bad_redirect"),
    "/to-itself": ("/to-itself", "redirect_loop"),
    "/to-other-loopback": ("http://127.0.1.1/", "address_refused"),
    "/to-decimal": ("http://2130706690/", "address_refused"),
    "/to-octal": ("http://0177.0.1.3/", "address_refused"),
    "/to-hex": ("http://0x7f.0.0x1.4/", "address_refused"),
    "/to-short": ("http://127.262/", "address_refused"),
    "/to-zero": ("http://0.0.0.0/", "address_refused"),
    "/to-private": ("http://10.0.0.1/", "address_refused"),
    "/to-metadata": ("http://169.254.169.254/latest/meta-data/", "address_refused"),
    "/to-carrier": ("http://100.64.0.1/", "address_refused"),
    "/to-six": ("http://[::1]/", "address_refused"),
    "/to-mapped": ("http://[::ffff:10.0.0.2]/", "address_refused"),
    "/to-mapped-hex": ("http://[::ffff:a00:3]/", "address_refused"),
    "/to-nat64": ("http://[64:ff9b::a00:4]/", "address_refused"),
    "/to-six-to-four": ("http://[2002:a00:5::1]/", "address_refused"),
    "/to-unique-local": ("http://[fd00::1]/", "address_refused"),
    "/to-userinfo": ("http://example.com@10.0.0.6/", "bad_redirect"),
    "/to-wide-dots": ("http://10\u30020\u30020\u30027/", "address_refused"),
    "/to-database": ("http://93.184.215.14:6379/", "port_refused"),
}


async def test_each_misbehaving_body_costs_its_own_page_only(
    press: Any, redis_sync: Any, redis_url: str
) -> None:
    """Every misbehaviour ends in bounded time with its reason, and the healthy host beside them gives all pages."""
    hosts = {path: f"127.0.0.{n}" for n, path in enumerate(BODIES, start=10)}
    press.routes = {(hosts[path], path): behaviour for path, (behaviour, _) in BODIES.items()}
    urls = [press.url(path, hosts[path]) for path in BODIES]
    healthy = [press.url(f"/{n}", "127.0.0.2") for n in range(40)]
    outcomes, report = await crawl(redis_sync, redis_url, urls + healthy)
    reasons = {path: reason_of(outcomes[press.url(path, hosts[path])]) for path in BODIES}
    assert wrong(reasons, BODIES) == {}
    assert all(reason_of(outcomes[url]) == "page" for url in healthy)
    assert report.stopped_by == "idle"


async def test_slow_hosts_hold_nobody_up(press: Any, redis_sync: Any, redis_url: str, reply: Any) -> None:
    """Servers that answer nothing, or a byte now and then, go on until all of the healthy host is asked for."""
    all_asked = asyncio.Event()

    async def healthy(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"<p>"))
        if len(set(press.paths("127.0.0.2"))) > 40:  # and robots.txt
            all_asked.set()

    def until_then(slow: Callable[..., Any]) -> Callable[..., Any]:
        async def serve(request: Any, writer: asyncio.StreamWriter) -> None:
            serving = asyncio.create_task(slow(request, writer))
            await all_asked.wait()
            serving.cancel()
            writer.close()

        return serve

    press.routes = {path: until_then(behaviour) for path, (behaviour, _) in SLOW.items()}
    press.routes["127.0.0.2", "/*"] = healthy
    urls = [press.url(path, f"127.0.0.{n}") for n, path in enumerate(SLOW, start=10)]
    pages = [press.url(f"/{n}", "127.0.0.2") for n in range(40)]
    outcomes, _ = await crawl(redis_sync, redis_url, urls + pages)
    assert {reason_of(outcomes[url]) for url in pages} == {"page"}
    assert set(outcomes) == {*urls, *pages}


@pytest.mark.parametrize("path", SLOW)
async def test_what_only_a_time_out_ends_is_ended_by_one(press: Any, path: str) -> None:
    """Silence, and headers or a body that come byte by byte: a time-out, by name, and tried again."""
    press.routes = {path: SLOW[path][0]}
    with pytest.raises(TransientError) as caught:
        await fetch_one(
            press.url(path), SETTINGS.model_copy(update={"timeout_s": 0.4, "respect_robots": False})
        )
    assert caught.value.reason in SLOW[path][1].split("|")


class TellingReach(Reach):
    """Tells when the head of an answer is read."""

    def __init__(self, got_head: asyncio.Event) -> None:
        super().__init__()
        self._got_head = got_head

    def heard(self) -> None:
        super().heard()
        self._got_head.set()


async def test_where_a_body_breaks_off_does_not_depend_on_its_packets(press: Any) -> None:
    """An answer that arrives head first, body later, has the reason that it has in one piece; nobody waits for more."""
    got_head = asyncio.Event()

    async def in_two(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(raw("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n"))
        await got_head.wait()
        writer.write(b"ZZ\r\nnot hex\r\n")

    press.routes["/"] = in_two
    allowed, reach = parse_networks(["127.0.0.0/8"]), TellingReach(got_head)
    async with Transport(
        user_agent="copydesk/test", timeout_s=600, allowed=allowed, reach=reach
    ) as transport:
        with pytest.raises(FetchError) as caught:
            await transport.get(press.url(), max_bytes=1000)
    assert caught.value.reason == "bad_response"


async def test_redirects_lead_nowhere_that_we_must_not_go(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """A redirect to another scheme, to itself or to a private address in any notation is refused by name."""
    for path, (target, _) in REDIRECTS.items():
        location = target.encode("utf-8").decode("latin-1")
        press.routes[path] = reply(b"", f"Location: {location}", status=302)
    urls = [press.url(path) for path in REDIRECTS]
    outcomes, _ = await crawl(redis_sync, redis_url, urls, allow_all_hosts(SETTINGS))
    reasons = {path: reason_of(outcomes[press.url(path)]) for path in REDIRECTS}
    assert reasons == {path: reason for path, (_, reason) in REDIRECTS.items()}


async def test_a_chain_of_redirects_is_followed_so_far(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """Five redirects give the page under the URL that was asked for; six give none, also across hosts."""
    for n in range(1, 12):
        press.routes[f"/hop{n}"] = reply(b"", f"Location: /hop{n - 1}", status=301)
        host = f"127.0.0.{2 + n % 2}"
        press.routes[f"/far{n}"] = reply(b"", f"Location: {press.url(f'/far{n - 1}', host)}", status=301)
    five, six = press.url("/hop5"), press.url("/hop6")
    outcomes, _ = await crawl(redis_sync, redis_url, [five, six])
    assert (reason_of(outcomes[five]), outcomes[five].final_url) == ("page", press.url("/hop0"))
    assert reason_of(outcomes[six]) == "too_many_redirects"
    redis_sync.flushall()
    near, far = press.url("/far5"), press.url("/far6", "127.0.0.9")
    outcomes, _ = await crawl(redis_sync, redis_url, [near])
    assert (reason_of(outcomes[near]), outcomes[near].final_url) == ("page", press.url("/far0", "127.0.0.3"))
    redis_sync.flushall()
    outcomes, _ = await crawl(redis_sync, redis_url, [far])
    assert reason_of(outcomes[far]) == "too_many_redirects"


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_obeyed(
    press: Any, redis_sync: Any, redis_url: str, reply: Any, form: str
) -> None:
    """A host that says 429 with ``Retry-After``, in seconds or as a date, is left alone for so long."""

    async def busy(request: Any, writer: asyncio.StreamWriter) -> None:
        later = (
            "1"
            if form == "seconds"
            else format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        )
        first = reply(b"", f"Retry-After: {later}", status=429)
        writer.write(first if request.number == 1 else reply(b"<p>now"))

    press.routes["/busy"] = busy
    urls = [press.url("/busy"), press.url("/other")]
    outcomes, report = await crawl(redis_sync, redis_url, urls, SETTINGS.model_copy(update={"retries": 2}))
    assert [reason_of(outcomes[url]) for url in urls] == ["page", "page"]
    assert report.reasons == {"http_429": 1}
    first, *after = [r.at for r in press.requests if r.path != "/robots.txt" and r.at >= busy_at(press)]
    assert all(at - first > 0.95 for at in after)


def busy_at(press: Any) -> float:
    return float(next(r.at for r in press.requests if r.path == "/busy"))


async def test_a_server_that_flaps_gives_its_page_in_the_end(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """A 503 that passes costs a retry, not the page."""

    async def flap(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"", "Retry-After: 0", status=503) if request.number == 1 else reply(b"<p>up"))

    press.routes["/flap"] = flap
    outcomes, report = await crawl(
        redis_sync, redis_url, [press.url("/flap")], SETTINGS.model_copy(update={"retries": 3})
    )
    assert reason_of(outcomes[press.url("/flap")]) == "page"
    assert (report.retried, report.pages) == (1, 1)


async def test_robots_files_that_misbehave(press: Any, redis_sync: Any, redis_url: str, reply: Any) -> None:
    """Unreachable, slow or failing robots.txt disallow; absent, HTML or endless ones are read as far as they go."""
    rules = b"User-agent: *\nDisallow: /a\n"
    cases: dict[str, tuple[Any, str]] = {
        "127.0.0.10": (reply(b"", status=500), "robots_unreachable"),
        "127.0.0.12": (reply(b"", status=403), "page"),
        "127.0.0.13": (reply(b"<html><body>Not found</body></html>"), "page"),
        "127.0.0.14": (reply(rules + b"#" * 2_000_000), "robots_disallowed"),
        "127.0.0.15": (reply(b"", "Location: /elsewhere.txt", status=301), "robots_disallowed"),
        "127.0.0.16": (reply(b"", "Location: /robots.txt", status=301), "page"),
        "127.0.0.17": (reply(b"\xef\xbb\xbf" + rules), "robots_disallowed"),
        "127.0.0.18": (reply(rules.replace(b"\n", b"\r") + b"Crawl-delay: 4000"), "crawl_delay_too_long"),
        "127.0.0.19": (hang_up, "robots_unreachable"),
        "127.0.0.20": (reply(rules, status=429), "robots_unreachable"),
        "127.0.0.21": (reply(b"\0" * 1000 + rules), "robots_disallowed"),
    }
    press.routes = {(host, "/robots.txt"): behaviour for host, (behaviour, _) in cases.items()}
    press.routes["/elsewhere.txt"] = reply(rules)
    outcomes, _ = await crawl(redis_sync, redis_url, [press.url("/a", host) for host in cases])
    reasons = {host: reason_of(outcomes[press.url("/a", host)]) for host in cases}
    assert reasons == {host: reason for host, (_, reason) in cases.items()}
    assert all("/a" not in press.paths(host) for host, (_, reason) in cases.items() if reason != "page")


async def test_a_robots_file_that_never_comes_disallows(press: Any, redis_sync: Any, redis_url: str) -> None:
    """Silence is no permission: the time-out ends it, and the page is not asked for."""
    press.routes["/robots.txt"] = silence
    hasty = SETTINGS.model_copy(update={"timeout_s": 0.4})
    outcomes, _ = await crawl(redis_sync, redis_url, [press.url("/a")], hasty)
    assert reason_of(outcomes[press.url("/a")]) == "robots_unreachable"
    assert set(press.paths()) == {"/robots.txt"}


@pytest.mark.parametrize("delay", ["4000", "1e99"])
async def test_a_crawl_delay_beyond_reason_refuses_the_host_at_once(
    press: Any, redis_sync: Any, redis_url: str, reply: Any, delay: str
) -> None:
    """All its URLs are refused by name, none waits for a turn that is hours away; the host beside it is crawled."""
    press.routes["127.0.0.10", "/robots.txt"] = reply(f"User-agent: *\nCrawl-delay: {delay}".encode())
    urls = [press.url(f"/{n}", "127.0.0.10") for n in range(30)]
    outcomes, report = await crawl(redis_sync, redis_url, [*urls, press.url("/")])
    assert {reason_of(outcomes[url]) for url in urls} == {"crawl_delay_too_long"}
    assert reason_of(outcomes[press.url("/")]) == "page"
    assert report.hosts_waiting == 0


async def test_two_robots_files_that_lead_to_each_other_wait_out_nothing(
    press: Any, redis_sync: Any, redis_url: str, reply: Any
) -> None:
    """Each host's rules are at the other: one gives way, and long before the time-out both are crawled."""
    hosts = ["127.0.0.10", "127.0.0.11"]
    for host, other in zip(hosts, reversed(hosts), strict=True):
        to = f"Location: {press.url('/robots.txt', other)}"
        press.routes[host, "/robots.txt"] = reply(b"", to, status=302)
    urls = [press.url(f"/{n}", host) for host in hosts for n in range(3)]
    outcomes, report = await crawl(redis_sync, redis_url, urls, SETTINGS.model_copy(update={"retries": 3}))
    assert {reason_of(outcomes[url]) for url in urls} == {"page"}
    assert report.stopped_by == "idle"
