"""Finds the next whole record of a WARC file behind one that is damaged: each record is a gzip member of its own."""

import zlib
from typing import BinaryIO

from crawler.inflate import GZIP_MAGIC

_CHUNK = 1 << 20
_HEAD = 4096
"""Bytes of a member that are inflated to see whether it is a record."""


def next_record(stream: BinaryIO, last: int) -> int | None:
    """Return where the first record behind the one at ``last`` begins, ``None`` when there is no more.

    What lies inside a whole member is never looked at: a page may hold the bytes of a record.
    """
    at = _end_of_member(stream, last) or last + 1
    while (at := _find(stream, at)) >= 0:
        stream.seek(at)
        if _begins_record(stream.read(_HEAD)):
            return at
        at += 1
    return None


def _begins_record(head: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(head, 16).startswith(b"WARC/")
    except zlib.error:
        return False


def _end_of_member(stream: BinaryIO, at: int) -> int | None:
    """Return where the gzip member at ``at`` ends, or ``None`` if it is damaged; what it holds is thrown away."""
    stream.seek(at)
    member = zlib.decompressobj(31)
    while chunk := stream.read(_CHUNK):
        at += len(chunk)
        try:
            while chunk and not member.eof:
                member.decompress(chunk, _CHUNK)
                chunk = member.unconsumed_tail
        except zlib.error:
            return None
        if member.eof:
            return at - len(member.unused_data)
    return None


def _find(stream: BinaryIO, at: int) -> int:
    """Return where the magic of gzip stands next, from ``at`` on; -1 when it does not."""
    stream.seek(at)
    kept = b""
    while chunk := stream.read(_CHUNK):
        window = kept + chunk
        found = window.find(GZIP_MAGIC)
        if found >= 0:
            return at + found
        kept = window[-len(GZIP_MAGIC) + 1 :]
        at += len(window) - len(kept)
    return -1
