"""The archive of a fetcher: beside the loop, whole, and waited for."""

import asyncio
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from structlog.testing import capture_logs

from crawler.archive import Archive
from crawler.errors import BackendError, ConfigError
from crawler.transport import Answer
from crawler.warc import read_warc

pytestmark = pytest.mark.asyncio


def answer(n: int) -> Answer:
    return Answer(
        url=f"https://press.example/{n}",
        status=200,
        headers=CIMultiDictProxy(CIMultiDict()),
        body=b"<p>tide table %d</p>" % n,
        reason="OK",
        request_headers={"User-Agent": "copydesk"},
        raw_headers=((b"Content-Type", b"text/html"),),
    )


def archived(folder: Path) -> list[tuple[str, bytes]]:
    """What can be read back, finished or not."""
    return [
        (response.url, response.body)
        for path in sorted(folder.iterdir())
        for response in read_warc(io.BytesIO(path.read_bytes()))
    ]


async def until(condition: Callable[[], object]) -> None:
    """Wait for the writing thread: it tells nobody when."""
    while not condition():  # noqa: ASYNC110 - a thread sets no event of the loop's
        await asyncio.sleep(0.005)


async def test_what_was_taken_is_written(tmp_path: Path) -> None:
    """Each exchange once, and in the file when ``keep`` returns: a killed fetcher has archived what it handed over."""
    async with Archive(tmp_path) as archive:
        for n in range(3):
            await archive.keep(answer(n))
        assert archived(tmp_path) == [(answer(n).url, answer(n).body) for n in range(3)]
        await asyncio.gather(*(archive.keep(answer(n)) for n in range(3, 40)))
    assert not list(tmp_path.glob("*.open"))  # noqa: ASYNC240
    assert sorted(archived(tmp_path)) == sorted((answer(n).url, answer(n).body) for n in range(40))


async def test_a_disk_that_takes_nothing_is_waited_for(tmp_path: Path) -> None:
    """One line when the crawl pauses and one when it goes on; who waits is let go when its exchange is written."""
    folder = tmp_path / "taken"
    async with Archive(folder, look_s=0.001) as archive:
        folder.rmdir()
        folder.write_text("a file where the folder was")
        with capture_logs() as logs:
            waiting = [asyncio.create_task(archive.keep(answer(n))) for n in range(3)]
            await until(lambda: logs)
            assert not any(task.done() for task in waiting)
            folder.unlink()
            await asyncio.gather(*waiting)
    assert [line["event"] for line in logs] == ["fetch.paused", "fetch.resumed"]
    assert str(folder) in logs[0]["reason"]
    assert len(archived(folder)) == 3


async def test_an_archive_that_is_ended_in_a_pause_lets_go(tmp_path: Path) -> None:
    """Whoever still waits is told that its exchange is not written; nothing hangs."""
    folder = tmp_path / "taken"
    with capture_logs() as logs:
        async with Archive(folder, look_s=3600) as archive:
            folder.rmdir()
            folder.write_text("a file where the folder was")
            waiting = asyncio.create_task(archive.keep(answer(1)))
            await until(lambda: logs)
    with pytest.raises(BackendError, match="--warc"):
        await waiting


async def test_a_folder_that_cannot_be_is_told_at_the_start(tmp_path: Path) -> None:
    """It will not become one by waiting: one line that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="name another folder"):
        async with Archive(tmp_path / "file"):
            pass


async def test_fetchers_with_one_process_id_share_a_folder(tmp_path: Path) -> None:
    """In containers they have; and one that begins anew within the second overwrites nothing of its own."""
    for n in range(3):
        async with Archive(tmp_path) as first, Archive(tmp_path) as second:
            await first.keep(answer(2 * n))
            await second.keep(answer(2 * n + 1))
    assert sorted(archived(tmp_path)) == sorted((answer(n).url, answer(n).body) for n in range(6))


FULL_IN_THE_MIDDLE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from crawler.warc import WarcWriter

def write(n):
    writer.write(url=f"https://press.example/{n}", at=datetime(2026, 3, 2, tzinfo=UTC), request_headers=[], status=200,
                 reason="OK", response_headers=[], body=bytes(range(256)) * n)

writer = WarcWriter(Path(sys.argv[1]))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for n in range(20):
    for more in range(0, 4000, 50):
        (path,) = Path(sys.argv[1]).iterdir() if n else [None]
        resource.setrlimit(resource.RLIMIT_FSIZE, ((path.stat().st_size if path else 0) + more, hard))
        try:
            write(n)
        except OSError:
            continue
        break
    else:
        sys.exit("never written")
"""


async def test_no_half_record_stays_of_a_disk_that_is_full(tmp_path: Path) -> None:
    """The system takes only a part of an exchange, again and again: the file has each of them whole, and once."""
    done = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-c", FULL_IN_THE_MIDDLE, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert [url for url, _ in archived(tmp_path)] == [f"https://press.example/{n}" for n in range(20)]
