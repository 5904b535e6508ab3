"""Scoring an export: perfect results pass, and every way of being wrong is seen."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from copydesk.demo.pages import Expected
from copydesk.demo.press import Press
from copydesk.demo.report import render, report_facts
from copydesk.demo.serve import Request
from copydesk.demo.truth import DemoReport, score

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(3, publishers=6, stories=24)


def perfect(press: Press) -> Rows:
    """Return the rows that a crawler without a fault would export."""
    rows: dict[int, dict[str, Any]] = {}
    for truth in press.truths.values():
        if truth.expected is Expected.STORED and truth.story is not None:
            copy = truth.versions[0]
            row = rows.setdefault(
                truth.story,
                {
                    "story": f"s{truth.story}", "url": truth.url, "title": copy.title, "authors": list(copy.authors),
                    "published_at": copy.published_at.isoformat(), "text": copy.text, "sightings": [],
                },
            )  # fmt: skip
            row["sightings"].append({"url": truth.url})
    for truth in press.truths.values():
        for number, story in enumerate(truth.items, 1):
            rows[story]["sightings"].append({"url": f"{truth.url}#item-{number}"})
    return list(rows.values())


def judged(press: Press, rows: Rows) -> DemoReport:
    dead = {t.url: "http_404" for t in press.truths.values() if t.expected is Expected.REJECTED}
    return score(press, rows, outcomes=dead)


def test_perfect_rows_pass(press: Press) -> None:
    """Rows without a fault score full marks everywhere."""
    report = judged(press, perfect(press))
    assert report.ok, report.failures
    assert report.pairs.f1 == 1.0
    assert report.stories_found == report.stories_expected == len(press.stories)
    assert (report.items_found, report.unexplained, report.lost) == (report.items_expected, (), ())
    assert report.titles.right == report.dates.right == report.authors.right == report.rows


def test_nothing_exported_is_nothing_found(press: Press) -> None:
    """An empty export scores zero, not a division by zero and not full marks."""
    report = score(press, [])
    assert not report.ok
    assert (report.pairs.f1, report.stories_found, report.items_found) == (0.0, 0, 0)
    assert len(report.urls_missing) == report.urls_expected
    assert report.unexplained


def _merge_lookalikes(press: Press, rows: Rows) -> None:
    alike = [s.id for s in press.stories if s.family is not None][:2]
    one, other = (next(r for r in rows if r["story"] == f"s{i}") for i in alike)
    one["sightings"] += other["sightings"]
    rows.remove(other)


def _split_a_story(press: Press, rows: Rows) -> None:
    row = max(rows, key=lambda r: len(r["sightings"]))
    articles = [s for s in row["sightings"] if "#item" not in s["url"] and s["url"] != row["url"]]
    row["sightings"] = [s for s in row["sightings"] if s not in articles]
    rows += [row | {"url": s["url"], "story": s["url"], "sightings": [s]} for s in articles]


def _keep_a_line(press: Press, rows: Rows) -> None:
    row = rows[0]
    longest = max(press.boilerplate(row["url"]), key=lambda line: len(line.split()))
    row["text"] += "\n\n" + longest


def _lose_a_paragraph(press: Press, rows: Rows) -> None:
    rows[0]["text"] = rows[0]["text"].split("\n\n", 1)[1]


def _store_the_login_page(press: Press, rows: Rows) -> None:
    dead = next(t for t in press.truths.values() if t.expected is Expected.REJECTED)
    rows.append({"story": "x", "url": dead.url, "title": "", "text": "Sign in", "sightings": []})


def _drop_a_story(press: Press, rows: Rows) -> None:
    rows.pop()


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (_merge_lookalikes, lambda r: r.lookalikes_merged == 1 and r.pairs.precision < 1 and not r.ok),
        (_split_a_story, lambda r: r.split and r.pairs.recall < 1),
        (_keep_a_line, lambda r: len(r.boilerplate) == 1 and not r.ok),
        (_lose_a_paragraph, lambda r: len(r.lost) == 1),
        (_store_the_login_page, lambda r: len(r.strays) == 1 and not r.ok),
        (_drop_a_story, lambda r: r.stories_found == r.stories_expected - 1 and not r.ok),
        (lambda _, rows: rows[0].update(title="Elsewhere"), lambda r: r.titles.right == r.rows - 1),
        (lambda _, rows: rows[0].update(authors=[]), lambda r: r.authors.right == r.rows - 1),
        (lambda _, rows: rows[0].update(published_at=None), lambda r: r.dates.right == r.rows - 1),
        (
            lambda _, rows: rows[0].update(published_at="1999-01-01T00:00:00"),
            lambda r: r.dates.right == r.rows - 1,
        ),
    ],
)
def test_every_fault_is_seen(
    press: Press, spoil: Callable[[Press, Rows], None], found: Callable[[DemoReport], bool]
) -> None:
    """A single fault in otherwise perfect rows shows in the figure that is named for it."""
    rows = perfect(press)
    spoil(press, rows)
    assert found(judged(press, rows))


def test_one_big_story_is_not_a_good_folding(press: Press) -> None:
    """Folding everything into one story gives full recall and hardly any precision."""
    rows = perfect(press)
    everything = [s for row in rows for s in row["sightings"]]
    report = judged(press, [rows[0] | {"sightings": everything}])
    assert report.pairs.recall == 1.0
    assert report.pairs.precision < 0.3
    assert not report.ok


def test_nothing_folded_is_no_recall(press: Press) -> None:
    """A row for each URL gives no recall."""
    rows = [row | {"url": s["url"], "sightings": [s]} for row in perfect(press) for s in row["sightings"]]
    assert judged(press, rows).pairs.recall == 0.0


def test_forbidden_requests_come_from_the_press_log(press: Press) -> None:
    """Whether the disallowed page was asked for is read from the press's own log, not from the export."""
    asked = Request(host=0, path="/members/not-for-robots", at_s=0.0, user_agent="x", status=200)
    report = score(press, perfect(press), requests=[asked])
    assert report.forbidden_requests == (press.origins[0] + "/members/not-for-robots",)
    assert not report.ok


def test_tracking_and_hops_do_not_matter(press: Press) -> None:
    """A sighting under a tracked link, or at the start of a redirect, is one of the page where it leads."""
    rows = perfect(press)
    chain = next(t for t in press.truths.values() if t.target is not None)
    for row in rows:
        row["sightings"] = [
            {"url": chain.url if s["url"] == chain.target else s["url"] + "#x"} for s in row["sightings"]
        ]
    assert judged(press, rows).pairs.f1 == 1.0


def test_report_is_drawn(press: Press) -> None:
    """The drawn report names the verdict, the figures and every rejected URL with its reason."""
    rows = perfect(press)
    _keep_a_line(press, rows)
    report = judged(press, rows)
    console = Console(width=160)
    with console.capture() as capture:
        console.print(render(report))
    drawn = capture.get()
    assert "does not hold" in drawn
    assert "Boilerplate that was kept" in drawn
    assert all(url in drawn for url in report.rejected)


def test_report_is_plain_json(press: Press) -> None:
    """Every figure of the table, the verdict and the shares that are computed from them."""
    facts = json.loads(json.dumps(report_facts(judged(press, perfect(press)))))
    assert facts["ok"] is True
    assert facts["stories_found"] == facts["stories_expected"] > 0
    assert facts["folding"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert facts["titles"]["right"] == facts["titles"]["of"]
