"""For machines: health, readiness, and the facts of the Now page for Prometheus."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from copydesk.web.desk import desk
from copydesk.web.now import Standing, read_standing
from crawler.errors import BackendError
from workers.metrics import LivingProcesses

metrics = Blueprint("metrics", __name__)


@metrics.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


@metrics.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Say whether both back ends answer."""
    found = {"database": _state(desk().store.ping), "redis": _state(desk().redis.ping)}
    return found, 200 if set(found.values()) == {"ok"} else 503


def _state(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except (BackendError, RedisError):
        return "unreachable"
    return "ok"


@metrics.get("/metrics")
def prometheus() -> Response:
    """Return how things stand in Prometheus' text format; where a back end is away, that and what is left."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Parts({"database": _state(desk().store.ping), "redis": _state(desk().redis.ping)}))
    with suppress(BackendError, RedisError):
        registry.register(_Facts(read_standing()))
    registry.register(LivingProcesses(desk().processes))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Parts(Collector):
    """Which back ends answer."""

    def __init__(self, states: dict[str, str]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        """Yield one metric."""
        rows = (((part,), state == "ok") for part, state in self._states.items())
        yield _by("up", "Whether a back end answers.", ("part",), rows)


class _Facts(Collector):
    """All are gauges: they are sums over rows, and rows are pruned."""

    def __init__(self, standing: Standing) -> None:
        self._s = standing

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        s = self._s
        yield _by(
            "pages", "Pages by what became of them.", ("outcome", "reason"),
            (((outcome, reason), n) for outcome, by in s.outcomes.items() for reason, n in by.items()),
        )  # fmt: skip
        yield _one("stories", "Stories, digests left out.", s.totals.stories)
        yield _one("digests", "Digests.", s.totals.digests)
        yield _one("sightings", "Places at which stories were seen.", s.totals.sightings)
        yield _one("folded_sightings", "Sightings that joined a story already there.", s.totals.folded)
        yield _one("pages_put_aside", "Pages put aside after their last try.", s.totals.dead_letters)
        yield _one(
            "pages_per_second",
            "Pages stored, over a minute that ended ten seconds ago.",
            s.last_minute.pages_per_s,
        )
        yield _by(
            "frontier_urls", "URLs that are not fetched yet.", ("state",),
            ((("waiting",), s.waiting), (("leased",), s.leased), (("retry",), s.retried)),
        )  # fmt: skip
        yield _by(
            "hosts", "Hosts of the frontier by state.", ("state",), (((k,), n) for k, n in s.hosts.items())
        )
        yield _one("pages_in_hands", "Pages handed over and not stored yet.", s.work.pages_in_hands)
        yield _by(
            "batches", "Batches of pages in RQ.", ("state",),
            ((("queued",), s.work.batches_queued), (("failed",), s.work.batches_failed)),
        )  # fmt: skip
        yield _one("oldest_batch_seconds", "How long the oldest batch waits.", s.work.oldest_s or 0.0)
        yield _by(
            "workers", "RQ workers alive.", ("state",),
            ((("busy",), s.work.busy), (("idle",), s.work.workers - s.work.busy)),
        )  # fmt: skip
        yield _one("fetchers_at_work", "Fetchers that hold a host.", s.fetchers_at_work)


def _one(name: str, means: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"copydesk_{name}", means, value=value)


def _by(
    name: str, means: str, labels: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"copydesk_{name}", means, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family
