"""Whose fault it is that nobody can be reached."""

import errno
import socket

from crawler.reach import PROBES, Reach

NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
NO_ANSWER = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


class Clock:
    """A clock that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def reach_of(clock: Clock, *, has_route: bool = True, patience_s: float | None = None) -> Reach:
    return Reach(clock=clock, has_route=lambda: has_route, patience_s=patience_s)


def test_several_hosts_that_cannot_be_reached_are_our_own_fault() -> None:
    """Three different hosts, and nobody heard of lately; any answer, also a refused connection, ends it."""
    clock = Clock()
    reach = reach_of(clock)
    for _ in range(9):
        reach.missed("a.example", "dns_failed", NO_ANSWER)
        reach.missed("b.example", "connect_timeout")
    assert not reach.is_away
    reach.missed("c.example", "connect_failed", OSError(errno.ENETUNREACH, "unreachable"))
    assert reach.is_away
    reach.missed("d.example", "connect_failed", ConnectionRefusedError(errno.ECONNREFUSED, "refused"))
    assert not reach.is_away


def test_dead_hosts_beside_a_living_one_are_dead() -> None:
    """As long as somebody answers every few seconds nobody else's silence is ours; five seconds later it is."""
    clock = Clock()
    reach = reach_of(clock)
    for n in range(50):
        reach.missed(f"{n}.example", "connect_timeout")
        if n % 2:
            clock.now += 1
            reach.heard()
        assert not reach.is_away
    clock.now += 5
    for n in range(3):
        reach.missed(f"{n}.example", "connect_timeout")
    assert reach.is_away


def test_names_that_do_not_exist_are_an_answer_unless_there_is_no_way_out() -> None:
    """Misspelt names are the user's; without a route the same answer comes from our own machine."""
    for has_route in (True, False):
        reach = reach_of(Clock(), has_route=has_route)
        for n in range(9):
            reach.missed(f"{n}.example", "dns_failed", NO_NAME)
        assert reach.is_away is not has_route


def test_all_addresses_of_a_host_count() -> None:
    """Several addresses fail in one error, which has the codes in its text: one refusal among them is an answer."""
    for text, is_away in (
        ("Multiple exceptions: [Errno 101] Connect call failed ('::', 1), [Errno 113] ...", True),
        ("Multiple exceptions: [Errno 101] Connect call failed ('::', 1), [Errno 111] ...", False),
    ):
        reach = reach_of(Clock())
        for n in range(3):
            reach.missed(f"{n}.example", "connect_failed", OSError(text))
        assert reach.is_away is is_away


def test_a_few_hosts_are_asked_every_few_seconds_until_patience_ends() -> None:
    """Looks are few; when it has lasted too long it is taken for the hosts' fault, until one answers."""
    clock = Clock()
    reach = reach_of(clock, patience_s=60)
    for n in range(3):
        reach.missed(f"{n}.example", "connect_timeout")
    asked = 0
    while reach.is_away:
        asked += reach.probes()
        clock.now += 1
    assert 0 < asked <= 60 / 5 * PROBES
    assert not reach.is_heard
    reach.missed("new.example", "connect_timeout")
    assert not reach.is_away
    reach.heard()
    assert reach.is_heard
