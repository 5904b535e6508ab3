"""A press on loopback that misbehaves in every way we know."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
import redis
import redis.asyncio
import structlog

PAGE = b"<!doctype html><html><body><p>The harbour office reopens on Monday.</p></body></html>"


@pytest.fixture(autouse=True)
def silent_log() -> Iterator[None]:
    """Log nowhere: another test may have left the log on a stream that is closed by now."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.fixture
def redis_sync(redis: "redis.Redis") -> "redis.Redis":
    """The synchronous one of two clients."""
    return redis


@pytest_asyncio.fixture
async def redis_async(redis_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    client = redis.asyncio.Redis.from_url(redis_url)
    yield client
    await client.aclose()


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it."""

    host: str
    path: str
    headers: dict[str, str]
    at: float
    number: int
    """Of this path, from 1."""


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Press:
    """A server on every loopback address: raw sockets, so that it can be as wrong as it likes.

    ``routes`` maps ``(host, path)`` or ``path`` to a handler, or to the bytes of a whole response; a path
    may end in ``*``.  Anything else is a small page; ``/robots.txt`` is 404.
    """

    port: int = 0
    routes: dict[str | tuple[str, str], Handler | bytes] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    open_now: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    gaps: dict[str, list[float]] = field(default_factory=dict)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str = "127.0.0.1") -> list[str]:
        return [r.path for r in self.requests if r.host == host]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(self._note(host, head), writer)
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client went, or the test is over
        finally:
            writer.close()

    def _note(self, host: str, head: bytes) -> Request:
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
        now = time.monotonic()
        request = Request(
            host, path, headers, now, 1 + sum(r.path == path and r.host == host for r in self.requests)
        )
        if host in self.ended:
            self.gaps.setdefault(host, []).append(now - self.ended[host])
        self.requests.append(request)
        return request

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        host = request.host
        self.open_now[host] = self.open_now.get(host, 0) + 1
        self.most_at_once[host] = max(self.most_at_once.get(host, 0), self.open_now[host])
        try:
            handler = self._route(request)
            if isinstance(handler, bytes):
                writer.write(handler)
                await writer.drain()
            else:
                await handler(request, writer)
        finally:
            self.open_now[host] -= 1
            self.ended[host] = time.monotonic()

    def _route(self, request: Request) -> Handler | bytes:
        for key, handler in self.routes.items():
            host, path = key if isinstance(key, tuple) else (request.host, key)
            pattern = re.escape(path).replace(r"\*", ".*")
            if host == request.host and re.fullmatch(pattern, request.path):
                return handler
        return response(b"", status=404) if request.path == "/robots.txt" else response(PAGE)


def response(body: bytes, *headers: str, status: int = 200, length: int | None = None) -> bytes:
    """Return a whole response."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}", *headers]
    if not any(h.lower().startswith("content-type") for h in headers):
        lines.append("Content-Type: text/html")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@pytest_asyncio.fixture
async def press() -> AsyncIterator[Press]:
    made = Press()
    server = await asyncio.start_server(made.serve, "0.0.0.0", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if "Press.serve" in repr(task.get_coro()):
            task.cancel()
    await asyncio.sleep(0)


@pytest.fixture
def reply() -> Callable[..., bytes]:
    return response
