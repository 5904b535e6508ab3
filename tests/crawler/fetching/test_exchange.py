"""Pooled connections: reused, replaced when they were closed meanwhile, and never the source of a wrong answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio

from crawler.errors import FetchError
from crawler.guard import parse_networks
from crawler.transport import Answer, Transport

pytestmark = [pytest.mark.asyncio, pytest.mark.integration]

ENOUGH_S = 60
"""Ends a test that would otherwise hang."""


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[Transport]:
    allowed = parse_networks(["127.0.0.0/8"])
    async with Transport(user_agent="copydesk/test", timeout_s=ENOUGH_S, allowed=allowed) as made:
        yield made


async def get(transport: Transport, url: str, **headers: str) -> Answer:
    return await transport.get(url, max_bytes=100_000, headers=headers or None)


async def test_one_connection_serves_one_request_after_the_other(
    press: Any, transport: Transport, reply: Any
) -> None:
    """Whatever its status, an answer that was read to its end leaves its connection for the next request."""
    ports = set()

    async def note(request: Any, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        writer.write(reply(b"<p>", status={"/gone": 410, "/moved": 301}.get(request.path, 200)))

    press.routes["/*"] = note
    for path in ("/one", "/gone", "/moved", "/two"):
        await get(transport, press.url(path))
    assert len(ports) == 1


async def test_a_connection_that_was_closed_meanwhile_costs_no_answer(
    press: Any, transport: Transport, reply: Any
) -> None:
    """A server that hangs up on the second request of a connection is asked again over a new one."""

    async def once(request: Any, writer: asyncio.StreamWriter) -> None:
        if request.number == 2:
            writer.close()
        else:
            writer.write(reply(b"<p>here"))

    press.routes["/once"] = once
    assert [(await get(transport, press.url("/once"))).body for _ in range(2)] == [b"<p>here"] * 2
    assert press.paths() == ["/once"] * 3


async def test_a_server_that_hangs_up_at_once_is_asked_once(press: Any, transport: Transport) -> None:
    """On a new connection it is an answer: another request would come without the host's delay."""

    async def hang_up(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.close()

    press.routes["/"] = hang_up
    with pytest.raises(FetchError) as caught:
        await get(transport, press.url())
    assert (caught.value.reason, press.paths()) == ("disconnected", ["/"])


async def test_what_nobody_asked_for_answers_nothing(press: Any, transport: Transport, reply: Any) -> None:
    """An answer that comes while a connection rests closes it, and is not taken for that to the next request."""
    writers = []

    async def keep(request: Any, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(reply(b"<p>asked for"))

    press.routes["/*"] = keep
    await get(transport, press.url("/one"))
    writers[0].write(reply(b"<p>not asked for"))
    with suppress(ConnectionError):
        await asyncio.wait_for(writers[0].wait_closed(), ENOUGH_S)
    assert (await get(transport, press.url("/two"))).body == b"<p>asked for"


@pytest.mark.parametrize("url", ["/a b", "/a\r\nX-Forged: 1", "/a\x00b"])
async def test_what_would_be_another_request_is_not_written(
    press: Any, transport: Transport, url: str
) -> None:
    """A space or a control character in an address ends as ``bad_url``; nothing is sent."""
    with pytest.raises(FetchError) as caught:
        await get(transport, press.url(url))
    assert (caught.value.reason, press.requests) == ("bad_url", [])


async def test_headers_of_a_request_go_before_the_usual_ones(press: Any, transport: Transport) -> None:
    """The host is named with its port, the agent with its token, and each header once."""
    await get(transport, press.url("/caf\xe9?q"), **{"Accept-Encoding": "identity", "If-None-Match": '"x"'})
    [request] = press.requests
    named = {k: request.headers.get(k) for k in ("host", "user-agent", "accept-encoding", "if-none-match")}
    assert named == {
        "host": f"127.0.0.1:{press.port}",
        "user-agent": "copydesk/test",
        "accept-encoding": "identity",
        "if-none-match": '"x"',
    }
    assert request.path.encode("latin-1").decode() == "/caf\xe9?q"
