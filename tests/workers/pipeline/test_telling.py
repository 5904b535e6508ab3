"""One complete line a page, with what the store says became of it."""

from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from structlog.testing import capture_logs

from crawler.records import CanonicalUrl, FetchFailed, SourceId
from workers.desk import Desk
from workers.ids import story_name

Make = Callable[..., Any]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def lines_of(desk: Desk, *outcomes: Any) -> dict[str, MutableMapping[str, Any]]:
    """Take a batch to the store; return url -> what was logged of it."""
    with capture_logs() as said:
        desk.process(desk.handover.send(outcomes))
    lines = [line for line in said if line["event"] == "page.read"]
    assert len({line["url"] for line in lines}) == len(lines)
    return {line["url"]: line for line in lines}


def test_every_page_has_one_line_and_it_says_what_the_store_says(
    desk: Desk, fetched: Make, html: Make
) -> None:
    """Stored, folded, rejected and failed alike, each with the reason that the counters have."""
    gone = FetchFailed(
        url=CanonicalUrl("https://a.example/gone"),
        reason="http_404",
        fetched_at=NOON,
        source=SourceId("desk"),
    )
    lines = lines_of(
        desk,
        fetched("https://a.example/1", html("Harbour opens", 1)),
        fetched("https://b.example/copy", html("Harbour opens", 1)),
        fetched("https://a.example/logo", b"\x89PNG\r\n\x1a\n0000", "image/png"),
        gone,
    )
    assert set(lines) == {row.url for row in desk.store.recent_pages(limit=100)}
    for row in desk.store.recent_pages(limit=100):
        line = lines[row.url]
        assert (line["outcome"], line["reason"]) == (row.outcome, row.reason)
        assert line.get("story") == (None if row.story_id is None else story_name(row.story_id))
        assert line["bytes"] == row.body_bytes
    copy = lines["https://b.example/copy"]
    assert (copy["outcome"], copy["verdict"], copy["kind"]) == ("folded", "same", "article")
    assert copy["of"].startswith("a")
    assert copy["ms"] >= 0
    assert (lines[gone.url]["outcome"], lines[gone.url]["reason"]) == ("failed", "http_404")


def test_counters_have_the_same_outcomes_and_reasons(desk: Desk, fetched: Make, html: Make) -> None:
    """In is the sum: what a worker counted is what the store holds."""
    lines_of(
        desk,
        *(fetched(f"https://a.example/{n}", html(f"Story {n}", n)) for n in range(3)),
        fetched("https://a.example/logo", b"\x89PNG\r\n\x1a\n0000", "image/png"),
    )
    counted = {
        (sample.labels["outcome"], sample.labels["reason"]): sample.value
        for metric in desk.tally.pages.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }
    stored = {
        (outcome, reason): n
        for outcome, reasons in desk.store.counts().items()
        for reason, n in reasons.items()
    }
    assert counted == stored


def test_a_page_seen_again_keeps_its_first_verdict(desk: Desk, fetched: Make, html: Make) -> None:
    """The same bytes of the same URL are not judged again; the line says what they were found to be."""
    page = fetched("https://a.example/1", html("Harbour opens", 1))
    first = lines_of(desk, page)[page.url]
    again = lines_of(desk, page)[page.url]
    assert {k: again[k] for k in ("outcome", "reason", "story", "verdict")} == {
        k: first[k] for k in ("outcome", "reason", "story", "verdict")
    }
