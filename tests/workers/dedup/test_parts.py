"""When a text that holds others is a digest, as plain arithmetic."""

import pytest

from workers.dedup.parts import Part, holds_stories, pack_parts, unpack_parts, with_part
from workers.records import ArticleId


def part(article: int, start: float, end: float, *, headed: bool = False, alike: bool = False) -> Part:
    return Part(article=ArticleId(article), start=start, end=end, headed=headed, alike=alike)


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        (False, []),
        (False, [part(1, 0.1, 0.9)]),
        (True, [part(1, 0.1, 0.3, headed=True)]),
        (True, [part(1, 0.1, 0.3), part(2, 0.4, 0.5)]),
        (False, [part(1, 0.1, 0.15), part(2, 0.4, 0.45)]),
        (False, [part(1, 0.0, 0.7), part(2, 0.9, 0.95)]),
        (True, [part(1, 0.0, 0.7, alike=True), part(2, 0.75, 1.0)]),
        (False, [part(1, 0.0, 0.7, alike=True), part(2, 0.95, 1.0)]),
    ],
)
def test_two_stories_or_one_with_its_headline_make_a_digest(*, expected: bool, parts: list[Part]) -> None:
    """In a page of 1,000 words: a fifth of it, or more than a teaser each, and not one story with a block of links."""
    assert holds_stories(parts, 1000) is expected


def test_long_parts_need_no_share() -> None:
    """Two parts of more than a hundred words make a digest of however long a page."""
    parts = [part(1, 0.1, 0.15), part(2, 0.4, 0.45)]
    assert holds_stories(parts, 5000)


def test_a_place_is_held_once() -> None:
    """Copies of one story stand for one part; one whose headline is in the page takes the place."""
    first = (part(1, 0.1, 0.3), part(2, 0.5, 0.9))
    assert with_part(first, part(3, 0.12, 0.31)) == first
    better = with_part(first, part(3, 0.12, 0.31, headed=True))
    assert [p.article for p in better] == [2, 3]


def test_parts_survive_the_index() -> None:
    """What is packed is unpacked, places to the nearest 255th."""
    parts = (part(2**63 - 1, 0.0, 51 / 255, headed=True), part(7, 0.6, 1.0, alike=True))
    assert unpack_parts(pack_parts(parts)) == parts
