"""Draws a demo report for people: what was found, what was wrong, and every URL that was turned away."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from copydesk.demo.truth import DemoReport, Field

_MOST_LINES = 12


def render(report: DemoReport) -> RenderableType:
    """Return the report as Rich draws it."""
    verdict = (
        Text("The demo holds.", "bold green") if report.ok else Text("The demo does not hold:", "bold red")
    )
    failures = [Text(f"  {failure}", "red") for failure in report.failures]
    return Group(_figures(report), *_findings(report), _rejected(report), verdict, *failures)


def print_report(report: DemoReport, console: Console | None = None) -> None:
    """Print the report."""
    (console or Console()).print(render(report))


def report_facts(report: DemoReport) -> dict[str, Any]:
    """Return the report as plain values: every figure, and the URLs behind each that is not as it should be."""
    pairs = report.pairs
    return asdict(report) | {
        "ok": report.ok,
        "pages_per_s": report.pages_per_s,
        "folding": {"precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1},
    }


def _figures(report: DemoReport) -> Table:
    table = Table(title="The demo press, against the truth", show_header=False, title_justify="left")
    for name, value in _rows(report):
        table.add_row(name, value)
    return table


def _rows(report: DemoReport) -> Iterator[tuple[str, str]]:
    pairs = report.pairs
    yield "stories found / expected", f"{report.stories_found} / {report.stories_expected}"
    yield "stories stored (rows)", f"{report.rows}"
    yield (
        "pages found / expected",
        f"{report.urls_expected - len(report.urls_missing)} / {report.urls_expected}",
    )
    yield "folding: precision, recall, F1", f"{pairs.precision:.3f}  {pairs.recall:.3f}  {pairs.f1:.3f}"
    yield "different stories folded (look-alikes)", f"{len(report.merged)} ({report.lookalikes_merged})"
    yield "stories split over rows", str(len(report.split))
    yield "digest items found / expected", f"{report.items_found} / {report.items_expected}"
    yield "boilerplate lines kept", str(len(report.boilerplate))
    yield "paragraphs lost / expected", f"{len(report.lost)} / {report.paragraphs}"
    yield (
        "titles, dates, authors right",
        "  ".join(map(_share, (report.titles, report.dates, report.authors))),
    )
    yield "stored without being a story", str(len(report.strays))
    yield (
        "rejected, each with a reason",
        f"{len(report.rejected)} ({len(report.unexplained)} dead ones unexplained)",
    )
    yield "disallowed pages requested", str(len(report.forbidden_requests))
    speed = report.pages_per_s
    yield "requests", f"{report.requests}" + (f", {speed:.1f} pages/s" if speed is not None else "")


def _share(field: Field) -> str:
    return f"{field.right}/{field.of}"


def _findings(report: DemoReport) -> Iterator[RenderableType]:
    lists = (
        ("Boilerplate that was kept", [f"{url}  {line}" for url, line in report.boilerplate]),
        ("Wanted text that was lost", [f"{url}  {text[:90]}" for url, text in report.lost]),
        ("Different stories in one row", [f"{one}  {other}" for one, other in report.merged]),
        ("Stored, and no story", list(report.strays)),
        ("Not stored", list(report.urls_missing)),
        ("Disallowed and requested", list(report.forbidden_requests)),
        ("Dead, and no reason given", list(report.unexplained)),
        ("Digests not told apart", list(report.digests_unread)),
        ("Wrong titles", list(report.titles.wrong)),
        ("Wrong dates", list(report.dates.wrong)),
        ("Wrong authors", list(report.authors.wrong)),
    )
    for title, lines in lists:
        if lines:
            more = [f"... and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
            yield Text(f"{title}:\n" + "\n".join(f"  {line}" for line in [*lines[:_MOST_LINES], *more]))


def _rejected(report: DemoReport) -> Table:
    table = Table(title="Turned away", title_justify="left")
    table.add_column("URL", overflow="fold")
    table.add_column("reason")
    for url, reason in report.rejected.items():
        table.add_row(url, reason)
    return table
