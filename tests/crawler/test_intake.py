"""Files, folders and archives become fetched pages; what cannot be read costs itself alone."""

import bz2
import gzip
import io
import json
import lzma
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.errors import UnreadableInputError
from crawler.handover import encode_outcomes
from crawler.intake import local_identity, read_paths
from crawler.records import FetchedPage, FetchFailed, FetchOutcome, UrlRole
from crawler.urls import canonicalize
from crawler.warc import WarcWriter, read_warc

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HTML = b"<!doctype html><html><body><p>The rules take effect in March.</p></body></html>"


def read(*paths: Path, stdin: bytes = b"") -> list[FetchOutcome]:
    return list(read_paths([*paths] or ["-"], now=NOW, stdin=io.BufferedReader(io.BytesIO(stdin))))


def only_page(path: Path) -> FetchedPage:
    (outcome,) = read(path)
    assert isinstance(outcome, FetchedPage)
    return outcome


def only_failure(path: Path) -> FetchFailed:
    (outcome,) = read(path)
    assert isinstance(outcome, FetchFailed)
    return outcome


@pytest.mark.parametrize(
    ("body", "content_type", "role"),
    [
        (HTML, "text/html", UrlRole.PAGE),
        (b"The rules take effect in March.", "text/plain", UrlRole.PAGE),
        (b"<rss><channel/></rss>", "application/xml", UrlRole.FEED),
        (b"<urlset/>", "application/xml", UrlRole.SITEMAP),
        (b'{"version":"https://jsonfeed.org/version/1","items":[]}', "application/feed+json", UrlRole.FEED),
        (gzip.compress(HTML, mtime=0), "text/html", UrlRole.PAGE),
    ],
)
def test_a_file_is_what_it_holds(tmp_path: Path, body: bytes, content_type: str, role: UrlRole) -> None:
    """The type is told by the content; the name says nothing."""
    path = tmp_path / "saved.bin"
    path.write_bytes(body)
    page = only_page(path)
    assert (page.headers["content-type"], page.role, page.status) == (content_type, role, 200)
    assert page.fetched_at == NOW
    assert not page.follow


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://n.example/a?utm_source=x">', "https://n.example/a"),
        ("<LINK href='https://n.example/a' REL='x canonical'>", "https://n.example/a"),
        ('<meta property="og:url" content="https://n.example/b">', "https://n.example/b"),
        (
            '<meta property="og:url" content="https://n.example/b"><link rel=canonical href=https://n.example/a>',
            "https://n.example/a",
        ),
        ("<!-- saved from url=(0021)https://n.example/c -->", "https://n.example/c"),
        (
            '<link rel="canonical" href="https://n.example/"><meta property="og:url" content="https://n.example/b">',
            "https://n.example/b",
        ),
        ('<link rel="canonical" href="/a">', None),
        ('<link rel="canonical" href="javascript:x">', None),
        ("", None),
    ],
)
def test_a_saved_page_knows_where_it_came_from(tmp_path: Path, head: str, url: str | None) -> None:
    """Its canonical link or og:url is its address, unless that is a front page or nonsense."""
    path = tmp_path / "Chip Story (1).html"
    path.write_bytes(head.encode() + HTML)
    page = only_page(path)
    assert page.url == page.final_url == (url or local_identity(path.name, head.encode() + HTML))


def test_a_file_without_an_address_has_a_stable_identity(tmp_path: Path) -> None:
    """The same file elsewhere is the same page; another content is another; both pass for canonical."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Chip Story.html").write_bytes(HTML)
    (tmp_path / "two" / "other").mkdir()
    (tmp_path / "two" / "other" / "Chip Story.html").write_bytes(HTML + b" ")
    first, second, third = (page.url for page in read(tmp_path))
    assert first == second != third
    assert canonicalize(first) == first
    assert first.startswith("local:chip-story-")


def test_folders_are_read_in_order_without_hidden_files(tmp_path: Path) -> None:
    """Recursively, by name; files and folders that begin with a dot are not looked at."""
    for name in ("b/2.txt", "b/1.txt", "a/x.txt", ".git/y.txt", "a/.z.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Words of {name}.")
    bodies = [page.body.decode() for page in read(tmp_path) if isinstance(page, FetchedPage)]
    assert bodies == ["Words of a/x.txt.", "Words of b/1.txt.", "Words of b/2.txt."]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_file"),
        (b"\x89PNG\r\n\x1a\n", "unwanted_type"),
        (b"%PDF-1.7", "unwanted_type"),
        (bytes(range(256)), "unwanted_type"),
        (gzip.compress(b"<html>" + bytes(30_000_000), mtime=0), "body_too_large"),
        (b"\x1f\x8b\x08nonsense", "bad_encoding"),
        (b"WARC/1.0\r\nnonsense", "unreadable_file"),
        (b'{"title": "x", "url": "http://n.example/a"}', "empty_text"),
        (b"[1]", "bad_json"),
    ],
)
def test_a_file_that_gives_nothing_costs_itself_alone(tmp_path: Path, body: bytes, reason: str) -> None:
    """It fails with its reason, and its neighbours are read."""
    (tmp_path / "bad").write_bytes(body)
    (tmp_path / "good").write_bytes(HTML)
    bad, good = read(tmp_path)
    assert isinstance(bad, FetchFailed)
    assert bad.reason == reason
    assert isinstance(good, FetchedPage)


def test_a_path_that_is_no_text_can_be_named(tmp_path: Path) -> None:
    """An old archive has names in Latin-1; what they lead to is stored under a source that is text."""
    path = os.fsencode(tmp_path) + b"/caf\xe9.html"
    try:
        Path(os.fsdecode(path)).write_bytes(HTML)
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    [page] = read(Path(os.fsdecode(path)))
    assert isinstance(page, FetchedPage)
    assert page.source.endswith("/caf\N{REPLACEMENT CHARACTER}.html")
    encode_outcomes([page])


def test_paths_that_are_not_there_stop_the_intake(tmp_path: Path) -> None:
    """A missing path or an empty folder is an error of one line, before anything is read."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.html").write_bytes(HTML)
    for bad in (tmp_path / "missing", tmp_path / "empty"):
        with pytest.raises(UnreadableInputError) as caught:
            read(tmp_path / "good.html", bad)
        assert str(bad) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_json_lines_bring_what_they_know(tmp_path: Path) -> None:
    """Each line is a page with a hint; keys have their usual aliases; a broken line costs itself."""
    lines = [
        {"url": "http://n.example/a?utm_source=x", "text": "Words.", "title": "T", "authors": ["Ann", "Bob"],
         "published": "2024-01-02T03:04:05Z", "site": "Press", "language": "en", "tags": ["chips"]},
        {"link": "http://n.example/b", "maintext": "Words <b>.", "publishedAt": "2024-01-02", "source": {"name": "N"}},
        {"URL": "http://n.example/c", "html": "<p>Words.</p>", "Byline": "Ann", "date_publish": "2024-01-02 03:04:05"},
        {"content": "<p>One.</p><p>Two.</p>"},
        {"text": "Words without an address."},
    ]  # fmt: skip
    path = tmp_path / "saved"
    path.write_text(
        "\n".join(json.dumps(line) for line in lines[:3])
        + "\n{broken\n\n"
        + "\n".join(map(json.dumps, lines[3:]))
    )
    first, second, third, broken, fourth, fifth = read(path)
    assert isinstance(first, FetchedPage)
    assert (first.url, first.body, first.headers["content-type"]) == (
        "http://n.example/a",
        b"Words.",
        "text/plain; charset=utf-8",
    )
    assert first.hint is not None
    assert (first.hint.title, first.hint.authors, first.hint.site) == ("T", ("Ann", "Bob"), "Press")
    assert first.hint.published_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert isinstance(second, FetchedPage)
    assert second.headers["content-type"].startswith("text/plain")
    assert second.hint is not None
    assert (second.hint.site, second.hint.published_at) == ("N", datetime(2024, 1, 2, tzinfo=UTC))
    assert isinstance(third, FetchedPage)
    assert third.headers["content-type"].startswith("text/html")
    assert third.hint is not None
    assert third.hint.authors == ("Ann",)
    assert isinstance(broken, FetchFailed)
    assert (broken.reason, broken.detail) == ("bad_json", f"{path}: line 4: no JSON object")
    assert isinstance(fourth, FetchedPage)
    assert fourth.headers["content-type"].startswith("text/html")
    assert isinstance(fifth, FetchedPage)
    assert fifth.url.startswith("local:saved-")


def test_json_lines_in_gzip_that_breaks_off(tmp_path: Path) -> None:
    """What came before the damage is read, and the damage is reported."""
    path = tmp_path / "saved.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Words."}\n{"text": "More."}\n')[:-4])
    *pages, failure = read(path)
    assert len(pages) == 2
    assert isinstance(failure, FetchFailed)
    assert failure.reason == "bad_encoding"


def test_a_json_file_may_hold_a_list(tmp_path: Path) -> None:
    """A list of articles, bare or under its usual name, is as good as lines."""
    articles = [{"url": f"http://n.example/{n}", "text": "Words."} for n in range(3)]
    for name, data in (("bare.json", articles), ("named.json", {"status": "ok", "articles": articles})):
        (tmp_path / name).write_text(json.dumps(data, indent=1))
    assert [page.url for page in read(tmp_path)] == [f"http://n.example/{n}" for n in range(3)] * 2


def test_standard_input_is_a_file_too() -> None:
    """A dash reads what is piped in, told by its content as any file."""
    (page,) = read(stdin=HTML)
    assert isinstance(page, FetchedPage)
    assert page.source == "stdin"
    lines = read(stdin=b'{"text": "a"}\n{"text": "b"}\n')
    assert len(lines) == 2


def archive(folder: Path, **changes: object) -> None:
    exchange: dict[str, object] = {
        "url": "http://n.example/a", "at": NOW, "request_headers": [("Host", "n.example")], "status": 200,
        "reason": "OK", "response_headers": [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")],
        "body": HTML,
    }  # fmt: skip
    with WarcWriter(folder) as writer:
        writer.write(**{**exchange, **changes})  # type: ignore[arg-type]


def test_what_was_archived_comes_back(tmp_path: Path) -> None:
    """A response written to a WARC is the same fetched page when it is read: address, headers, bytes, time."""
    body = gzip.compress(HTML, mtime=0)
    archive(
        tmp_path, body=body, response_headers=[("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
    )
    (page,) = read(tmp_path)
    assert isinstance(page, FetchedPage)
    assert (page.url, page.body, page.content_encoding, page.fetched_at) == (
        "http://n.example/a",
        body,
        "gzip",
        NOW,
    )
    assert page.headers == {"content-type": "text/html"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": 404, "reason": "Not Found"}, "http_404"),
        ({"response_headers": [("Content-Type", "image/png")]}, "unwanted_type"),
        ({"url": "ftp://n.example/a"}, "bad_scheme"),
    ],
)
def test_archived_responses_that_are_no_pages(
    tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    """Errors and pictures in an archive are counted, not kept."""
    archive(tmp_path, **changes)
    (failure,) = read(tmp_path)
    assert isinstance(failure, FetchFailed)
    assert failure.reason == reason


def test_warc_files_rotate_and_are_named_when_complete(tmp_path: Path) -> None:
    """A file over its size is completed; the one under way is marked as open."""
    writer = WarcWriter(tmp_path, max_bytes=1)
    common = {
        "at": NOW,
        "request_headers": [],
        "status": 200,
        "reason": "OK",
        "response_headers": [],
        "body": b"x",
    }
    for number in range(3):
        writer.write(url=f"http://n.example/{number}", **common)  # type: ignore[arg-type]
    assert len(list(tmp_path.glob("*.warc.gz"))) == 3
    assert not list(tmp_path.glob("*.open"))
    slow = WarcWriter(tmp_path / "slow")
    slow.write(url="http://n.example/", **common)  # type: ignore[arg-type]
    assert len(list((tmp_path / "slow").glob("*.open"))) == 1
    slow.close()
    assert len(list((tmp_path / "slow").glob("*.warc.gz"))) == 1


def test_a_header_cannot_forge_another(tmp_path: Path) -> None:
    """A line break in a header's value stays inside the value."""
    archive(tmp_path, response_headers=[("X", "a\r\nEvil: yes"), ("Content-Type", "text/html")])
    (path,) = tmp_path.iterdir()
    with path.open("rb") as stream:
        (response,) = read_warc(stream)
    assert "evil" not in response.headers


@pytest.mark.parametrize(
    ("block", "body"),
    [
        (b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", b"hello world"),
        (b"hello world", b"hello world"),
        (b"<html>not chunked", b"<html>not chunked"),
    ],
)
def test_chunks_are_undone_where_there_are_any(block: bytes, body: bytes) -> None:
    """Many archives keep the header and not the chunks."""
    http = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + block
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://n.example/\r\nWARC-Date: 2024-01-02T03:04:05Z\r\n"
        b"Content-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (len(http), http)
    )
    (response,) = read_warc(io.BytesIO(record))
    assert response.body == body
    assert response.fetched_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_archive_or_not(body: bytes) -> None:
    """A damaged archive ends; it never raises."""
    list(read_warc(io.BytesIO(body)))
    list(read_warc(io.BytesIO(b"WARC/1.0\r\nWARC-Type: response\r\n" + body)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_give_pages_or_reasons(body: bytes) -> None:
    """Whatever is piped in, what comes out is a page or a failure with a reason."""
    for outcome in read(stdin=body):
        assert isinstance(outcome, FetchedPage) or outcome.reason


def rows_of(path: Path) -> list[tuple[str, str]]:
    pages = [page for page in read(path) if isinstance(page, FetchedPage)]
    return [(page.url, page.body.decode()) for page in pages]


@pytest.mark.parametrize(
    "table",
    [
        'url,title,text\nhttps://n.example/a,Storm,"It rained, it ""poured"".\n\nThen it stopped."\n',
        'Headline;URL;Full Text\r\nStorm;https://n.example/a;"It rained, it ""poured"".\n\nThen it stopped."\r\n',
        '\ufeff\turl\tbody\n0\thttps://n.example/a\t"It rained, it ""poured"".\n\nThen it stopped."',
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_table_gives_a_page_for_each_row(tmp_path: Path, table: str, pack: Any) -> None:
    """A CSV file is told by its header, whatever parts its fields, zipped or not."""
    path = tmp_path / "saved"
    path.write_bytes(pack(table.encode()))
    assert rows_of(path) == [("https://n.example/a", 'It rained, it "poured".\n\nThen it stopped.')]


def test_a_table_may_hold_pages(tmp_path: Path) -> None:
    """The HTML in a column does not make the file a page."""
    path = tmp_path / "saved.csv"
    path.write_text(
        'url,html\nhttps://n.example/a,"<html lang=""en""><body><p>It rained.</p></body></html>"\n'
    )
    assert rows_of(path) == [("https://n.example/a", '<html lang="en"><body><p>It rained.</p></body></html>')]


def test_lines_in_utf_16_are_lines(tmp_path: Path) -> None:
    """What a Windows shell redirected into a file is read line by line like any other."""
    lines = [
        json.dumps({"url": f"https://n.example/{n}", "text": "Ċ ਊ\n"}, ensure_ascii=False) for n in range(3)
    ]
    path = tmp_path / "saved.jsonl"
    path.write_text("\r\n".join(lines), encoding="utf-16")
    assert rows_of(path) == [(f"https://n.example/{n}", "Ċ ਊ") for n in range(3)]


def test_lines_stay_lines_when_the_first_is_broken(tmp_path: Path) -> None:
    """A file that is called .jsonl and was cut at its head does not become one story of braces."""
    path = tmp_path / "saved.jsonl"
    path.write_text('rained."}\n{"url": "https://n.example/a", "text": "It snowed."}\n')
    assert rows_of(path) == [("https://n.example/a", "It snowed.")]
    assert [o.reason for o in read(path) if isinstance(o, FetchFailed)] == ["bad_json"]


def test_a_row_that_is_not_like_its_header_costs_itself(tmp_path: Path) -> None:
    """A text with a bare comma would be cut off there: the row is named, the others are read."""
    path = tmp_path / "saved.csv"
    path.write_text("url,text\nhttps://n.example/a,It rained, it poured.\nhttps://n.example/b,It snowed.\n")
    assert [url for url, _ in rows_of(path)] == ["https://n.example/b"]
    failure = next(outcome for outcome in read(path) if isinstance(outcome, FetchFailed))
    assert (failure.reason, failure.detail) == ("bad_row", f"{path}: row 1: 3 fields, the header has 2")


def test_a_field_may_be_a_long_page(tmp_path: Path) -> None:
    """The limit of Python's reader, 131,072 characters, is not ours."""
    path = tmp_path / "saved.csv"
    path.write_text("url,text\nhttps://n.example/a," + "It rained. " * 20_000)
    assert [len(text) for _, text in rows_of(path)] == [219_999]


@pytest.mark.parametrize(
    "text", ["Title, text and pictures: how a page is made.", "text\nIt rained.", "url,shares\na,1"]
)
def test_a_text_is_no_table(tmp_path: Path, text: str) -> None:
    """Words with commas between them are a story; so is a table without a text."""
    path = tmp_path / "saved.txt"
    path.write_text(text)
    assert [body for _, body in rows_of(path)] == [text]


def test_a_text_may_come_as_its_paragraphs(tmp_path: Path) -> None:
    """A list of paragraphs is read whole."""
    path = tmp_path / "saved.json"
    path.write_text(json.dumps({"url": "https://n.example/a", "text": ["It rained.", "Then it stopped."]}))
    assert rows_of(path) == [("https://n.example/a", "It rained.\n\nThen it stopped.")]


def test_objects_one_behind_the_other_are_read(tmp_path: Path) -> None:
    """As a tool prints the items of a list, over many lines, without commas; damage behind them is one failure."""
    records = [
        json.dumps({"url": f"https://n.example/{n}", "text": "It rained."}, indent=2) for n in range(3)
    ]
    path = tmp_path / "saved.json"
    path.write_text("\n".join([*records, records[0][:-9]]))
    assert [url for url, _ in rows_of(path)] == [f"https://n.example/{n}" for n in range(3)]
    assert [o.reason for o in read(path) if isinstance(o, FetchFailed)] == ["bad_json"]


@pytest.mark.parametrize(
    ("body", "tool"),
    [
        (lzma.compress(HTML), "xz -dc"),
        (bz2.compress(HTML), "bzip2 -dc"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd -dc"),
    ],
)
def test_what_is_packed_otherwise_says_how_to_unpack_it(tmp_path: Path, body: bytes, tool: str) -> None:
    """Corpora come in every packing; the failure says how they get in."""
    path = tmp_path / "saved.warc"
    path.write_bytes(body)
    assert only_failure(path).detail.endswith(f"{tool} FILE | copydesk ingest -")


def test_an_empty_list_is_no_failure(tmp_path: Path) -> None:
    """A day on which nothing came gives nothing."""
    path = tmp_path / "saved.json"
    path.write_text('{"articles": []}')
    assert read(path) == []


def test_a_list_that_is_too_large_says_how_it_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list is read whole, so it is bounded; lines are not."""
    monkeypatch.setattr("crawler.intake.MAX_FILE_BYTES", 1000)
    path = tmp_path / "saved.json"
    path.write_text(json.dumps([{"text": "It rained. " * 200}]))
    failure = only_failure(path)
    assert failure.reason == "body_too_large"
    assert "jq -c" in (failure.detail or "")
