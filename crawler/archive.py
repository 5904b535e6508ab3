"""Archives every exchange of a fetcher in WARC files, beside the event loop.

Compressing a page costs more than fetching it did: in the loop it would hold all other hosts up.
"""

import asyncio
import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from crawler.errors import BackendError, ConfigError
from crawler.transport import Answer
from crawler.warc import WarcWriter

LOOK_S = 1.0
"""Between two tries to write to a disk that is full."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_log = structlog.get_logger()


class Archive:
    """One writing thread; use it as ``async with Archive(folder) as archive``, then ``await archive.keep(answer)``.

    A disk that takes nothing pauses the crawl, as every outage does: who fetched a page waits until its exchange is
    written, so no page is handed over that the archive lacks.
    """

    def __init__(self, folder: Path, *, look_s: float = LOOK_S) -> None:
        self._folder = folder
        self._look_s = look_s
        self._writer = WarcWriter(folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._ending = threading.Event()
        self._paused = False

    async def keep(self, answer: Answer) -> None:
        """Return when the exchange is written, however long that takes.

        Raises:
            BackendError: The archive was ended in the middle of a pause; the exchange is not written.
        """
        at = datetime.now(UTC)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, answer, at)

    def _write(self, answer: Answer, at: datetime) -> None:
        while True:
            try:
                self._append(answer, at)
            except OSError as error:
                self._pause(error)
                if not self._ending.wait(self._look_s):
                    continue
                raise BackendError(self._reason(error)) from None
            if self._paused:
                self._paused = False
                _log.warning("fetch.resumed")
            return

    def _append(self, answer: Answer, at: datetime) -> None:
        self._writer.write(
            url=answer.url,
            at=at,
            request_headers=list(answer.request_headers.items()),
            status=answer.status,
            reason=answer.reason,
            response_headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.raw_headers],
            body=answer.body,
        )

    def _pause(self, error: OSError) -> None:
        if not self._paused:
            self._paused = True
            _log.warning("fetch.paused", reason=self._reason(error))

    def _reason(self, error: OSError) -> str:
        what = "its disk is full" if error.errno in _FULL else error.strerror or str(error)
        return f"the archive (--warc) cannot be written in {self._folder}: {what}"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno not in _FULL:
                raise ConfigError(f"{self._reason(error)}; name another folder") from None

    def _complete(self) -> None:
        try:
            self._writer.close()
        except OSError as error:
            _log.warning("archive.unfinished", reason=self._reason(error))

    async def __aenter__(self) -> Self:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._make_folder)
        except ConfigError:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._complete)
        self._thread.shutdown()
