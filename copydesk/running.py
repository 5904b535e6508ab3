"""The long commands: children at work, progress shown, a summary at the end."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from config.settings import Settings
from copydesk.crew import Crew
from copydesk.durations import parse_duration
from copydesk.feeding import hand_over, plant
from copydesk.fetching import demand_contact
from copydesk.gauge import Gauge
from copydesk.lifeline import interrupts
from copydesk.progress import Progress
from copydesk.stack import open_stack
from crawler.intake import read_paths
from crawler.records import DiscoveredUrl, FetchFailed, FetchOutcome

TICK_S = 0.25
"""How often children are looked after and progress is shown."""

MOST_NAMED = 50
"""Files and lines that gave nothing and are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a crawl ends."""

    watch: bool = False
    max_pages: int | None = None
    last: str | None = None
    """A duration as typed."""
    warc: Path | None = None

    def words(self) -> list[str]:
        """Return them as options of ``copydesk fetch``."""
        words = [] if self.watch else ["--until-idle"]
        words += ["--max-pages", str(self.max_pages)] if self.max_pages else []
        words += ["--for", self.last] if self.last else []
        return words + (["--warc", str(self.warc.absolute())] if self.warc else [])


def crawl_sources(
    settings: Settings, seeds: Sequence[DiscoveredUrl], limits: Limits, *, as_json: bool
) -> int:
    """Crawl the seeds until the limits are reached or Ctrl-C; return the exit code."""
    if limits.last:
        parse_duration(limits.last)
    demand_contact(settings, [seed.url for seed in seeds])
    with (
        open_stack(settings) as stack,
        Gauge(stack) as gauge,
        _crew(settings) as crew,
        Progress() as progress,
    ):
        before = gauge.read()
        plant(stack, seeds)
        crew.start("worker", "work", "--lifeline")
        crew.start("fetcher", "fetch", "--lifeline", *limits.words())
        with interrupts() as stopping:
            interrupted = _run(
                crew,
                gauge,
                progress,
                stopping,
                lambda finished: "fetcher" in finished and gauge.in_hands() == 0,
            )
        return progress.summary(before, gauge.read(), interrupted=interrupted, as_json=as_json)


def ingest_paths(settings: Settings, paths: Sequence[str], *, follow: bool, as_json: bool) -> int:
    """Read the files into the pipeline and wait until they are stored; return the exit code."""
    outcomes = read_paths(paths, follow=follow, now=datetime.now(UTC))
    first = next(outcomes, None)  # a missing file is told before anything is started
    everything = chain([first], outcomes) if first is not None else outcomes
    with (
        open_stack(settings) as stack,
        Gauge(stack) as gauge,
        _crew(settings) as crew,
        Progress() as progress,
    ):
        before = gauge.read()
        crew.start("worker", "work", "--lifeline")
        with interrupts() as stopping:
            read = 0
            for read in hand_over(stack, name_failures(everything, progress.tell)):  # noqa: B007 - the last one counts
                crew.watch()
                progress.tell(crew.news())
                progress.show(gauge.glance())
                if stopping.is_set():
                    break
            interrupted = _run(crew, gauge, progress, stopping, lambda _finished: gauge.in_hands() == 0)
        return progress.summary(before, gauge.read(), read=read, interrupted=interrupted, as_json=as_json)


def name_failures(
    outcomes: Iterable[FetchOutcome], tell: Callable[[Iterable[str]], None]
) -> Iterator[FetchOutcome]:
    """Name the files and lines that gave nothing as they pass: of many the first ones, and how many more."""
    failed = 0
    for outcome in outcomes:
        if isinstance(outcome, FetchFailed) and outcome.detail:
            failed += 1
            if failed <= MOST_NAMED:
                tell([f"{outcome.reason}: {outcome.detail}"])
        yield outcome
    if failed > MOST_NAMED:
        tell([f"{failed - MOST_NAMED} more files or lines gave nothing."])


def _run(
    crew: Crew,
    gauge: Gauge,
    progress: Progress,
    stopping: threading.Event,
    is_done: Callable[[set[str]], bool],
) -> bool:
    """Look after the children until the work is done; return whether Ctrl-C came first."""
    while not stopping.wait(TICK_S):
        finished = crew.watch()
        progress.tell(crew.news())
        progress.show(gauge.glance())
        # A fetcher that Ctrl-C has ended has finished, too: the signal has the last word.
        if is_done(finished) and not stopping.is_set():
            return False
    crew.stop()
    return True


@contextmanager
def _crew(settings: Settings) -> Iterator[Crew]:
    crew = Crew(settings)
    try:
        yield crew
    finally:
        crew.stop()
