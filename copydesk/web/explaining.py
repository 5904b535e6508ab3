"""Reads a page again and says which block was kept and which dropped, and why: in a process of its own.

Pages are hostile, and a parser in C cannot be interrupted: the process that serves never parses one.  The reader gets
one page at a time through a pipe, has bounded memory, and is killed when it takes too long.
"""

import contextlib
import os
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO

import msgspec

from crawler.content import inflate
from crawler.errors import FetchError
from crawler.records import FetchedPage
from workers.extract.page import extract_page
from workers.records import DroppedBlock, Extraction
from workers.store.keys import content_hash

TIMEOUT_S = 5.0
"""The slowest page that the guards let through takes a tenth of this."""
START_S = 60.0
"""For the reader to be there: its imports take a second, on a machine that is busy many."""
READY = b"."
MEMORY_BYTES = 1_500_000_000
MOST_BLOCKS = 300
MOST_CHARACTERS = 25_000
"""Of all blocks together: kept ones are shown twice, and the page stays under 100 KB."""
LENGTH = struct.Struct(">I")


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """What the reader is asked."""

    page: FetchedPage
    max_bytes: int


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A block of the page, in reading order."""

    text: str
    kind: str
    """Of a block that was kept."""
    reason: str
    """Of a block that was dropped; empty for one that was kept."""


class Explanation(msgspec.Struct, frozen=True, array_like=True):
    """How a page is read."""

    kind: str
    reason: str
    pieces: list[Piece]
    provenance: list[tuple[str, str]]
    is_cut: bool
    """The page has more blocks than are shown."""
    content_hash: str = ""
    """Of the bytes that were read, as in the store: which of a page's fetches this is."""


_to_ask = msgspec.msgpack.Encoder()
_ask = msgspec.msgpack.Decoder(Ask)
_answer = msgspec.msgpack.Decoder(Explanation)


def explain(page: FetchedPage, max_bytes: int) -> Explanation:
    """Read the page; a page that cannot be read is explained as such."""
    try:
        body = inflate(page.body, page.content_encoding, max_bytes=max_bytes, url=page.url)
    except FetchError as error:
        return Explanation(kind="unreadable", reason=error.reason, pieces=[], provenance=[], is_cut=False)
    found = extract_page(
        body,
        url=page.final_url,
        content_type=page.headers.get("content-type", ""),
        hint=page.hint,
        explain=True,
    )
    pieces = list(_in_order(found))
    shown = _within(pieces)
    return Explanation(
        kind=found.kind,
        reason=found.reason,
        pieces=shown,
        provenance=list(found.article.provenance) if found.article else [],
        is_cut=len(shown) < len(pieces),
        content_hash=content_hash(body),
    )


def _in_order(found: Extraction) -> Iterator[Piece]:
    """Yield kept and dropped blocks as they stand on the page."""
    kept = found.article.blocks if found.article else ()
    dropped = sorted(found.dropped, key=lambda block: block.order)
    at = 0
    for number, block in enumerate(kept):
        while at < len(dropped) and dropped[at].order <= number:
            yield _dropped(dropped[at])
            at += 1
        yield Piece(text=block.text, kind=block.kind, reason="")
    yield from map(_dropped, dropped[at:])


def _dropped(block: DroppedBlock) -> Piece:
    return Piece(text=block.text, kind="", reason=block.reason or "unnamed")


def _within(pieces: list[Piece]) -> list[Piece]:
    left = MOST_CHARACTERS
    for number, piece in enumerate(pieces):
        left -= len(piece.text)
        if left < 0 or number == MOST_BLOCKS:
            return pieces[:number]
    return pieces


class Explainer:
    """Asks a reader process, and replaces it when it fails."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._reader: subprocess.Popen[bytes] | None = None

    def explain(self, page: FetchedPage, max_bytes: int) -> Explanation | None:
        """Return how the page is read; ``None`` when the reader took too long or died of it."""
        asked = _to_ask.encode(Ask(page=page, max_bytes=max_bytes))
        with self._lock:
            try:
                reader = self._ready()
                if reader.stdin is None or reader.stdout is None:
                    return None
                reader.stdin.write(LENGTH.pack(len(asked)) + asked)
                reader.stdin.flush()
                return _answer.decode(_read(reader.stdout, time.monotonic() + self._timeout_s))
            except (OSError, EOFError, msgspec.DecodeError):
                self._end()
                return None

    def warm_up(self) -> None:
        """Start the reader, so that the first page does not wait for it."""
        with self._lock, contextlib.suppress(OSError, EOFError):
            self._ready()

    def close(self) -> None:
        """End the reader."""
        with self._lock:
            self._end()

    def _ready(self) -> "subprocess.Popen[bytes]":
        if self._reader is None or self._reader.poll() is not None:
            self._reader = subprocess.Popen(
                [sys.executable, "-m", "copydesk.web.explaining"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Nothing that it needs; no password either.
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            if self._reader.stdout is not None:
                _exactly(self._reader.stdout, len(READY), time.monotonic() + START_S)
        return self._reader

    def _end(self) -> None:
        if self._reader is None:
            return
        self._reader.kill()
        self._reader.wait()
        for pipe in (self._reader.stdin, self._reader.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._reader = None


def _read(pipe: IO[bytes], deadline_s: float) -> bytes:
    """Return one answer, or raise ``TimeoutError`` (an ``OSError``) or ``EOFError``."""
    return _exactly(pipe, LENGTH.unpack(_exactly(pipe, LENGTH.size, deadline_s))[0], deadline_s)


def _exactly(pipe: IO[bytes], count: int, deadline_s: float) -> bytes:
    found = b""
    while len(found) < count:
        left = deadline_s - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(pipe.fileno(), count - len(found))
        if not chunk:
            raise EOFError
        found += chunk
    return found


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Say that we are there, then answer until the source ends."""
    sink.write(READY)
    sink.flush()
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        asked = _ask.decode(source.read(LENGTH.unpack(head)[0]))
        answer = _to_ask.encode(explain(asked.page, asked.max_bytes))
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(sys.stdin.buffer, sys.stdout.buffer)
