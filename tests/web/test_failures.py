"""Failures: pages put aside, and another try."""

import pytest
from redis.utils import str_if_bytes

from copydesk.web.failures import letter_name
from crawler.records import FetchedPage
from tests.web.conftest import Room, Visitor
from tests.web.press import site_url


def queued_urls(room: Room) -> set[str]:
    """Return the URLs that wait for workers."""
    batches = room.desk.redis.hkeys("copydesk:batches")
    outcomes = [o for batch in batches for o in room.desk.handover.load(str_if_bytes(batch)) or []]
    return {o.url for o in outcomes if isinstance(o, FetchedPage)}


def test_what_was_put_aside_is_listed_by_reason(visitor: Visitor) -> None:
    """Counts by reason, then each page with its own line."""
    page = visitor.get("/failures").text
    assert "extract timeout 3" in page
    assert "store error 2" in page
    assert "try 3 of 3, line 4" in page
    assert "http 404" in page
    assert visitor.get("/failures?reason=store_error").text.count("try 3 of 3") == 2


def test_one_page_is_tried_again(room: Room) -> None:
    """It goes to the workers and leaves the list; the others stay."""
    letter = next(x for x in room.desk.store.dead_letters() if x.url.endswith("stuck-1"))
    visitor = room.visitor()
    assert visitor.post("/failures/retry", name=letter_name(letter.id)).status_code == 303
    assert "1 page handed to the workers again." in visitor.get("/failures").text
    assert queued_urls(room) == {site_url("The Inland Post", "stuck-1")}
    assert len(room.desk.store.dead_letters()) == 4


def test_all_pages_of_a_reason_are_tried_again(room: Room) -> None:
    """Those of the reason, no others."""
    room.visitor().post("/failures/retry", reason="extract_timeout")
    assert len(queued_urls(room)) == 3
    assert {letter.reason for letter in room.desk.store.dead_letters()} == {"store_error"}


def test_pages_are_forgotten(room: Room) -> None:
    """Nothing is handed over, nothing is left."""
    room.visitor().post("/failures/drop")
    assert room.desk.store.dead_letters() == []
    assert queued_urls(room) == set()


def test_trying_again_twice_is_harmless(room: Room) -> None:
    """A form that is sent twice finds nothing the second time."""
    name = letter_name(room.ids.letters[0])
    visitor = room.visitor()
    visitor.post("/failures/retry", name=name)
    visitor.get("/failures")
    visitor.post("/failures/retry", name=name)
    assert "0 pages handed to the workers again." in visitor.get("/failures").text
    assert len(queued_urls(room)) == 1


@pytest.mark.parametrize("name", ["1", "x" * 16, "f" * 16, "0" * 17, "-000000000000001"])
def test_a_name_that_cannot_be_is_refused(room: Room, name: str) -> None:
    """Names are those that the list prints."""
    assert room.visitor().post("/failures/retry", name=name).status_code == 400
