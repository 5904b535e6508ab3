"""What pages say of themselves may be anything: every page of ours shows it, small and harmless."""

import html
import logging
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from crawler.handover import encode_outcomes
from tests.web.conftest import Room
from tests.web.press import NOON, blocks, copy_of, decided, entry
from workers.ids import article_name, story_name
from workers.records import Article, StoryId, VerdictKind
from workers.store.dead_letters import make_dead_letter
from workers.store.engine import writing
from workers.store.records import Batch, PageEntry

LARGEST = 100_000
OVERRIDE = "\u202e"
TEXTS = {
    "markup": "\"><script>alert(1)</script>'<img src=x onerror=alert(2)>{{7*7}}{% raw %}",
    "turned": f"{OVERRIDE}txt.exe\u2066 and \u202don",
    "one word": "W" * 100_000,
    "controls": "a\x00b\x1b[31mc\x07\x85d",
    "a script's address": "javascript:alert(1)",
    "nothing": "  \n\t\u2028 ",
}
LONG_URL = "https://a.example/" + "%25" * 1_300


def write(room: Room, said: str) -> list[str]:
    """Store a story whose every field says this, with a copy, a failure and a page put aside; return its pages."""
    url = f"https://said.example/{len(said)}"
    first = decided(
        Article(
            url=url, title=said, site=said, authors=(said, said), language=said, section=said, tags=(said,),
            image=said, declared_canonical=said, blocks=blocks(said, f"body {said}", said),
            published_at=NOON - timedelta(hours=1), provenance=(("title", said), (said, said)),
        ),
        source="said", at=NOON - timedelta(minutes=5),
    )  # fmt: skip
    copy = decided(
        replace(first.article, url=LONG_URL, blocks=blocks(f"{said} other", f"body {said}")),
        source="said",
        at=NOON,
        verdict=copy_of(first, VerdictKind.NEAR, 0.5, 0.5, said),
    )
    gone = PageEntry(
        url=f"{url}/gone", content_hash="", source="said", role="page", fetched_at=NOON, outcome="failed",
        reason=said, detail=said, content_type=said, final_url=said,
    )  # fmt: skip
    pages = (entry(first, reason=said), entry(copy, reason=said), gone)
    room.desk.store.save(Batch(pages=pages, decided=(first, copy)))
    letter = make_dead_letter(
        url=LONG_URL,
        source="said",
        reason=said[:80],
        detail=said,
        tries=3,
        failed_at=NOON,
        outcome=encode_outcomes([]),
    )
    room.desk.store.put_aside(letter)
    story = f"/stories/{story_name(StoryId(first.id))}"
    return [
        "/", "/stories", "/stories?q=body", "/pages", "/sources", "/failures", story,
        f"{story}/copies/{article_name(copy.id)}", f"/page?url={quote(url, safe='')}",
        f"/page?url={quote(gone.url, safe='')}", f"/page?url={quote(LONG_URL, safe='')}",
    ]  # fmt: skip


@pytest.mark.parametrize("said", TEXTS.values(), ids=TEXTS.keys())
def test_every_page_shows_whatever_is_said(room: Room, said: str) -> None:
    """Each is an answer, under 100 KB; no markup, no address of a script, nothing that turns other text around."""
    visitor = room.visitor()
    for path in write(room, said):
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert len(answer.data) < LARGEST, (path, len(answer.data))
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert not re.search(r'(href|src|action)="\s*javascript:', answer.text, re.IGNORECASE)
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html.unescape(answer.text)
        )


def test_a_list_of_very_long_addresses_goes_on_on_its_next_page(room: Room) -> None:
    """As many as fit are shown; following the cursor leaves none out."""
    pages = tuple(
        PageEntry(
            url=f"{LONG_URL}{n}", content_hash="", source="long", role="page", outcome="failed", reason="http_404",
            fetched_at=NOON - timedelta(minutes=n),
        )
        for n in range(12)
    )  # fmt: skip
    room.desk.store.save(Batch(pages=pages, decided=()))
    visitor, path, found = room.visitor(), "/pages?source=long", 0
    while path:
        answer = visitor.get(path)
        assert len(answer.data) < LARGEST
        found += answer.text.count('<td class="wide">')
        onward = re.search(r'<a href="([^"]+)" rel="next">', answer.text)
        path = html.unescape(onward.group(1)) if onward else ""
    assert found == len(pages)


def test_a_damaged_row_costs_the_pages_that_show_it(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """They say where to look, and how to mend it; the others are as before."""
    with writing(room.desk.store.engine) as connection:
        connection.execute(text(f"UPDATE articles SET blocks = '{{' WHERE id = {room.ids.wire}"))
    room.app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = room.visitor()
    with caplog.at_level(logging.CRITICAL):
        answer = visitor.get(f"/stories/{story_name(StoryId(room.ids.wire))}")
    assert answer.status_code == 500
    assert "The log of copydesk web says why" in answer.text
    assert {
        visitor.get(path).status_code for path in ("/", "/stories", "/pages", "/sources", "/failures")
    } == {200}
