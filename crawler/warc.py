"""WARC files: each exchange written as it was (WARC/1.1), and responses read back, one at a time.

FastWARC reads (eight times warcio's speed here, in constant memory); writing a record is a few lines of our own.
"""

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import FileIO
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from uuid import uuid4

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.inflate import GZIP_MAGIC
from crawler.warc_gaps import next_record

Headers = Iterable[tuple[str, str]]

MAX_BODY_BYTES = 16_777_216
"""Of one record; what is larger is read up to here and marked."""
_OPEN_SUFFIX = ".open"
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_UNSAFE = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcResponse:
    """An HTTP response out of a WARC file."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    """Lower-case names; of a repeated header the last."""
    body: bytes = b""
    """Without transfer coding, still in its content coding."""
    fetched_at: datetime | None = None
    is_truncated: bool = False
    """The record was longer than ``MAX_BODY_BYTES``, or the crawler that wrote it had cut it."""


def read_warc(stream: BinaryIO, *, damaged: Callable[[int], None] | None = None) -> Iterator[WarcResponse]:
    """Each HTTP response in a WARC file, compressed or not; never raises.

    Behind damage reading goes on with the next record, where the file is compressed by record (CC-NEWS, and most) and
    can be sought in; elsewhere it ends there.  ``damaged`` is told the position of the last good record before it.
    """
    start: int | None = 0
    while start is not None:
        last = start
        for record, last in _records(stream, start):  # noqa: B007 - where it ended is looked at below
            if record is not None:
                yield record
        start = next_record(stream, last) if _is_by_record(stream) else None
        if start is not None and damaged is not None:
            damaged(last)


def _is_by_record(stream: BinaryIO) -> bool:
    if not stream.seekable():
        return False
    stream.seek(0)
    return stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def _records(stream: BinaryIO, start: int) -> Iterator[tuple[WarcResponse | None, int]]:
    """Each record from ``start`` to the end or to damage: a response or ``None``, and where it begins."""
    if start:
        stream.seek(start)
    records = iter(ArchiveIterator(stream, parse_http=True, strict_mode=False))
    while True:
        try:
            record = next(records)
            is_response = record.record_type == WarcRecordType.response
            found = _response(record) if is_response else None
            at = record.stream_pos
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - a damaged archive raises all kinds of errors; what came before was good
            return
        yield found, at


def _response(record: WarcRecord) -> WarcResponse | None:
    url = record.headers.get("WARC-Target-URI")
    if not url or not record.is_http or record.http_headers is None:
        return None
    headers = {str(name).lower(): str(value) for name, value in record.http_headers.items()}
    body = record.reader.read(MAX_BODY_BYTES + 1)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _dechunk(body)
    return WarcResponse(
        url=url.strip("<> "),
        status=record.http_headers.status_code or 0,
        headers=headers,
        body=body[:MAX_BODY_BYTES],
        fetched_at=_date(record.headers.get("WARC-Date")),
        is_truncated=len(body) > MAX_BODY_BYTES or record.headers.get("WARC-Truncated") is not None,
    )


def _date(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _dechunk(body: bytes) -> bytes:
    """Without chunk marks; as it is if there are none (many crawlers keep the header and not the marks)."""
    out: list[bytes] = []
    at = 0
    while match := _CHUNK_LINE.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(out)
        out.append(body[match.end() : match.end() + size])
        at = match.end() + size + 2
    return b"".join(out) if out and at >= len(body) else body


class WarcWriter:
    """Writes exchanges into ``folder``: a file of about ``max_bytes``, then the next.

    A file is called ``*.open`` until it is complete; each record is a gzip member of its own, so that one left over
    from a crash can be read all the same.  What was written is in the kernel's hands, and no half record stays.
    """

    def __init__(self, folder: Path, max_bytes: int = 1_000_000_000) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._file: FileIO | None = None
        self._path = folder
        self._whole = 0
        """Bytes of the file under way that are whole records."""

    def write(
        self,
        *,
        url: str,
        at: datetime,
        request_headers: Headers,
        status: int,
        reason: str,
        response_headers: Headers,
        body: bytes,
        ip: str | None = None,
    ) -> None:
        """One exchange: the response with its request.  ``body`` is without transfer coding; ``at`` is UTC-aware.

        Raises:
            OSError: The disk does not take it; nothing of it is in the file, and it may be written again.
        """
        response_id = _record_id()
        head = _http_head(f"HTTP/1.1 {status} {reason}", _as_stored(response_headers, len(body)))
        shared = [("WARC-Target-URI", url), ("WARC-Date", _timestamp(at))]
        if ip:
            shared.append(("WARC-IP-Address", ip))
        response = _record(
            "response",
            [*shared, ("WARC-Record-ID", response_id), ("WARC-Payload-Digest", _digest(body))],
            "application/http;msgtype=response",
            head + body,
        )
        request = _record(
            "request",
            [*shared, ("WARC-Record-ID", _record_id()), ("WARC-Concurrent-To", response_id)],
            "application/http;msgtype=request",
            _http_head(f"GET {_request_target(url)} HTTP/1.1", request_headers),
        )
        file = self._open(at)
        head = b"" if self._whole else _warcinfo(self._path.name, at)
        self._append(file, head + response + request)
        if self._whole >= self._max_bytes:
            with suppress(OSError):  # the exchange is written; the next one tries again to complete the file
                self.close()

    def close(self) -> None:
        """Completes the file under way: flushed to the disk, then given its final name.

        Raises:
            OSError: The disk does not take it; the file keeps the name of an unfinished one.
        """
        if self._file is None:
            return
        unfinished = _unfinished(self._path)
        if self._whole:
            os.fsync(self._file.fileno())
            unfinished.rename(self._path)
        else:
            unfinished.unlink(missing_ok=True)
        self._file.close()
        self._file, self._whole = None, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, at: datetime) -> FileIO:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path, self._file = _new_file(self._folder, at)
        return self._file

    def _append(self, file: FileIO, data: bytes) -> None:
        """Write all of it, or leave the file as it was."""
        file.seek(self._whole)
        left = memoryview(data)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError:
            with suppress(OSError):
                file.truncate(self._whole)
            raise
        self._whole += len(data)


def _new_file(folder: Path, at: datetime) -> tuple[Path, FileIO]:
    """Return a name that nobody has, and its file: fetchers in containers share folders, and process ids."""
    for serial in count(1):
        name = f"copydesk-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}-{serial:05d}.warc.gz"
        path = folder / name
        with suppress(FileExistsError):
            file = FileIO(_unfinished(path), "xb")
            if not path.exists():
                return path, file
            file.close()
            _unfinished(path).unlink()
    raise AssertionError("numbers do not end")


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + _OPEN_SUFFIX)


def _warcinfo(name: str, at: datetime) -> bytes:
    fields = [("WARC-Date", _timestamp(at)), ("WARC-Record-ID", _record_id()), ("WARC-Filename", name)]
    text = "software: copydesk\r\nformat: WARC File Format 1.1\r\nconformsTo: "
    text += "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
    return _record("warcinfo", fields, "application/warc-fields", text.encode())


def _record(kind: str, fields: Headers, content_type: str, block: bytes) -> bytes:
    """One record as one gzip member (WARC/1.1, annex D)."""
    lines = [
        ("WARC-Type", kind),
        *fields,
        ("WARC-Block-Digest", _digest(block)),
        ("Content-Type", content_type),
    ]
    lines.append(("Content-Length", str(len(block))))
    return gzip.compress(_head("WARC/1.1", lines) + block + b"\r\n\r\n", mtime=0)


def _http_head(first: str, headers: Headers) -> bytes:
    return _head(first, headers)


def _head(first: str, headers: Headers) -> bytes:
    """A start line and headers; a line break inside one would be a header of somebody else's making."""
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(_UNSAFE.sub(" ", line) for line in lines) + "\r\n\r\n").encode("utf-8", "replace")


def _as_stored(headers: Headers, length: int) -> Iterator[tuple[str, str]]:
    """The response's headers, but those that no longer fit the body (its chunks are gone) under another name."""
    for name, value in headers:
        if name.lower() in {"transfer-encoding", "content-length"}:
            yield f"X-Archive-Orig-{name}", value
        else:
            yield name, value
    yield "Content-Length", str(length)


def _request_target(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _record_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")
