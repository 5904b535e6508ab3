"""What a long command shows of itself: one reading of the store, the queue and the frontier."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How things stand at one moment.  Pages are in exactly one of the outcome counts."""

    at_s: float
    """Monotonic clock, in seconds."""
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """outcome -> reason -> pages: sums over the store's rows."""
    stories: int = 0
    sightings: int = 0
    merged: int = 0
    """Stories that were found to be another one."""
    waiting: int = 0
    """URLs in the frontier that wait for a fetcher."""
    leased: int = 0
    """URLs in a fetcher's hands."""
    in_hands: int = 0
    """Pages handed over that are not stored yet."""
    unanswered: int = 0
    """Hosts whose last requests failed and that are asked again."""
    dead: int = 0
    """Pages put aside after their last try."""

    @property
    def pages(self) -> int:
        """All pages that have an outcome."""
        return sum(sum(reasons.values()) for reasons in self.outcomes.values())

    def since(self, before: "Pulse") -> "Pulse":
        """Return what has come since an earlier reading; what waits is as it is now."""
        return Pulse(
            at_s=self.at_s,
            outcomes={
                outcome: grown
                for outcome, reasons in self.outcomes.items()
                if (grown := _grown(reasons, before.outcomes.get(outcome, {})))
            },
            stories=self.stories - before.stories,
            merged=self.merged - before.merged,
            sightings=self.sightings - before.sightings,
            waiting=self.waiting,
            leased=self.leased,
            in_hands=self.in_hands,
            unanswered=self.unanswered,
            dead=self.dead - before.dead,
        )


def _grown(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {reason: n - before.get(reason, 0) for reason, n in now.items() if n != before.get(reason, 0)}
