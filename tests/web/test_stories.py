"""The list of stories, one story, a copy beside it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from config.sources import Source
from copydesk.web import stories
from tests.web.conftest import Room, Visitor
from tests.web.press import NOON, blocks, decided, site_url
from workers.ids import article_name, story_name
from workers.records import Article, Match, StoryId, Verdict, VerdictKind
from workers.store.records import Batch


def titles(page: str) -> list[str]:
    """Return the headlines of a list, without the marks of a search."""
    return [
        re.sub(r"</?mark>", "", found)
        for found in re.findall(r'<h2 dir="auto"><a href="[^"]+">(.*?)</a>', page)
    ]


def test_the_list_is_newest_first_and_tells_what_was_folded(visitor: Visitor) -> None:
    """Headline, site, age and the number of places of each story."""
    page = visitor.get("/stories").text
    assert titles(page)[-1] == "Port authority delays scanner licence"
    assert "seen at 5 places" in page
    assert "Delta Wire" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=scanner+licence", 1),
        ("q=%22rest+of+the+text%22", 1),
        ("q=nowhere-to-be-found", 0),
        ("source=inland", 1),
        ("source=unknown", 0),
        ("site=Northern+Ledger", 1),
        ("copies=2", 1),
        ("copies=6", 0),
        ("since=2026-11-20", 1),
        ("until=2026-11-19", 1),
        ("since=2026-11-19&until=2026-11-19", 1),
        ("since=2026-11-21", 0),
        ("q=scanner%00licence", 1),
        ("since=0001-01-01", 2),
        ("since=2026-11-03&until=2026-11-01", 0),
        ("q=&source=&topic=&since=&until=&copies=", 2),
    ],
)
def test_the_list_is_filtered(visitor: Visitor, query: str, found: int) -> None:
    """By words, source, site, number of places and date; empty fields of the form do not matter."""
    assert len(titles(visitor.get(f"/stories?{query}").text)) == found


def test_the_list_is_filtered_by_topic(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic stands for all sources that are watched for it."""
    known = (Source(id="inland", name="Inland", home="https://a.example/", topics=("ports",)),)
    monkeypatch.setattr(stories, "known_sources", lambda _settings: known)
    assert len(titles(visitor.get("/stories?topic=ports").text)) == 1
    assert titles(visitor.get("/stories?topic=rail").text) == []


@pytest.mark.parametrize(
    "query",
    [
        "copies=0",
        "copies=many",
        "limit=201",
        "before=nonsense",
        "since=yesterday",
        "since=2026-02-30",
        "since=20261101",
        "limit=%D9%A3",
    ],
)
def test_a_wrong_question_is_told_so(visitor: Visitor, query: str) -> None:
    """A value out of bounds gives 400 and says which, never a server error."""
    assert visitor.get(f"/stories?{query}").status_code == 400


def test_the_list_goes_on_where_it_ended(visitor: Visitor) -> None:
    """The link to older stories leads through the whole list once."""
    first = visitor.get("/stories?limit=1").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None
    second = visitor.get(older.group(1).replace("&amp;", "&") + "&limit=1").text
    assert len({*titles(first), *titles(second)}) == 2


def test_hostile_text_is_shown_as_text(room: Room) -> None:
    """A story whose title, site, author and text are markup shows them, on every page that names it."""
    name = story_name(StoryId(room.ids.hostile))
    for path in (
        "/stories",
        f"/stories/{name}",
        "/sources",
        "/pages",
        "/page?url=https://hostile.example/x?q=<b>",
    ):
        answer = room.visitor().get(path)
        assert answer.status_code == 200, path
        page = LexborHTMLParser(answer.data)
        assert [node.attributes.get("src") for node in page.css("script")] == ["/static/times.js"], path
        assert page.css("img, svg[onload]") == [], path
        assert not [
            node.html for node in page.css("*") if any(n.startswith("on") for n in node.attributes)
        ], path
        assert len(page.css("h1")) == 1, path
        assert "49 " not in answer.text


def test_a_story_tells_who_ran_it_and_why_it_is_taken_for_it(room: Room) -> None:
    """Each sighting with verdict, resemblance, containment and reason; the digest that holds it."""
    page = room.visitor().get(f"/stories/{story_name(StoryId(room.ids.wire))}").text
    for text in (
        "No licence for port scanners yet",
        "78%",
        "91%",
        "claims agree",
        "excerpt",
        "update",
        "earlier version",
    ):
        assert text in page
    assert "Digests that hold it" in page
    assert "The week in five stories" in page
    assert "Mira Solberg" in page


def test_the_name_of_any_copy_leads_to_the_story(room: Room) -> None:
    """An article's id in place of the story's is sent on to the story's own page."""
    answer = room.visitor().get(f"/stories/{story_name(StoryId(room.ids.edited))}")
    assert answer.status_code == 302
    assert answer.location == f"/stories/{story_name(StoryId(room.ids.wire))}"


def test_a_merged_story_still_resolves(room: Room) -> None:
    """A link to a story that turned out to be another one leads there."""
    founder = decided(
        Article(
            url=site_url("Delta Wire", "late"), title="Late", blocks=blocks("A text of its own, long enough.")
        ),
        source="delta-wire",
        at=NOON,
    )
    room.desk.store.save(Batch(decided=(founder,)))
    near: dict[str, Any] = {
        "kind": VerdictKind.NEAR,
        "resemblance": 0.9,
        "containment": 0.9,
        "reason": "claims_agree",
    }
    both = decided(
        Article(
            url=site_url("Harbour Courier", "both"),
            title="Both",
            blocks=blocks("A text that shows both are one."),
        ),
        source="harbour",
        at=NOON + timedelta(minutes=1),
        verdict=Verdict(
            kind=VerdictKind.NEAR,
            reason="claims_agree",
            match=Match(of=room.ids.wire, **near),
            others=(Match(of=founder.id, **near),),
        ),
    )
    room.desk.store.save(Batch(decided=(both,)))
    names = {story_name(StoryId(room.ids.wire)), story_name(StoryId(founder.id))}
    answers = [room.visitor().get(f"/stories/{name}") for name in sorted(names)]
    assert sorted(answer.status_code for answer in answers) == [200, 302]


@pytest.mark.parametrize("name", ["s0000000000000", "nonsense", "s7zzzzzzzzzzzzz", "%00", "a0000000000000"])
def test_an_unknown_story_is_not_found(visitor: Visitor, name: str) -> None:
    """Whatever is asked for, what is not there is a 404."""
    assert visitor.get(f"/stories/{name}").status_code == 404


def test_a_copy_is_shown_beside_the_canonical_text(room: Room) -> None:
    """Insertions and deletions are marked, what is the same is not."""
    name, copy = story_name(StoryId(room.ids.wire)), article_name(room.ids.edited)
    page = room.visitor().get(f"/stories/{name}/copies/{copy}").text
    assert "<ins>Monday evening,</ins>" in page
    assert "<ins>The authority had asked for the scanners in 2024.</ins>" in page
    assert "<del>Two people who read the draft described it as narrower than expected.</del>" in page
    assert "78%" in page
    assert "claims agree" in page


def test_a_copy_of_another_story_is_not_found(room: Room) -> None:
    """Only copies of the story can be compared with it."""
    name = story_name(StoryId(room.ids.wire))
    path = f"/stories/{name}/copies/{article_name(room.ids.hostile)}"
    assert room.visitor().get(path).status_code == 404
