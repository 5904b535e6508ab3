"""The frontier's Lua scripts: each file is one step that happens whole or not at all."""

from functools import cache
from hashlib import sha1
from importlib.resources import files

import msgspec

_encoder = msgspec.msgpack.Encoder()


@cache
def text_of(name: str) -> str:
    """Return the source of the script ``name``, after the prelude that all share."""
    folder = files("crawler.frontier") / "lua"
    return "\n".join((folder / f"{part}.lua").read_text("utf-8") for part in ("prelude", name))


@cache
def digest_of(name: str) -> str:
    """Return the name under which Redis knows the script: the SHA-1 of its text."""
    return sha1(text_of(name).encode(), usedforsecurity=False).hexdigest()


def pack(argument: object) -> bytes:
    """Return a script's argument as MessagePack, which Lua reads with ``cmsgpack``."""
    return _encoder.encode(argument)


def binary(data: bytes) -> msgspec.Raw:
    r"""Return bytes as a MessagePack string: the ``cmsgpack`` of Redis knows no binary type.

    >>> bytes(binary(b"\xff"))
    b'\xda\x00\x01\xff'
    """
    size = len(data)
    header = b"\xda" + size.to_bytes(2, "big") if size < 1 << 16 else b"\xdb" + size.to_bytes(4, "big")
    return msgspec.Raw(header + data)
