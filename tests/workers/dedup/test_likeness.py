"""Laws of likeness that hold for any two texts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.dedup.deduplicator import Deduplicator
from workers.dedup.fingerprint import fingerprint
from workers.dedup.passages import compare
from workers.dedup.stored import Stored
from workers.dedup.yardstick import Yardstick
from workers.records import VerdictKind

TOKENS = [
    "the",
    "ferry",
    "left",
    "at",
    "noon",
    "with",
    "forty",
    "guests",
    "17",
    "and",
    "412",
    "Oslo",
    "rain",
    "\u6771",
    "\u4eac",
]
WORDS = st.sampled_from(TOKENS)
TEXTS = st.lists(WORDS, min_size=1, max_size=120).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_resemblance_and_containment_are_the_same_from_either_side(one: str, other: str) -> None:
    """Whole texts compared, and a text against the index's record of the other where both are sampled alike."""
    forth, back = compare(one, other), compare(other, one)
    assert (forth.resemblance, forth.containment) == (back.resemblance, back.containment)
    mine, theirs = fingerprint(one), fingerprint(other)
    there, here = (Yardstick(a).against(Stored(b.record())) for a, b in ((mine, theirs), (theirs, mine)))
    assert there.identical == here.identical
    if mine.sketch.level == theirs.sketch.level and there.shared and here.shared:
        assert (there.resemblance, there.containment) == (here.resemblance, here.containment)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS)
def test_a_text_is_always_the_same_as_itself(one: str, other: str) -> None:
    """Under its own headline, whatever was read before it and between."""
    dedup = Deduplicator()
    for id_, text in (("a", one), ("b", other), ("c", one)):
        last = dedup.add(id_, text, title="Last ferry")
    assert last.verdict is VerdictKind.SAME
    assert dedup.story("a") == dedup.story("c")
