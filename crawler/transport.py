"""One HTTP request: bounded in time, bytes and headers, guarded at the socket, its failures named.

The one place that knows aiohttp's errors.  Redirects, robots and retries are decided by the caller.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError

from crawler.errors import FetchError, PermanentError, RefusedError, TransientError
from crawler.exchange import Bounds, Exchanges, Reply
from crawler.guard import AddressRefusedError, Network, guarded_socket
from crawler.reach import Reach
from crawler.wire import BoundedConnector, OverBodyError, OverHeadError

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

GOOD = frozenset({200, 203})
"""Statuses whose body is the page; 203 is 200 with a proxy's hand in it (RFC 9110, 15.3.4)."""
MAX_HEADER_BYTES = 32 * 1024
"""One header line.  Policies (CSP) of real sites pass aiohttp's default of 8 KiB, cookies of no sane one this."""
MAX_HEADERS = 200
REDIRECT_BODY = 64 * 1024
"""A redirect's or an error's body is read so far, to keep the connection; beyond, the connection is closed."""
KEEP_ALIVE_S = 5.0
DNS_CACHE_S = 300
CONNECT_SHARE = 1 / 3
"""Share of the total time that connecting, or silence in the middle of a body, may take."""


NOBODY_THERE = frozenset({"dns_failed", "connect_failed", "connect_timeout"})
"""Reasons that say that no server was found at all."""
_SOMEBODY_THERE = frozenset({"tls_failed", "disconnected", "bad_response"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response; the body is still encoded."""

    url: str
    status: int
    headers: "CIMultiDictProxy[str]"
    body: bytes
    reason: str
    request_headers: Mapping[str, str]
    raw_headers: tuple[tuple[bytes, bytes], ...]
    """As the server wrote them, for an archive."""


class Transport:
    """A session with connection reuse; use it as ``async with Transport(...) as transport``."""

    def __init__(
        self,
        *,
        user_agent: str,
        connections: int = 64,
        timeout_s: float = 30.0,
        allowed: tuple[Network, ...] = (),
        archive: Callable[[Answer], Awaitable[None]] | None = None,
        reach: Reach | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,"
            "application/feed+json,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip, br, zstd",
            "Accept-Language": "*",
        }
        self._connections = connections
        self._allowed = allowed
        self._archive = archive
        self._reach = reach or Reach()
        self._resolver = resolver
        part_s = max(timeout_s * CONNECT_SHARE, 0.001)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=part_s, sock_read=part_s)

    async def __aenter__(self) -> Self:
        self._connector = BoundedConnector(
            on_stuck=lambda host: self._reach.missed(host, "connect_timeout"),
            resolver=self._resolver,
            limit=self._connections,
            ttl_dns_cache=DNS_CACHE_S,
            keepalive_timeout=KEEP_ALIVE_S,
            socket_factory=guarded_socket(self._allowed),
        )
        bounds = Bounds(timeout=self._timeout, line_bytes=MAX_HEADER_BYTES, headers=MAX_HEADERS)
        self._exchanges = Exchanges(self._connector, self._headers, bounds, ssl.create_default_context)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connector.close()

    async def get(
        self, url: str, *, max_bytes: int, cut_at: int | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for ``url`` once; with ``cut_at`` no more of the body is read, and that is no error.

        Raises:
            FetchError: with a stable reason, whatever went wrong; also when the body is larger than ``max_bytes``.
        """
        try:
            async with asyncio.timeout(self._timeout.total):
                answer = await self._ask(url, max_bytes, cut_at, headers)
        except FetchError:
            raise
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError, TimeoutError) as error:
            failure = error_of(url, error)
            self._note(failure, error)
            raise failure from error
        if self._archive is not None:
            await self._archive(answer)
        return answer

    async def _ask(
        self, url: str, max_bytes: int, cut_at: int | None, headers: Mapping[str, str] | None
    ) -> Answer:
        reply = await self._exchanges.ask(url, headers)
        try:
            self._reach.heard()
            reply.allow_body(max_bytes if reply.status in GOOD else REDIRECT_BODY)
            body = await _read(reply, url, max_bytes) if cut_at is None else await _read_start(reply, cut_at)
        finally:
            reply.end()
        return Answer(
            url=url,
            status=reply.status,
            headers=reply.headers,
            body=body,
            reason=reply.message.reason or "",
            request_headers=reply.asked_with,
            raw_headers=reply.message.raw_headers,
        )

    def _note(self, failure: FetchError, error: BaseException) -> None:
        if failure.reason in NOBODY_THERE:
            host = failure.url.partition("://")[2].partition("/")[0]
            cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
            self._reach.missed(host, failure.reason, cause)
        elif failure.reason in _SOMEBODY_THERE:
            self._reach.heard()


async def _read(reply: Reply, url: str, max_bytes: int) -> bytes:
    is_wanted = reply.status in GOOD  # other bodies are not ours to keep
    limit = max_bytes if is_wanted else REDIRECT_BODY
    length = reply.length
    if length is not None and length > limit:
        return _refuse_size(url, f"{length} bytes announced", is_wanted=is_wanted)
    chunks: list[bytes] = []
    size = 0
    while chunk := await reply.body.readany():
        if size == 0 and is_wanted:
            _refuse_media(reply, url, chunk)
        size += len(chunk)
        if size > limit:
            return _refuse_size(url, f"over {limit} bytes", is_wanted=is_wanted)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _refuse_size(url: str, detail: str, *, is_wanted: bool) -> bytes:
    """Do without a body that is too large: without a page, if it was to be one."""
    if is_wanted:
        raise RefusedError(url, reason="body_too_large", detail=detail, status=200)
    return b""


async def _read_start(reply: Reply, cut_at: int) -> bytes:
    start = bytearray()
    while len(start) < cut_at and (chunk := await reply.body.readany()):
        start += chunk
    return bytes(start[:cut_at])


_MEDIA = ("image/", "video/", "audio/", "font/", "model/", "application/pdf", "application/zip")


def _refuse_media(reply: Reply, url: str, start: bytes) -> None:
    """Refuse pictures, films and the like at their first bytes, unless these say that the type is a lie."""
    kind = reply.headers.get(hdrs.CONTENT_TYPE, "").strip().lower()
    if not kind.startswith(_MEDIA) or kind.startswith("image/svg"):
        return
    is_markup = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"{"}
    if reply.headers.get(hdrs.CONTENT_ENCODING) is None and not is_markup:
        raise RefusedError(url, reason="not_text", detail=kind.partition(";")[0][:60], status=reply.status)


_LONG_HEADERS = ("LineTooLong", "more than", "Too many headers")
"""What aiohttp's parsers say of a header that passes our bounds."""


def error_of(url: str, error: BaseException) -> FetchError:
    """Return what a failure of aiohttp, of the operating system or of the server's grammar means to us."""
    refused = _refusal_in(error)
    if refused is not None:
        return RefusedError(url, reason=refused.reason, detail=refused.detail)
    for kinds, made, reason in _MEANINGS:
        if isinstance(error, kinds):
            return made(url, reason=reason, detail=_line(error))
    if isinstance(error, HttpProcessingError):
        is_long = any(sign in f"{error.__cause__!r} {error.message}" for sign in _LONG_HEADERS)
        reason = "headers_too_large" if is_long else "bad_response"
        return PermanentError(url, reason=reason, detail=_line(error))
    if isinstance(error, ValueError):
        return RefusedError(url, reason="bad_url", detail=_line(error))
    return TransientError(url, reason="connection_failed", detail=_line(error))


# In order: the first that fits counts, so that a time-out while connecting is a time-out.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], type[FetchError], str], ...] = (
    ((OverHeadError,), PermanentError, "headers_too_large"),
    ((OverBodyError,), RefusedError, "body_too_large"),
    ((aiohttp.ConnectionTimeoutError,), TransientError, "connect_timeout"),
    ((aiohttp.SocketTimeoutError,), TransientError, "idle_timeout"),
    ((TimeoutError, asyncio.TimeoutError), TransientError, "timeout"),
    ((aiohttp.ClientConnectorDNSError,), TransientError, "dns_failed"),
    (
        (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError),
        PermanentError,
        "tls_failed",
    ),
    ((aiohttp.ClientConnectorError,), TransientError, "connect_failed"),
    ((aiohttp.ClientPayloadError,), TransientError, "incomplete_body"),
    ((aiohttp.ServerDisconnectedError,), TransientError, "disconnected"),
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), RefusedError, "bad_url"),
    ((aiohttp.ClientOSError,), TransientError, "connection_reset"),
)


def _refusal_in(error: BaseException) -> AddressRefusedError | None:
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, AddressRefusedError):
            return inner
        if isinstance(inner, aiohttp.ClientConnectorError) and isinstance(
            inner.os_error, AddressRefusedError
        ):
            return inner.os_error
        inner = inner.__cause__
    # One address of a host was refused, another did not answer.
    return AddressRefusedError("address_refused", "") if "address_refused" in str(error) else None


def _line(error: BaseException) -> str:
    """Return one line for a human: of bounded length and without control characters (parts of it are the server's)."""
    with contextlib.suppress(Exception):
        return "".join(
            c if c.isprintable() else " " for c in f"{type(error).__name__}: {error}"[:200]
        ).strip()
    return type(error).__name__
