"""What a fetcher did: counted by outcome and reason, told while it runs and at its end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """The counters of one fetcher process."""

    pages: int = 0
    """Pages handed over."""
    failed: int = 0
    """URLs handed over without a page."""
    not_modified: int = 0
    moved: int = 0
    """Redirects to another host, queued there."""
    retried: int = 0
    missed: int = 0
    """Usual paths tried in vain."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Of failed and retried URLs: reason -> count."""
    wire_bytes: int = 0
    seconds: float = 0.0
    active: int = 0
    """Hosts lent to this fetcher now."""
    stopped_by: str = ""
    """``idle``, ``max_pages``, ``deadline``, ``stop`` or empty while it runs."""
    hosts_waiting: int = 0
    """At the end: hosts that still have URLs, such as one that asked to be left alone for an hour."""

    @property
    def requests(self) -> int:
        """URLs whose lease this fetcher has ended."""
        return self.pages + self.failed + self.not_modified + self.moved + self.retried + self.missed


@dataclass(slots=True)
class Tally:
    """The same, while it is being counted."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def report(self, **more: object) -> FetchReport:
        """Return the counters as they stand."""
        return FetchReport(**self.counts, reasons=dict(self.reasons), **more)  # type: ignore[arg-type]
