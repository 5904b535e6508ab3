"""What is asked of the store: lists, one story, text search, exports, counts.  Runs on both databases."""

from typing import Any

import pytest

from crawler.errors import ConfigError
from workers.records import VerdictKind
from workers.store import Store

A, B, C = "https://a.example/1", "https://b.example/1", "https://c.example/1"


def test_stories_come_newest_first_a_page_at_a_time(store: Store, make: Any) -> None:
    """Following the cursor gives every story once, in order, also where dates are equal."""
    urls = [f"https://a.example/{n}" for n in range(25)]
    store.save(make.batch(*(make.decided(url, minute=n // 3) for n, url in enumerate(urls))))
    seen, cursor = [], None
    while page := store.stories(limit=7, before=cursor):
        seen += page
        cursor = page[-1].cursor
    assert len({row.id for row in seen}) == len(seen) == 25
    assert [row.dated_at for row in seen] == sorted((row.dated_at for row in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["", "x", "2026-01-01_1", "2026-01-01T00:00:00+00:00_-1", "_" * 99])
def test_a_cursor_that_is_none_is_refused_in_one_line(store: Store, cursor: str) -> None:
    """A cursor comes back from the outside and may be anything."""
    with pytest.raises(ConfigError, match="no cursor"):
        store.stories(before=cursor)


def test_stories_are_found_by_words_of_any_version(store: Store, make: Any) -> None:
    """All words, phrases, and without words; in the headline or the text, whatever is typed."""
    first = make.decided(A, "The ministry met exporters of gallium on Monday.", title="Talks on metals")
    update = make.decided(
        A, "The ministry met exporters of germanium on Monday.", kind=VerdictKind.UPDATE_OF, of=first.id
    )
    store.save(make.batch(first, update, make.decided(B, "Nothing of the kind happened in Malmö.")))

    def found(text: str) -> list[str]:
        return [row.url for row in store.stories(text=text)]

    assert found("gallium") == found("germanium exporters") == found('"met exporters"') == [A]
    assert found("talks metals") == [A]
    assert found("malmö -ministry") == [B]
    assert found("gallium kind") == []
    for typed in ('"', "OR", "a AND (", "*", "-", "NEAR(", "title:", "'", "\\", "\x00"):
        found(typed)


LONG = {
    "many words": " ".join(f"w{n}" for n in range(2_000)),
    "many unwanted words": "gallium " + " ".join(f"-w{n}" for n in range(2_000)),
    "one word": "x" * 10_000,
    "quotes": '"' * 10_001,
    "beginnings": "\u82af " * 3_000,
}


@pytest.mark.parametrize("typed", LONG.values(), ids=LONG.keys())
def test_a_long_text_is_looked_for_like_a_short_one(store: Store, make: Any, typed: str) -> None:
    """Ten thousand characters, pasted by mistake: an answer, and never a complaint of the database."""
    store.save(make.batch(make.decided(A, "The ministry met exporters of gallium on Monday.")))
    found = [row.url for row in store.stories(text=typed)]
    assert found == ([A] if typed.startswith("gallium") else [])


UNSPACED = {
    "zh": ("港口工人投票决定停工", "工人周一在码头集会、反对AI芯片出口的新规定。2026年度预算未定。"),
    "ja": ("フェリー会社が夜の便をやめる", "会社は来月から夜の便を減らすと発表した。ﾀｸｼｰで帰る客もいる。"),
    "th": ("เทศบาลเปิดสะพานใหม่", "ชาวบ้านข้ามแม่น้ำได้แล้วหลังจากรอมาหลายปี"),
    "ko": ("부두 노동자들이 파업을 결정했다", "정부가 새 규정을 발표하자 조합은 월요일에 모였다."),
    "en": ("Talks at the port", "A port worker meets AIDS charities."),
    "hi": ("नदी पर पुल", "हिन्दी में लिखी खबर बंदरगाह की है"),
}


WORDS = {
    "zh": '工人|投票决定|码头 停工|集|芯片|AI芯片|ai|2026年|定|"2026年度预算"|工人 -夜の便',
    "ja": "フェリー|夜の便|発表|会社 来月|タクシー|た|ﾀｸｼｰ",
    "th": "สะพาน|แม่น้ำ|เทศบาล หลายปี|ปี",
    "ko": '정부|노동자|파업 조합|"새 규정"|월요일에',
    "hi": "हिन्दी|नदी खबर",
    "en": "port worker|AIDS",
    None: "人工|ฐบาล|정가|便夜|AI出口|夜の便 -発表|हिन्द|chip",
}


def test_words_are_found_inside_text_without_spaces(store: Store, make: Any) -> None:
    """Words, single letters and phrases, in the order and with the marks that they have, in headline and text."""
    store.save(
        make.batch(
            *(
                make.decided(f"https://{language}.example/1", text, title=title)
                for language, (title, text) in UNSPACED.items()
            )
        )
    )
    for language, all_typed in WORDS.items():
        for typed in all_typed.split("|"):
            wanted = [] if language is None else [f"https://{language}.example/1"]
            assert [row.url for row in store.stories(text=typed)] == wanted, typed


def test_stories_are_chosen_by_source_site_time_and_copies(store: Store, make: Any) -> None:
    """Filters narrow; a source or site counts if any sighting of the story has it."""
    store.save(
        make.batch(
            make.decided(A, "One text of its own here.", source="wire"),
            make.decided(
                B,
                kind=VerdictKind.EXCERPT_OF,
                of=make.id(A, "One text of its own here."),
                source="paper",
            ),
            make.decided(C, minute=60, source="paper", language="de"),
        )
    )
    assert {row.url for row in store.stories(source="paper")} == {A, C}
    assert [row.url for row in store.stories(source="wire")] == [A]
    assert [row.url for row in store.stories(site="b.example")] == [A]
    assert [row.url for row in store.stories(min_sightings=2)] == [A]
    assert [row.url for row in store.stories(language="de")] == [C]
    half = make.noon.replace(minute=30)
    assert [row.url for row in store.stories(since=half)] == [C]
    assert [row.url for row in store.stories(until=half)] == [A]


def test_a_story_shows_every_copy_with_its_verdict(store: Store, make: Any) -> None:
    """Canonical first; each sighting says what it is, of which, how similar and why; versions are kept."""
    text = "The first version of the text."
    first = make.decided(A, text)
    update = make.decided(A, f"{text} And more.", kind=VerdictKind.UPDATE_OF, of=first.id, minute=5)
    copy = make.decided(B, text, kind=VerdictKind.SAME, of=first.id, minute=6)
    store.save(make.batch(first, update, copy))
    detail = store.story(first.id)
    assert detail is not None
    assert [s.verdict for s in detail.sightings if s.canonical] == ["update_of"]
    assert detail.sightings[0].canonical
    by_id = {s.id: s for s in detail.sightings}
    assert by_id[first.id].superseded
    assert (by_id[copy.id].of, by_id[copy.id].reason) == (first.id, "same_rule")
    assert [v.text for v in detail.versions] == [first.article.text]
    assert {(r.kind, r.sighting_id, r.of) for r in detail.relations} == {("update_of", update.id, first.id)}


@pytest.mark.parametrize("number", [-1, 0, 1, 1 << 63, 1 << 70])
def test_ids_that_name_nothing_give_nothing(store: Store, number: int) -> None:
    """An id comes from the outside and may be any number."""
    assert store.story(number) is None
    assert store.article(number) is None
    assert store.dead_letter(number) is None


def test_a_follower_sees_every_change_once(store: Store, make: Any) -> None:
    """``since_id`` gives what changed since: new stories, stories with a new copy, stories merged away."""
    store.save(make.batch(make.decided(A), make.decided(B)))
    rows = list(store.export())
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    last = rows[-1].id
    assert list(store.export(since_id=last)) == []
    bridge = make.decided(
        C, kind=VerdictKind.NEAR, of=make.id(A), others=(make.match(VerdictKind.NEAR, make.id(B)),)
    )
    store.save(make.batch(bridge))
    changes = {row.story: row for row in store.export(since_id=last)}
    assert changes[make.id(B)].merged_into == make.id(A)
    assert {s.url for s in changes[make.id(A)].sightings} == {A, B, C}
    assert changes[make.id(A)].text == make.article(changes[make.id(A)].url).text


def test_seeing_a_page_again_is_no_news_to_a_follower(store: Store, make: Any) -> None:
    """Re-visits move ``last_seen`` and nothing else."""
    store.save(make.batch(make.decided(A)))
    (row,) = store.export()
    store.save(make.batch(make.decided(A, minute=30)))
    (again,) = store.export()
    assert again.id == row.id
    assert (again.last_seen - row.last_seen).total_seconds() == 30 * 60


def test_a_long_export_is_read_in_chunks_and_misses_nothing(
    store: Store, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the chunks fall, each story comes once."""
    monkeypatch.setattr("workers.store.exporting.CHUNK", 4)
    store.save(make.batch(*(make.decided(f"https://a.example/{n}") for n in range(12))))
    assert len({row.story for row in store.export()}) == 12
    assert len(list(store.articles())) == 12


def test_a_source_is_judged_by_its_pages(store: Store, make: Any) -> None:
    """Health counts outcomes by source and names the last failure; days count new stories."""
    store.save(
        make.batch(
            make.decided(A, source="good"),
            pages=(
                make.page(B, source="bad", outcome="failed", reason="http_500", minute=3),
                make.page(C, source="good", outcome="feed", reason="feed"),
            ),
        )
    )
    bad, good = store.source_health()
    assert (bad.source, bad.failed, bad.last_failure_reason, bad.last_ok) == ("bad", 1, "http_500", None)
    assert (good.source, good.stored, good.structure, good.stories) == ("good", 1, 1, 1)
    assert good.last_ok == make.noon
    assert store.stories_per_day() == [(make.noon.date(), 1)]
    assert [row.url for row in store.recent_pages(outcome="failed")] == [B]
    first = store.recent_pages(limit=1)
    assert store.recent_pages(before=first[0].cursor)[0].url != first[0].url
