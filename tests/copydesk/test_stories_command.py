"""What ``copydesk stories`` prints."""

from dataclasses import replace
from datetime import UTC, datetime

from copydesk.commands.stories import _dated
from workers.records import StoryId
from workers.store.records import StoryRow

SEEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ROW = StoryRow(
    id=StoryId(1),
    kind="article",
    title="Ferry back in service",
    url="https://harbour.example/ferry",
    site="Harbour Courier",
    language="en",
    lead="The ferry sails again.",
    words=120,
    published_at=None,
    dated_at=SEEN,
    first_seen=SEEN,
    last_seen=SEEN,
    sightings=1,
    articles=1,
    sites=1,
    cursor="",
)


def test_the_date_of_a_sighting_is_not_passed_off_as_that_of_publication() -> None:
    """A story whose page gives no date is listed by when it was first seen, and says so."""
    published = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
    assert _dated(ROW) == "2026-11-20 09:30 (first seen)"
    assert _dated(replace(ROW, published_at=published, dated_at=published)) == "2026-11-19 06:00"
