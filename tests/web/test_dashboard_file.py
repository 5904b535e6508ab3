"""The Grafana dashboard asks for numbers that exist."""

import json
import re
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from copydesk.fetcher_metrics import FetcherMetrics
from crawler.vitals import Signs, Vitals
from tests.web.conftest import Room
from workers.metrics import WorkTally, series_of

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana" / "copydesk.json"
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def served(room: Room) -> str:
    """What ``/metrics`` says where a fetcher and a worker are."""
    signs = Signs(room.desk.redis)
    for role, registry in (("fetcher", FetcherMetrics()), ("worker", WorkTally().registry)):
        signs.show(role, Vitals(role=role, host="press", pid=7, since_s=0.0, series=series_of(registry)))
    return room.visitor().get("/metrics").text


def test_every_number_of_the_dashboard_and_of_the_handbook_is_served(room: Room) -> None:
    """A panel without data, or a page that names a number that is not there, would look like a dead system."""
    asked = " ".join(
        target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]
    )
    watched = OPERATIONS.read_text().partition("## What to watch")[2].partition("## ")[0]
    told = re.findall(r"`(copydesk_\w+)", watched)
    assert told
    wanted = {*re.findall(r"copydesk_\w+", asked), *told}
    families = set(re.findall(r"^# TYPE (\S+)", served(room), re.MULTILINE))
    assert wanted <= families


def test_a_fetchers_own_numbers_are_its_report() -> None:
    """Every outcome has its counter from the start: a counter that appears at its first event has no rate."""
    registry = CollectorRegistry()
    registry.register(FetcherMetrics())
    text = generate_latest(registry).decode()
    for outcome in ("pages", "failed", "not_modified", "moved", "retried", "missed"):
        assert f'copydesk_fetcher_urls_total{{outcome="{outcome}"}} 0.0' in text
