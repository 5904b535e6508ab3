"""Saving: one story once, whoever comes first, however often it is said.  Runs on both databases."""

import itertools
from dataclasses import replace
from typing import Any

from workers.records import Holding, VerdictKind
from workers.store import Store

A, B, C = "https://a.example/1", "https://b.example/1", "https://c.example/1"
TEXT = "The bureau published a rule on Monday.\nIt names three firms and gives them ninety days."


def partition(store: Store) -> set[frozenset[str]]:
    """The stories as sets of URLs: what must not depend on order."""
    rows = store.export(digests=True)
    return {frozenset(sighting.url for sighting in row.sightings) for row in rows}


def test_a_new_article_becomes_a_story_with_its_text(store: Store, make: Any) -> None:
    """What is stored is given back whole: blocks, authors, dates, in UTC."""
    first = make.decided(A, TEXT, authors=("Ann Ho",), published_at=make.noon, tags=("chips",), language="en")
    store.save(make.batch(first))
    detail = store.story(first.id)
    assert detail is not None
    assert detail.canonical.article == first.article
    assert detail.story.sightings == 1
    assert detail.story.lead.startswith("The bureau published")


def test_the_same_batch_twice_is_the_same_as_once(store: Store, make: Any) -> None:
    """Effects are keyed, never counted: a repeated batch changes no row and bumps no change id."""
    batch = make.batch(
        make.decided(A, TEXT),
        make.decided(B, TEXT, kind=VerdictKind.SAME, of=make.id(A, TEXT)),
        pages=(make.page(C),),
    )
    store.save(batch)
    before = (list(store.export()), store.counts(), store.totals())
    saved = store.save(batch)
    assert (list(store.export()), store.counts(), store.totals()) == before
    assert saved.stories == ()
    assert saved.new_sightings == 0


def test_a_verbatim_copy_keeps_a_sighting_and_no_second_text(store: Store, make: Any) -> None:
    """SAME as a stored article writes only where, when and under which headline."""
    store.save(make.batch(make.decided(A, TEXT)))
    store.save(
        make.batch(make.decided(B, TEXT, kind=VerdictKind.SAME, of=make.id(A, TEXT), title="Other headline"))
    )
    totals = store.totals()
    assert (totals.stories, totals.sightings, totals.articles, totals.folded) == (1, 2, 1, 1)


def test_a_text_is_never_dropped_on_the_word_of_the_index(store: Store, make: Any) -> None:
    """SAME as an article that was never stored, or whose text differs, keeps the whole article."""
    store.save(make.batch(make.decided(B, TEXT, kind=VerdictKind.SAME, of=make.id(A, TEXT))))
    store.save(make.batch(make.decided(C, TEXT + " More.", kind=VerdictKind.SAME, of=make.id(B, TEXT))))
    assert store.totals().articles == 2
    assert partition(store) == {frozenset({B, C})}


def test_a_copy_stored_before_its_founder_waits_under_the_founders_name(store: Store, make: Any) -> None:
    """B near A while A is in another worker's hands: A finds its story when it comes."""
    store.save(make.batch(make.decided(B, kind=VerdictKind.NEAR, of=make.id(A))))
    assert store.story(make.id(A)) is not None
    store.save(make.batch(make.decided(A)))
    assert partition(store) == {frozenset({A, B})}
    detail = store.story(make.id(B))
    assert detail is not None
    assert detail.story.id == make.id(A)


def test_a_founder_that_belongs_elsewhere_takes_its_story_along(store: Store, make: Any) -> None:
    """B near A, then A turns out to be near C: one story, and A's name still resolves."""
    store.save(make.batch(make.decided(B, kind=VerdictKind.NEAR, of=make.id(A))))
    store.save(make.batch(make.decided(C)))
    store.save(make.batch(make.decided(A, kind=VerdictKind.NEAR, of=make.id(C))))
    assert partition(store) == {frozenset({A, B, C})}
    detail = store.story(make.id(A))
    assert detail is not None
    assert detail.story.id == make.id(C)
    assert detail.merged == (make.id(A),)


def test_an_article_that_shows_two_stories_to_be_one_merges_them(store: Store, make: Any) -> None:
    """``Verdict.others`` merges; both old ids give the one story."""
    store.save(make.batch(make.decided(A), make.decided(B)))
    bridge = make.decided(
        C, kind=VerdictKind.NEAR, of=make.id(A), others=(make.match(VerdictKind.NEAR, make.id(B)),)
    )
    store.save(make.batch(bridge))
    assert partition(store) == {frozenset({A, B, C})}
    for url in (A, B, C):
        detail = store.story(make.id(url))
        assert detail is not None
        assert detail.story.id == make.id(A)


def test_a_story_merged_before_its_article_came_is_found_by_it(store: Store, make: Any) -> None:
    """A bridge may name a story that nobody has stored yet; its article lands in the merged one."""
    bridge = make.decided(
        C, kind=VerdictKind.NEAR, of=make.id(A), others=(make.match(VerdictKind.NEAR, make.id(B)),)
    )
    store.save(make.batch(bridge))
    store.save(make.batch(make.decided(B), make.decided(A)))
    assert partition(store) == {frozenset({A, B, C})}
    assert store.check() == []


def test_merges_never_make_a_chain(store: Store, make: Any) -> None:
    """However stories are merged one after the other, every old id leads straight to the living story."""
    urls = [f"https://{letter}.example/" for letter in "abcdef"]
    store.save(make.batch(*(make.decided(url) for url in urls)))
    for number, (left, right) in enumerate(itertools.pairwise(urls)):
        match = make.match(VerdictKind.NEAR, make.id(left))
        store.save(
            make.batch(
                make.decided(
                    f"https://x.example/{number}", kind=VerdictKind.NEAR, of=make.id(right), others=(match,)
                )
            )
        )
    assert store.totals().stories == 1
    assert store.check() == []
    assert all(store.story(make.id(url)) is not None for url in urls)


def test_what_holds_several_stories_is_a_story_of_its_own(store: Store, make: Any) -> None:
    """CONTAINS relates, and merges nothing."""
    store.save(make.batch(make.decided(A), make.decided(B)))
    roundup = make.decided(
        C, kind=VerdictKind.CONTAINS, of=make.id(A), others=(make.match(VerdictKind.CONTAINS, make.id(B)),)
    )
    store.save(make.batch(roundup))
    assert partition(store) == {frozenset({A}), frozenset({B}), frozenset({C})}
    detail = store.story(make.id(A))
    assert detail is not None
    assert [(r.kind, r.url, r.of_url) for r in detail.relations] == [("contains", C, A)]


def test_a_digest_that_came_first_is_related_to_its_stories_when_they_come(store: Store, make: Any) -> None:
    """The story's verdict says which digest holds it, and what else that digest holds; each link is written once."""
    first, second, page = make.decided(A), make.decided(B), make.decided(C)
    store.save(make.batch(page, first))
    held = Holding(digest=page.id, holds=(first.id, second.id))
    found = replace(second, verdict=replace(second.verdict, held_by=(held,)))
    store.save(make.batch(found))
    store.save(make.batch(found))
    assert partition(store) == {frozenset({A}), frozenset({B}), frozenset({C})}
    detail = store.story(page.id)
    assert detail is not None
    assert sorted((r.kind, r.of_url) for r in detail.relations) == [("contains", A), ("contains", B)]


def test_a_digest_is_related_to_its_items_and_merged_with_none(store: Store, make: Any) -> None:
    """The digest is kept as such, out of the list of stories unless asked for."""
    item = make.decided(f"{A}#item-1", TEXT, as_kind="item")
    digest = make.decided(A, f"{TEXT}\nAnd more.", as_kind="digest", holds=(item.id,))
    store.save(make.batch(item, digest))
    assert [row.url for row in store.stories()] == [f"{A}#item-1"]
    assert {row.kind for row in store.stories(digests=True)} == {"article", "digest"}
    detail = store.story(digest.id)
    assert detail is not None
    assert [(r.kind, r.of_story_id) for r in detail.relations] == [("contains", item.id)]


def test_hostile_text_is_stored_and_harms_no_batch_mate(store: Store, make: Any) -> None:
    """NUL, lone surrogates, endless words and dates at the edge of the calendar fail nobody's transaction."""
    wild = make.decided(
        "https://w.example/\ud800\x00" + "x" * 9000,
        "a\x00b\udfffc " + "w" * 1_200_000,
        title="\ud83d\x00",
        authors=("\udc00",),
        published_at=make.noon.replace(year=1),
        site="s\x00",
        tags=("\ud800",),
    )
    store.save(make.batch(wild, make.decided(A, TEXT)))
    assert store.totals().stories == 2
    detail = store.story(wild.id)
    assert detail is not None
    assert detail.canonical.text.startswith("a\ufffdb?c")


def test_every_page_has_one_outcome_and_the_counts_are_their_sum(store: Store, make: Any) -> None:
    """In = stored + folded + rejected + failed + structure, whatever is repeated."""
    copy = make.decided(B, TEXT, kind=VerdictKind.SAME, of=make.id(A, TEXT))
    pages = (
        make.page("https://a.example/feed", outcome="feed", reason="rss"),
        make.page("https://a.example/404", outcome="failed", reason="http_404", minute=1),
    )
    batch = make.batch(make.decided(A, TEXT), copy, pages=pages)
    store.save(batch)
    store.save(batch)
    assert store.counts() == {
        "failed": {"http_404": 1},
        "feed": {"rss": 1},
        "folded": {"same_rule": 1},
        "stored": {"new_rule": 1},
    }


def test_the_latest_fetch_of_the_same_content_has_the_last_word(store: Store, make: Any) -> None:
    """A page row keeps when it was first seen, and says what its newest fetch said, in any order of saving."""
    late = make.page(A, minute=9, etag='"new"')
    early = make.page(A, minute=1, etag='"old"')
    store.save(make.batch(pages=(late,)))
    store.save(make.batch(pages=(early,)))
    (row,) = store.page(A)
    assert row.etag == '"new"'
    assert (row.last_seen - row.first_seen).total_seconds() == 8 * 60
