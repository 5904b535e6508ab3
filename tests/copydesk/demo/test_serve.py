"""Serving the press: one address a paper, every request logged, and an end that comes by itself."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from copydesk.demo.pages import Mishap, Page
from copydesk.demo.press import Press
from copydesk.demo.serve import load_requests, serve_forever, serving


def _page(press: Press, mishap: Mishap) -> Page:
    return next(page for page in press.pages.values() if page.mishap is mishap)


@pytest.mark.asyncio
async def test_every_paper_answers_and_is_logged(tmp_path: Path) -> None:
    """Each paper answers on its own origin, and the log holds host, path, status and user agent of each request."""
    log = tmp_path / "requests.jsonl"
    async with serving(2, publishers=4, stories=12, log=log) as server, aiohttp.ClientSession() as session:
        for origin in server.press.origins:
            async with session.get(origin + "/", headers={"User-Agent": "probe"}) as response:
                assert response.status == 200
                assert "<html" in (await response.text()).lower()
    assert [(r.host, r.path, r.status, r.user_agent) for r in server.requests] == [
        (i, "/", 200, "probe") for i in range(4)
    ]
    assert load_requests(log) == server.requests


@pytest.mark.asyncio
async def test_unchanged_pages_answer_304_and_updates_do_not() -> None:
    """A conditional request gives 304 until the page has a further version."""
    async with serving(2, publishers=4, stories=12) as server, aiohttp.ClientSession() as session:
        page = next(p for p in server.press.pages.values() if len(p.versions) == 2)
        url = server.press.url(page)
        async with session.get(url) as response:
            first = response.headers["ETag"]
        async with session.get(url, headers={"If-None-Match": first}) as response:
            assert response.status == 200
            second = response.headers["ETag"]
        server.advance()
        async with session.get(url, headers={"If-None-Match": second}) as response:
            assert response.status == 304


@pytest.mark.asyncio
async def test_the_broken_are_broken() -> None:
    """A cut body, a loop and a passing failure reach the client as what they are."""
    async with serving(2, publishers=4, stories=12) as server, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientPayloadError):
            async with session.get(server.press.url(_page(server.press, Mishap.TRUNCATED))) as response:
                await response.read()
        with pytest.raises(aiohttp.TooManyRedirects):
            await session.get(server.press.url(_page(server.press, Mishap.REDIRECT_LOOP)))
        async with session.get(server.press.url(_page(server.press, Mishap.REDIRECT_CHAIN))) as response:
            assert (response.status, len(response.history)) == (200, 3)
        passing = server.press.url(_page(server.press, Mishap.ONCE_503))
        statuses = []
        for _ in range(2):
            async with session.get(passing) as response:
                statuses.append(response.status)
        assert statuses == [503, 200]


@pytest.mark.asyncio
async def test_it_ends_by_itself(tmp_path: Path) -> None:
    """A press that is given a short life is over after it, and nobody answers at its address any more."""
    port_file = tmp_path / "press.json"
    await serve_forever(2, publishers=3, stories=8, port_file=port_file, life_s=0.01)
    press = Press.from_port_file(port_file)
    host, port = press.origins[0].removeprefix("http://").split(":")
    with pytest.raises(OSError, match="refused"):
        await asyncio.get_running_loop().run_in_executor(None, socket.create_connection, (host, int(port)), 5)


def test_the_process_ends_with_its_parents_pipe() -> None:
    """The serving process says where it is, obeys ``advance``, and ends when its standard input does."""
    command = [
        sys.executable,
        "-m",
        "copydesk.demo.serve",
        "--seed",
        "4",
        "--publishers",
        "3",
        "--stories",
        "8",
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, "--life", "60"], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert (said["seed"], len(said["origins"])) == (4, 3)
        process.communicate(b"advance\n", timeout=60)
        assert process.returncode == 0
