"""Stories of the demo press: long enough, consistent, and unlike one another."""

from datetime import UTC, datetime
from itertools import combinations
from random import Random

import pytest

from copydesk.demo.facts import Mentions, draw_facts
from copydesk.demo.lookalikes import FAMILIES
from copydesk.demo.pages import Expected
from copydesk.demo.press import Press
from copydesk.demo.stories import MAX_RESEMBLANCE, MAX_WORDS, MIN_WORDS, resemblance
from copydesk.demo.syndication import Change


@pytest.fixture(scope="module", params=[1, 2, 77])
def press(request: pytest.FixtureRequest) -> Press:
    return Press(request.param)


def test_length(press: Press) -> None:
    """A story has 350 to 900 words; a form is shorter, but long enough to be folded wrongly."""
    for story in press.stories:
        low = MIN_WORDS if story.family is None else 120
        assert low <= story.words <= MAX_WORDS, story.title


def test_different_stories_share_little(press: Press) -> None:
    """Two stories that are not look-alikes share less than a tenth of their 3-shingles, whoever wrote them."""
    plain = [story for story in press.stories if story.family is None]
    for one, other in combinations(plain, 2):
        assert resemblance(one.text, other.text) < MAX_RESEMBLANCE, (one.title, other.title)


def test_lookalikes_look_alike(press: Press) -> None:
    """Reports of one form share much more than other stories do, and differ in names or numbers all the same."""
    for family in FAMILIES:
        reports = [story for story in press.stories if story.family == family]
        assert len(reports) >= 2
        for one, other in combinations(reports, 2):
            assert MAX_RESEMBLANCE < resemblance(one.text, other.text) < 0.95
            assert one.title != other.title


def test_no_slot_is_left_open(press: Press) -> None:
    """No template's machinery shows in a story or in any copy of it."""
    texts = [version.text + version.title for truth in press.truths.values() for version in truth.versions]
    for text in texts:
        assert not set(text) & set("{}|[]"), text
        assert ",," not in text
        assert ",." not in text


def test_people_are_introduced_once() -> None:
    """A slot gives the full name and role once, the last name after that; in a headline it is always short."""
    facts = draw_facts(Random(3), datetime(2026, 11, 2, tzinfo=UTC))
    mentions = Mentions(facts)
    person, company = facts.names["ana"], facts.names["co"]
    assert mentions.brief("co") == company.short
    assert [mentions("ana"), mentions("ana"), mentions("co"), mentions("co")] == [
        person.full, person.short, company.full, company.short,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "low", "high"),
    [
        (Change.VERBATIM, 1.0, 1.0),
        (Change.RETITLED, 1.0, 1.0),
        (Change.EDITED, 0.4, 0.98),
        (Change.RESTYLED, 0.7, 1.0),
        (Change.CUT, 0.1, 0.75),
        (Change.UPDATED, 0.6, 0.98),
    ],
)
def test_copies_are_as_close_as_their_change_says(
    press: Press, change: Change, low: float, high: float
) -> None:
    """Each way of taking over a story leaves as much of its wording as the name of the way says."""
    for page in press.pages.values():
        if page.expected is Expected.STORED and page.canonical is None and page.versions[0].change is change:
            publisher = press.publishers[page.host]
            if publisher.datelines or publisher.curly:
                continue
            origin = press.stories[page.versions[0].story]
            assert low <= resemblance(origin.text, page.versions[0].text) <= high, press.url(page)


def test_every_change_happens(press: Press) -> None:
    """A full press has every way of taking over a story, several times."""
    changes = [page.versions[0].change for page in press.pages.values() if page.versions]
    assert all(changes.count(change) >= 2 for change in Change)


def test_retitled_copies_have_another_headline(press: Press) -> None:
    """A retitled copy never keeps the headline of the story that it took."""
    for page in press.pages.values():
        if page.versions and page.versions[0].change is Change.RETITLED:
            assert page.title != press.stories[page.versions[0].story].title
