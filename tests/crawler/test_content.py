"""Bodies: inflated within a bound, named by their content."""

import gzip
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from crawler.content import ContentKind, inflate, inflate_fully, sniff
from crawler.errors import RefusedError

TEXT = b"<p>The rules take effect in March.</p>" * 400


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


CODINGS = [
    ("gzip", gzipped(TEXT)),
    ("x-gzip", gzipped(TEXT)),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", raw_deflate(TEXT)),
    ("br", brotli.compress(TEXT)),
    ("zstd", zstandard.compress(TEXT)),
    ("", TEXT),
    ("identity", TEXT),
    ("", gzipped(TEXT)),
    ("gzip", gzipped(TEXT[:99]) + gzipped(TEXT[99:])),
    ("gzip", gzipped(TEXT) + b"\0" * 20),
    ("gzip", gzipped(gzipped(TEXT))),
    ("gzip, gzip", gzipped(gzipped(TEXT))),
    ("br, gzip", gzipped(brotli.compress(TEXT))),
    ("zstd", zstandard.compress(TEXT[:99]) + zstandard.compress(TEXT[99:])),
    ("gzip", TEXT),
    ("br", TEXT),
    ("zstd", TEXT),
]


@pytest.mark.parametrize(("encoding", "body"), CODINGS)
def test_every_coding_is_undone(encoding: str, body: bytes) -> None:
    """Each coding gives the text, also in members, twice, unnamed, or named and not applied."""
    assert inflate(body, encoding, max_bytes=len(TEXT)) == TEXT


@pytest.mark.parametrize(("encoding", "body"), [case for case in CODINGS if case[1] != TEXT])
def test_the_bound_is_exact(encoding: str, body: bytes) -> None:
    """One byte too many is refused, whatever the coding."""
    with pytest.raises(RefusedError) as caught:
        inflate(body, encoding, max_bytes=len(TEXT) - 1)
    assert caught.value.reason == "body_too_large"


@pytest.mark.parametrize(("encoding", "body"), CODINGS[:5])
def test_what_came_of_a_cut_off_body_is_kept(encoding: str, body: bytes) -> None:
    """A body that ends early gives what it has, and says so."""
    got = inflate_fully(body[:-12], encoding, max_bytes=len(TEXT))
    assert TEXT.startswith(got.body)
    assert got.body
    assert not got.is_complete


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", gzipped(TEXT)),
        ("zstd", gzipped(TEXT)),
        ("deflate", gzipped(TEXT)),
        ("gzip", zstandard.compress(TEXT)),
        ("br", zstandard.compress(TEXT)),
        ("gzip", zlib.compress(TEXT)),
        ("zstd", zlib.compress(TEXT)),
        ("br", brotli.compress(TEXT) + b"xx"),
        ("gzip", gzipped(TEXT) + b"garbage"),
        ("zstd", b"\x50\x2a\x4d\x18\x04\0\0\0note" + zstandard.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT[:9]) + b"\x5f\x2a\x4d\x18\0\0\0\0" + zstandard.compress(TEXT[9:])),
    ],
)
def test_a_body_is_what_its_bytes_say(encoding: str, body: bytes) -> None:
    """Another coding than the named one, frames to be skipped, and what stands behind the end cost nothing."""
    got = inflate_fully(body, encoding, max_bytes=len(TEXT))
    assert (got.body, got.is_complete) == (TEXT, True)


def test_of_a_damaged_brotli_body_the_start_is_kept() -> None:
    """What came before the damage is text, and marked incomplete."""
    long = b"".join(b"<p>%d ferries sail at %d</p>" % (n, n * n) for n in range(3000))
    body = bytearray(brotli.compress(long))
    body[len(body) // 2 :] = b"\xff" * 50
    got = inflate_fully(bytes(body), "br", max_bytes=len(long))
    assert long[:1000] in got.body
    assert not got.is_complete


def test_a_wrong_checksum_costs_nothing() -> None:
    """Damage in gzip's trailer leaves the text, marked incomplete."""
    body = gzipped(TEXT)[:-8] + b"\xff" * 8
    got = inflate_fully(body, "gzip", max_bytes=len(TEXT))
    assert got.body == TEXT
    assert not got.is_complete


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "compress"])
def test_noise_is_a_bad_encoding(encoding: str) -> None:
    """Bytes that are in no coding and no text are refused."""
    with pytest.raises(RefusedError) as caught:
        inflate(b"\x00\x01\xfe\xff" * 50, encoding, max_bytes=1000)
    assert caught.value.reason == "bad_encoding"


@pytest.mark.parametrize("pack", [gzipped, zlib.compress, brotli.compress, zstandard.compress])
def test_a_bomb_is_refused(pack: object) -> None:
    """A body that inflates a thousandfold stops at the bound."""
    encoding = {gzipped: "gzip", zlib.compress: "deflate", brotli.compress: "br"}.get(pack, "zstd")
    with pytest.raises(RefusedError) as caught:
        inflate(pack(bytes(30_000_000)), encoding, max_bytes=100_000)  # type: ignore[operator]
    assert caught.value.reason == "body_too_large"


def test_layers_are_bounded() -> None:
    """Compressed again and again is refused, not followed."""
    body = TEXT
    for _ in range(5):
        body = gzipped(body)
    for encoding in ("gzip", "", "gzip, gzip, gzip, gzip, gzip"):
        with pytest.raises(RefusedError) as caught:
            inflate(body, encoding, max_bytes=100_000)
        assert caught.value.reason == "bad_encoding"


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate", "br", "zstd", "gzip,br", "x,y"]))
def test_inflate_gives_bounded_bytes_or_refuses(body: bytes, encoding: str) -> None:
    """Nothing but RefusedError comes out, and nothing over the bound."""
    with suppress(RefusedError):
        assert len(inflate(body, encoding, max_bytes=1000)) <= 1000


KINDS = [
    (b"<!doctype html><p>x", "html"),
    (b"\xef\xbb\xbf \n<!-- x --><?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", "html"),
    (b"<html><body>about <rss> and <urlset> tags", "html"),
    (b"<p>a fragment</p>", "html"),
    (b"<div class='a'>x", "html"),
    (b"\0\0<html>\0<body>", "html"),
    ("<html lang='fr'>é".encode("utf-16"), "html"),
    (b"<?xml version='1.0'?>\n<!-- x --><rss version='2.0'>", "feed"),
    (b"<br />\n<b>Warning</b>: in line 3<br />\n<?xml version='1.0'?><rss>", "feed"),
    (b"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'>", "feed"),
    (b"<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", "feed"),
    (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", "feed"),
    ("<rss>".encode("utf-16-le"), "feed"),
    (b"<rdf:RDF xmlns='http://xmlns.com/foaf/0.1/'>", "xml"),
    (b"<?xml version='1.0'?><opml>", "xml"),
    (b"<urlset xmlns='x'>", "sitemap"),
    (b"<SitemapIndex>", "sitemap"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "json_feed"),
    (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "json_feed"),
    (b'{"url":"a"}\n{"url":"b"}\n', "jsonl"),
    (b'{\n "a": 1}', "json"),
    (b'[{"a": 1}]', "json"),
    (b"[Updated] The ministry said", "text"),
    (b"{curly} words", "text"),
    (b"Plain words.\n\nMore words.", "text"),
    ("Plain words é".encode("utf-16-le"), "text"),
    ("Слова".encode("cp1251"), "text"),
    (b"words about the <b> tag", "text"),
    (b"", "empty"),
    (b" \r\n\t", "empty"),
    (b"\xef\xbb\xbf", "empty"),
    (b"%PDF-1.7", "pdf"),
    (gzipped(b"x"), "gzip"),
    (b"WARC/1.0\r\n", "warc"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff\xe0", "image"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image"),
    (b"PK\x03\x04", "binary"),
    (b"\x00\x01\x02\x03" * 40, "binary"),
    (bytes(range(256)), "binary"),
]


@pytest.mark.parametrize(
    "content_type", ["", "text/html; charset=utf-8", "application/octet-stream", "image/png"]
)
@pytest.mark.parametrize(
    ("body", "kind"), [case for case in KINDS if b"<b> tag" not in case[0] and case[1] != "xml"]
)
def test_the_content_has_the_first_word(body: bytes, kind: str, content_type: str) -> None:
    """What a body is, is told by what is in it, whatever the header says."""
    assert sniff(body, content_type) == kind


@pytest.mark.parametrize(
    ("body", "content_type", "url", "kind"),
    [
        (b"words about the <b> tag", "text/plain", "", "text"),
        (b"words about the <b> tag", "text/html", "", "html"),
        (b"<?xml version='1.0'?><opml>", "text/xml", "", "xml"),
        (b"<rdf:RDF xmlns='http://xmlns.com/foaf/0.1/'>", "", "", "xml"),
        (b'{"url": "a", "text": "b"}', "", "http://h.example/x.jsonl", "jsonl"),
        (b'{"url": "a", "text": "b"}', "application/x-ndjson", "", "jsonl"),
        (b'{"url": "a", "text": "b"}', "", "", "json"),
    ],
)
def test_the_header_decides_where_the_content_is_silent(
    body: bytes, content_type: str, url: str, kind: str
) -> None:
    """Header and name are asked only in cases of doubt."""
    assert sniff(body, content_type, url) == kind


@given(st.binary(max_size=200), st.text(max_size=20))
def test_everything_is_something(body: bytes, content_type: str) -> None:
    """Sniffing never raises."""
    assert sniff(body, content_type) in ContentKind


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<!DOCTYPE [", b"<?x ", b"[", b'{"', b"<a ", b"<!DOCTYPE a[b][c]"]
)
def test_sniffing_looks_at_the_head_only(piece: bytes) -> None:
    """A hostile repetition is answered from the first kilobytes."""
    assert sniff(piece * 2_000_000) in ContentKind
