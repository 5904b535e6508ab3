"""The rule that chooses which copy stands for a story."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workers.canonical import Copy, choose_canonical
from workers.records import ArticleId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def copy(number: int, **fields: Any) -> Copy:
    """A copy on a site of its own."""
    given = {
        "url": f"https://{number}.example/",
        "first_seen": NOON,
        "words": 300,
        "site": f"Paper {number}",
        **fields,
    }
    return Copy(id=ArticleId(number), **given)


def chosen(*copies: Copy) -> int:
    """The id of the copy that stands for all."""
    return choose_canonical(copies).id


def test_the_copy_that_others_name_as_origin_stands_for_the_story() -> None:
    """A declared canonical that is one of the copies, or a byline that names its site, outweighs the dates."""
    wire = copy(1, site="Northern Wire", published_at=NOON)
    early = copy(2, published_at=NOON - timedelta(hours=3))
    assert chosen(wire, early) == 2
    assert chosen(wire, early, copy(3, declared_canonical=wire.url)) == 1
    assert chosen(wire, early, copy(3, authors=("northern wire",))) == 1


def test_a_copy_cannot_vote_for_itself() -> None:
    """Nearly every page declares itself canonical; that says nothing."""
    vain = copy(1, declared_canonical="https://1.example/", authors=("Paper 1",), published_at=NOON)
    assert chosen(vain, copy(2, published_at=NOON - timedelta(hours=1))) == 2


def test_the_earliest_published_stands_before_later_ones_and_undated_ones() -> None:
    """Zones do not matter, moments do."""
    assert chosen(copy(1), copy(2, published_at=NOON), copy(3, published_at=NOON - timedelta(minutes=1))) == 3


def test_dates_that_cannot_be_true_are_not_believed() -> None:
    """1970, and the day after tomorrow, are a page's mistakes."""
    wrong = [
        copy(1, published_at=datetime(1970, 1, 1, tzinfo=UTC)),
        copy(2, published_at=NOON + timedelta(days=2)),
    ]
    assert chosen(*wrong, copy(3, published_at=NOON)) == 3


def test_excerpts_and_stubs_stand_behind_the_whole_text() -> None:
    """Whoever printed the first paragraphs first does not stand for the story."""
    early = NOON - timedelta(hours=5)
    assert chosen(copy(1, verdict="excerpt_of", published_at=early), copy(2)) == 2
    assert chosen(copy(1, words=100, published_at=early), copy(2)) == 2
    assert chosen(copy(1, words=160, published_at=early), copy(2)) == 1


def test_of_one_url_the_newest_version_counts() -> None:
    """An update replaces the version that it updates, also where it is shorter."""
    old = copy(1, published_at=NOON)
    new = copy(2, url=old.url, published_at=NOON, first_seen=NOON + timedelta(hours=1), words=200)
    assert chosen(old, new) == chosen(new, old) == 2


copies = st.lists(
    st.builds(
        copy,
        st.integers(1, 6),
        url=st.sampled_from(["https://x.example/", "https://y.example/", "https://z.example/"]),
        published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        words=st.integers(0, 500),
        authors=st.sampled_from([(), ("Paper 1",), ("Paper 2",)]),
        verdict=st.sampled_from(["new", "near", "excerpt_of"]),
    ),
    min_size=1,
    unique_by=lambda c: c.id,
)


@given(copies, st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order(found: list[Copy], random: Any) -> None:
    """Whichever worker stores which copy first, the same one stands for the story."""
    shuffled = list(found)
    random.shuffle(shuffled)
    assert choose_canonical(found) == choose_canonical(shuffled)
