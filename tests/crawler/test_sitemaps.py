"""Sitemaps of all kinds and in all states give whole addresses, and only those."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sitemaps import MAX_URLS, Sitemap, parse_sitemap

URL = "http://h.example/maps/sitemap.xml"


def parse(text: str | bytes) -> Sitemap:
    found = parse_sitemap(text.encode() if isinstance(text, str) else text, url=URL)
    assert found is not None
    return found


def urls(text: str | bytes) -> list[str]:
    return [page.url for page in parse(text).urls]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<url><loc>http://h.example/a</loc></url>", ["http://h.example/a"]),
        ("<url>\n<loc>\n http://h.example/a \n</loc></url>", ["http://h.example/a"]),
        ("<url><loc>http://h.example/?a=1&amp;b=2</loc></url>", ["http://h.example/?a=1&b=2"]),
        ("<url><loc>http://h.example/?a=1&b=2</loc></url>", ["http://h.example/?a=1&b=2"]),
        ("<url><loc><![CDATA[http://h.example/?a=1&b=2]]></loc></url>", ["http://h.example/?a=1&b=2"]),
        ("<url><loc>/a</loc></url>", ["http://h.example/a"]),
        ("<url><loc>a</loc></url>", ["http://h.example/maps/a"]),
        ("<URL><LOC>http://h.example/a</LOC></URL>", ["http://h.example/a"]),
        ("<url><loc>http://h.example/a</loc><loc>http://h.example/b</loc></url>", ["http://h.example/a"]),
        ("<url><loc/></url><url><loc></loc></url><url><loc>javascript:x</loc></url><url/>", []),
        ("<url><image:image><image:loc>http://h.example/i.png</image:loc></image:image></url>", []),
        ("<!-- <url><loc>http://h.example/no</loc></url> --><url><loc>http://h.example/a</loc></url>", ["http://h.example/a"]),
        ("<url><loc>http://h.example/a</loc></url><url><loc>http://h.exam", ["http://h.example/a"]),
        ("<url><loc>http://h.example/a</loc></url><url><loc>http://h.example/b</loc><last", ["http://h.example/a"]),
        ("<url><loc>http://h.example/a</loc><url><loc>http://h.example/b</loc></url>", ["http://h.example/a", "http://h.example/b"]),
    ],
)  # fmt: skip
def test_addresses(inside: str, expected: list[str]) -> None:
    """Escaped or not, relative, upper-case, in CDATA, cut off: whole addresses only, and the page's own."""
    assert (
        urls(f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}')
        == expected
    )


def test_an_index_names_sitemaps() -> None:
    """An index gives references with their dates."""
    found = parse(
        "<s:sitemapindex xmlns:s='x'><s:sitemap><s:loc>http://h.example/1.xml.gz</s:loc>"
        "<s:lastmod>2024-01-02</s:lastmod></s:sitemap></s:sitemapindex>"
    )
    assert [(ref.url, ref.lastmod) for ref in found.sitemaps] == [
        ("http://h.example/1.xml.gz", datetime(2024, 1, 2, tzinfo=UTC))
    ]
    assert found.urls == ()


@pytest.mark.parametrize("prefix", ["news", "n"])
def test_news_sitemaps_give_hints(prefix: str) -> None:
    """What Google News is told, we are told too."""
    (page,) = parse(
        f"""<urlset xmlns:{prefix}="http://www.google.com/schemas/sitemap-news/0.9" xmlns:video="v"><url>
        <loc>http://h.example/a</loc><video:video><video:title>no</video:title></video:video><{prefix}:news>
        <{prefix}:publication><{prefix}:name>Press</{prefix}:name><{prefix}:language>en</{prefix}:language>
        </{prefix}:publication><{prefix}:publication_date>2024-01-02T10:00:00+01:00</{prefix}:publication_date>
        <{prefix}:title>Chips &amp; rules</{prefix}:title><{prefix}:keywords>trade, chips</{prefix}:keywords>
        </{prefix}:news></url></urlset>"""
    ).urls
    assert page.hint is not None
    assert (page.hint.title, page.hint.site, page.hint.language) == ("Chips & rules", "Press", "en")
    assert page.hint.tags == ("trade", "chips")
    assert page.hint.published_at == datetime(2024, 1, 2, 9, tzinfo=UTC)


def test_gzip_inside_is_undone() -> None:
    """A .xml.gz that nobody inflated is read all the same."""
    body = gzip.compress(b"<urlset><url><loc>http://h.example/a</loc></url></urlset>")
    assert urls(body) == ["http://h.example/a"]
    assert urls(gzip.compress(body)) == ["http://h.example/a"]


def test_plain_text_sitemaps() -> None:
    """One address a line; a text that merely has addresses in it is no sitemap."""
    assert urls("\ufeffhttp://h.example/a\r\n\r\nhttps://h.example/b") == [
        "http://h.example/a",
        "https://h.example/b",
    ]
    assert parse_sitemap(b"See http://h.example/a\nfor more\nof this", url=URL) is None


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"<rss><channel/></rss>", b"\x1f\x8b\x08broken", b"\xff\xfe\x00"]
)
def test_what_is_no_sitemap_is_none(body: bytes) -> None:
    """None, and never an error."""
    assert parse_sitemap(body, url=URL) is None


def test_a_sitemap_is_bounded() -> None:
    """The protocol's limit of addresses holds."""
    body = b"<urlset>" + b"<url><loc>/a</loc></url>" * (MAX_URLS + 10)
    assert len(parse(body).urls) == MAX_URLS


@pytest.mark.parametrize(
    "piece", [b"<url>", b"<loc>", b"<url ", b"<!--", b"<![CDATA[", b"<url><loc>", b"&amp;", b"</loc>"]
)
def test_hostile_repetition_ends(piece: bytes) -> None:
    """Half tokens by the hundred thousand are read in linear time."""
    parse_sitemap(b"<urlset><url><loc>" + piece * 200_000, url=URL)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sitemap_or_none(body: bytes) -> None:
    """Nothing raises, with and without a sitemap's beginning."""
    parse_sitemap(body, url=URL)
    parse_sitemap(b"<urlset><url><loc>" + body, url=URL)
