"""More that a server can do wrong: framings, statuses, codings, redirects and headers, each with what comes of it."""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import redis
import zstandard

from crawler.errors import FetchError
from crawler.fetcher import fetch_one
from tests.crawler.fetching.hostile_crawl import SETTINGS, allow_all_hosts, crawl, reason_of, wrong

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]

STORY = b"<!doctype html><html><body><p>The ferry sails at noon.</p></body></html>"
Handler = Callable[[Any, asyncio.StreamWriter], Awaitable[None]]


def answer(status: str, head: str = "", body: bytes = STORY) -> bytes:
    length = "" if "length" in head.lower() or "chunked" in head else f"Content-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{length}{head}\r\n".encode("latin-1") + body


def chunked(*chunks: bytes, head: str = "", extension: bytes = b"", trailer: bytes = b"") -> bytes:
    parts = b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    return answer("200 OK", f"Transfer-Encoding: chunked\r\n{head}", parts + b"0\r\n" + trailer + b"\r\n")


def closing(data: bytes) -> Handler:
    """Send and close: what has no length ends there."""

    async def send(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return send


def endless(start: bytes, piece: bytes) -> Handler:
    """Send one piece after another for as long as anybody reads."""

    async def send(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # the crawler shares this loop

    return send


def window_bomb() -> bytes:
    """A zstd frame that demands a window of 128 MiB (RFC 8878, 3.1.1.1.2) and holds an empty last block."""
    return b"\x28\xb5\x2f\xfd\x00\x88" + b"\x01\x00\x00"


BODIES: dict[str, tuple[bytes | Handler, str]] = {
    # Framing (RFC 9112).
    "/old-http": (closing(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + STORY), "page"),
    "/no-length": (closing(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + STORY), "page"),
    "/continue": (b"HTTP/1.1 100 Continue\r\n\r\n" + answer("200 OK"), "page"),
    "/early-hints": (b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n" + answer("200 OK"), "page"),
    "/continues-for-ever": (endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" * 400),
        "headers_too_large"),
    "/chunk-extension": (chunked(STORY, extension=b";name=value"), "page"),
    "/chunk-extension-megabytes": (chunked(STORY, extension=b";x=" + b"e" * 3_000_000), "page|headers_too_large"),
    "/chunk-extension-endless": (
        endless(answer("200 OK", "Transfer-Encoding: chunked\r\n", b"5;x="), b"e" * 50_000), "body_too_large"),
    "/trailer": (chunked(STORY, trailer=b"X-Checksum: 1\r\n"), "page"),
    "/trailers-endless": (endless(chunked(STORY)[:-2], b"X-More: 1\r\n" * 500),
                          "headers_too_large|bad_response"),
    "/empty-chunks": (endless(answer("200 OK", "Transfer-Encoding: chunked\r\n", b""), b"1\r\nx\r\n" * 4000),
                      "body_too_large"),
    "/huge-chunk": (closing(answer("200 OK", "Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\nx")),
                    "bad_response|incomplete_body"),
    "/two-lengths": (answer("200 OK", f"Content-Length: {len(STORY)}\r\nContent-Length: 5\r\n"), "bad_response"),
    "/negative-length": (answer("200 OK", "Content-Length: -5\r\n"), "bad_response"),
    "/length-of-words": (answer("200 OK", "Content-Length: many\r\n"), "bad_response"),
    "/length-and-chunks": (answer("200 OK", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                                  chunked(STORY).partition(b"\r\n\r\n")[2]), "page|bad_response"),
    "/garbage-behind": (answer("200 OK") + b"\0\xff GARBAGE \r\n\r\n" * 50, "page|bad_response"),
    "/second-answer": (answer("200 OK") + answer("200 OK", body=b"<p>not asked for</p>"), "page"),
    "/header-without-name": (answer("200 OK", ": nothing\r\n"), "bad_response|page"),
    "/header-with-nul": (answer("200 OK", "X-A: b\0c\r\n"), "bad_response|page"),
    "/folded-header": (answer("200 OK", "X-Long: one\r\n two\r\n"), "bad_response|page"),
    "/bare-newlines": (closing(answer("200 OK").replace(b"\r\n", b"\n")), "page|bad_response"),
    "/latin-header": (answer("200 OK", "X-City: K\xf6ln\r\n"), "page"),
    "/websocket": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nxxx",
        "http_101"),
    "/http-2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad_response"),
    "/version-nine": (b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\nok", "bad_response|page"),
    "/no-reason": (b"HTTP/1.1 200\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>", "page"),
    "/length-signed": (answer("200 OK", f"Content-Length: +{len(STORY)}\r\n"), "bad_response"),
    "/length-in-hex": (answer("200 OK", "Content-Length: 0x47\r\n"), "bad_response"),
    "/length-beyond-numbers": (answer("200 OK", f"Content-Length: {'9' * 5000}\r\n"), "bad_response"),
    "/chunked-after-gzip": (answer("200 OK", "Transfer-Encoding: gzip, chunked\r\n",
                                   chunked(gzip.compress(STORY)).partition(b"\r\n\r\n")[2]), "page"),
    "/chunks-of-newlines": (answer("200 OK", "Transfer-Encoding: chunked\r\n", b"1\nx\n0\n\n"), "bad_response"),
    "/chunks-without-last": (closing(chunked(STORY)[:-5]), "incomplete_body"),
    "/head-without-end": (closing(b"HTTP/1.1 200 OK\r\nContent-Ty"), "disconnected"),
    "/hints-and-nothing": (closing(b"HTTP/1.1 103 Early Hints\r\n\r\n"), "disconnected"),
    "/shoutcast": (b"ICY 200 OK\r\nContent-Type: text/html\r\n\r\n" + STORY, "bad_response"),
    "/newlines-before": (b"\r\n\r\n" + answer("200 OK"), "page"),
    # Statuses.
    "/by-a-proxy": (answer("203 Non-Authoritative Information"), "page"),
    "/misdirected": (answer("421 Misdirected Request"), "http_421"),
    "/too-early": (answer("425 Too Early"), "http_425"),
    "/log-in": (answer("401 Unauthorized", "WWW-Authenticate: Basic\r\n"), "http_401"),
    "/no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", "http_204"),
    "/reset-content": (b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", "http_205"),
    "/part": (answer("206 Partial Content", f"Content-Range: bytes 0-71/{len(STORY)}\r\n"), "http_206"),
    "/range-on-ok": (answer("200 OK", "Content-Range: bytes 0-9/100\r\n"), "page"),
    "/im-used": (answer("226 IM Used"), "http_226"),
    "/two-hundred-ninety-nine": (answer("299 Odd"), "http_299"),
    "/use-proxy": (answer("305 Use Proxy", "Location: http://127.0.0.3:1/\r\n"), "http_305"),
    "/multiple-choices": (answer("300 Multiple Choices", "Location: /x\r\n"), "http_300"),
    "/payment": (answer("402 Payment Required"), "http_402"),
    "/teapot": (answer("418 Teapot"), "http_418"),
    "/legal": (answer("451 Unavailable For Legal Reasons"), "http_451"),
    "/captive": (answer("511 Network Authentication Required"), "http_511"),
    "/cache-miss-304": (answer("304 Not Modified", 'ETag: "x"\r\n', b""), "http_304"),
    "/endless-error": (endless(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n", b"<p>no</p>" * 9000),
        "http_404"),
    # Codings (RFC 9110, 8.4).
    "/zstd-window": (answer("200 OK", "Content-Encoding: zstd\r\n", window_bomb()), "bad_encoding"),
    "/zstd-bomb": (answer("200 OK", "Content-Encoding: zstd\r\n", zstandard.compress(bytes(20_000_000))),
        "body_too_large"),
    "/deflate-bomb": (answer("200 OK", "Content-Encoding: deflate\r\n", zlib.compress(bytes(20_000_000))),
        "body_too_large"),
    "/codings-listed": (answer("200 OK", "Content-Encoding: gzip, identity\r\n", gzip.compress(STORY)), "page"),
    "/coding-upper": (answer("200 OK", "Content-Encoding: GZIP\r\n", gzip.compress(STORY)), "page"),
    "/codings-in-two-headers": (answer("200 OK", "Content-Encoding: deflate\r\nContent-Encoding: gzip\r\n",
                                       gzip.compress(zlib.compress(STORY))), "page"),
    "/coding-lies-br": (answer("200 OK", "Content-Encoding: br\r\n"), "page"),
    "/coding-lies-zstd": (answer("200 OK", "Content-Encoding: zstd\r\n"), "page"),
    "/coding-unsaid": (answer("200 OK", "", gzip.compress(STORY)), "page"),
    "/codings-hundred": (
        answer("200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 100) + "\r\n", gzip.compress(STORY)),
        "bad_encoding"),
    "/coding-quoted": (answer("200 OK", 'Content-Encoding: "gzip"; q=1\r\n', gzip.compress(STORY)), "page"),
    "/coding-is-a-charset": (answer("200 OK", "Content-Encoding: iso-8859-1\r\n"), "page"),
    "/coding-of-uploads": (closing(answer("200 OK", "Content-Encoding: aws-chunked\r\n")), "page"),
    "/coding-compress": (answer("200 OK", "Content-Encoding: compress\r\n", b"\x1f\x9d\x90abc"), "unknown_encoding"),
    "/gzip-cut": (answer("200 OK", "Content-Encoding: gzip\r\n", gzip.compress(STORY * 50)[:-20]), "page"),
    "/gzip-members": (answer("200 OK", "Content-Encoding: gzip\r\n", gzip.compress(b"<p>") * 20_000), "page"),
    # Headers by the thousand.
    "/etags": (answer("200 OK", "".join(f'ETag: "{n}"\r\n' for n in range(150))), "page"),
    "/huge-etag": (answer("200 OK", 'ETag: "' + "e" * 30_000 + '"\r\n'), "page"),
    "/cookie-of-megabytes": (answer("200 OK", "Set-Cookie: a=" + "b" * 2_000_000 + "\r\n"), "headers_too_large"),
}  # fmt: skip

LOCATIONS: dict[str, tuple[str, str]] = {
    "/to-control": ("/a\x01b", "page|bad_redirect"),
    "/to-tab": ("/a\tb", "page|bad_redirect"),
    "/to-space": ("/a b c", "page"),
    "/to-backslash": ("\\\\127.0.1.9\\x", "address_refused|bad_redirect"),
    "/to-scheme-relative": ("//127.0.1.8/", "address_refused"),
    "/to-dots": ("../../../../etc/passwd", "page"),
    "/to-fragment": ("#top", "redirect_loop"),
    "/to-query": ("?page=2", "page"),
    "/to-nothing-but-scheme": ("http:", "redirect_loop"),
    "/to-one-slash": ("http:/x/y", "page|bad_redirect"),
    "/to-no-host": ("http:///x", "bad_redirect|dns_failed"),
    "/to-port-huge": ("http://127.0.0.1:99999/", "bad_redirect"),
    "/to-port-negative": ("http://127.0.0.1:-1/", "bad_redirect"),
    "/to-zone": ("http://[fe80::1%25eth0]/", "address_refused|bad_redirect"),
    "/to-unspecified-six": ("http://[::]/", "address_refused"),
    "/to-bad-six": ("http://[::1/", "bad_redirect"),
    "/to-data": ("data:text/html,<p>x</p>", "bad_redirect"),
    "/to-ftp": ("ftp://127.0.0.1/", "bad_redirect"),
    "/to-gopher": ("gopher://127.0.0.1:6379/_x", "bad_redirect"),
    "/to-view-source": ("view-source:http://127.0.0.1/", "bad_redirect"),
    "/to-surrogate": ("/caf\xe9", "page"),
    "/to-very-long": ("/" + "x" * 20_000, "bad_redirect"),
    "/to-private": ("/secret/page", "robots_disallowed"),
    "/to-localhost": ("http://localhost:1/", "address_refused|robots_unreachable"),
    "/to-localdomain": ("http://foo.localhost:1/", "address_refused|robots_unreachable"),
}


async def test_each_odd_answer_costs_its_own_page_only(
    press: Any, redis_sync: redis.Redis, redis_url: str
) -> None:
    """Framing, status, coding and headers, however odd, end in bounded time with a reason that fits."""
    hosts = {path: f"127.0.0.{n}" for n, path in enumerate(BODIES, start=10)}
    press.routes = {(hosts[path], path): behaviour for path, (behaviour, _) in BODIES.items()}
    urls = [press.url(path, hosts[path]) for path in BODIES]
    healthy = [press.url(f"/{n}", "127.0.0.2") for n in range(40)]
    outcomes, report = await crawl(redis_sync, redis_url, urls + healthy, SETTINGS)
    reasons = {path: reason_of(outcomes[press.url(path, hosts[path])]) for path in BODIES}
    assert wrong(reasons, BODIES) == {}
    assert all(reason_of(outcomes[url]) == "page" for url in healthy)
    assert report.stopped_by == "idle"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/continues-for-ever", "headers_too_large"), ("/chunk-extension-endless", "body_too_large")],
)
async def test_an_answer_without_end_is_hung_up_on(press: Any, path: str, reason: str) -> None:
    """The bound on the wire ends it, long before the time-out does."""
    press.routes[path] = BODIES[path][0]
    patient = SETTINGS.model_copy(update={"respect_robots": False})
    with pytest.raises(FetchError) as caught:
        await fetch_one(press.url(path), patient)
    assert caught.value.reason == reason


async def test_odd_locations_lead_to_a_page_or_to_a_reason(
    press: Any, redis_sync: redis.Redis, redis_url: str, reply: Any
) -> None:
    """What stands in ``Location`` is resolved as a browser would, or refused by name."""
    press.routes = {
        path: answer("302 Found", f"Location: {to}\r\n", b"") for path, (to, _) in LOCATIONS.items()
    }
    press.routes["/robots.txt"] = reply(b"User-agent: *\nDisallow: /secret/")
    urls = [press.url(path) for path in LOCATIONS]
    outcomes, _ = await crawl(redis_sync, redis_url, urls, allow_all_hosts(SETTINGS))
    reasons = {path: reason_of(outcomes[press.url(path)]) for path in LOCATIONS}
    assert wrong(reasons, LOCATIONS) == {}
    assert "/secret/page" not in press.paths()
