"""The crash harness: crawl the demo press with real processes, SIGKILL one at random, again and again.

At the end the store must equal that of an undisturbed run: the same stories, the same sightings with the same texts,
none lost, none twice, nothing put aside, every invariant sound.

    python tests/integration/chaos.py --seed 1 --kills 20
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from copydesk.demo.press import Press
from copydesk.demo.process import press_process
from workers.store import Store, open_store

SETTINGS = {
    "COPYDESK_FETCH_DELAY_S": "0.05",
    "COPYDESK_FETCH_ALLOW_PRIVATE": '["127.0.0.0/8"]',
    "COPYDESK_FETCH_CONTACT": "the crash harness, on loopback",
    "COPYDESK_FETCH_TIMEOUT_S": "5",
    "COPYDESK_FETCH_RETRIES": "1",  # the press has pages that fail for ever; their later retries prove nothing
    "COPYDESK_CRAWL_BATCH_PAGES": "5",  # many small batches: more places to be killed in
    "COPYDESK_WORK_MAX_TRIES": "10",  # a page must not be condemned for being in hand at three kills
}
WEIGHTS = {"worker": 10, "pool": 3, "fetcher": 4, "redis": 3, "keeper": 1, "parent": 3}
"""Which process is killed how often; workers die most, as in life."""
PAUSE_S = (0.1, 1.5)
AT_ONCE = (1, 1, 2, 3)
"""How many die together: mostly one, at times the worker and the Redis that it was talking to."""
ROUND_LIMIT_S = 900.0
"""A round that is not done by then hangs: that is a failure too."""
LIKE = 0.8
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


@dataclass(slots=True)
class Outcome:
    """What a run gave: stories as sets of URLs, and the texts of each URL."""

    stories: set[frozenset[str]] = field(default_factory=set)
    texts: dict[str, list[set[str]]] = field(default_factory=dict)
    """Of pages that the press does not change from one request to the next: words of each text."""


def outcome_of(store: Store, press: Press) -> Outcome:
    """Return what must not depend on who was killed when.

    Words, not texts: which lines recur on a site, and are left out, is learned in the order of the pages.
    """
    found = Outcome()
    for row in store.export(digests=True):
        detail = store.story(row.story)
        if detail is None:
            continue
        texts = {a.id: a.text for a in (detail.canonical, *detail.versions)}
        found.stories.add(frozenset(s.url for s in detail.sightings))
        for sighting in detail.sightings:
            truth = press.truth(sighting.url.partition("#")[0])
            if truth is None or len(truth.versions) <= 1:
                words = set(texts.get(sighting.article_id, "").split())
                found.texts.setdefault(sighting.url, []).append(words)
    return found


def is_like(words: set[str], others: list[set[str]]) -> bool:
    """Say whether a text is one of the others, but for a line or two."""
    return any(len(words & other) >= LIKE * len(words | other) for other in others)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """Open the store of a data folder."""
    store = open_store(f"sqlite:///{folder / 'copydesk.db'}")
    try:
        yield store
    finally:
        store.close()


class Crawl:
    """The all-in-one command on one data folder, and all the processes that belong to it."""

    def __init__(self, folder: Path, seeds: Sequence[str]) -> None:
        self.folder = folder
        self._seeds = seeds
        self.restarts = -1
        self.start()

    def start(self) -> None:
        """Start the command; a second time it goes on where the last one was killed."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "parent.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "copydesk", "crawl", *self._seeds, "--json"],
                env=inherited | SETTINGS | {"COPYDESK_DATA_DIR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.restarts += 1

    def members(self) -> dict[str, list[psutil.Process]]:
        """Return our living processes by what they are; found by descent and by our folder's name."""
        found: dict[str, list[psutil.Process]] = {kind: [] for kind in WEIGHTS}
        with suppress(psutil.Error):
            parent = psutil.Process(self.process.pid)
            found["parent"].append(parent)
            for child in parent.children(recursive=True):
                with suppress(psutil.Error):
                    if kind := _kind(child.cmdline()):
                        found[kind].append(child)
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if any(str(self.folder.resolve()) in word for word in words):
                kind = "keeper" if any(word.endswith("keeper.py") for word in words) else "redis"
                if kind == "keeper" or "--unixsocket" in words or any("server" in word for word in words[:1]):
                    found[kind].append(process)
        return found

    def kill_one(self, chance: random.Random) -> str:
        """Kill a member at random; return what it was."""
        members = {kind: found for kind, found in self.members().items() if found}
        kinds = sorted(members)
        kind = chance.choices(kinds, [WEIGHTS[k] for k in kinds])[0]
        with suppress(psutil.Error):
            chance.choice(members[kind]).send_signal(signal.SIGKILL)
        return kind

    def end(self) -> None:
        """Leave nothing running."""
        for found in self.members().values():
            for process in found:
                with suppress(psutil.Error):
                    process.kill()
        self.process.wait()


def _kind(words: Sequence[str]) -> str | None:
    if "workers.worker" in words:
        return "worker"
    if "work" in words:
        return "pool"
    return "fetcher" if "fetch" in words else None


def undisturbed(press: Press, folder: Path) -> Outcome:
    """Return what a run gives that nobody disturbs."""
    crawl = Crawl(folder, press.feed_urls())
    try:
        crawl.process.wait(ROUND_LIMIT_S)
    finally:
        crawl.end()
    with opened(folder) as store:
        return outcome_of(store, press)


def disturbed(press: Press, folder: Path, *, kills: int, chance: random.Random, tally: Tally) -> None:
    """Crawl, killing as often as asked, then let it finish; the results are in the folder."""
    crawl = Crawl(folder, press.feed_urls())
    deadline = time.monotonic() + ROUND_LIMIT_S
    killed = 0
    try:
        while time.monotonic() < deadline:
            time.sleep(chance.uniform(*PAUSE_S))
            if crawl.process.poll() is not None:
                if crawl.process.returncode == 0:
                    return
                crawl.start()
            if killed < kills and crawl.members()["worker"]:  # else it is only just starting
                for _ in range(min(chance.choice(AT_ONCE), kills - killed)):
                    tally.kills[crawl.kill_one(chance)] += 1
                    killed += 1
        tally.faults.append(f"not done in {ROUND_LIMIT_S:g} s")
    finally:
        tally.restarts += crawl.restarts
        crawl.end()


def compare(press: Press, expected: Outcome, folder: Path, tally: Tally) -> None:
    """Hold the store against the undisturbed one."""
    with opened(folder) as store:
        found = outcome_of(store, press)
        tally.stories += len(found.stories)
        tally.sightings += sum(map(len, found.stories))
        for story in expected.stories - found.stories:
            tally.faults.append(f"lost or split: {sorted(story - _common(story, found.stories))[:4]}")
        for story in found.stories - expected.stories:
            tally.faults.append(f"new or merged: {sorted(story - _common(story, expected.stories))[:4]}")
        for url, texts in found.texts.items():
            if not all(is_like(words, expected.texts.get(url, [])) for words in texts):
                tally.faults.append(f"another text: {url}")
        tally.faults += [f"put aside: {letter.url} ({letter.reason})" for letter in store.dead_letters()]
        tally.faults += [f"broken: {fault.rule} ({fault.count})" for fault in store.check()]


def _common(story: frozenset[str], others: set[frozenset[str]]) -> frozenset[str]:
    """Return what the story shares with the one that is most like it."""
    return max((story & other for other in others), key=len, default=frozenset())


def run(*, seed: int, kills: int, publishers: int, stories: int) -> Tally:
    """Play rounds until there were so many kills, each round on an empty data folder."""
    tally = Tally()
    chance = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="chaos", ignore_cleanup_errors=True) as name,
        ExitStack() as stack,
    ):
        folder = Path(name)
        presses: dict[int, tuple[Press, Outcome]] = {}
        while sum(tally.kills.values()) < kills:
            number = seed * 1000 + tally.rounds % PRESSES
            if number not in presses:
                home = folder / f"press-{number}"
                home.mkdir()
                served = press_process(home, seed=number, publishers=publishers, stories=stories)
                press, _ = stack.enter_context(served)
                presses[number] = press, undisturbed(press, home / "calm")
            press, expected = presses[number]
            _round(press, expected, folder / f"storm-{tally.rounds}", kills=kills, chance=chance, tally=tally)
    return tally


def _round(
    press: Press,
    expected: Outcome,
    folder: Path,
    *,
    kills: int,
    chance: random.Random,
    tally: Tally,
) -> None:
    begun, before, killed = time.monotonic(), len(tally.faults), sum(tally.kills.values())
    disturbed(press, folder, kills=min(KILLS_A_ROUND, kills - killed), chance=chance, tally=tally)
    compare(press, expected, folder, tally)
    tally.rounds += 1
    state = "as undisturbed" if len(tally.faults) == before else "DIFFERS"
    killed = sum(tally.kills.values()) - killed
    took = time.monotonic() - begun
    print(f"round {tally.rounds}, press {press.seed}: {killed} kills, {took:.0f} s, {state}", flush=True)
    for fault in tally.faults[before:]:
        print(f"  {fault}", flush=True)


def main() -> int:
    """Run the harness from the command line; exit code 1 when something differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--publishers", type=int, default=5)
    parser.add_argument("--stories", type=int, default=20)
    words = parser.parse_args()
    begun = time.monotonic()
    tally = run(seed=words.seed, kills=words.kills, publishers=words.publishers, stories=words.stories)
    print(
        json.dumps(
            {
                "kills": sum(tally.kills.values()),
                "by_victim": dict(tally.kills),
                "rounds": tally.rounds,
                "restarts": tally.restarts,
                "stories": tally.stories,
                "sightings": tally.sightings,
                "faults": len(tally.faults),
                "seconds": round(time.monotonic() - begun),
            }
        )
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
