"""Files and folders as fetched pages: what ``ingest`` reads goes the same way as what was crawled.

What a file is, is told by its content.  A file that cannot be read costs itself alone, with a reason; only a path
that the user named and that is not there stops the intake.
"""

import codecs
import gzip
import json
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path
from typing import Any, cast

from crawler.content import ContentKind, decode_text, inflate, sniff
from crawler.errors import RefusedError, UnreadableInputError
from crawler.inflate import GZIP_MAGIC
from crawler.intake_json import SavedArticle, decode_json, json_objects, parse_saved_article
from crawler.intake_table import Table, read_table, table_of
from crawler.records import CanonicalUrl, FetchedPage, FetchFailed, FetchOutcome, SourceId, UrlRole
from crawler.saved_page import saved_page_url
from crawler.urls import canonicalize
from crawler.warc import WarcResponse, read_warc

MAX_FILE_BYTES = 20_000_000
"""Of one page, after inflation."""
MAX_LINE_BYTES = 20_000_000
_PEEK = 65_536
_STDIN = "-"
_LONGEST_PLACE = 200
_CONTENT_TYPES = {
    ContentKind.HTML: "text/html",
    ContentKind.FEED: "application/xml",
    ContentKind.SITEMAP: "application/xml",
    ContentKind.JSON_FEED: "application/feed+json",
    ContentKind.TEXT: "text/plain",
}
_MAY_BE_TABLE = {ContentKind.TEXT, ContentKind.HTML}
"""A column may hold whole pages."""
_UNPACKED_BY = {
    b"\xfd7zXZ": "xz -dc",
    b"BZh": "bzip2 -dc",
    b"\x28\xb5\x2f\xfd": "zstd -dc",
    b"PK\x03\x04": "unzip -p",
}
"""Of what is read as it comes, gzip alone: who has the others has their tools."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ROLES = {
    ContentKind.FEED: UrlRole.FEED,
    ContentKind.JSON_FEED: UrlRole.FEED,
    ContentKind.SITEMAP: UrlRole.SITEMAP,
}
_ARCHIVED = re.compile(r"text/|application/(?:[\w.+-]*xml|[\w.+-]*json|xhtml)|\Z", re.IGNORECASE)
_NAME = re.compile(r"[^A-Za-z0-9]+")
_KEPT_HEADERS = frozenset(
    {"content-type", "content-language", "last-modified", "etag", "link", "x-robots-tag", "date"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One input while it is read: what it is called, whose it is."""

    name: str
    """Of it a page that does not say its address gets one: not the folder's, which may be moved."""
    place: str
    """Where the user finds it."""
    source: SourceId
    now: datetime
    follow: bool


def read_paths(
    paths: Sequence[str | Path],
    *,
    follow: bool = False,
    now: datetime,
    stdin: "BufferedReader[Any] | None" = None,
) -> Iterator[FetchOutcome]:
    """Every page in the files and folders (recursively, in order of name; hidden ones skipped), ``-`` is stdin.

    Raises:
        UnreadableInputError: before anything is yielded, if a path is missing, unreadable or an empty folder.
    """
    inputs = [(path, [] if str(path) == _STDIN else _files_of(Path(path))) for path in paths]
    for path, files in inputs:
        # A source is text in the database; a path may have bytes that are none.
        source = SourceId(os.fsencode(path).decode("utf-8", "replace"))
        if str(path) == _STDIN:
            item = _File(name="stdin", place="stdin", source=SourceId("stdin"), now=now, follow=follow)
            yield from _read_stream(stdin or cast("BufferedReader", sys.stdin.buffer), item)
        for file in files:
            item = _File(name=file.name, place=str(file), source=source, now=now, follow=follow)
            yield from _read_file(file, item)


def _files_of(path: Path) -> list[Path]:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise UnreadableInputError(f"{path}: no such file or folder; check the name") from None
    except OSError as error:
        raise UnreadableInputError(f"{path}: {error.strerror}; check its permissions") from None
    if not stat.S_ISDIR(mode):
        if not os.access(path, os.R_OK):
            raise UnreadableInputError(f"{path}: may not be read; check its permissions")
        return [path]
    files = [Path(folder) / name for folder, name in _walk(path)]
    if not files:
        raise UnreadableInputError(
            f"{path}: holds no file to read; name a folder with pages, feeds or WARC files"
        )
    return files


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and os.path.isfile(os.path.join(parent, name)):  # noqa: PTH113, PTH118 - no pipes
                yield parent, name


def _read_file(path: Path, item: _File) -> Iterator[FetchOutcome]:
    try:
        with BufferedReader(FileIO(path), _PEEK) as stream:
            yield from _read_stream(stream, item)
    except OSError as error:
        yield _failed(item, "unreadable_file", error.strerror or "cannot be read")


def _read_stream(stream: "BufferedReader[Any]", item: _File) -> Iterator[FetchOutcome]:
    head = stream.peek(_PEEK)
    kind = sniff(_inflated_head(head), url=item.name.removesuffix(".gz"))
    if kind is ContentKind.WARC:
        yield from _read_archive(stream, item)
    elif kind is ContentKind.JSONL:
        yield from _read_lines(_lines_of(_unzipped(stream, head), _inflated_head(head)), item)
    elif kind in _MAY_BE_TABLE and (table := table_of(_inflated_head(head))) is not None:
        yield from _read_rows(_unzipped(stream, head), table, item)
    else:
        yield from _read_document(stream, item)


def _unzipped(stream: "BufferedReader[Any]", head: bytes) -> "BufferedReader[Any]":
    return cast("BufferedReader", gzip.GzipFile(fileobj=stream)) if head.startswith(GZIP_MAGIC) else stream


def _read_archive(stream: "BufferedReader[Any]", item: _File) -> Iterator[FetchOutcome]:
    count, gaps = 0, list[int]()
    for count, response in enumerate(read_warc(stream, damaged=gaps.append), start=1):  # noqa: B007 - see below
        yield _archived(response, item)
    if not count:
        yield _failed(item, "unreadable_file", "a WARC file without a response that can be read")
    elif gaps:
        where = f"{len(gaps)} times, first behind byte {gaps[0]}"
        yield _failed(item, "damaged_archive", f"records were skipped {where}")


def _inflated_head(head: bytes) -> bytes:
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(31).decompress(head, _PEEK)
    except zlib.error:
        return head


def _read_document(stream: "BufferedReader[Any]", item: _File) -> Iterator[FetchOutcome]:
    body = stream.read(MAX_FILE_BYTES + 1)
    try:
        body = inflate(body, "", max_bytes=MAX_FILE_BYTES)
    except RefusedError as error:
        is_json = body[:1] in {b"{", b"["}
        way_out = ": as JSON lines (jq -c '.[]') it may have any size" if is_json else ""
        yield _failed(item, error.reason, f"{error.detail}{way_out}")
        return
    kind = sniff(body, url=item.name)
    if kind is ContentKind.JSON:
        yield from _read_json(body, item)
    elif kind in _CONTENT_TYPES:
        yield _page(item, _document_url(body, kind, item), body, kind)
    elif kind is ContentKind.EMPTY:
        yield _failed(item, "empty_file", "holds nothing")
    else:
        packed = next((tool for magic, tool in _UNPACKED_BY.items() if body.startswith(magic)), None)
        way_out = f"unpack it first, such as {packed} FILE | copydesk ingest -" if packed else f"is {kind}"
        yield _failed(item, "unwanted_type", way_out)


def _document_url(body: bytes, kind: ContentKind, item: _File) -> CanonicalUrl:
    own = saved_page_url(decode_text(body)[0]) if kind in {ContentKind.HTML, ContentKind.FEED} else None
    return own or local_identity(item.name, body)


def _page(item: _File, url: CanonicalUrl, body: bytes, kind: ContentKind) -> FetchedPage:
    return FetchedPage(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": _CONTENT_TYPES[kind]},
        body=body,
        fetched_at=item.now,
        source=item.source,
        role=_ROLES.get(kind, UrlRole.PAGE),
        follow=item.follow,
    )


def _lines_of(stream: "BufferedReader[Any]", head: bytes) -> Iterator[bytes]:
    """Split into lines, which UTF-16 (as PowerShell writes it) must be decoded for."""
    if not head.startswith(_UTF_16):
        while line := stream.readline(MAX_LINE_BYTES + 1):
            yield line
        return
    text = TextIOWrapper(stream, encoding="utf-16", errors="replace", newline="\n")
    try:
        while wide := text.readline(MAX_LINE_BYTES + 1):
            yield wide.encode("utf-8", "replace")
    finally:
        text.detach()  # the stream is closed by whoever opened it


def _read_lines(lines: Iterator[bytes], item: _File) -> Iterator[FetchOutcome]:
    """JSON lines: a broken line costs itself; a broken gzip stream the rest."""
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _saved(decode_json(line), line, item, f"line {number}")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield _failed(item, "bad_encoding", f"gzip stream is damaged behind line {number}")


def _read_rows(stream: "BufferedReader[Any]", table: Table, item: _File) -> Iterator[FetchOutcome]:
    """Read a table: a row that is not like its header costs itself."""
    number = 0
    try:
        for row in read_table(stream, table):
            number = row.number
            raw = json.dumps(row.fields or row.number).encode()
            if row.fields is None:
                yield _failed(item, "bad_row", f"row {number}: {row.problem}", raw)
            else:
                yield _saved(row.fields, raw, item, f"row {number}")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield _failed(item, "bad_encoding", f"gzip stream is damaged behind row {number}")


def _read_json(body: bytes, item: _File) -> Iterator[FetchOutcome]:
    """One object, a list of them, an object that holds such a list, or several objects one behind the other."""
    for number, part in enumerate(json_objects(body), start=1):
        yield _saved(part, json.dumps(part).encode(), item, f"object {number}")


def _saved(data: object, raw: bytes, item: _File, place: str) -> FetchOutcome:
    article = parse_saved_article(data)
    if article is None:
        return _failed(item, "bad_json", f"{place}: no JSON object", raw)
    url = _saved_url(article, raw, item)
    if not article.body:
        detail = f"{_printable(item.place)}: {place} has no html and no text"
        return FetchFailed(
            url=url, reason="empty_text", detail=detail, fetched_at=item.now, source=item.source
        )
    body = article.body.encode("utf-8", "replace")
    kind = "text/html" if article.is_html else "text/plain"
    return FetchedPage(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": f"{kind}; charset=utf-8"},
        body=body,
        fetched_at=item.now,
        source=item.source,
        hint=article.hint,
        follow=item.follow,
    )


def _saved_url(article: SavedArticle, raw: bytes, item: _File) -> CanonicalUrl:
    try:
        return canonicalize(article.url) if article.url else local_identity(item.name, raw)
    except RefusedError:
        return local_identity(item.name, raw)


def _archived(response: WarcResponse, item: _File) -> FetchOutcome:
    try:
        url = canonicalize(response.url)
    except RefusedError as error:
        return _failed(item, error.reason, error.detail, response.url.encode("utf-8", "replace"))
    content_type = response.headers.get("content-type", "").strip()
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the status class that carries the page
        return _archive_failed(item, url, f"http_{response.status}", response)
    if response.is_truncated and len(response.body) >= MAX_FILE_BYTES:
        return _archive_failed(item, url, "body_too_large", response)
    if not _ARCHIVED.match(content_type):
        return _archive_failed(item, url, "unwanted_type", response)
    return FetchedPage(
        url=url,
        final_url=url,
        status=response.status,
        headers={name: value for name, value in response.headers.items() if name in _KEPT_HEADERS},
        body=response.body,
        content_encoding=response.headers.get("content-encoding", "").strip().lower(),
        fetched_at=response.fetched_at or item.now,
        source=item.source,
        follow=item.follow,
    )


def _archive_failed(item: _File, url: CanonicalUrl, reason: str, response: WarcResponse) -> FetchFailed:
    return FetchFailed(
        url=url,
        reason=reason,
        status=response.status,
        fetched_at=response.fetched_at or item.now,
        source=item.source,
    )


def _failed(item: _File, reason: str, detail: str, raw: bytes = b"") -> FetchFailed:
    return FetchFailed(
        url=local_identity(item.name, raw or item.name.encode("utf-8", "replace")),
        reason=reason,
        detail=f"{_printable(item.place)}: {detail}",
        fetched_at=item.now,
        source=item.source,
    )


def local_identity(name: str, content: bytes) -> CanonicalUrl:
    """``local:NAME-HASH``: the same for the same file wherever it lies, another once its content changes.

    >>> local_identity("Chip story.html", b"...")
    'local:chip-story-4e4a0d26b49d'
    """
    stem = _NAME.sub("-", name.partition(".")[0]).strip("-").lower()[:60] or "file"
    return CanonicalUrl(f"local:{stem}-{blake2b(content, digest_size=6).hexdigest()}")


def _printable(place: str) -> str:
    """Return a path for a message: in any script, without control characters, of a long one its end.

    >>> _printable("saved/Grève" + chr(10) + chr(0xDCFF))
    'saved/Grève??'
    """
    shown = "".join(c if c.isprintable() else "?" for c in place)
    return shown if len(shown) <= _LONGEST_PLACE else "..." + shown[-_LONGEST_PLACE:]
