"""Shows a long command at work, and says at its end what came of it."""

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from rich.live import Live
from rich.table import Table
from rich.text import Text

from copydesk.pulse import Pulse
from copydesk.terminal import console, counted, print_json, print_table, progress_console

LINE_EVERY_S = 10.0
"""Without a terminal, progress is a line every so often (a log file, CI)."""

SMOOTHING_S = 10.0
"""The rate shown is that of about the last ten seconds."""


class Progress:
    """A live view on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._live = Live(console=progress_console, refresh_per_second=4, transient=True)
        self._terminal = progress_console.is_terminal
        self._first: Pulse | None = None
        self._window: list[Pulse] = []
        self._next_line_s = time.monotonic() + LINE_EVERY_S

    def __enter__(self) -> Self:
        if self._terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal:
            self._live.stop()

    def show(self, now: Pulse) -> None:
        """Show one reading."""
        self._first = self._first or now
        self._window = [*(p for p in self._window if now.at_s - p.at_s < SMOOTHING_S), now]
        if self._terminal:
            self._live.update(self._view(now))
        elif now.at_s >= self._next_line_s:
            self._next_line_s = now.at_s + LINE_EVERY_S
            progress_console.print(self._line(now), soft_wrap=True)

    def tell(self, news: Iterable[str]) -> None:
        """Print lines that stay, above the view."""
        for line in news:
            progress_console.print(line, markup=False, soft_wrap=True)

    def summary(
        self, before: Pulse, after: Pulse, *, interrupted: bool, as_json: bool, read: int | None = None
    ) -> int:
        """Print what has come since ``before``; return the exit code: 1 when pages came and none of them was kept.

        ``read`` is how many pages files gave, of which some may have been known.
        """
        if self._terminal:
            self._live.stop()
        gained = after.since(before)
        if as_json:
            print_json(
                facts(gained)
                | ({} if read is None else {"read": read})
                | {"interrupted": interrupted, "seconds": round(after.at_s - before.at_s, 1)}
            )
        else:
            _print_summary(gained, seconds=after.at_s - before.at_s)
            known = (read or 0) - gained.pages - gained.dead
            if known > 0 and not interrupted:
                console.print(f"{read} were read; {known} of them were known already, letter for letter.")
            elif read is None and not gained.pages and not interrupted:
                console.print(_why_nothing(gained), soft_wrap=True)
            if interrupted:
                console.print("Stopped. Nothing is lost: the same command goes on from here.")
        useful = any(
            gained.outcomes.get(outcome)
            for outcome in gained.outcomes
            if outcome not in {"failed", "rejected"}
        )
        return 0 if useful or not gained.pages else 1

    def _rate(self) -> float:
        first, last = self._window[0], self._window[-1]
        return (last.pages - first.pages) / max(last.at_s - first.at_s, 0.001) if first is not last else 0.0

    def _left(self, now: Pulse) -> str:
        rate, todo = self._rate(), now.waiting + now.leased + now.in_hands
        return f", about {_clock(todo / rate)} left for what is known" if rate > 0 and todo else ""

    def _line(self, now: Pulse) -> str:
        gained = now.since(self._first or now)
        counts = ", ".join(f"{sum(r.values())} {o}" for o, r in gained.outcomes.items())
        stories = gained.stories + gained.merged
        return (
            f"{counted(gained.pages, 'page')} ({self._rate():.1f}/s): {counts or 'none yet'}; "
            f"{counted(stories, 'new story', 'new stories')}; "
            f"{now.waiting} URLs wait, {now.leased + now.in_hands} in hand{_troubles(now)}{self._left(now)}"
        )

    def _view(self, now: Pulse) -> Table:
        view = Table.grid(padding=(0, 2))
        view.add_row(Text(self._line(now)))
        gained = now.since(self._first or now)
        for outcome in ("rejected", "failed"):
            if reasons := gained.outcomes.get(outcome):
                view.add_row(Text(f"  {outcome}: {_top(reasons)}"))
        return view


def _troubles(now: Pulse) -> str:
    """Say which wait is for hosts that do not answer.

    >>> _troubles(Pulse(at_s=0.0, unanswered=1)), _troubles(Pulse(at_s=0.0))
    ('; 1 host does not answer and is tried again', '')
    """
    if not now.unanswered:
        return ""
    who = (
        "1 host does not answer and is"
        if now.unanswered == 1
        else f"{now.unanswered} hosts do not answer and are"
    )
    return f"; {who} tried again"


def facts(gained: Pulse) -> dict[str, Any]:
    """Return a reading as plain values for JSON."""
    return {
        "pages": gained.pages,
        "outcomes": {outcome: dict(reasons) for outcome, reasons in gained.outcomes.items()},
        "stories": gained.stories,
        "merged": gained.merged,
        "sightings": gained.sightings,
        "waiting": gained.waiting,
        "in_hands": gained.in_hands + gained.leased,
        "dead": gained.dead,
    }


HINTS = {
    "address_refused": "the address is not public; name its network in COPYDESK_FETCH_ALLOW_PRIVATE if you mean it",
    "no_contact": "site owners must be able to reach you; set COPYDESK_FETCH_CONTACT",
    "robots_disallowed": "the site's robots.txt does not allow it",
    "robots_unreachable": "the site does not answer for its robots.txt; until it does, nothing of it may be fetched",
    "host_unreachable": "the host does not answer",
}
"""What a user may do about a reason for which nothing came at all."""


def _print_summary(gained: Pulse, *, seconds: float) -> None:
    rows = [
        (outcome, sum(reasons.values()), _top(reasons))
        for outcome, reasons in sorted(gained.outcomes.items())
        if reasons
    ]
    if rows:
        print_table("Pages", ["outcome", "pages", "by reason"], rows)
    if not any(
        reasons for outcome, reasons in gained.outcomes.items() if outcome not in {"failed", "rejected"}
    ):
        for reason in sorted({r for reasons in gained.outcomes.values() for r in reasons} & HINTS.keys()):
            console.print(f"{reason}: {HINTS[reason]}.", markup=False, soft_wrap=True)
    rate = f" ({gained.pages / seconds:.1f} a second)" if seconds > 0 and gained.pages else ""
    console.print(
        f"{counted(gained.pages, 'page')} in {_clock(seconds)}{rate}: "
        f"{counted(gained.stories + gained.merged, 'new story', 'new stories')} "
        f"({gained.merged} of them found to be one with another), {counted(gained.sightings, 'new sighting')}.",
        soft_wrap=True,
    )
    if gained.waiting or gained.in_hands:
        console.print(f"{gained.waiting} URLs wait in the frontier, {gained.in_hands} pages in the queue.")
    if gained.dead:
        console.print(f"{gained.dead} pages were put aside: see copydesk failed list.")


def _why_nothing(gained: Pulse) -> str:
    """Say why a command that came to its end has brought no page.

    >>> _why_nothing(Pulse(at_s=0.0))
    'Nothing new: what was asked for is known already and has not changed.'
    """
    if gained.waiting:
        return "What waits is not due yet, or its host is paused: see copydesk frontier list."
    return "Nothing new: what was asked for is known already and has not changed."


def _top(reasons: Any, most: int = 8) -> str:
    ranked = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    more = f", {len(ranked) - most} more" if len(ranked) > most else ""
    return ", ".join(f"{reason} {n}" for reason, n in ranked[:most]) + more


def _clock(seconds: float) -> str:
    """Return a duration for people.

    >>> _clock(5), _clock(75), _clock(7300)
    ('5 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004
