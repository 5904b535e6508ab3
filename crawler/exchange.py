"""One question and its answer over a pooled connection: a GET is written, the head of the answer is read.

aiohttp's connector, TLS and parser without its session: cookies, redirects, middlewares and uploads are none of a
fetcher's, and building them for each page costs more than the page (``docs/decisions/0505``).
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import hdrs
from aiohttp.client_reqrep import ClientRequest
from yarl import URL

from crawler.wire import BoundedProtocol

if TYPE_CHECKING:
    from aiohttp.connector import Connection
    from aiohttp.http_parser import RawResponseMessage
    from aiohttp.streams import StreamReader
    from multidict import CIMultiDictProxy

KEPT_ORIGINS = 256
"""Origins whose ``ClientRequest``, which names a connection in the pool, is kept: four times the connections."""
_INTERIM = frozenset(range(100, 200)) - {101}
"""After 101 the connection speaks something else: nothing of HTTP follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one answer may take."""

    timeout: aiohttp.ClientTimeout
    """``sock_connect`` and ``sock_read``; the total is the caller's to watch."""
    line_bytes: int
    """The longest header."""
    headers: int


@dataclass(slots=True)
class Reply:
    """An answer whose head is read; ``end`` gives the connection back."""

    message: "RawResponseMessage"
    body: "StreamReader"
    asked_with: dict[str, str]
    _connection: "Connection"
    _protocol: BoundedProtocol

    @property
    def status(self) -> int:
        return self.message.code

    @property
    def headers(self) -> "CIMultiDictProxy[str]":
        return self.message.headers

    @property
    def length(self) -> int | None:
        """The announced length of the body in bytes."""
        # The parser lets digits pass only; an answer in chunks has none.
        text = self.headers.get(hdrs.CONTENT_LENGTH)
        return int(text) if text and not self.message.chunked else None

    def allow_body(self, max_bytes: int) -> None:
        """Give the body its room on the wire."""
        self._protocol.allow_body(max_bytes)

    def end(self) -> None:
        """Give the connection back; one whose answer was not read to its end is closed."""
        self._protocol.rest()
        self._connection.release()


class Exchanges:
    """Asks over one connector, with the same headers each time."""

    def __init__(
        self,
        connector: aiohttp.BaseConnector,
        headers: Mapping[str, str],
        bounds: Bounds,
        tls: Callable[[], ssl.SSLContext],
    ) -> None:
        self._connector = connector
        self._headers = dict(headers)
        self._bounds = bounds
        self._tls = cache(tls)
        self._loop = asyncio.get_running_loop()
        self._origins: dict[str, ClientRequest] = {}

    async def ask(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for a URL once; ``headers`` go before the usual ones.

        A connection that the server has closed while it was idle is no answer: then another one is asked (RFC 9112,
        9.3.1).

        Raises:
            aiohttp.ClientError, HttpProcessingError, OSError, TimeoutError: see ``crawler.transport.error_of``.
            ValueError: if the URL or a header cannot be written.
        """
        origin = url[: url.index("/", url.index("//") + 2)]
        request = self._origins.get(origin) or self._know(origin)
        asked_with = {"Host": request.url.host_port_subcomponent or "", **self._headers, **(headers or {})}
        head = _head(url[len(origin) :].partition("#")[0], asked_with)
        while True:
            connection = await self._connect(request)
            protocol = connection.protocol
            if not isinstance(protocol, BoundedProtocol):
                raise TypeError("the connector is not ours")
            is_used = protocol.answers > 0
            try:
                message, body = await self._exchange(protocol, head)
            except BaseException as error:
                connection.close()
                if not is_used or not isinstance(
                    error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError
                ):
                    raise
            else:
                return Reply(message, body, asked_with, connection, protocol)

    async def _connect(self, request: ClientRequest) -> "Connection":
        try:
            return await self._connector.connect(request, [], self._bounds.timeout)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"no connection to {request.url.authority}") from error

    async def _exchange(
        self, protocol: BoundedProtocol, head: bytes
    ) -> tuple["RawResponseMessage", "StreamReader"]:
        protocol.set_response_params(
            read_until_eof=True,
            auto_decompress=False,
            read_timeout=self._bounds.timeout.sock_read,
            max_line_size=self._bounds.line_bytes,
            max_field_size=self._bounds.line_bytes,
            max_headers=self._bounds.headers,
        )
        transport = protocol.transport
        if transport is None or transport.is_closing():
            raise aiohttp.ServerDisconnectedError
        transport.write(head)
        protocol.start_timeout()
        while True:
            message, body = await protocol.read()
            # Interim answers go before the one that counts (RFC 9110, 15.2).
            if message.code not in _INTERIM:
                return message, body

    def _know(self, origin: str) -> ClientRequest:
        """Return the request that stands for an origin: it names a connection, and is never sent itself."""
        url = URL(f"{origin}/", encoded=True)
        # Reading the machine's authorities takes as long as a hundred pages: not before it is needed.
        tls = self._tls() if url.scheme == "https" else True
        request = ClientRequest("GET", url, loop=self._loop, ssl=tls)
        if len(self._origins) >= KEPT_ORIGINS:
            del self._origins[next(iter(self._origins))]
        self._origins[origin] = request
        return request


def _head(target: str, headers: Mapping[str, str]) -> bytes:
    r"""Return a request as it is written (RFC 9112, 3).

    >>> _head("/a?b", {"Host": "example.com"})
    b'GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n'
    >>> _head("/a b", {})
    Traceback (most recent call last):
        ...
    ValueError: a request cannot be written with a space or a control character
    """
    lines = "\r\n".join(f"{name}: {value}" for name, value in headers.items())
    # What parts lines and words must not come from outside: it would be another request.
    is_safe = (
        target.isprintable()
        and " " not in target
        and lines.replace("\r\n", "", len(headers) - 1).isprintable()
    )
    if not is_safe:
        raise ValueError("a request cannot be written with a space or a control character")
    return f"GET {target or '/'} HTTP/1.1\r\n{lines}\r\n\r\n".encode()
