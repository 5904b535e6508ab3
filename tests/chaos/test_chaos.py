"""Short runs of the harness; ``make chaos`` makes longer ones."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]


def chaos(*words: str) -> Any:
    """Run the harness on a small press; return its last line."""
    small = ["--publishers", "3", "--stories", "8"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *words, *small],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_killed_at_random_the_end_is_that_of_an_undisturbed_run() -> None:
    """The same stories and sightings, none lost, none twice, nothing put aside, every invariant sound."""
    assert chaos("--seed", "3", "--kills", "6")["kills"] == 6


def test_without_redis_the_work_pauses_says_so_and_goes_on() -> None:
    """Redis is gone, then full, each until the user was told: the end is that of an undisturbed run."""
    report = chaos("--seed", "4", "--outages", "redis_gone", "redis_full", "--together", "--hold", "0")
    assert report["faults"] == []
    assert report["sightings"] > 0
