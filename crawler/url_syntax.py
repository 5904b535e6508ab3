"""Takes a URL apart and puts it together again: RFC 3986, with the tolerance that browsers show (WHATWG URL).

Strings in, strings out; nothing here knows about news.  Anything that cannot be a web address is a ``ValueError``
whose text is one short cause.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_CHARS = 4096
"""Sitemaps allow 2,048; RFC 9110 asks servers for 8,000.  Longer than this has only been seen in traps."""

# WHATWG 4.4: leading and trailing C0 controls and spaces go, tabs and newlines go everywhere.  Zero-width
# characters and no-break spaces come with URLs that were pasted from a page.
_STRIP = "".join(map(chr, range(0x21))) + "\u00a0\u200b\u200c\u200d\u2060\ufeff"
_NEWLINES = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "-._~!$&'()*+,;=:@/%"
_QUERY_SAFE = _PATH_SAFE + "?"
_CLEAN_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*", re.ASCII)
_CLEAN_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*", re.ASCII)
_PLAIN_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")
_DOMAIN_LIKE = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,63}(:[0-9]*)?", re.IGNORECASE)
_MAX_HOST_CHARS = 253


@dataclass(frozen=True, slots=True)
class SplitUrl:
    """An absolute http or https URL in its parts, each normalised; there is no fragment and no user."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def netloc(self) -> str:
        """``host`` or ``host:port``; an IPv6 address is in brackets."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}" + (f"?{self.query}" if self.query else "")


def split(url: str, base: SplitUrl | None = None) -> SplitUrl:
    """The parts of ``url``, resolved against ``base`` (RFC 3986, 5.2.2).  Raises ``ValueError``."""
    if len(url) > MAX_URL_CHARS:
        raise ValueError("longer than 4096 characters")
    text = url.strip(_STRIP).translate(_NEWLINES).partition("#")[0]
    scheme, rest = _split_scheme(text)
    rest, mark, query = rest.partition("?")
    rest = rest.replace("\\", "/")
    if scheme is not None:
        if scheme not in DEFAULT_PORTS:
            raise SchemeError(scheme)
        if not rest.startswith("//") and base is not None and base.scheme == scheme:
            scheme = None  # "http:g" is relative for every browser (RFC 3986, 5.4.2)
        else:
            rest = _with_authority(rest)
    if rest.startswith("//"):
        return _absolute(scheme or _of(base).scheme, rest, query)
    return _relative(rest, query if mark else None, _of(base))


class SchemeError(ValueError):
    """The URL is of a scheme that no page is fetched by."""


def quote_path(path: str) -> str:
    """Percent-encoding in its normal form (RFC 3986, 6.2.2): upper-case, and only where it is needed."""
    return path if _CLEAN_PATH.fullmatch(path) else _requote(path, _PATH_SAFE)


def quote_query(query: str) -> str:
    """The same for a query, where ``?`` may stand too."""
    return query if _CLEAN_QUERY.fullmatch(query) else _requote(query, _QUERY_SAFE)


def remove_dot_segments(path: str) -> str:
    """RFC 3986, 5.2.4.

    >>> remove_dot_segments("/a/b/c/./../../g")
    '/a/g'
    """
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _split_scheme(text: str) -> tuple[str | None, str]:
    match = _SCHEME.match(text)
    if match is None:
        return None, text
    scheme, rest = match[1].lower(), text[match.end() :]
    if scheme == "feed":  # feed://host/x and feed:https://host/x
        return _split_scheme(rest if _SCHEME.match(rest) else "http:" + rest)
    return scheme, rest


def _with_authority(rest: str) -> str:
    """Browsers forgive one slash or three; so do we where a host name plainly follows."""
    bare = rest.lstrip("/")
    if rest.startswith("//") and not rest.startswith("///"):
        return rest
    if _DOMAIN_LIKE.fullmatch(bare.partition("/")[0]):
        return "//" + bare
    raise ValueError("no host")


def _of(base: SplitUrl | None) -> SplitUrl:
    if base is None:
        raise ValueError("not an absolute URL")
    return base


def _absolute(scheme: str, rest: str, query: str) -> SplitUrl:
    authority, slash, path = rest[2:].partition("/")
    userinfo, at, hostport = authority.rpartition("@")
    if at and userinfo.strip(":"):
        raise ValueError("has a user name")
    host, port = _split_port(hostport)
    number = _port_number(port)
    return SplitUrl(
        scheme,
        normal_host(host),
        None if number == DEFAULT_PORTS[scheme] else number,
        remove_dot_segments(quote_path(slash + path)) or "/",
        quote_query(query),
    )


def _relative(path: str, query: str | None, base: SplitUrl) -> SplitUrl:
    if not path:
        kept = base.query if query is None else quote_query(query)
        return SplitUrl(base.scheme, base.host, base.port, base.path, kept)
    if not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    path = remove_dot_segments(quote_path(path))
    return SplitUrl(base.scheme, base.host, base.port, path, quote_query(query or ""))


def _split_port(hostport: str) -> tuple[str, str]:
    if hostport.startswith("["):
        host, bracket, rest = hostport.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError("bad IPv6 address")
        return host + bracket, rest[1:]
    host, _, port = hostport.partition(":")
    return host, port


def _port_number(port: str) -> int | None:
    if not port:
        return None
    if not (port.isascii() and port.isdigit()) or not 0 < int(port[:9]) < 65536 or len(port) > 9:  # noqa: PLR2004
        raise ValueError("bad port")
    return int(port)


def normal_host(host: str) -> str:
    """A host name in ASCII and lower case, or an address in its one normal spelling.  Raises ``ValueError``."""
    if host.startswith("["):
        return f"[{_ipv6(host[1:-1])}]"
    name = host.lower()
    if "%" in name or not name.isascii():
        name = _ascii_host(name)
    name = name.removesuffix(".")
    if not _PLAIN_HOST.fullmatch(name) or len(name) > _MAX_HOST_CHARS:
        raise ValueError("bad host")
    if "xn--" in name:
        _check_punycode(name)
    return _ipv4(name) if _NUMBER.fullmatch(name.rpartition(".")[2]) else name


def _ipv6(text: str) -> str:
    """The WHATWG spelling; Python's own of mapped IPv4 addresses differs from version to version."""
    if "%" in text:
        raise ValueError("bad IPv6 address")
    address = ipaddress.IPv6Address(text)
    if mapped := address.ipv4_mapped:
        return f"::ffff:{int(mapped) >> 16:x}:{int(mapped) & 0xFFFF:x}"
    return address.compressed


def _ascii_host(name: str) -> str:
    """IDNA 2008 with the mapping that browsers use; IDNA 2003 for what it refuses (emoji, underscores)."""
    name = _unquote_host(name)
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except UnicodeError:
        return name.encode("idna").decode("ascii").lower()


def _unquote_host(name: str) -> str:
    if "%" not in name:
        return name
    raw = _PERCENT.sub(lambda m: chr(int(m[1], 16)), _BARE_PERCENT.sub("%25", name))
    return raw.encode("latin-1").decode("utf-8") if raw.isascii() or max(raw) <= "\xff" else raw


def _check_punycode(name: str) -> None:
    for label in name.split("."):
        if label.startswith("xn--"):
            label[4:].encode("ascii").decode("punycode")


def _ipv4(name: str) -> str:
    """The WHATWG IPv4 parser: ``0x7f000001``, ``127.1`` and ``017700000001`` are all 127.0.0.1."""
    numbers = [_ipv4_part(part) for part in name.split(".")]
    *leading, last = numbers
    if len(numbers) > 4 or max(leading, default=0) > 255 or last >= 256 ** (5 - len(numbers)):  # noqa: PLR2004
        raise ValueError("bad IPv4 address")
    value = last + sum(part << (8 * (3 - i)) for i, part in enumerate(leading))
    return str(ipaddress.IPv4Address(value))


def _ipv4_part(part: str) -> int:
    if not _NUMBER.fullmatch(part):
        raise ValueError("bad IPv4 address")
    if part[:2] in {"0x", "0X"}:
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and part != "0" else int(part)


def _requote(text: str, safe: str) -> str:
    def once(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    text = _PERCENT.sub(once, _BARE_PERCENT.sub("%25", text))
    return quote_from_bytes(_SURROGATE.sub("\ufffd", text).encode(), safe=safe)
