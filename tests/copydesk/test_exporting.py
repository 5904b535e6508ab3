"""Exports into files."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workers.records import Article, ArticleId, Block, BlockKind, Verdict, VerdictKind
from workers.store import open_store
from workers.store.records import Batch, Decided

Run = Callable[..., Any]

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


def command(tmp_path: Path, form: str, rest: str) -> str:
    """A shell's line that exports a folder's stories; its last line is the exit code of the export."""
    program = f"{shlex.quote(sys.executable)} -m copydesk --data-dir {shlex.quote(str(tmp_path / 'data'))}"
    return f"{program} export --format {form} {rest}"


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    """A data folder with more stories than a pipe holds."""
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'copydesk.db'}")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    decided = []
    for number in range(60):
        url = f"https://a.example/{number}"
        lines = [f"Line {line} of {number}, {line * 7919 + number} words or so." for line in range(100)]
        article = Article(
            url=url,
            title=f"About {number}",
            site="a.example",
            blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines),
        )
        verdict = Verdict(kind=VerdictKind.NEW, reason="new", match=None)
        decided.append(
            Decided(
                id=ArticleId(number + 1),
                article=article,
                verdict=verdict,
                source="desk",
                kind="article",
                fetched_at=noon,
            )
        )
    store.save(Batch(decided=tuple(decided), pages=()))
    store.close()
    return tmp_path


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a user would type it."""
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_a_reader_that_has_enough_is_no_failure(stories: Path, form: str) -> None:
    """``copydesk export | head`` is silent, and ends as done."""
    done = shell(command(stories, form, "| head -c 10 > /dev/null; echo ${PIPESTATUS[0]}"))
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
@pytest.mark.parametrize("rest", ["> /dev/full", "-o {link}"])
def test_a_disk_that_is_full_is_one_line(stories: Path, rest: str) -> None:
    """Exit code 2 and no traceback; and what stands at the place, a device or a link to one, is left as it was."""
    link = stories / "link"
    link.symlink_to("/dev/full")
    done = shell(command(stories, "jsonl", rest.format(link=link)))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "No space left" in done.stderr
    assert link.is_symlink()
    assert Path("/dev/full").is_char_device()


def test_a_pipe_is_written_to_and_a_link_stays_one(stories: Path) -> None:
    """A file of that name must not take the place of a pipe, nor of what a link points to."""
    pipe, link, real = (stories / name for name in ("pipe", "link", "real"))
    os.mkfifo(pipe)
    real.write_text("old")
    link.symlink_to(real)
    done = shell(f"wc -l < {pipe} & {command(stories, 'jsonl', f'-o {pipe}')} && wait")
    assert done.stdout.strip() == "60", done.stderr
    assert pipe.is_fifo()
    assert shell(command(stories, "jsonl", f"-o {link}")).returncode == 0
    assert link.is_symlink()
    assert len(real.read_text().splitlines()) == 60


def test_an_id_that_is_none_is_one_line(copydesk: Run) -> None:
    """A number that no database holds is refused before it is asked."""
    for words in (("export", "--since-id", str(2**63)), ("stories", "--copies", str(2**63))):
        done = copydesk(*words)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (("-o", "s.parquet"), b"PAR1"),
        (("-o", "s.csv"), b"id,"),
        (("-o", "s.csv", "--format", "jsonl"), b'{"id"'),
    ],
)
def test_a_file_holds_what_its_name_says(
    stories: Path, copydesk: Run, words: tuple[str, ...], begins: bytes
) -> None:
    """Nobody means JSON lines by stories.parquet; --format has the last word."""
    assert copydesk("export", *words, COPYDESK_DATA_DIR=str(stories / "data")).returncode == 0
    assert (stories / words[1]).read_bytes().startswith(begins)
