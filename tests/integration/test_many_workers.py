"""A short run of the harness of many workers; ``make many-workers`` makes longer ones."""

import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("many_workers.py")


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_many_workers_make_the_stories_that_one_makes() -> None:
    """Copies back to back, dealt to three processes of which one is killed: the same stories in the store."""
    words = ["--stories", "8", "--workers", "3", "--kills", "1"]
    done = subprocess.run(
        [sys.executable, str(HARNESS), *words], capture_output=True, text=True, timeout=580, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("the same stories") == 1
