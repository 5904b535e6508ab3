"""Undoes HTTP content codings within a bound: no answer is inflated further than we are ready to read.

What came of a body that was cut off or is damaged is kept; ``Inflated.is_complete`` says that it was.
"""

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import brotli
import zstandard
from zlib_ng import zlib_ng

from crawler.errors import RefusedError

GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_MAX_LAYERS = 3
"""``Content-Encoding: gzip`` on a ``.gz`` file is two; servers that compress once more exist; then it is a bomb."""
_MAX_ZSTD_WINDOW = 8 << 20
"""Bytes; RFC 8878 asks decoders for this much, RFC 9659 forbids more on the web."""
_STEP = 16_384
_ZSTD_STEP = 256
"""Bytes.  The smallest block is 4 bytes and gives at most 128 KiB: one step gives at most 8 MiB."""
_BROTLI_STEP = 64
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # C0 but whitespace and ESC (ISO-2022-JP)
_ALIASES = {"x-gzip": "gzip", "x-deflate": "deflate", "identity": "", "none": "", "utf-8": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflated:
    """A body without its content codings."""

    body: bytes
    is_complete: bool = True
    """False if the compressed data ended early or was damaged: the body is what came before."""


def inflate(body: bytes, encoding: str, *, max_bytes: int, url: str = "") -> bytes:
    """The body without its content codings: ``encoding`` as in the header, gzip also where it is not named.

    >>> inflate(zlib.compress(b"story"), "deflate", max_bytes=100)
    b'story'

    Raises:
        RefusedError: reason ``body_too_large`` (over ``max_bytes``) or ``bad_encoding`` (nothing can be made of it).
    """
    return inflate_fully(body, encoding, max_bytes=max_bytes, url=url).body


def inflate_fully(body: bytes, encoding: str, *, max_bytes: int, url: str = "") -> Inflated:
    """The same, and whether all of it came."""
    complete = True
    codings = _codings(encoding)
    try:
        if len(codings) > _MAX_LAYERS:
            raise _too_many()
        for coding in codings:
            body, whole = _undo(body, coding, max_bytes)
            complete = complete and whole
        for _ in range(_MAX_LAYERS - len(codings)):
            if body.startswith(GZIP_MAGIC):
                body, whole = _undo(body, "gzip", max_bytes)
                complete = complete and whole
        if body.startswith(GZIP_MAGIC):
            raise _too_many()
    except _TooLargeError:
        raise RefusedError(url, reason="body_too_large", detail=f"over {max_bytes} bytes inflated") from None
    except _CodingError as error:
        raise RefusedError(url, reason="bad_encoding", detail=str(error)) from None
    if len(body) > max_bytes:
        raise RefusedError(url, reason="body_too_large", detail=f"over {max_bytes} bytes")
    return Inflated(body=body, is_complete=complete)


class _TooLargeError(Exception):
    pass


class _CodingError(Exception):
    pass


def _too_many() -> _CodingError:
    return _CodingError("too many layers")


def _codings(encoding: str) -> list[str]:
    """The codings in the order in which they must be undone: the last applied is named last."""
    names = [name.strip() for name in reversed(encoding.lower().split(","))]
    codings = [_ALIASES.get(name, name) for name in names]
    return [coding for coding in codings if coding]


def _undo(body: bytes, coding: str, max_bytes: int) -> tuple[bytes, bool]:
    if not body:
        return body, True
    if coding not in {"gzip", "deflate", "br", "zstd"}:
        raise _CodingError(f"unknown coding {coding[:20]!r}")
    # What names itself in its first bytes is believed before the header.
    if body.startswith(GZIP_MAGIC) or (coding == "gzip" and body.startswith(GZIP_MAGIC[:2])):
        return _gunzip(body, max_bytes)
    if body.startswith(_ZSTD_MAGIC, _past_skippable(body, 0)):
        return _zstd(body, max_bytes)
    if coding == "deflate" or (coding != "br" and _is_zlib(body)):
        return _deflate(body, max_bytes)
    return _brotli(body, max_bytes) if coding == "br" else _named_but_not_done(body)


def _is_zlib(body: bytes) -> bool:
    """Whether there is a header of zlib (RFC 1950, 2.2): it names its method, and is a multiple of 31."""
    return body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0  # noqa: PLR2004


def _named_but_not_done(body: bytes) -> tuple[bytes, bool]:
    """A proxy that inflated the body but left the header: taken as it is, if it looks like text."""
    if _is_markup_or_text(body):
        return body, True
    raise _CodingError("not in the coding that it names")


def _is_markup_or_text(body: bytes) -> bool:
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head or _CONTROL.search(head):
        return False
    if head[0] in b"<{[":
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _gunzip(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    room = max_bytes
    while body.startswith(GZIP_MAGIC[:2]):  # members follow one another; padding after the last is nobody's
        part, whole, body = _inflate_stream(body, 31, room)
        parts.append(part)
        room -= len(part)
        if not whole:
            break
    else:
        whole = True
    if not any(parts) and not whole:
        raise _CodingError("damaged gzip")
    return b"".join(parts), whole


def _deflate(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Zlib's wrapper by RFC 9110, none by old habit."""
    for wbits in (15, -15):
        out, whole, _ = _inflate_stream(body, wbits, max_bytes)
        if out or whole:
            return out, whole
    return _named_but_not_done(body)


def _inflate_stream(body: bytes, wbits: int, room: int) -> tuple[bytes, bool, bytes]:
    """(what came out, whether it ended as it should, the bytes behind its end)."""
    stream = zlib_ng.decompressobj(wbits)
    try:
        out = stream.decompress(body, room + 1)
    except zlib_ng.error:  # type: ignore[misc]  # its stub calls the class an instance
        return _salvage(body, wbits, room), False, b""
    if len(out) > room:
        raise _TooLargeError
    return out, stream.eof, stream.unused_data


def _salvage(body: bytes, wbits: int, room: int) -> bytes:
    """What comes out before the damage: in steps, and the step that fails byte by byte."""
    out: list[bytes] = []
    stream = zlib.decompressobj(wbits)
    for start in range(0, len(body), _STEP):
        step = body[start : start + _STEP]
        before = stream.copy()
        try:
            out.append(stream.decompress(step, room + 1))
        except zlib.error:
            out.extend(_bytewise(before, step, room))
            break
        room -= len(out[-1])
        if room < 0:
            raise _TooLargeError
    return b"".join(out)


def _bytewise(stream: "zlib._Decompress", step: bytes, room: int) -> Iterator[bytes]:
    for at in range(len(step)):
        try:
            out = stream.decompress(step[at : at + 1], room + 1)
        except zlib.error:
            return
        room -= len(out)
        if room < 0:
            raise _TooLargeError
        yield out


def _brotli(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    out, whole, _ = _feed_brotli([body], max_bytes)
    if not out and not whole:
        # A call that fails gives nothing of what came before it: in small ones, at last byte by byte, all of it comes.
        steps = [body[at : at + _BROTLI_STEP] for at in range(0, len(body), _BROTLI_STEP)]
        _, _, good = _feed_brotli(steps, max_bytes)
        at = good * _BROTLI_STEP
        last = body[at : at + _BROTLI_STEP]
        out, whole, _ = _feed_brotli([body[:at], *(bytes([byte]) for byte in last)], max_bytes)
    return (out, whole) if out or whole else _named_but_not_done(body)


def _feed_brotli(pieces: list[bytes], max_bytes: int) -> tuple[bytes, bool, int]:
    """(what came out, whether it ended as it should, the pieces that were taken whole)."""
    stream = brotli.Decompressor()
    out: list[bytes] = []
    room = max_bytes
    for taken, piece in enumerate(pieces):
        data = piece
        while not stream.is_finished():
            try:
                part = stream.process(data, output_buffer_limit=room + 1)
            except brotli.error:
                return b"".join(out), False, taken
            data = b""
            out.append(part)
            room -= len(part)
            if room < 0:
                raise _TooLargeError
            if stream.can_accept_more_data():
                break
        if stream.is_finished():
            return b"".join(out), True, taken
    return b"".join(out), False, len(pieces)


def _past_skippable(body: bytes, at: int) -> int:
    """Return where what is no skippable frame begins (RFC 8878, 3.1.2)."""
    while body[at + 1 : at + 4] == b"\x2a\x4d\x18" and body[at] & 0xF0 == 0x50:  # noqa: PLR2004
        at += 8 + int.from_bytes(body[at + 4 : at + 8], "little")
    return at


def _zstd(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Frame by frame, in steps so small that no step can give more than a few megabytes."""
    out: list[bytes] = []
    room, at = max_bytes, _past_skippable(body, 0)
    context = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW)
    stream = context.decompressobj()
    try:
        while at < len(body) and not (stream.eof and not body.startswith(_ZSTD_MAGIC, at)):
            if stream.eof:
                stream = context.decompressobj()
            step = body[at : at + _ZSTD_STEP]
            out.append(stream.decompress(step))
            at += len(step) - len(stream.unused_data)
            room -= len(out[-1])
            if room < 0:
                raise _TooLargeError
            at = _past_skippable(body, at) if stream.eof else at
        whole = stream.eof
    except zstandard.ZstdError:
        whole = False
    if not whole and not any(out):
        raise _CodingError("damaged zstd")
    return b"".join(out), whole
