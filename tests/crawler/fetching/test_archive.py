"""The archive of a fetcher: beside the loop, in order, in bounded memory."""

import io
from pathlib import Path

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from crawler.archive import Archive
from crawler.errors import BackendError
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


async def test_what_was_taken_is_written_in_order(tmp_path: Path) -> None:
    """Whatever waits when the archive is closed is on the disk then, each exchange once."""
    async with Archive(tmp_path, max_waiting=3) as archive:
        for n in range(40):
            await archive.keep(answer(n))
    [path] = tmp_path.glob("*.warc.gz")  # noqa: ASYNC240
    found = [(r.url, r.body) for r in read_warc(io.BytesIO(path.read_bytes()))]
    assert found == [(answer(n).url, answer(n).body) for n in range(40)]


async def test_a_disk_that_takes_no_more_ends_the_crawl(tmp_path: Path) -> None:
    """The exchange after the one that could not be written raises an error made for people."""
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be")
    async with Archive(taken, max_waiting=1) as archive:
        await archive.keep(answer(1))
        with pytest.raises(BackendError, match="WARC"):
            await archive.keep(answer(2))
