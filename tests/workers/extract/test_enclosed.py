"""Lines between two of the story's own are the story's, whatever a model thinks of them."""

import pytest

from workers.extract.enclosed import enclosed
from workers.extract.tree import Tree, read_tree

FIRST, LAST = "The pier of Ardmeen was closed on Monday.", "It will open again when the piles are sound."


def page(between: str) -> Tree:
    """Return the tree of a page with two paragraphs and something between them."""
    return read_tree(f"<html><body><div><p>{FIRST}</p>{between}<p>{LAST}</p></div></body></html>")


def taken_in(tree: Tree, kept: list[str]) -> list[str]:
    """Return what is taken in beside the runs whose texts are ``kept``."""
    texts = [run.text for run in tree.runs]
    chosen = [texts.index(text) for text in kept]
    doubted = [index for index in range(len(texts)) if index not in chosen]
    return [texts[index] for index in enclosed(tree, chosen, doubted)]


def test_a_subheading_between_two_paragraphs_is_taken_in() -> None:
    """Nobody sets another page's heading between two paragraphs of one story."""
    assert taken_in(page("<h2>What divers found</h2>"), [FIRST, LAST]) == ["What divers found"]


@pytest.mark.parametrize(
    "between",
    [
        '<h3><a href="/seals">Seals of the lough have doubled</a></h3>',
        "<div><div>Two of five free pages are read.</div></div>",
        "<p>Told by our reader on the pier.</p>",
    ],
    ids=["a link", "a box", "a paragraph, of which the model knows most"],
)
def test_links_boxes_and_paragraphs_stay_out(between: str) -> None:
    """What leads elsewhere, and what the model is good at, is left to it."""
    assert taken_in(page(between), [FIRST, LAST]) == []


def test_a_list_among_the_story_s_paragraphs_is_taken_in_whole() -> None:
    """A list whose neighbours in its own container were chosen belongs to them."""
    tree = page("<ul><li>four piles</li><li>two hundred bolts</li><li>one diver</li></ul>")
    assert taken_in(tree, [FIRST, LAST]) == ["four piles", "two hundred bolts", "one diver"]


def test_the_rest_of_a_list_follows_its_larger_half() -> None:
    """Items of one list are one kind of text: where half of them are the story's, all are, but links."""
    items = "<li>four piles</li><li>two hundred bolts</li><li>one diver</li><li><a href=/t>tides</a></li>"
    tree = page(f"<div><ul>{items}</ul></div>")
    assert taken_in(tree, [FIRST, "four piles", "one diver", LAST]) == ["two hundred bolts"]


def test_a_list_of_links_stays_out() -> None:
    """Lists that lead elsewhere stand among paragraphs, too."""
    items = "".join(f'<li><a href="/{n}">Another story of the coast, number {n}</a></li>' for n in range(3))
    assert taken_in(page(f"<ul>{items}</ul>"), [FIRST, LAST]) == []


def test_nothing_is_taken_in_around_the_story() -> None:
    """Before the first and behind the last chosen run nothing is enclosed."""
    tree = page("<h2>Sport</h2><p>The rest of the page.</p>")
    assert taken_in(tree, [FIRST]) == []
    assert taken_in(tree, []) == []
