"""One batch from Redis to the store: whole, or page by page where something breaks."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from redis import Redis

from crawler.records import CanonicalUrl, FetchFailed, FetchOutcome, SourceId
from workers.dedup.folding import Foldable
from workers.desk import Desk, PagesLeftError
from workers.records import Verdict

Make = Callable[..., Any]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://a.example/story/{}"


def test_a_batch_becomes_stories_and_leaves_nothing_behind(
    desk: Desk, fetched: Make, html: Make, redis: "Redis"
) -> None:
    """Copies fold, refusals have reasons, In is the sum; then batch, tries and job data are gone from Redis."""
    outcomes: list[FetchOutcome] = [
        fetched(URL.format(1), html("Harbour opens", 1)),
        fetched("https://b.example/copy", html("Harbour opens", 1)),
        fetched(URL.format(2), html("Ferry stops", 2)),
        fetched("https://a.example/logo", b"\x89PNG\r\n\x1a\n0000", "image/png"),
        FetchFailed(
            url=CanonicalUrl("https://a.example/gone"),
            reason="http_404",
            fetched_at=NOON,
            source=SourceId("desk"),
        ),
    ]
    batch = desk.handover.send(outcomes)
    desk.process(batch)
    counts = desk.store.counts()
    assert {outcome: sum(reasons.values()) for outcome, reasons in counts.items()} == {
        "stored": 2,
        "folded": 1,
        "rejected": 1,
        "failed": 1,
    }
    assert desk.store.totals().stories == 2
    assert desk.handover.queued() == (0, 0)
    assert redis.keys("copydesk:tries:*") == []


def test_a_batch_may_be_run_again_at_any_time(desk: Desk, fetched: Make, html: Make) -> None:
    """A worker that dies between commit and discard has its batch run twice: the same rows."""
    outcomes = [fetched(URL.format(n), html(f"Story {n % 3}", n % 3)) for n in range(6)]
    desk.process(desk.handover.send(outcomes))
    before = (desk.store.counts(), list(desk.store.export()))
    desk.process(desk.handover.send(outcomes))
    assert (desk.store.counts(), list(desk.store.export())) == before


class BreaksOn:
    """Folds, but raises when a certain article is in the batch."""

    def __init__(self, folder: Any, word: str) -> None:
        self.folder = folder
        self.word = word

    def fold(self, batch: Sequence[Foldable]) -> list[Verdict]:
        if any(self.word in (item.article.title or "") for item in batch):
            raise ValueError(f"cannot fold \ud800 {self.word}")
        verdicts: list[Verdict] = self.folder.fold(batch)
        return verdicts


def test_a_page_that_breaks_the_worker_is_put_aside_alone(desk: Desk, fetched: Make, html: Make) -> None:
    """First the batch, then page by page; after its last try only the bad page is left, as a dead letter."""
    desk.folder = BreaksOn(desk.folder, "Poison")
    outcomes = [fetched(URL.format(n), html("Poison" if n == 2 else f"Story {n}", n)) for n in range(4)]
    batch = desk.handover.send(outcomes)
    with pytest.raises(PagesLeftError):
        desk.process(batch)
    assert desk.store.totals().stories == 3
    desk.process(batch)
    (letter,) = desk.store.dead_letters()
    assert (letter.url, letter.reason, letter.tries) == (URL.format(2), "worker_error", 3)
    assert desk.handover.load(batch) is None


def test_a_page_that_never_comes_back_is_put_aside(desk: Desk, fetched: Make, html: Make) -> None:
    """A page that kills its process leaves only a count of tries begun; its last begun try is its last."""

    class Killed(BaseException):
        pass

    class Kills(BreaksOn):
        def fold(self, batch: Sequence[Foldable]) -> list[Verdict]:
            if any(self.word in (item.article.title or "") for item in batch):
                raise Killed
            verdicts: list[Verdict] = self.folder.fold(batch)
            return verdicts

    desk.folder = Kills(desk.folder, "Poison")
    batch = desk.handover.send(
        [fetched(URL.format(n), html("Poison" if n == 1 else f"S {n}", n)) for n in range(3)]
    )
    for _ in range(3):
        with pytest.raises(Killed):
            desk.process(batch)
    desk.process(batch)
    (letter,) = desk.store.dead_letters()
    assert (letter.reason, letter.tries) == ("never_finished", 3)
    assert desk.store.totals().stories == 2


def test_a_finished_batch_is_nobodys_work(desk: Desk) -> None:
    """A job whose batch was discarded has been done by somebody else."""
    desk.process("0" * 20)
    assert desk.store.totals().pages == 0


def test_a_page_that_breaks_the_parser_costs_that_page(
    desk: Desk, fetched: Make, html: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a parser raises becomes the page's reason, without a word of the page."""

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError("page text \ud800")

    outcomes = [
        fetched(URL.format(1), html("Fine", 1)),
        fetched(URL.format(2), b"plain words only", "text/plain"),
    ]
    monkeypatch.setattr("workers.parsing.extract_text", explode)
    desk.process(desk.handover.send(outcomes))
    (row,) = desk.store.page(URL.format(2))
    assert (row.outcome, row.reason, row.detail) == ("failed", "parser_error", "RuntimeError")


def test_a_bomb_is_refused_for_its_size(desk: Desk, fetched: Make) -> None:
    """A body is inflated within the bound of the settings."""
    page = replace(fetched(URL.format(1), gzip.compress(b"0" * 6_000_000)), content_encoding="gzip")
    desk.process(desk.handover.send([page]))
    assert desk.store.counts() == {"rejected": {"body_too_large": 1}}


def test_the_same_bytes_are_not_read_again(
    desk: Desk, fetched: Make, html: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that comes again unchanged is seen again, and nothing else: no parsing, no new row."""
    page = fetched(URL.format(1), html("Harbour opens", 1))
    desk.process(desk.handover.send([page]))
    (before,) = desk.store.export()
    monkeypatch.setattr("workers.parsing.extract_page", lambda *_, **__: pytest.fail("read again"))
    later = NOON.replace(hour=18)
    desk.process(desk.handover.send([replace(page, fetched_at=later)]))
    (after,) = desk.store.export()
    assert (after.id, after.last_seen) == (before.id, later)
    assert desk.store.totals().pages == 1
    assert desk.store.counts() == {"stored": {"no_candidate": 1}}


def test_what_recurs_on_a_site_is_left_out_of_later_pages(desk: Desk, fetched: Make, html: Make) -> None:
    """Batches teach each other: a line that other stories of the site have too is no part of this one."""
    line = "Our newsroom follows the rules of the press council of the valley and welcomes every correction."
    for n, town in enumerate(("Arne", "Bergo", "Coln", "Dovre", "Eskil", "Fane", "Garda", "Hult")):
        body = html(f"The {town} quay opens", n * 5 + 1).replace(
            b"</article>", f"<p>{line}</p></article>".encode()
        )
        desk.process(desk.handover.send([fetched(URL.format(n), body)]))
    texts = [row.text for row in desk.store.export()]
    assert line in texts[0]
    assert line not in texts[-1]
    assert len(texts[-1]) > 500


def test_a_page_seen_again_keeps_its_sighting_and_its_reason(desk: Desk, fetched: Make, html: Make) -> None:
    """Its row says what became of it the first time, not that it is known."""
    outcomes = [fetched(URL.format(n), html(f"Story {n}", n)) for n in range(3)]
    desk.process(desk.handover.send(outcomes))
    before = {row.url: (row.outcome, row.reason, row.sighting_id) for row in desk.store.recent_pages()}
    desk.process(desk.handover.send(outcomes))
    after = {row.url: (row.outcome, row.reason, row.sighting_id) for row in desk.store.recent_pages()}
    assert after == before
    assert all(sighting is not None for _, _, sighting in after.values())
