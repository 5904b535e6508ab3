"""What a fetcher process is tuned with: its event loop, its heap, and how it writes large values to Redis."""

import asyncio
import contextlib
import ctypes
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from redis._parsers import Encoder
from redis.connection import HiredisRespSerializer, PythonRespSerializer

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Of mallopt(3)."""
GC_THRESHOLD = 20_000
"""Objects made before the young ones are looked through: a request makes hundreds, and few cycles."""
LARGE_VALUE = 6000
"""Bytes, as in redis-py's own packer."""
KEPT_BLOCK = 16 << 20

T = TypeVar("T")


class BulkPacker(HiredisRespSerializer):
    """Packs commands, but hands a large value to the socket as it is.

    A batch is half a megabyte, which the C packer copies twice: a fifth of a page's CPU time.
    """

    def __init__(self) -> None:
        encoder = Encoder(  # type: ignore[no-untyped-call]
            encoding="utf-8", encoding_errors="strict", decode_responses=False
        )
        self._uncopied = PythonRespSerializer(LARGE_VALUE, encoder.encode)

    def pack(self, *args: Any) -> Any:
        is_large = any(isinstance(arg, bytes) and len(arg) > LARGE_VALUE for arg in args)
        return self._uncopied.pack(*args) if is_large else super().pack(*args)  # type: ignore[no-untyped-call]


def _keep_heap() -> None:
    """Ask glibc to keep freed blocks of a batch's size: giving them back and faulting them in again costs a tenth."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in (
            (M_MMAP_THRESHOLD, KEPT_BLOCK),
            (M_TRIM_THRESHOLD, KEPT_BLOCK),
            (M_ARENA_MAX, 1),
        ):
            mallopt(option, value)


def run_in_loop(main: Coroutine[None, None, T]) -> T:
    """Run a coroutine to its end on uvloop where there is one, on asyncio's own loop elsewhere."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if sys.platform != "win32":
        import uvloop  # noqa: PLC0415 - not there on every platform

        factory = uvloop.new_event_loop
    _keep_heap()
    # What is imported stays: it need not be looked through for garbage again and again.
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)
