"""A turn at a host for a single request by somebody who leases none of its URLs: a robots.txt that moved there."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from crawler.frontier.records import Freed
from crawler.frontier.shared import DeadlockError, Frontier
from crawler.records import HostKey

POLL_S = 0.1


class Guests:
    """Waits for a host's turn as any fetcher does: never two requests at once, never sooner than its delay."""

    def __init__(self, frontier: Frontier, *, wait_s: float) -> None:
        self._frontier = frontier
        self._wait_s = wait_s

    @asynccontextmanager
    async def turn(self, host: HostKey, holding: HostKey) -> AsyncIterator[bool]:
        """Hold the host while inside; ``False`` if its turn did not come in time: then it must not be asked.

        Somebody who holds the host and waits for the one that we are ``holding`` is told apart at once: we give way.
        """
        guest = f"guest {secrets.token_hex(8)}"
        delay_s = await self._borrow(host, guest, holding)
        try:
            yield delay_s is not None
        finally:
            if delay_s is not None:
                await self._frontier.free(guest, [Freed(host=host, delay_s=delay_s)])

    async def _borrow(self, host: HostKey, guest: str, holding: HostKey) -> float | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait_s
        # A guest that dies in the middle blocks the host for as long as one request may take, and no longer.
        with suppress(DeadlockError):
            while (delay_s := await self._try(host, guest, holding)) is None:
                if loop.time() >= until:
                    break
                await asyncio.sleep(POLL_S)
            return delay_s
        return None

    async def _try(self, host: HostKey, guest: str, holding: HostKey) -> float | None:
        return await self._frontier.borrow(host, guest, self._wait_s + 1, holding=holding)
