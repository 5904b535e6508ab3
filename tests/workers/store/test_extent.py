"""What is read to write a story's row is bounded, however many copies it has."""

import random
from datetime import timedelta
from typing import Any

import pytest

from workers.records import VerdictKind
from workers.store import Store, extent


def row_of(store: Store, story: int) -> Any:
    """The story's row."""
    detail = store.story(story)
    assert detail is not None
    return detail.story


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story of more than four sightings is a very large one."""
    monkeypatch.setattr(extent, "MOST_COMPETING", 4)


def copies(make: Any, count: int) -> list[Any]:
    """A story and its copies, each a minute later than the last one; the seventh was printed first."""
    found = [make.decided("https://s0.example/a", published_at=make.noon)]
    for n in range(1, count):
        printed = make.noon - timedelta(hours=3) if n == 7 else make.noon + timedelta(minutes=n)
        found.append(
            make.decided(
                f"https://s{n}.example/a",
                kind=VerdictKind.NEAR,
                of=found[0].id,
                minute=n,
                published_at=printed,
                site=None if n % 3 else f"S {n // 6}",
            )
        )
    return found


def test_counts_are_over_all_sightings(store: Store, make: Any, few: None) -> None:
    """Also over those that are not read: sightings, texts, sites (named, else hosts), first and last seen."""
    batch = copies(make, 12)
    store.save(make.batch(*batch))
    row = row_of(store, batch[0].id)
    assert (row.sightings, row.articles) == (12, 12)
    assert row.sites == 8 + 2 + 1  # eight hosts, two names, and the first one's own
    assert (row.first_seen, row.last_seen) == (make.noon, make.noon + timedelta(minutes=11))
    assert store.check() == []


def test_the_copy_printed_first_stands_for_a_large_story(store: Store, make: Any, few: None) -> None:
    """Those dated earliest compete, so the bound changes nothing about who wins by date."""
    batch = copies(make, 12)
    store.save(make.batch(*batch))
    assert row_of(store, batch[0].id).url == "https://s7.example/a"


def test_the_order_of_arrival_does_not_matter_to_a_large_story(store: Store, make: Any, few: None) -> None:
    """Copies that come one by one, in any order, give the row that they give at once."""
    batch = copies(make, 12)
    shuffled = batch[1:]
    random.Random(4).shuffle(shuffled)
    for decided in (*shuffled, batch[0]):
        store.save(make.batch(decided))
    assert row_of(store, batch[0].id).url == "https://s7.example/a"
    assert store.check() == []


def test_dates_that_cannot_be_true_do_not_push_true_ones_out(store: Store, make: Any, few: None) -> None:
    """Any number of copies that claim to be of 1970, or of tomorrow, stand behind those seen before them."""
    first = make.decided("https://s0.example/a", published_at=make.noon - timedelta(hours=1))
    liars = [
        make.decided(
            f"https://liar{n}.example/a",
            kind=VerdictKind.NEAR,
            of=first.id,
            minute=n,
            published_at=make.noon.replace(year=1970 if n % 2 else 2031),
        )
        for n in range(1, 9)
    ]
    store.save(make.batch(first, *liars))
    assert row_of(store, first.id).url == "https://s0.example/a"
