"""Exports into files."""

import signal
import subprocess
import sys
from pathlib import Path

KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from copydesk.exporting import write
from workers.records import StoryId
from workers.store.records import ExportRow

def rows():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for n in range(1000):
        yield ExportRow(id=n, story=StoryId(n), kind="article", url="u", title="t", first_seen=now, last_seen=now)
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)

write(rows(), "jsonl", Path(sys.argv[1]))
"""


def test_an_export_that_is_killed_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Never half a file under the name that was asked for; the next export writes it whole, and nothing beside it."""
    file = tmp_path / "stories.jsonl"
    file.write_text("as it was")

    def export(how: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(file), how], check=False
        ).returncode

    assert export("kill") == -signal.SIGKILL
    assert file.read_text() == "as it was"
    assert export("live") == 0
    assert len(file.read_text().splitlines()) == 1000
    assert list(tmp_path.iterdir()) == [file]
