"""Serves the press on loopback, one address a paper, and logs every request: ``python -m copydesk.demo.serve``."""

import argparse
import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import web

from copydesk.demo.answers import Answer, answer
from copydesk.demo.press import FIRST_ADDRESS, Press
from copydesk.demo.publishers import PUBLISHERS

MAX_LIFE_S = 3600.0
"""A press that nobody stops ends by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the press saw it."""

    host: int
    path: str
    at_s: float
    """On the server's monotonic clock."""
    user_agent: str
    status: int


def bind(count: int, port: int = 0) -> list[socket.socket]:
    """Bind one socket a paper: 127.0.0.11 and up on one port, or ports of 127.0.0.1 where those cannot be had.

    Linux answers on all of 127.0.0.0/8; macOS only on 127.0.0.1.
    """
    try:
        return _bind_addresses(count, port)
    except OSError:
        return [_bound("127.0.0.1", port + i if port else 0) for i in range(count)]


def _bind_addresses(count: int, port: int) -> list[socket.socket]:
    sockets = [_bound(f"127.0.0.{FIRST_ADDRESS}", port)]
    port = sockets[0].getsockname()[1]
    try:
        sockets.extend(_bound(f"127.0.0.{FIRST_ADDRESS + i}", port) for i in range(1, count))
    except OSError:
        for taken in sockets:
            taken.close()
        raise
    return sockets


def _bound(address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made


def origins_of(sockets: Sequence[socket.socket]) -> tuple[str, ...]:
    """Return the origin of each bound socket: ``http://127.0.0.11:40123``."""
    return tuple("http://{}:{}".format(*s.getsockname()[:2]) for s in sockets)


class PressServer:
    """Answers for all papers of a press; ``requests`` is the log, ``clock`` moves pages to their next version."""

    def __init__(self, press: Press, log: Path | None = None) -> None:
        self.press = press
        self.requests: list[Request] = []
        self.clock = 0
        self._log = log
        self._times: Counter[tuple[int, str]] = Counter()

    def advance(self) -> None:
        """Move the logical clock: pages with a further version give it from now on."""
        self.clock += 1

    async def respond(self, host: int, request: web.Request) -> web.StreamResponse:
        """Answer one request to paper ``host``."""
        path = request.raw_path
        given = answer(self.press, host, path, times=self._times[host, path], clock=self.clock)
        tagged = given.headers.get("ETag")
        unchanged = tagged is not None and request.headers.get("If-None-Match") == tagged
        self._note(host, path, request, 304 if unchanged else given.status)
        if unchanged:
            return web.Response(status=304, headers={"ETag": tagged or ""})
        await asyncio.sleep(given.delay_s)
        if given.stall_s or given.cut:
            return await _misbehave(request, given)
        return web.Response(status=given.status, headers=given.headers, body=given.body)

    def _note(self, host: int, path: str, request: web.Request, status: int) -> None:
        self._times[host, path] += 1
        agent = request.headers.get("User-Agent", "")[:200]
        noted = Request(host=host, path=path[:2000], at_s=time.monotonic(), user_agent=agent, status=status)
        self.requests.append(noted)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(noted)) + "\n")


async def _misbehave(request: web.Request, given: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=given.status, headers=given.headers)
    response.content_length = len(given.body)
    await response.prepare(request)
    if given.cut:
        await response.write(given.body[: len(given.body) // 2])
    await asyncio.sleep(given.stall_s)
    if request.transport is not None:
        request.transport.close()
    return response


def load_requests(log: Path) -> list[Request]:
    """Read the log that a serving process wrote."""
    return [Request(**json.loads(line)) for line in log.read_text("utf-8").splitlines()]


@asynccontextmanager
async def serving(
    seed: int = 1, *, publishers: int = 12, stories: int = 60, port: int = 0, log: Path | None = None
) -> AsyncIterator[PressServer]:
    """Serve a press in the running loop; ``port`` 0 takes a free one."""
    sockets = bind(publishers, port)
    press = Press(seed, publishers=publishers, stories=stories, origins=origins_of(sockets))
    async with serving_press(press, sockets, log) as server:
        yield server


@asynccontextmanager
async def serving_press(
    press: Press, sockets: Sequence[socket.socket], log: Path | None = None
) -> AsyncIterator[PressServer]:
    """Serve ``press`` on sockets bound to its origins."""
    server = PressServer(press, log)
    runners: list[web.ServerRunner] = []
    try:
        for host, bound in enumerate(sockets):
            runners.append(await _start(server, host, bound))
        yield server
    finally:
        for runner in runners:
            await runner.cleanup()


async def _start(server: PressServer, host: int, bound: socket.socket) -> web.ServerRunner:
    async def respond(request: web.BaseRequest) -> web.StreamResponse:
        return await server.respond(host, request)  # type: ignore[arg-type]  # a bare server's requests have no match_info, which is not used

    runner = web.ServerRunner(web.Server(respond, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, bound).start()
    return runner


async def serve_forever(
    seed: int = 1,
    *,
    publishers: int = 12,
    stories: int = 60,
    port: int = 0,
    port_file: Path | None = None,
    log: Path | None = None,
    life_s: float = MAX_LIFE_S,
    until_stdin_ends: bool = False,
) -> None:
    """Serve for ``life_s`` seconds, or until standard input ends.

    Once it answers, ``port_file``, or else a line on standard output, says where.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    async with serving(seed, publishers=publishers, stories=stories, port=port, log=log) as server:
        write_port_file(port_file, server.press, stories)
        if until_stdin_ends:
            threading.Thread(target=_obey_stdin, args=(server, stop, loop), daemon=True).start()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), life_s)


def write_port_file(path: Path | None, press: Press, stories: int) -> None:
    """Write what ``Press.from_port_file`` needs: to ``path``, whole or not at all, or else to standard output."""
    data = {
        "seed": press.seed,
        "publishers": len(press.publishers),
        "stories": stories,
        "origins": press.origins,
    }
    if path is None:
        sys.stdout.write(json.dumps(data) + "\n")
        sys.stdout.flush()
        return
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data), "utf-8")
    part.replace(path)


def _obey_stdin(server: PressServer, stop: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    """Read ``advance`` lines; the end of the input, when the parent closes it or dies, is the end of the press.

    ``os.read`` holds no lock of the interpreter's, which a daemon thread would take along to its grave.
    """
    while read := os.read(sys.stdin.fileno(), 4096):
        for _ in range(read.count(b"advance\n")):
            loop.call_soon_threadsafe(server.advance)
    with suppress(RuntimeError):  # the loop has ended before us
        loop.call_soon_threadsafe(stop.set)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve a press in a process of its own, until its standard input ends."""
    parser = argparse.ArgumentParser(description="Serve the simulated press on loopback.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--publishers", type=int, default=len(PUBLISHERS))
    parser.add_argument("--stories", type=int, default=60)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="where to write seed and origins, as JSON")
    parser.add_argument("--log", type=Path, help="where to log requests, as JSON lines")
    parser.add_argument("--life", type=float, default=MAX_LIFE_S, help="seconds until it stops by itself")
    options = parser.parse_args(arguments)

    async def run() -> None:
        await serve_forever(
            options.seed, publishers=options.publishers, stories=options.stories, port=options.port,
            port_file=options.port_file, log=options.log, life_s=options.life, until_stdin_ends=True,
        )  # fmt: skip

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


if __name__ == "__main__":
    main()
