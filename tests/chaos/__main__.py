"""The harness from the command line; exit code 1 when a store differs from that of an undisturbed run.

python -m tests.chaos --seed 1 --kills 300 --database postgresql
python -m tests.chaos --seed 1 --kills 30 --by-hand
python -m tests.chaos --seed 1 --outages --hold 60
"""

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from tests.chaos import databases
from tests.chaos.kills import Storm
from tests.chaos.outages import OUTAGES, Stage, may_mount


def main() -> int:
    """Run what the words ask for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description=(__doc__ or "").partition(";")[0]
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument(
        "--by-hand", action="store_true", help="each process by itself; Redis with TLS and a password"
    )
    parser.add_argument("--publishers", type=int, default=5)
    parser.add_argument("--stories", type=int, default=20)
    parser.add_argument("--outages", nargs="*", choices=sorted(OUTAGES), help="all of them if none is named")
    parser.add_argument("--hold", type=float, default=60.0, help="seconds that an outage lasts")
    parser.add_argument("--together", action="store_true", help="all outages in one crawl")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos", ignore_cleanup_errors=True) as name:
        return _kills(words, Path(name)) if words.outages is None else _outages(words, Path(name))


def _kills(words: argparse.Namespace, folder: Path) -> int:
    begun = time.monotonic()
    with databases.databases(words.database) as database_of:
        tally = Storm(
            folder=folder,
            database_of=database_of,
            seed=words.seed,
            kills=words.kills,
            publishers=words.publishers,
            stories=words.stories,
            by_hand=words.by_hand,
        ).run()
    found = asdict(tally) | {
        "kills": sum(tally.kills.values()),
        "by_victim": dict(tally.kills),
        "faults": len(tally.faults),
        "database": words.database,
        "seconds": round(time.monotonic() - begun),
    }
    print(json.dumps(found))
    return 1 if tally.faults else 0


def _outages(words: argparse.Namespace, folder: Path) -> int:
    named = words.outages or [kind for kind in OUTAGES if kind != "disk_full" or may_mount()]
    faults = 0
    with ExitStack() as stack:
        stage = Stage(
            folder, seed=words.seed, publishers=words.publishers, stories=words.stories, stack=stack
        )
        for crawl in [named] if words.together else [[kind] for kind in named]:
            report = stage.play(*crawl, hold_s=words.hold)
            print(json.dumps(asdict(report) | {"seconds": round(report.seconds)}), flush=True)
            faults += len(report.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
