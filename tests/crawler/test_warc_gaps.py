"""A Common Crawl news archive as it is, and one that was damaged on the way."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.intake import read_paths
from crawler.records import FetchedPage
from crawler.warc import read_warc

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def record(kind: str, block: bytes, name: str = "", content_type: str = "application/http") -> bytes:
    lines = [
        "WARC/1.0", f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:0>", "WARC-Date: 2026-01-01T00:00:01Z",
        f"Content-Type: {content_type}", f"Content-Length: {len(block)}",
    ]  # fmt: skip
    lines += [f"WARC-Target-URI: https://news.example/{name}"] if name else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes, *headers: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html", *headers)).encode() + b"\r\n\r\n" + body


def story(name: str) -> bytes:
    return f"<html><body><p>Story {name}</p></body></html>".encode()


def members() -> list[bytes]:
    """An archive in the shape of CC-NEWS: each record a gzip member; bodies in all codings that occur."""
    squeezed = gzip.compress(story("b"))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(story("c")), story("c"))
    records = [
        record("warcinfo", b"software: some crawler\r\n", content_type="application/warc-fields"),
        record("request", b"GET /a HTTP/1.1\r\n\r\n", "a"),
        record("response", http(story("a")), "a"),
        record("metadata", b"fetchTimeMs: 3\r\n", "a", "application/warc-fields"),
        record("response", http(squeezed, "Content-Encoding: gzip"), "b"),
        record("revisit", b"HTTP/1.1 304 Not Modified\r\n\r\n", "a"),
        record("response", http(chunked, "Transfer-Encoding: chunked"), "c"),
        record("conversion", b"plain text", "c", "text/plain"),
        record("response", http(story("d"), "X-Crawler-Content-Encoding: gzip"), "d"),
    ]
    return [gzip.compress(one) for one in records]


def names(data: bytes) -> list[str]:
    return [response.url[-1] for response in read_warc(io.BytesIO(data))]


def test_an_archive_as_it_is_gives_its_responses(tmp_path: Path) -> None:
    """Responses in any coding are pages; what stands beside them is passed over."""
    path = tmp_path / "CC-NEWS.warc.gz"
    path.write_bytes(b"".join(members()))
    pages = [page for page in read_paths([path], now=NOW) if isinstance(page, FetchedPage)]
    assert [(page.url[-1], page.content_encoding) for page in pages] == [
        ("a", ""), ("b", "gzip"), ("c", ""), ("d", ""),
    ]  # fmt: skip
    assert pages[2].body == story("c")


DAMAGE = {
    "bytes overwritten": lambda one: one[:50] + b"\xff" * 20 + one[70:],
    "cut short": lambda one: one[:60],
    "wrong checksum": lambda one: one[:-8] + bytes(4) + one[-4:],
    "gone but for its magic": lambda one: one[:3],
    "no record": lambda _: gzip.compress(b"nothing of an archive"),
    "a bomb": lambda _: gzip.compress(bytes(30_000_000)),
    "zeros": lambda one: bytes(len(one)),
    "another file": lambda _: b"<html>not compressed</html>" * 20,
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_costs_the_records_that_it_hit(what: str, tmp_path: Path) -> None:
    """Reading goes on behind a damaged record, and the file says that something is missing."""
    parts = members()
    parts[4] = DAMAGE[what](parts[4])
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(b"".join(parts))
    outcomes = list(read_paths([path], now=NOW))
    assert [getattr(one, "reason", one.url[-1]) for one in outcomes] == ["a", "c", "d", "damaged_archive"]


def test_a_page_cannot_pass_for_a_record() -> None:
    """A record inside a page is part of the page, also in the last one of a file."""
    hidden = gzip.compress(record("response", http(story("x")), "x"))
    last = gzip.compress(record("response", http(hidden), "e"), compresslevel=0)
    assert hidden in last
    assert names(b"".join([*members(), last])) == ["a", "b", "c", "d", "e"]


def test_what_cannot_be_sought_in_ends_at_the_damage() -> None:
    """A pipe is read once."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    parts = members()
    parts[4] = DAMAGE["cut short"](parts[4])
    assert [response.url[-1] for response in read_warc(Pipe(b"".join(parts)))] == ["a"]
