"""Kills: crawl the demo press with real processes, SIGKILL some at random, again and again.

At the end the store must equal that of an undisturbed run: the same stories, the same sightings with the same texts,
none lost, none twice, nothing put aside, every invariant sound.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from copydesk.demo.press import Press
from copydesk.demo.process import press_process
from tests.chaos.by_hand import ByHand
from tests.chaos.crawl import ROUND_LIMIT_S, Crawl
from tests.chaos.outcome import Outcome, differences, outcome_of

WEIGHTS = {"worker": 10, "pool": 3, "fetcher": 4, "redis": 3, "keeper": 1, "parent": 3, "web": 1, "tls": 1}
"""Which process is killed how often; workers die most, as in life."""
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)
"""What a process started by hand dies of; under the all-in-one command it is always SIGKILL."""
PAUSE_S = (0.1, 1.5)
AT_ONCE = (1, 1, 2, 3)
"""How many die together: mostly one, at times the worker and the Redis that it was talking to."""
KILLS_A_ROUND = 80
PRESSES = 2
"""Rounds take turns at so many presses, each crawled once undisturbed."""


@dataclass(slots=True)
class Tally:
    """What a run of the harness did."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    stories: int = 0
    sightings: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Storm:
    """A run of the harness: rounds on empty data folders, until there were so many kills."""

    folder: Path
    database_of: Callable[[Path], str]
    seed: int
    kills: int
    publishers: int
    stories: int
    by_hand: bool = False
    """Each process started by itself, on a Redis with TLS and a password, rather than all by one command."""
    asked: set[int] = field(default_factory=set)
    """Processes that were asked to end: if the crawl's is one of them, its exit code 0 is not the crawl's end."""
    tally: Tally = field(default_factory=Tally)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def run(self) -> Tally:
        """Play the rounds."""
        presses: dict[int, tuple[Press, Outcome]] = {}
        with ExitStack() as stack:
            while self._killed < self.kills:
                number = self.seed * 1000 + self.tally.rounds % PRESSES
                if number not in presses:
                    presses[number] = self._open_press(number, stack)
                self._round(*presses[number])
        return self.tally

    @property
    def _killed(self) -> int:
        return sum(self.tally.kills.values())

    def _open_press(self, number: int, stack: ExitStack) -> tuple[Press, Outcome]:
        home = self.folder / f"press-{number}"
        home.mkdir()
        served = press_process(home, seed=number, publishers=self.publishers, stories=self.stories)
        press, _ = stack.enter_context(served)
        return press, undisturbed(press, home / "calm", self.database_of)

    def _round(self, press: Press, expected: Outcome) -> None:
        begun, before, killed = time.monotonic(), len(self.tally.faults), self._killed
        folder = self.folder / f"storm-{self.tally.rounds}"
        found = self._disturbed(press, folder, min(KILLS_A_ROUND, self.kills - killed))
        self.tally.stories += len(found.stories)
        self.tally.sightings += found.sightings
        self.tally.faults += differences(expected, found)
        self.tally.rounds += 1
        state = "as undisturbed" if len(self.tally.faults) == before else "DIFFERS"
        took = time.monotonic() - begun
        kills = self._killed - killed
        print(
            f"round {self.tally.rounds}, press {press.seed}: {kills} kills, {took:.0f} s, {state}", flush=True
        )
        for fault in self.tally.faults[before:]:
            print(f"  {fault}", flush=True)

    def _disturbed(self, press: Press, folder: Path, kills: int) -> Outcome:
        """Crawl, killing as often as asked, then let it finish."""
        kind = ByHand if self.by_hand else Crawl
        crawl = kind(folder, press.feed_urls(), self.database_of(folder))
        try:
            self._disturb(crawl, kills)
            self.tally.faults += crawl.faults()
        finally:
            self.tally.restarts += crawl.restarts
            crawl.end()
        return outcome_of(crawl.database, press)

    def _disturb(self, crawl: Crawl, kills: int) -> None:
        deadline = time.monotonic() + ROUND_LIMIT_S
        while time.monotonic() < deadline:
            time.sleep(self.chance.uniform(*PAUSE_S))
            crawl.look_after()
            if crawl.process.poll() is not None:
                if crawl.process.returncode == 0 and crawl.process.pid not in self.asked:
                    return
                crawl.start()
            if kills and crawl.members()["worker"]:  # else it is only just starting
                for _ in range(min(self.chance.choice(AT_ONCE), kills)):
                    self.tally.kills[self._kill_one(crawl)] += 1
                    kills -= 1
        self.tally.faults.append(f"not done in {ROUND_LIMIT_S:g} s")

    def _kill_one(self, crawl: Crawl) -> str:
        """Kill a member at random; return what it was."""
        members = {kind: found for kind, found in crawl.members().items() if found}
        kinds = sorted(members)
        kind = self.chance.choices(kinds, [WEIGHTS[k] for k in kinds])[0]
        with suppress(psutil.Error):
            how = self.chance.choice(SIGNALS) if self.by_hand else signal.SIGKILL
            victim = self.chance.choice(members[kind])
            victim.send_signal(how)
            if how == signal.SIGTERM:
                self.asked.add(victim.pid)
        return kind


def undisturbed(press: Press, folder: Path, database_of: Callable[[Path], str]) -> Outcome:
    """Return what a run gives that nobody disturbs."""
    crawl = Crawl(folder, press.feed_urls(), database_of(folder))
    try:
        crawl.process.wait(ROUND_LIMIT_S)
    finally:
        crawl.end()
    return outcome_of(crawl.database, press)
