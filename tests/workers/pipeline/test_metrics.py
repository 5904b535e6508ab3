"""What workers count, and how it gets to Prometheus."""

from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as NoRedis

from crawler.errors import ConfigError
from crawler.vitals import Sample, Series, Vitals
from workers.metrics import LivingProcesses, WorkTally, parse_place, series_of, serving


def worker(tally: WorkTally, *more: Series) -> Vitals:
    """What a worker with this tally says of itself."""
    return Vitals(role="worker", host="press", pid=7, since_s=0.0, series=[*series_of(tally.registry), *more])


def told(living: dict[str, Vitals]) -> str:
    """The processes' numbers in Prometheus' format."""
    registry = CollectorRegistry()
    registry.register(LivingProcesses(lambda: living))
    return generate_latest(registry).decode()


def test_every_number_says_whose_it_is() -> None:
    """Of two workers neither hides the other; each has its memory and CPU time, too."""
    first, second = WorkTally(), WorkTally()
    first.pages.labels("stored", "article").inc(3)
    second.pages.labels("stored", "article").inc(4)
    text = told({"w1": worker(first), "w2": worker(second)})
    pages = 'copydesk_worker_pages_total{outcome="stored",process="%s",reason="article",role="worker"} %.1f'
    assert pages % ("w1", 3) in text
    assert pages % ("w2", 4) in text
    assert 'copydesk_processes{role="worker"} 2.0' in text
    assert 'copydesk_process_resident_memory_bytes{process="w1",role="worker"}' in text
    assert sum(1 for line in text.splitlines() if line.startswith("# TYPE copydesk_worker_pages_total")) == 1


def test_what_a_stranger_wrote_cannot_break_the_format() -> None:
    """Names that are not ours are left out, text is escaped, one name comes once."""
    strange = [
        Series(name="up", kind="gauge", means="m", samples=[Sample(name="up", labels={}, value=1)]),
        Series(name="copydesk_x\ny 1", kind="gauge", means="m", samples=[]),
        Series(
            name="copydesk_worker_pages",
            kind="gauge",
            means="two\nlines",
            samples=[Sample(name="copydesk_worker_pages", labels={"reason": 'a"\n}'}, value=1)],
        ),
        Series(
            name="copydesk_bad",
            kind="gauge",
            means="m",
            samples=[Sample(name="copydesk_bad", labels={"a b": "c"}, value=1)],
        ),
    ]
    text = told({'n"\n': worker(WorkTally(), *strange)})
    names = [family.name for family in text_string_to_metric_families(text)]
    assert len(names) == len(set(names))
    assert all(name.startswith("copydesk_") and " " not in name for name in names)


def test_without_redis_there_is_nothing_to_tell() -> None:
    """The scrape succeeds; who watches sees that the processes are gone."""

    def away() -> dict[str, Vitals]:
        raise NoRedis

    registry = CollectorRegistry()
    registry.register(LivingProcesses(away))
    assert generate_latest(registry) == b""


def test_a_place_to_serve_at_is_a_port_of_ours() -> None:
    """Served on loopback unless a host is named; a second server at one port is refused in one line."""
    with serving("0", lambda: {"w": worker(WorkTally())}, role="worker") as port:
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read()
        assert b"copydesk_worker_batches_total" in text
        # A pool knows of no fetcher, and must not say that there is none.
        assert b'copydesk_processes{role="worker"} 1.0' in text
        assert b"fetcher" not in text
        with (
            pytest.raises(ConfigError, match="cannot serve metrics"),
            serving(str(port), dict, role="worker"),
        ):
            pass
    with serving(None, dict, role="worker") as port:
        assert port is None
    with pytest.raises(ConfigError, match="PORT"):
        parse_place("host:99999")
