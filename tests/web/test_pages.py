"""Pages: what became of each, and how one was read."""

import gzip

from conftest import Room, Visitor
from press import NOON, site_url

from copydesk.web.explaining import Explainer, explain
from crawler.records import CanonicalUrl, FetchedPage, SourceId

HTML = b"""<html lang=en><head><title>Ferry stays in port</title></head>
<body><nav><a href=/a>Home</a> <a href=/b>News</a> <a href=/c>Sport</a></nav>
<article><h1>Ferry stays in port</h1>
<p>The ferry to the islands stayed in port on Friday because of the storm, the harbour office said.</p>
<p>Passengers were told to come back on Saturday, when the wind is expected to have died down a little.</p>
<p>About four hundred people had booked for the morning crossing, which takes three hours in calm weather.</p>
</article><div class=newsletter-signup>Sign up for our newsletter</div>
<footer>About us. All rights reserved.</footer></body></html>"""


def fetched(url: str, body: bytes = HTML, encoding: str = "") -> FetchedPage:
    """Return a page as a fetcher hands it over."""
    return FetchedPage(
        url=CanonicalUrl(url),
        final_url=CanonicalUrl(url),
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body,
        content_encoding=encoding,
        fetched_at=NOON,
        source=SourceId("delta-wire"),
    )


def test_pages_are_listed_with_their_reasons(visitor: Visitor) -> None:
    """Outcome, reason, address and source of each."""
    page = visitor.get("/pages").text
    assert "robots disallowed" in page
    assert "&lt;i&gt;no&lt;/i&gt; such page" in page


def test_pages_are_filtered(visitor: Visitor) -> None:
    """By outcome, reason and source together."""
    page = visitor.get("/pages?outcome=failed&reason=http_404&source=inland").text
    assert page.count('<a href="/page?url=') == 1


def test_a_page_tells_where_its_fields_came_from(visitor: Visitor) -> None:
    """The rule that gave title, authors and date."""
    page = visitor.get(f"/page?url={site_url('Delta Wire', 'port-scanners')}").text
    assert "json-ld headline" in page
    assert "meta article:published_time" in page
    assert "What was kept" in page


def test_a_page_that_is_still_kept_is_shown_block_by_block(room: Room) -> None:
    """Kept blocks beside dropped ones, each with its reason."""
    url = site_url("Delta Wire", "port-scanners")
    batch = room.desk.handover.send([fetched(url)])
    room.desk.kept.retire(batch, room.desk.handover.load(batch) or [])
    page = room.visitor().get(f"/page?url={url}").text
    assert '<tr class="keep"><td>The ferry to the islands' in page
    assert '<tr class="drop"><td>Sign up for our newsletter' in page
    assert room.desk.handover.queued_pages() == 0


def test_an_unknown_page_is_not_found(visitor: Visitor) -> None:
    """An address that was never fetched, or none at all."""
    assert visitor.get("/page?url=https://nowhere.example/").status_code == 404
    assert visitor.get("/page").status_code == 400


def test_blocks_stand_in_reading_order() -> None:
    """The headline before the story, the sign-up after it, and every dropped block has a reason."""
    found = explain(fetched("https://a.example/ferry"), 1_000_000)
    kept = [n for n, piece in enumerate(found.pieces) if not piece.reason]
    assert found.kind == "article"
    assert len(kept) >= 3
    headline = next(n for n, piece in enumerate(found.pieces) if "Ferry stays in port" in piece.text)
    assert headline <= kept[0]
    assert [found.pieces[n].text[:12] for n in kept if found.pieces[n].kind == "paragraph"][:1] == [
        "The ferry to"
    ]
    assert all(piece.reason or piece.kind for piece in found.pieces)
    assert "Sign up" in " ".join(piece.text for piece in found.pieces[kept[-1] :])


def test_a_page_that_cannot_be_inflated_is_explained_as_such() -> None:
    """A bomb gives its reason, not an error."""
    bomb = gzip.compress(b"0" * 1_000_000)
    found = explain(fetched("https://a.example/", bomb, "gzip"), 1000)
    assert (found.kind, found.pieces) == ("unreadable", [])


def test_the_reader_is_a_process_of_its_own_and_is_replaced() -> None:
    """A reader that takes too long is ended, and the next page gets a new one."""
    impatient = Explainer(timeout_s=0)
    try:
        assert impatient.explain(fetched("https://a.example/"), 1_000_000) is None
    finally:
        impatient.close()
    patient = Explainer(timeout_s=60)
    try:
        assert patient.explain(fetched("https://a.example/ferry"), 1_000_000) is not None
        patient._end()
        assert patient.explain(fetched("https://a.example/ferry"), 1_000_000) is not None
    finally:
        patient.close()
