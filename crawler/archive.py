"""Archives every exchange of a fetcher in WARC files, beside the event loop.

Compressing a page costs more than fetching it did: in the loop it would hold all other hosts up.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from crawler.errors import BackendError
from crawler.transport import Answer
from crawler.warc import WarcWriter

MAX_WAITING = 64
"""Exchanges that wait for the disk; a fetcher goes no faster than its archive, or memory would fill up."""

_log = structlog.get_logger()


class Archive:
    """One writing thread; use it as ``async with Archive(folder) as archive``, then ``await archive.keep(answer)``."""

    def __init__(self, folder: Path, *, max_waiting: int = MAX_WAITING) -> None:
        self._writer = WarcWriter(folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._room = asyncio.Semaphore(max_waiting)
        self._error: OSError | None = None

    async def keep(self, answer: Answer) -> None:
        """Take an exchange; waits only while many others wait to be written.

        Raises:
            BackendError: if an earlier one could not be written: a crawl that is to be archived ends there.
        """
        await self._room.acquire()
        if self._error is not None:
            self._room.release()
            raise BackendError(f"the WARC file cannot be written: {self._error}; free the disk, start again")
        writing = asyncio.get_running_loop().run_in_executor(
            self._thread, self._write, answer, datetime.now(UTC)
        )
        writing.add_done_callback(self._written)

    def _written(self, writing: "asyncio.Future[None]") -> None:
        self._room.release()
        error = None if writing.cancelled() else writing.exception()
        if isinstance(error, OSError):
            self._error = error
        elif error is not None:
            _log.error("archive.broken", error=type(error).__name__)

    def _write(self, answer: Answer, at: datetime) -> None:
        self._writer.write(
            url=answer.url,
            at=at,
            request_headers=list(answer.request_headers.items()),
            status=answer.status,
            reason=answer.reason,
            response_headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.raw_headers],
            body=answer.body,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown()
