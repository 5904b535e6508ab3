"""The guard: which addresses may be connected, in whatever notation, and that it stands at the socket."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ConfigError
from crawler.guard import AddressRefusedError, guarded_socket, parse_networks, refusal_of

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.8", "192.0.2.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "255.255.255.255",
    "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "fc00::1", "fd12::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "3fff::1", "not an address", "", "1.2.3", "0x7f.1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1",
    "93.184.215.14",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Private, loopback, link-local, carrier, documentation, multicast and embedded forms; what does not parse too."""
    assert refusal_of(address, 443) == "address_refused"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked_on_web_ports(address: str) -> None:
    """Public addresses on 80, 443, 8080 and 8443 only."""
    assert [refusal_of(address, port) for port in (80, 443, 8080, 8443)] == [None] * 4
    assert {refusal_of(address, port) for port in (22, 25, 6379, 8000)} == {"port_refused"}


@pytest.mark.parametrize("address", ["127.0.0.9", "::ffff:127.0.0.9", "64:ff9b::7f00:9"])
def test_a_named_network_may_be_asked_in_every_form(address: str) -> None:
    """``allow_private`` names IPv4 networks for their IPv6 forms too, on any port, and nothing beside them."""
    allowed = parse_networks(["127.0.0.0/24"])
    assert refusal_of(address, 5000, allowed) is None
    assert refusal_of("127.0.1.9", 5000, allowed) == "address_refused"


@given(st.ip_addresses(v=4))
def test_every_embedding_is_judged_like_the_address_itself(address: ipaddress.IPv4Address) -> None:
    """Mapped, NAT64 and 6to4 forms of an address are refused exactly when it is."""
    number = int(address)
    forms = [
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    assert {refusal_of(str(form), 80) for form in forms} == {refusal_of(str(address), 80)}


@given(st.text(max_size=40))
def test_the_guard_never_raises(text: str) -> None:
    """Whatever the text, the answer is a reason or ``None``."""
    assert refusal_of(text, 80) in {None, "address_refused"}


def test_the_socket_is_refused_before_it_exists() -> None:
    """The maker of sockets raises for the very address that is about to be connected."""
    make = guarded_socket(())
    with pytest.raises(AddressRefusedError, match="address_refused"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))


def test_a_network_that_does_not_parse_names_its_setting() -> None:
    """A typing error in ``allow_private`` is told, not ignored."""
    with pytest.raises(ConfigError, match=r"fetch\.allow_private"):
        parse_networks(["127.0.0.0/99"])
