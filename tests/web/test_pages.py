"""Pages: what became of each, and how one was read."""

import gzip
import re

from redis import Redis

from copydesk.web.explaining import Explainer, Piece, explain
from copydesk.web.held import OTHERWISE, RECURS, held_against
from crawler.records import CanonicalUrl, FetchedPage, SourceId
from tests.web.conftest import Room, Visitor
from tests.web.press import NOON, site_url
from workers.dedup.folding import Folder
from workers.dedup.memory_index import MemoryIndex
from workers.desk import Desk as Worker
from workers.extract.site_memory import MIN_PAGES, RedisSiteMemory, block_hash
from workers.parsing import Reader
from workers.records import Article, Block, BlockKind

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
    assert '<tr class="keep"><td dir="auto">The ferry to the islands' in page
    assert '<tr class="drop"><td dir="auto">Sign up for our newsletter' in page
    assert room.desk.handover.queued_pages() == 0


def piece(text: str, reason: str = "") -> Piece:
    """A block of the second reading."""
    return Piece(text=text, kind="" if reason else "paragraph", reason=reason)


def stored(*texts: str) -> Article:
    """What the store has of a page."""
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)
    return Article(url="https://a.example/1", title="Ferry stays in port", blocks=blocks)


def test_what_is_shown_as_kept_is_what_was_stored(redis: Redis) -> None:
    """A line that the site's memory dropped is shown as dropped, with that reason; what was kept then is kept."""
    memory = RedisSiteMemory(redis, ["a.example"])
    for story in range(MIN_PAGES):
        memory.learn("a.example", story, [block_hash("Our readers pay for this.")])
    memory.save()
    pieces = [
        piece("Ferry stays in port", "headline"),
        piece("The ferry stayed."),
        piece("Our readers pay for this."),
        piece("A line of an older rule."),
        piece("Kept then, dropped now.", "short"),
        piece("Home", "navigation"),
    ]
    found = held_against(
        pieces, stored("The ferry stayed.", "Kept then, dropped now.", "From a feed."), redis
    )
    assert [(p.text[:8], p.reason) for p in found.pieces] == [
        ("Ferry st", "headline"),
        ("The ferr", ""),
        ("Our read", RECURS),
        ("A line o", OTHERWISE),
        ("Kept the", ""),
        ("Home", "navigation"),
    ]
    assert found.absent == 1


def test_a_text_that_stands_twice_is_kept_where_it_was_kept(redis: Redis) -> None:
    """Of a headline in a menu and at the top of the story, the second is the one."""
    pieces = [piece("Storm", "navigation"), piece("Storm"), piece("The wind rose.")]
    found = held_against(pieces, stored("Storm", "The wind rose."), redis)
    assert [p.reason for p in found.pieces] == ["navigation", "", ""]


def test_the_page_and_the_store_agree_after_a_crawl(room: Room) -> None:
    """A line that recurs on five pages is in none of the later texts, and is not shown as kept."""
    worker = Worker(
        redis=room.desk.redis,
        store=room.desk.store,
        handover=room.desk.handover,
        folder=Folder(MemoryIndex()),
        reader=Reader(max_bytes=1_000_000),
        settings=room.desk.settings,
    )
    slogan = b"<p>Read by the islands since the year of the great flood, and paid for by nobody else.</p></article>"
    urls = [f"https://a.example/2026/ferry-{n}" for n in range(5)]
    for n, url in enumerate(urls):
        word = f"number {n} {'abcde'[n] * 9}".encode()
        html = HTML.replace(b"</article>", slogan).replace(b"Ferry", b"Ferry " + word)
        for line in (b"The ferry to", b"Passengers were", b"About four hundred"):
            html = html.replace(line, line + b" " + word)
        worker.process(room.desk.handover.send([fetched(url, html)]))
    page = room.visitor().get(f"/page?url={urls[-1]}").text
    kept = re.findall(r'<tr class="keep"><td dir="auto">(.*?)</td>', page)
    [row] = room.desk.store.page(urls[-1])
    article = room.desk.store.article(row.sighting_id or 0)
    assert article is not None
    assert kept == [block.text for block in article.blocks]
    assert not any("great flood" in text for text in kept)
    assert RECURS in page


def test_bytes_of_no_stored_fetch_are_said_to_be_that(room: Room) -> None:
    """A page that is at hand but not in the store is not passed off as what was stored."""
    url = site_url("Delta Wire", "port-scanners")
    batch = room.desk.handover.send([fetched(url)])
    room.desk.kept.retire(batch, room.desk.handover.load(batch) or [])
    assert "not those of any fetch that is stored" in room.visitor().get(f"/page?url={url}").text


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
