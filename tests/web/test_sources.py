"""Sources: how each is doing, and what may be done to its hosts."""

import re

import pytest

from copydesk.web.sources import all_sources
from crawler.frontier.records import HostState
from crawler.records import CanonicalUrl, DiscoveredUrl, SourceId, UrlRole
from tests.web.conftest import Room
from tests.web.press import NOON

FEED = "https://delta-wire.example/feed"


@pytest.fixture
def planted(room: Room) -> Room:
    """A source that was given as a URL waits in the frontier."""
    seed = DiscoveredUrl(url=CanonicalUrl(FEED), source=SourceId(FEED), role=UrlRole.SEED)
    room.desk.frontier.add([seed])
    room.desk.store.engine.dispose()
    return room


def host(room: Room) -> HostState:
    """Return the planted host."""
    return next(h for h in room.desk.frontier.hosts() if h.host == "delta-wire.example")


def test_every_source_is_listed_the_least_healthy_first(room: Room) -> None:
    """Those that were fetched with their error rate, those configured and never fetched last."""
    page = room.visitor().get("/sources").text
    names = re.findall(r'<a class="site"[^>]*>(.*?)</a>', page)
    assert names[:3] == ["harbour", "inland", "ledger"]
    assert "robots disallowed" in page
    assert names.index("delta-wire") < names.index("Gizmochina")


def test_new_stories_are_drawn_by_day(room: Room) -> None:
    """Fourteen days, the last one today; only stories that the source was first with."""
    with room.app.app_context():
        view = next(v for v in all_sources() if v.id == "delta-wire")
        days = view.days(NOON.date())
    assert len(days) == 14
    assert sum(days) == 1
    assert days[-2] == 1


@pytest.mark.parametrize(
    ("query", "found"), [("q=inland", 1), ("q=GIZMO", 1), ("q=nobody", 0), ("order=name", 40)]
)
def test_sources_are_found_by_name(room: Room, query: str, found: int) -> None:
    """By a part of name or id, whatever its case."""
    page = room.visitor().get(f"/sources?{query}").text
    assert min(40, page.count('<a class="site"')) >= min(found, 1)
    assert bool(page.count('<a class="site"')) == bool(found)


def test_a_source_is_paused_and_resumed(planted: Room) -> None:
    """All of its hosts are, by the form of the page."""
    assert not host(planted).is_paused
    visitor = planted.visitor()
    answer = visitor.post("/sources/steer", action="pause", host="delta-wire.example")
    assert answer.status_code == 303
    assert host(planted).is_paused
    assert "Paused: delta-wire.example" in visitor.get("/sources").text
    visitor.post("/sources/steer", action="resume", host="delta-wire.example")
    assert not host(planted).is_paused


def test_a_source_is_visited_now(planted: Room) -> None:
    """The form says so even when no visit had to be moved."""
    visitor = planted.visitor()
    visitor.post("/sources/steer", action="visit_now", host="delta-wire.example")
    assert "To be visited now: delta-wire.example" in visitor.get("/sources").text


@pytest.mark.parametrize(
    "fields", [{}, {"action": "pause"}, {"action": "forget", "host": "a"}, {"host": "a"}]
)
def test_a_form_that_says_nothing_is_refused(room: Room, fields: dict[str, str]) -> None:
    """Only what the page offers can be done."""
    assert room.visitor().post("/sources/steer", **fields).status_code == 400


def test_an_unknown_host_is_told_so(room: Room) -> None:
    """Nothing is made up for a host that the frontier does not know."""
    visitor = room.visitor()
    visitor.post("/sources/steer", action="pause", host="nobody.example")
    assert "The frontier knows no host of it" in visitor.get("/sources").text
