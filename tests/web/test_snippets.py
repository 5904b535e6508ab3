"""Search results show why they were found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.web.snippets import AROUND, marked, pattern_of, snippet
from tests.web.conftest import Room


@given(st.text(max_size=60), st.text(max_size=200))
def test_whatever_is_typed_finds_or_does_not(typed: str, text: str) -> None:
    """No query breaks the page, and marking loses no character."""
    pattern = pattern_of(typed)
    if pattern is not None:
        assert "".join(piece.text for piece in marked(text, pattern)) == text
        assert len("".join(piece.text for piece in snippet(text, pattern))) <= 2 * AROUND + len(text) + 4


def test_words_are_found_whole_and_in_any_case() -> None:
    """As the search itself finds them: "chip" is not in "chipset"; a phrase may be broken over lines."""
    pattern = pattern_of('chip "export\u00a0rules" -memory')
    assert pattern is not None
    found = [
        piece.text
        for piece in marked("A CHIP, no chipset: export\nrules for memory", pattern)
        if piece.is_found
    ]
    assert found == ["CHIP", "export\nrules"]
    assert pattern_of("-only -these") is None


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("台积电", "昨天台积电宣布", ["台积电"]),
        ("AI chip", "这是AI芯片。CHIPSET", ["AI"]),
        ("정부", "어제 정부가 밝혔다", ["정부"]),
        ("ที่", "เขาอยู่ที่บ้าน ท่าเรือ", ["ที่"]),
        ("नदी", "यह नदी है", ["नदी"]),
        ("नद", "यह नदी है", []),
    ],
)
def test_words_are_marked_where_the_search_finds_them(typed: str, text: str, shown: list[str]) -> None:
    """Inside of a sentence without spaces, before a particle, with their marks; elsewhere as whole words."""
    pattern = pattern_of(typed)
    assert pattern is not None
    assert [piece.text for piece in marked(text, pattern) if piece.is_found] == shown


def test_a_story_that_was_found_shows_the_words(room: Room) -> None:
    """Marked in the headline and in the text around the first place."""
    page = room.visitor().get("/stories?q=scanners").text
    assert "<mark>scanners</mark>" in page


def test_marks_are_escaped_like_everything_else(room: Room) -> None:
    """A hostile headline that is found is still text."""
    page = room.visitor().get("/stories?q=script").text
    assert "<mark>script</mark>" in page
    assert "<script>" not in page.replace("<script src", "")
