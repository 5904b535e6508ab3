"""A short run of the crash harness; ``make chaos`` makes longer ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
HARNESS = Path(__file__).with_name("chaos.py")


def test_killed_at_random_the_end_is_that_of_an_undisturbed_run() -> None:
    """The same stories and sightings, none lost, none twice, nothing put aside, every invariant sound."""
    words = ["--seed", "3", "--kills", "6", "--publishers", "3", "--stories", "8"]
    done = subprocess.run(
        [sys.executable, str(HARNESS), *words], capture_output=True, text=True, timeout=580, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["kills"] == 6
