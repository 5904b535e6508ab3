"""What processes count, and how it gets to Prometheus.

Rows and queue lengths tell what became of pages (``copydesk.web.metrics``); what only a process knows, its pace, its
time and its memory, it counts itself and shows with its signs of life (``crawler.vitals``).  From there the web
process tells of all, a pool of its own workers, a fetcher of itself.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, start_http_server
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError

from crawler.backlog import Samples
from crawler.errors import ConfigError
from crawler.vitals import MOST_SERIES, Sample, Series, Signs, Vitals, machine, shown

OWN_NAME = re.compile(r"copydesk_[a-z_]{1,80}\Z")
"""Series of other names are nobody's: whoever can write to Redis cannot pass others off as ours."""
LABEL = re.compile(r"[a-z_]{1,40}\Z")
KINDS = frozenset({"counter", "gauge"})
LOOPBACK = "127.0.0.1"
LARGEST_PORT = 65_535


class WorkTally:
    """What one worker process has done.

    ========================================== ======================= ========================================
    name                                       labels                  counts
    ========================================== ======================= ========================================
    ``copydesk_worker_pages_total``            ``outcome``, ``reason`` pages taken to the store
    ``copydesk_worker_page_bytes_total``                               their size, inflated
    ``copydesk_worker_read_seconds_total``                             time spent reading them
    ``copydesk_worker_batches_total``                                  batches finished
    ``copydesk_process_*``                                             CPU time, memory, files, start
    ========================================== ======================= ========================================
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.pages = Counter(
            "copydesk_worker_pages",
            "Pages taken to the store.",
            ("outcome", "reason"),
            registry=self.registry,
        )
        self.page_bytes = Counter(
            "copydesk_worker_page_bytes", "Their size, inflated.", registry=self.registry
        )
        self.read_seconds = Counter(
            "copydesk_worker_read_seconds", "Time spent reading them.", registry=self.registry
        )
        self.batches = Counter("copydesk_worker_batches", "Batches finished.", registry=self.registry)
        ProcessCollector(namespace="copydesk", registry=self.registry)


OWN = WorkTally()
"""Of this process, like its memory and its CPU time."""


@contextmanager
def signs_shown(
    redis: "Redis",
    name: str,
    role: str,
    registry: Collector,
    *,
    pid: int,
    is_well: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Show the process's signs of life, with its numbers, and take its turn at sampling the backlog."""
    since_s = time.time()

    def read() -> Vitals | None:
        if not is_well():
            return None
        return Vitals(role=role, host=machine(), pid=pid, since_s=since_s, series=series_of(registry))

    with shown(Signs(redis), name, read, beside=(Samples(redis).take,)):
        yield


def series_of(registry: Collector) -> list[Series]:
    """Return a registry's numbers as they cross to other processes."""
    return [
        Series(
            name=metric.name,
            kind=metric.type,
            means=metric.documentation,
            samples=[
                Sample(name=sample.name, labels=dict(sample.labels), value=sample.value)
                for sample in metric.samples
                # When a counter was made is said once, by ``process_start_time_seconds``.
                if not sample.name.endswith("_created")
            ],
        )
        for metric in registry.collect()
    ]


class LivingProcesses(Collector):
    """Every process's own numbers, labelled with its name and role; and how many there are."""

    def __init__(
        self, living: Callable[[], dict[str, Vitals]], roles: Sequence[str] = ("fetcher", "worker")
    ) -> None:
        self._living = living
        self._roles = roles

    def collect(self) -> Iterator[Metric]:
        """Read the signs; none when Redis does not answer."""
        try:
            living = self._living()
        except RedisError:
            return
        yield _counted(living, self._roles)
        families: dict[tuple[str, str], Metric] = {}
        for process, vitals in living.items():
            for series in vitals.series[:MOST_SERIES]:
                if series.kind in KINDS and OWN_NAME.match(series.name):
                    family = families.setdefault(
                        (series.name, series.kind), Metric(series.name, series.means, series.kind)
                    )
                    _add(family, series, {"process": process, "role": vitals.role})
        # The same name may not come twice, whatever kinds it was given.
        yield from {family.name: family for family in families.values()}.values()


def _counted(living: dict[str, Vitals], roles: Sequence[str]) -> Metric:
    family = Metric("copydesk_processes", "Fetchers and workers alive.", "gauge")
    for role in roles:
        number = sum(vitals.role == role for vitals in living.values())
        family.add_sample("copydesk_processes", {"role": role}, number)
    return family


def _add(family: Metric, series: Series, whose: dict[str, str]) -> None:
    names = {series.name, f"{series.name}_total"}
    for sample in series.samples:
        if sample.name in names and all(LABEL.match(label) for label in sample.labels):
            family.add_sample(sample.name, {**sample.labels, **whose}, sample.value)


@contextmanager
def serving(place: str | None, living: Callable[[], dict[str, Vitals]], *, role: str) -> Iterator[int | None]:
    """Serve ``/metrics`` of some processes for as long as the block runs; nothing where no place is named.

    Args:
        place: ``PORT`` (on loopback) or ``HOST:PORT``.
        living: The processes that are told of.
        role: Theirs; that none of another role is among them means nothing.

    Raises:
        ConfigError: The place is none, not ours, or taken.
    """
    if place is None:
        yield None
        return
    host, port = parse_place(place)
    registry = CollectorRegistry()
    registry.register(LivingProcesses(living, (role,)))
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise ConfigError(f"cannot serve metrics on {host}:{port}: {error.strerror or error}") from None
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def parse_place(place: str) -> tuple[str, int]:
    """Return host and port.

    >>> parse_place("9101"), parse_place("0.0.0.0:9101"), parse_place("[::1]:9101")
    (('127.0.0.1', 9101), ('0.0.0.0', 9101), ('::1', 9101))
    """
    host, _, port = place.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= LARGEST_PORT):
        raise ConfigError(f"metrics: {place!r} is no PORT or HOST:PORT")
    return host.strip("[]") or LOOPBACK, int(port)
