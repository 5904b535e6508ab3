"""Two texts side by side."""

from hypothesis import given
from hypothesis import strategies as st

from copydesk.web.comparing import MOST_WORDS, Change, Comparison, compare, folded

words = st.lists(
    st.sampled_from(["port", "delay", "the", "a", "minister", "said", "“yes”", "2026"]), max_size=30
)
texts = st.lists(words.map(" ".join), max_size=6)


def side(found: Comparison, name: str) -> list[str]:
    """Return the words of one side, in order."""
    parts = [part for row in found.rows for part in getattr(row, name)]
    return [word for part in parts for word in "".join(run.text for run in part).split()]


@given(texts, texts)
def test_no_word_is_lost_or_moved(left: list[str], right: list[str]) -> None:
    """Each side reads as its text reads, whatever is marked."""
    found = compare(left, right)
    assert side(found, "left") == " ".join(left).split()
    assert side(found, "right") == " ".join(right).split()


@given(texts, texts)
def test_the_counts_are_those_of_the_marks(left: list[str], right: list[str]) -> None:
    """Kept, deleted and inserted words add up to both texts."""
    found = compare(left, right)
    assert found.kept + found.deleted == len(" ".join(left).split())
    assert found.kept + found.inserted == len(" ".join(right).split())
    runs = [run for row in found.rows for part in (*row.left, *row.right) for run in part]
    deleted = sum(len(run.text.split()) for run in runs if run.change is Change.DELETED)
    assert deleted == found.deleted


@given(texts)
def test_a_text_is_the_same_as_itself(text: list[str]) -> None:
    """Nothing is marked, and every paragraph stands beside itself."""
    found = compare(text, text)
    assert all(row.is_same and len(row.left) == len(row.right) == 1 for row in found.rows)


@given(st.text(max_size=80), st.text(max_size=80))
def test_runs_one_after_the_other_are_the_text(left: str, right: str) -> None:
    """In any script: spaces are where they were, and nowhere else."""
    found = compare([left], [right])
    for name, text in (("left", left), ("right", right)):
        parts = [part for row in found.rows for part in getattr(row, name)]
        assert ["".join(run.text for run in part) for part in parts] == [" ".join(text.split())] * bool(
            text.split()
        )


def test_scripts_without_spaces_are_compared_by_character() -> None:
    """Of a sentence in which one name changed, the name is marked, not the sentence."""
    found = compare(
        ["台积电周一在新竹宣布扩产计划。预算增加。"], ["台积电周二在新竹宣布扩产计划。预算增加。"]
    )
    assert (found.deleted, found.inserted) == (1, 1)
    assert [run.text for run in found.rows[0].right[0] if run.change is Change.INSERTED] == ["二"]


def test_long_stretches_of_alike_paragraphs_are_folded() -> None:
    """What changed stands with a paragraph before and after it; the rest is a number."""
    left = [f"Paragraph number {n} stands here." for n in range(12)]
    right = [text.replace("number 6", "no. six") for text in left]
    assert [row if isinstance(row, int) else "row" for row in folded(compare(left, right).rows)] == [
        5,
        "row",
        "row",
        "row",
        4,
    ]
    assert folded(compare(left, left).rows) == [12]
    assert len(folded(compare(left[:2], left[:2]).rows)) == 2


def test_quotation_marks_and_dashes_are_no_difference() -> None:
    """Sites set type differently; the words are the same."""
    assert compare(["“We will not” — she said"], ['"We will not" - she said']).deleted == 0


def test_lone_common_words_between_changes_are_no_anchor() -> None:
    """A "the" that both sentences happen to have does not cut a change into crumbs."""
    found = compare(["Ships left the harbour early on Monday"], ["Trains reached the border late on Friday"])
    assert found.kept == 0


def test_paragraphs_that_share_little_do_not_stand_side_by_side() -> None:
    """A paragraph without a counterpart has a row of its own."""
    found = compare(
        ["The same first paragraph stands in both texts.", "This one was cut by the second site."],
        ["The same first paragraph stands in both texts.", "Its editor wrote something else instead."],
    )
    assert [(len(row.left), len(row.right)) for row in found.rows] == [(1, 1), (1, 0), (0, 1)]


def test_long_texts_are_compared_so_far() -> None:
    """The work has a bound, and the page says so."""
    long = ["word " * 50] * (2 * MOST_WORDS // 50)
    found = compare(long, long)
    assert found.is_cut
    assert found.kept == MOST_WORDS
    assert not compare(["short"], ["short"]).is_cut
