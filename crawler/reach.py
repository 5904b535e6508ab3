"""Whether it is our own network that is away: told from what connections come to, host by host.

A host that cannot be reached is that host's fault as long as others can be.  When several cannot, one after the other,
and none was heard of for a while, the fault is ours: then nobody is to be given up for it.
"""

import errno
import re
import socket
import time
from collections.abc import Callable

HOSTS = 3
"""So many hosts fail before we doubt ourselves: two of a user's few sites may well be down together."""
LATELY_S = 5.0
"""Without a sign of life from anywhere; a stranger is given up after about ten seconds (``politeness``)."""
PROBE_S = 5.0
"""Between two looks whether the network is back."""
PROBES = 3
"""Hosts asked at each look: one alone may really be gone."""
PATIENCE_S = 600.0
"""A crawl that is to end when nothing is due believes in an outage for so long: then the hosts are gone after all."""

_NO_WAY = frozenset(
    {
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.EHOSTDOWN,
        errno.ETIMEDOUT,
        errno.EADDRNOTAVAIL,
    }
)
_NO_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_CODE = re.compile(r"\[Errno (\d+)\]")
_OUTSIDE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation (RFC 5737, RFC 3849): nobody is asked, only our own routes."""


def is_routed() -> bool:
    """Tell whether this machine has a way out; a datagram socket that is connected sends nothing."""
    for family, address in _OUTSIDE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 53))
        except OSError:
            continue
        return True
    return False


def _codes_of(error: OSError | None) -> set[int]:
    """Return the system's codes; an error that sums up several addresses only has them in its text."""
    if error is None:
        return set()
    return {int(code) for code in _CODE.findall(str(error))} if error.errno is None else {error.errno}


class Reach:
    """What this process could connect to lately."""

    def __init__(
        self,
        *,
        patience_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        has_route: Callable[[], bool] | None = None,
    ) -> None:
        self._clock = clock
        self._has_route = has_route if has_route is not None else is_routed
        self._patience_s = patience_s
        self._failing: set[str] = set()
        self._heard_at = float("-inf")
        self._away_at: float | None = None
        self._probed_at = float("-inf")

    def heard(self) -> None:
        """Note that somebody answered, if only by refusing the connection."""
        self._failing.clear()
        self._heard_at = self._clock()
        self._away_at = None

    def missed(self, host: str, reason: str, error: OSError | None = None) -> None:
        """Note that a connection failed, with the reason of its ``FetchError`` and what the system said."""
        codes = _codes_of(error)
        # A connection that is refused was answered.
        if reason == "connect_failed" and not codes <= _NO_WAY:
            self.heard()
            return
        # That there is no such name is an answer, too, unless there was no way to ask.
        if reason == "dns_failed" and codes & _NO_NAME and self._has_route():
            return
        self._failing.add(host)
        now = self._clock()
        if self._away_at is None and len(self._failing) >= HOSTS and now - self._heard_at >= LATELY_S:
            self._away_at = self._probed_at = now

    @property
    def is_away(self) -> bool:
        """Whether nothing can be reached, and failures are therefore nobody's."""
        if self._away_at is None:
            return False
        return self._patience_s is None or self._clock() - self._away_at < self._patience_s

    @property
    def is_heard(self) -> bool:
        """Whether nothing is wrong: somebody answered since."""
        return self._away_at is None

    def probes(self) -> int:
        """Return how many hosts may be asked now, while the network is away, to see whether it is back."""
        now = self._clock()
        if now - self._probed_at < PROBE_S:
            return 0
        self._probed_at = now
        return PROBES
