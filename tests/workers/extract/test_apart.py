"""Dates of cards, asides and comments are not the story's."""

import pytest

from tests.workers.extract.test_metadata import read

STORY = "<h1>Ports closed again</h1><p>The harbour was closed on Tuesday.</p>"
OTHER = '<h3>Whales seen</h3><time datetime="2025-03-04T05:06:07Z">4 March</time>'


@pytest.mark.parametrize(
    "apart",
    [
        f"<aside>{OTHER}</aside>", f"<ul><li>{OTHER}</li></ul>", f"<article>{OTHER}</article>",
        f"<section>{OTHER}</section>", '<div class="comments"><p>Rosa</p><time datetime="2025-03-04">4 March</time></div>',
    ],
)  # fmt: skip
def test_a_line_of_the_story_outweighs_the_time_of_another(apart: str) -> None:
    """An element of a machine's date is worth less than a plain line, if it belongs to something else."""
    found = read("", f"<main>{STORY}{apart}<p>Published 17 November 2026</p></main>").published_at
    assert found is not None
    assert found.date().isoformat() == "2026-11-17"


def test_an_aside_may_hold_the_byline() -> None:
    """Where nothing else is dated, the date in an aside is the story's."""
    found = read("", f'<main>{STORY}<aside class="meta"><p>17 November 2026</p></aside></main>').published_at
    assert found is not None
    assert found.date().isoformat() == "2026-11-17"


def test_what_holds_the_headline_is_the_storys_own() -> None:
    """A story in a list of one, or in an aside by mistake, keeps its date."""
    for tag in ("aside", "li", "article", "section"):
        found = read("", f"<{tag}>{STORY}<h2>More</h2><p>Published 17 November 2026</p></{tag}>").published_at
        assert found is not None
        assert found.date().isoformat() == "2026-11-17"


@pytest.mark.parametrize(
    "line",
    [
        "Published: Nov. 17, 2026 at 8:30 AM | Updated: Nov. 18, 2026 at 9:00 AM",
        "Updated Nov. 18, 2026 9:00 AM | Published Nov. 17, 2026 8:30 AM",
        "Aktualisiert: 18.11.2026, 09:00 Uhr · Veröffentlicht: 17.11.2026, 08:30 Uhr",
        "Publié le 17/11/2026 à 08:30 - Mis à jour le 18/11/2026 à 09:00",
    ],
)
def test_of_two_dates_in_a_line_each_has_its_label(line: str) -> None:
    """Whichever comes first."""
    found = read("", f"<h1>Ports closed again</h1><p>{line}</p>")
    assert found.published_at is not None
    assert found.modified_at is not None
    assert (found.published_at.day, found.published_at.hour) == (17, 8)
    assert (found.modified_at.day, found.modified_at.hour) == (18, 9)
