"""How runs are described, judged and chosen, below the level of pages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract import tags
from workers.extract.decide import HARDLY, SURELY, threshold
from workers.extract.features import WIDTH, features
from workers.extract.model import BlockModel, shipped_model
from workers.extract.names import BIT
from workers.extract.telling import told
from workers.extract.tree import read_tree
from workers.extract.wording import COMMAS, DIGITS, SPACES, STOPS, WIDE, Evidence, count_signs
from workers.extract.zones import BITS, zones_of

PAGE = (
    "<html><body class=share><h1>Lock gates open</h1><div class=menu><p><a href=/a>News</a></p></div>"
    + "".join(
        f"<p>Barge {n} passed the lock at noon, and the keeper, who had waited, closed it.</p>"
        for n in range(40)
    )
    + "</body></html>"
)
JUDGED = st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(1, 200)), min_size=1, max_size=40)


def expected_f1(p: np.ndarray, words: np.ndarray, kept: np.ndarray) -> float:
    total = words[kept].sum() + (p * words).sum()
    return float(2 * (p * words)[kept].sum() / total) if total else 0.0


@given(JUDGED)
def test_the_threshold_makes_the_expected_f1_best(judged: list[tuple[float, int]]) -> None:
    """Within its bounds, no other number of the likeliest runs promises a better F1 of words."""
    p = np.array([a for a, _ in judged], dtype=np.float32)
    words = np.array([b for _, b in judged], dtype=np.float32)
    at = threshold(p, words)
    assert HARDLY <= at <= SURELY
    others = [expected_f1(p, words, p >= other) for other in [*p, 1.1] if HARDLY <= other <= SURELY]
    assert expected_f1(p, words, p >= at) >= max(others, default=0.0) - 1e-5


def test_a_page_of_doubts_keeps_more_than_a_page_of_certainties() -> None:
    """Where every paragraph is as doubtful as the next, all of them are a better bet than none."""
    words = np.full(6, 30, dtype=np.float32)
    assert threshold(np.full(6, 0.45, dtype=np.float32), words) < 0.45
    assert threshold(np.array([1, 1, 1, 1, 0.45, 0], dtype=np.float32), words) > 0.45


def test_signs_are_counted_for_each_text_alone() -> None:
    """Counters of one text never run into those of another, nor into each other, however long the text."""
    counts = count_signs(["a, b. 3", "," * 5000, "港は三日目も閉鎖。", "x"])
    assert counts[[SPACES, COMMAS, STOPS, DIGITS], 0].tolist() == [2, 1, 1, 1]
    assert counts[COMMAS, 1] == 1000
    assert counts[:, 1].sum() == 1000
    assert (counts[WIDE, 2], counts[STOPS, 2]) == (9, 1)
    assert counts[:, 3].sum() == 0


def test_names_are_inherited_but_not_those_of_the_body() -> None:
    """A ``body`` whose class says "share" does not make the whole page a share row."""
    tree = read_tree(PAGE)
    zones = zones_of(tree.elements)
    menu = next(n for n, e in enumerate(tree.elements) if e.names == "menu")
    inside = next(n for n, e in enumerate(tree.elements) if e.parent == menu)
    assert zones.around[inside] & BIT["nav"]
    assert not zones.around[inside] & BIT["share"]
    assert not zones.own[inside] & BIT["nav"]


def test_every_bit_of_an_element_has_its_column() -> None:
    """The one bit that the columns of a heading have among the tags is the heading's."""
    tree = read_tree("<html><body><h1>Lock gates open</h1></body></html>")
    x, _ = features(tree, Evidence())
    assert x.shape == (1, WIDTH)
    own = np.flatnonzero(x[0, -2 * BITS : -BITS])
    assert own.tolist() == [len(BIT) + tags.HEADING_1 - tags.PLAIN]


@pytest.mark.parametrize("runs", [1, 3, 200])
def test_a_product_in_parts_is_the_product(runs: int) -> None:
    """Rows are multiplied a few at a time; how many there are changes no row's result."""
    rng = np.random.default_rng(5)
    model: BlockModel = shipped_model()
    x = rng.random((runs, WIDTH), dtype=np.float32)
    sizes, groups = np.ones(runs, dtype=np.float32), np.zeros((runs, 2), dtype=np.int64)
    p = model.probabilities(x, sizes, groups)
    assert p.shape == (runs,)
    assert ((p >= 0) & (p <= 1)).all()
    again = model.probabilities(np.asfortranarray(x), sizes, groups)
    assert np.allclose(p, again, atol=1e-4)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (
            "<div><p><a href=/a>Ferry fares to rise in May</a></p></div>",
            "links",
        ),
        (
            "<div><p>Elsewhere on Skye</p><p><a href=/c>The old boats of the harbour</a></p></div>",
            "among_links",
        ),
        ("<div><h4>Weather and tides</h4></div>", "heading"),
        ("<div><p>Weather and tides</p></div>", "label"),
        ("<figure><figcaption>The old lock in 1911</figcaption></figure>", "caption"),
        ("<div class=sidebar><p>Weather and tides</p></div>", "named_sidebar"),
        (
            "<div><p>The tide turns at noon, and the boats turn with it, as they always did here.</p></div>",
            "model_0.12",
        ),
    ],
)
def test_what_the_model_left_out_is_told_by_its_looks(markup: str, reason: str) -> None:
    """A reader is told the most telling sign; the model's bare word only where a run looks like a paragraph."""
    tree = read_tree(f"<html><body>{markup}</body></html>")
    assert told(tree, [0], np.full(len(tree.runs), 0.12, np.float32))[0] == reason


def test_telling_why_takes_one_pass_however_deep_a_page_is() -> None:
    """Ten thousand runs 1,900 levels below an ``aside`` are told at once (the suite's timeout is the judge)."""
    tree = read_tree(f"<aside>{'<div>' * 1_900}{'<p>Two berths</p>' * 10_000}</aside>")
    found = told(tree, range(10_000), np.zeros(10_000, np.float32))
    assert set(found.values()) == {"aside"}
