"""A bound on the bytes of one answer as they come over the wire, whatever they claim to be.

aiohttp bounds a header line and the number of headers, and we bound the body; a server can still send interim answers
(1xx), chunk extensions or one-byte chunks for as long as the time-out lets it, and each costs the event loop, which all
hosts share, more than it costs the server.  So the connection itself counts.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

HEAD_BYTES = 1_000_000
"""Everything up to the end of the final head, interim answers included; and the start of a body that came with it."""
FRAMING_SHARE = 2
"""A body may take so many times its bound on the wire: chunks of a dozen bytes are framed with as many."""


class OverHeadError(aiohttp.ClientError):
    """The head, with the interim answers before it, does not end."""


class OverBodyError(aiohttp.ClientError):
    """The body's framing alone passes the bound of the body."""


class BoundedProtocol(ResponseHandler):
    """aiohttp's protocol, which hangs up when an answer has used up its room."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._room = HEAD_BYTES
        self._over: type[aiohttp.ClientError] = OverHeadError
        self.answers = 0
        """Begun on this connection."""

    def set_response_params(self, **params: Any) -> None:
        """Begin an answer."""
        self._room, self._over = HEAD_BYTES, OverHeadError
        self.answers += 1
        super().set_response_params(**params)

    def allow_body(self, max_bytes: int) -> None:
        """Give room for a body of ``max_bytes``: the head has ended."""
        self._room, self._over = FRAMING_SHARE * max_bytes + HEAD_BYTES, OverBodyError

    def rest(self) -> None:
        """Expect nothing more until the next answer begins: what came meanwhile would be taken for its start."""
        self._room = 0

    def data_received(self, data: bytes) -> None:
        """Count, and pass on what there is room for."""
        self._room -= len(data)
        if self._room >= 0:
            body = self._payload
            super().data_received(data)
            if body is not None and (error := self.exception()) is not None:
                # The parser gave up in the middle of a body, and whoever reads it would wait for the time-out.
                body.set_exception(error)
            return
        self._give_up(self._over("the answer does not end"))

    def _give_up(self, error: aiohttp.ClientError) -> None:
        self.set_exception(error)
        if self._payload is not None:
            self._payload.set_exception(error)
        if self.transport is not None:
            self.transport.abort()


class BoundedConnector(aiohttp.TCPConnector):
    """A connector whose connections are ``BoundedProtocol``s.

    ``on_stuck`` is told the host of a request that is given up before it has a connection: its name is looked up for
    longer than the whole request may take.
    """

    def __init__(self, *, on_stuck: Callable[[str], None], **options: Any) -> None:
        super().__init__(**options)
        self._on_stuck = on_stuck
        loop = asyncio.get_running_loop()
        # The one private name of aiohttp that we set; a test sends interim answers without end to see that it holds.
        made: Callable[..., ResponseHandler] = BoundedProtocol
        self._factory = partial(made, loop)

    async def connect(self, req: aiohttp.ClientRequest, *more: Any, **named: Any) -> Connection:
        """Return a connection, new or used before."""
        try:
            return await super().connect(req, *more, **named)
        except asyncio.CancelledError:
            self._on_stuck(req.url.authority)
            raise
