"""Sources: how each is doing, and what a person may do to its hosts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config.sources import Source
from copydesk.seeds import known_sources
from copydesk.web.asking import LONGEST_URL, choice_of, filled, number_of, text_of
from copydesk.web.desk import SPARK_DAYS, desk, or_else
from copydesk.web.now import host_state
from crawler.errors import FetchError
from crawler.frontier.records import HostState
from crawler.urls import canonicalize, host_key
from workers.store.records import SourceHealth

sources = Blueprint("sources", __name__)

ROWS = 40
"""Sources on one page: some 60 KB."""
DONE = {"pause": "Paused", "resume": "Resumed", "visit_now": "To be visited now"}
MOST_PAGES = 100_000
ORDERS = ("health", "name", "stories", "recent")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source: what was configured, what became of its pages, how its hosts stand."""

    id: str
    name: str
    topics: tuple[str, ...]
    health: SourceHealth | None
    """``None`` while nothing was fetched."""
    per_day: dict[date, int]
    hosts: tuple[tuple[HostState, str], ...]
    """Those of its seeds that the frontier knows, each with its state."""
    visit_in_s: float | None
    """Until one of its feeds, sitemaps or front pages is visited again."""

    @property
    def refusals(self) -> dict[str, int]:
        """Reason -> pages rejected or failed, the most frequent first."""
        return self.health.refusals if self.health else {}

    @property
    def error_rate(self) -> float | None:
        """Pages that failed, of all pages."""
        return self.health.failed / self.health.pages if self.health and self.health.pages else None

    @property
    def is_paused(self) -> bool:
        """Whether all of its hosts are."""
        return bool(self.hosts) and all(host.is_paused for host, _ in self.hosts)

    @property
    def next_s(self) -> float | None:
        """Seconds until one of its hosts is asked for something."""
        if self.is_paused:
            return None
        due = [host.due_in_s for host, _ in self.hosts if host.due_in_s is not None and not host.is_paused]
        due += [self.visit_in_s] if self.visit_in_s is not None else []
        return max(0.0, min(due)) if due else None

    @property
    def delay_s(self) -> float:
        """The longest gap that one of its hosts is owed."""
        return max((host.delay_s for host, _ in self.hosts), default=0.0)

    def days(self, today: date) -> list[int]:
        """Return new stories of the last days, oldest first."""
        return [self.per_day.get(today - timedelta(days=n), 0) for n in range(SPARK_DAYS - 1, -1, -1)]


@sources.get("/sources")
def index() -> str:
    """List sources, the least healthy first."""
    asked = filled(request.args)
    wanted, order = text_of(asked, "q").lower(), choice_of(asked, "order", ORDERS)
    number = number_of(asked, "page", default=1, most=MOST_PAGES)
    found = [s for s in all_sources(order) if wanted in s.id.lower() or wanted in s.name.lower()]
    shown = found[(number - 1) * ROWS : number * ROWS]
    return render_template(
        "sources.html",
        sources=shown,
        total=len(found),
        number=number,
        pages=max(1, -(-len(found) // ROWS)),
        wanted=wanted,
        order=order,
        orders=ORDERS,
        today=desk().now().date(),
    )


@sources.post("/sources/steer")
def steer() -> Response:
    """Pause, resume or visit the hosts of a source, or one host."""
    asked = filled(request.form)
    action = choice_of(asked, "action", ("", *DONE))
    host, source = text_of(asked, "host", 300), text_of(asked, "source", LONGEST_URL)
    if not action or not (host or source):
        abort(400, "Say what to do, and to which source or host.")
    hosts = [host] if host else _known_hosts(source)
    done = [name for name in hosts if _act(action, name)]
    desk().forget_hosts()
    if done:
        flash(f"{DONE[action]}: {', '.join(done[:5])}")
    else:
        flash("The frontier knows no host of it yet: crawl it first.")
    return redirect(
        url_for(
            "sources.index",
            q=text_of(asked, "q") or None,
            order=choice_of(asked, "order", ORDERS),
            page=number_of(asked, "page", default=1, most=MOST_PAGES),
        ),
        303,
    )


def _known_hosts(source: str) -> list[str]:
    return [host.host for view in all_sources() if view.id == source for host, _ in view.hosts]


def _act(action: str, host: str) -> bool:
    frontier = desk().frontier
    if action == "visit_now":
        return frontier.visit_now(host) is not None
    return frontier.pause(host) if action == "pause" else frontier.resume(host)


def all_sources(order: str = "health") -> list[SourceView]:
    """Return every source that is configured or was fetched from."""
    found = desk().sources()
    health = {row.source: row for row in found.health}
    known = {source.id: source for source in known_sources(desk().settings)}
    frontier: tuple[HostState, ...] = ()
    visits: dict[str, float] = {}
    hosts: dict[str, HostState] = {host.host: host for host in or_else(desk().hosts, frontier)}
    visits = or_else(desk().next_visits, visits)
    views = []
    for name in known.keys() | health.keys():
        own = [host for host in _hosts_of(name, known.get(name)) if host in hosts]
        views.append(
            SourceView(
                id=name,
                name=known[name].name if name in known else name,
                topics=known[name].topics if name in known else (),
                health=health.get(name),
                per_day=found.per_day.get(name, {}),
                hosts=tuple((hosts[host], host_state(hosts[host])) for host in own),
                visit_in_s=min((visits[host] for host in own if host in visits), default=None),
            )
        )
    return sorted(views, key=lambda view: _place(view, order))


def _place(view: SourceView, order: str) -> tuple[float, str]:
    number = 0.0
    if order == "health":
        # What fails most first, what was never fetched last.
        number = 1.0 if view.health is None else -(view.error_rate or 0.0)
    elif order == "stories":
        number = -float(view.health.stories if view.health else 0)
    elif order == "recent":
        number = -(view.health.last_seen.timestamp() if view.health and view.health.last_seen else 0.0)
    return number, view.name.lower()


def _hosts_of(name: str, source: Source | None) -> list[str]:
    """Return the hosts of a source's seeds; one that was given as a URL is its own seed."""
    urls: Iterable[str | None] = (
        (*source.feeds, *source.sitemaps, *source.pages, source.home) if source else (name,)
    )
    found: dict[str, None] = {}
    for url in urls:
        try:
            found[host_key(canonicalize(url or ""))] = None
        except FetchError:
            continue
    return list(found)
