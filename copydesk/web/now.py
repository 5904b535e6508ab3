"""Now: how things stand this minute, and plots of the last hour and day."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request

from copydesk.web.asking import choice_of, filled
from copydesk.web.desk import Work, desk
from copydesk.web.drawing import sparkline
from copydesk.web.flow import SPANS, Point
from crawler.backlog import Backlog
from crawler.frontier.records import HostState
from crawler.vitals import Vitals
from workers.store.records import Totals

now = Blueprint("now", __name__)

LAST_S = 7_258_118_400.0
"""The year 2200: no process says truly that it began later."""
HOST_STATES = ("fetching", "due", "later", "paused", "dead", "idle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason for what became of pages."""

    outcome: str
    reason: str
    pages: int
    share: float
    """Of all pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One fetcher or worker that is there."""

    name: str
    role: str
    host: str
    pid: int
    since: datetime
    done: int
    """URLs that a fetcher has done with, pages that a worker has taken to the store."""
    cpu_s: float
    memory_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand."""

    totals: Totals
    last_minute: Point
    work: Work
    fetchers: int
    """Alive, at work or idle."""
    fetchers_at_work: int
    """Fetchers that hold a host just now."""
    processes: tuple[Process, ...]
    """Fetchers and workers alive, by name."""
    waiting: int
    leased: int
    retried: int
    hosts: dict[str, int]
    """State -> hosts."""
    outcomes: dict[str, dict[str, int]]
    """Outcome -> reason -> pages, of the same moment as ``totals``."""
    reasons: tuple[Reason, ...]
    """The most frequent first."""

    @property
    def is_stalled(self) -> bool:
        """Whether something waits and nobody is there to do it."""
        return bool(
            (self.waiting and not self.fetchers) or (self.work.pages_in_hands and not self.work.workers)
        )


def read_standing() -> Standing:
    """Return how things stand."""
    found = desk()
    totals, outcomes = found.sums()
    counts = found.frontier_counts()
    states = Counter(host_state(host) for host in found.hosts())
    living = found.processes()
    fetchers = [vitals for vitals in living.values() if vitals.role == "fetcher"]
    return Standing(
        totals=totals,
        last_minute=found.flow.last_minute(found.now()),
        work=found.work(),
        fetchers=len(fetchers),
        fetchers_at_work=sum(value_of(one, "copydesk_fetcher_hosts") > 0 for one in fetchers),
        processes=tuple(_process(name, vitals) for name, vitals in living.items()),
        waiting=counts["waiting"],
        leased=counts["leased"],
        retried=counts["retried"],
        hosts={state: states[state] for state in HOST_STATES},
        outcomes=outcomes,
        reasons=_reasons(outcomes),
    )


def value_of(process: Vitals, name: str) -> float:
    """Return the sum of one of a process's series; 0 where it has none."""
    return sum(sample.value for series in process.series for sample in series.samples if sample.name == name)


def _process(name: str, vitals: Vitals) -> Process:
    done = ("copydesk_fetcher_urls_total", "copydesk_worker_pages_total")
    return Process(
        name=name,
        role=vitals.role,
        host=vitals.host,
        pid=vitals.pid,
        since=datetime.fromtimestamp(min(max(vitals.since_s, 0.0), LAST_S), UTC),
        done=int(sum(value_of(vitals, series) for series in done)),
        cpu_s=value_of(vitals, "copydesk_process_cpu_seconds_total"),
        memory_bytes=value_of(vitals, "copydesk_process_resident_memory_bytes"),
    )


def host_state(host: HostState) -> str:
    """Return the one word for how a host stands."""
    if host.is_paused:
        return "paused"
    if host.is_dead:
        return "dead"
    if host.is_leased:
        return "fetching"
    if host.due_in_s is None:
        return "idle"
    return "due" if host.due_in_s <= 0 else "later"


def _reasons(outcomes: dict[str, dict[str, int]]) -> tuple[Reason, ...]:
    total = sum(n for reasons in outcomes.values() for n in reasons.values())
    found = [
        Reason(outcome=outcome, reason=reason, pages=n, share=n / total)
        for outcome, reasons in outcomes.items()
        for reason, n in reasons.items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.pages, row.outcome, row.reason)))


@now.get("/")
def show() -> str:
    """Show how things stand."""
    span = choice_of(filled(request.args), "span", tuple(SPANS))
    points = desk().flow.points(span, desk().now())
    drawn = {
        "pages": sparkline([p.pages_per_s for p in points], f"Pages a second over the last {span}"),
        "stories": sparkline(
            [p.stories_per_min for p in points], f"New stories a minute over the last {span}"
        ),
    }
    return render_template("now.html", span=span, spans=tuple(SPANS), drawn=drawn, s=read_standing())


@now.get("/now/figures")
def figures() -> str:
    """Return the parts of the page that are renewed while it is looked at."""
    standing = read_standing()
    return render_template("figures.html", s=standing) + render_template("reasons.html", s=standing)


def flow_facts(span: str) -> dict[str, Any]:
    """Return a span as columns for a plot."""
    found = desk()
    points = found.flow.points(span, found.now())
    starts = [int(point.at.timestamp()) for point in points]
    backlog = _in_buckets(found.samples.load(span), starts, 60 * SPANS[span][1])
    return {
        "span": span,
        "step_s": 60 * SPANS[span][1],
        "at": starts,
        "pages_per_s": [round(p.pages_per_s, 3) for p in points],
        "stories_per_min": [round(p.stories_per_min, 3) for p in points],
        "folded_per_min": [round(p.folded_per_min, 3) for p in points],
        "rejected_per_min": [round(p.rejected_per_min, 3) for p in points],
        "failed_per_min": [round(p.failed_per_min, 3) for p in points],
        "in_hands": [None if b is None else b.in_hands for b in backlog],
        "waiting": [None if b is None else b.waiting for b in backlog],
    }


def _in_buckets(samples: list[Backlog], starts: list[int], step_s: int) -> list[Backlog | None]:
    """Return the last sample of each bucket."""
    last: dict[int, Backlog] = {}
    for sample in samples:
        last[int(sample.at_s - starts[0]) // step_s] = sample
    return [last.get(n) for n in range(len(starts))]
