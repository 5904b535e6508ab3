"""What one fetcher has done, for Prometheus: read from the report that its crawl loop gives."""

import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler.report import FetchReport
from crawler.vitals import LIFE_S


class FetcherMetrics(Collector):
    """The last report of the loop, as counters.

    ======================================== =========== ==================================================
    name                                     labels      counts
    ======================================== =========== ==================================================
    ``copydesk_fetcher_urls_total``          ``outcome`` pages, failed, not_modified, moved, retried, missed
    ``copydesk_fetcher_refusals_total``      ``reason``  why URLs failed or were put off
    ``copydesk_fetcher_wire_bytes_total``                bytes of bodies as they came, compressed
    ``copydesk_fetcher_hosts``                           hosts lent to it now
    ``copydesk_process_*``                               CPU time, memory, files, start
    ======================================== =========== ==================================================
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._report, self._heard = FetchReport(), clock()
        self._process = ProcessCollector(namespace="copydesk", registry=None)

    def hear(self, report: FetchReport) -> None:
        """Take the loop's report; it comes several times a second, also when nothing is due."""
        with self._lock:
            self._report, self._heard = report, self._clock()

    def is_well(self) -> bool:
        """Whether the loop still turns."""
        return self._clock() - self._heard < LIFE_S

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        with self._lock:
            report = self._report
        urls = CounterMetricFamily("copydesk_fetcher_urls", "URLs by what was done.", labels=["outcome"])
        for outcome in ("pages", "failed", "not_modified", "moved", "retried", "missed"):
            urls.add_metric([outcome], getattr(report, outcome))
        yield urls
        refusals = CounterMetricFamily(
            "copydesk_fetcher_refusals", "Why URLs failed or were put off.", labels=["reason"]
        )
        for reason, number in report.reasons.items():
            refusals.add_metric([reason], number)
        yield refusals
        yield CounterMetricFamily(
            "copydesk_fetcher_wire_bytes", "Bytes of bodies as they came.", value=report.wire_bytes
        )
        yield GaugeMetricFamily("copydesk_fetcher_hosts", "Hosts lent to it now.", value=report.active)
        yield from self._process.collect()
