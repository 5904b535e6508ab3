"""The guard: no request to an address that the user did not mean.

Checked where a socket is made, on the very address that is about to be connected: so an IP literal, a name that
resolves to something else the second time, and a host written in octal are all the same case.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from crawler.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = frozenset({80, 443, 8080, 8443})
"""Where the web is served to the public; any other port is more likely to be somebody's database."""

_NAT64 = tuple(ipaddress.IPv6Network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48"))
"""RFC 6052 and RFC 8215: the last 32 bits are an IPv4 address."""
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
"""RFC 3056: bits 16 to 47 are an IPv4 address."""
_COMPATIBLE = ipaddress.IPv6Network("::/96")
"""RFC 4291, 2.5.5.1: the last 32 bits are an IPv4 address."""
_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(n)
    for n in (
        # What is not for the public, whatever the standard library of this Python thinks of it (IANA registries).
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/127", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class AddressRefusedError(OSError):
    """The guard refuses to connect; ``reason`` is the counter's name."""

    def __init__(self, reason: str, detail: str) -> None:
        # The text is the same for every address of a host: aiohttp then raises one of them as it is.
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read ``fetch.allow_private``.

    Raises:
        ConfigError: if one is no network in CIDR notation.
    """
    try:
        return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in texts)
    except ValueError as error:
        raise ConfigError(f"fetch.allow_private: {error}: write networks such as 127.0.0.0/8") from error


def embedded_in(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself.

    >>> embedded_in(ipaddress.ip_address("::ffff:127.0.0.1"))
    IPv4Address('127.0.0.1')
    >>> embedded_in(ipaddress.ip_address("64:ff9b::a00:1"))
    IPv4Address('10.0.0.1')
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    low = int(address) & 0xFFFF_FFFF
    if any(address in network for network in _NAT64) or (address in _COMPATIBLE and low > 1):
        return ipaddress.IPv4Address(low)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(int(address) >> 80 & 0xFFFF_FFFF)
    return address


def refusal_of(text: str, port: int, allowed: Sequence[Network] = ()) -> str | None:
    """Return why an address must not be connected, ``None`` when it may; what does not parse is refused.

    >>> refusal_of("93.184.215.14", 443), refusal_of("93.184.215.14", 6379), refusal_of("::1", 80)
    (None, 'port_refused', 'address_refused')
    >>> refusal_of("127.0.0.1", 6379, parse_networks(["127.0.0.0/8"]))
    """
    try:
        address = embedded_in(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "address_refused"
    if any(address in network for network in allowed):
        return None
    if any(address in network for network in _NEVER) or not address.is_global:
        return "address_refused"
    return None if port in PORTS else "port_refused"


def guarded_socket(allowed: Sequence[Network]) -> Callable[[Any], socket.socket]:
    """Return the maker of sockets for aiohttp's connector: it refuses before there is anything to connect."""

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        reason = refusal_of(str(address[0]), int(address[1]), allowed)
        if reason is not None:
            raise AddressRefusedError(reason, f"{address[0]} port {address[1]}")
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


@lru_cache(4096)
def is_named_private(host: str, allowed: tuple[Network, ...]) -> bool:
    """Tell whether a host is an address that ``allowed`` names, or loopback: no site owner to be told who we are.

    >>> is_named_private("127.0.0.2:8000", parse_networks(["127.0.0.0/8"])), is_named_private("example.com", ())
    (True, False)
    """
    name = host.removeprefix("[").partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = embedded_in(ipaddress.ip_address(name))
    except ValueError:
        return False
    return address.is_loopback or any(address in network for network in allowed)
