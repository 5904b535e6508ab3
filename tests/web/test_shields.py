"""What every answer carries, and which hosts are answered."""

import re
from pathlib import Path

import pytest

from tests.web.conftest import Room, Visitor
from tests.web.press import site_url

PAGES = [
    "/",
    "/stories",
    "/pages",
    "/sources",
    "/failures",
    "/login",
    "/nowhere",
    "/now/figures",
    "/rq/",
    "/rq/0/view/jobs",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shielded(visitor: Visitor, path: str) -> None:
    """Policy, no framing, no sniffing, no caching, on pages and errors alike."""
    headers = visitor.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/rq/", "/nowhere"])
def test_methods_that_no_page_takes_are_refused(room: Room, method: str, path: str) -> None:
    """TRACE would repeat what a browser sends; none of them is looked at further, and the answer is shielded."""
    answer = room.app.test_client().open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/stories", "/rq/", "/metrics", "/api/now"])
def test_a_head_is_a_get_without_a_body(room: Room, path: str) -> None:
    """The same status and headers; nothing is done twice for it."""
    client = room.app.test_client()
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_our_pages_allow_no_inline_script_and_have_none(visitor: Visitor) -> None:
    """Scripts and styles come from files of this server."""
    for path in [p for p in PAGES if not p.startswith("/rq")]:
        answer = visitor.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "nonce" not in policy
        # Inside of tags only: an escaped text may say what it likes.
        tags = re.findall(r"<[a-z][^>]*>", answer.text)
        assert not [
            tag for tag in tags if re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=|<style", tag)
        ]


def test_no_page_names_another_host(visitor: Visitor) -> None:
    """Nothing is loaded from elsewhere."""
    for path in PAGES:
        loaded = re.findall(
            r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"([^\"]+)", visitor.get(path).text
        )
        assert all(url.startswith("/") for url in loaded), path


@pytest.mark.parametrize("host", ["rebind.example", "127.0.0.1.nip.example:8642", "evil.localhost.example"])
def test_a_foreign_host_name_is_refused(room: Room, host: str) -> None:
    """A page of another site that points its name here gets nothing: no DNS rebinding."""
    answer = room.app.test_client().get("/stories", headers={"Host": host})
    assert answer.status_code == 421
    assert "scanner" not in answer.text


@pytest.mark.parametrize("host", ["localhost:8642", "127.0.0.1:8642", "[::1]:8642", "192.0.2.7", "web:8642"])
def test_addresses_and_local_names_are_answered(room: Room, host: str) -> None:
    """Names that nobody outside can own are ours."""
    assert room.app.test_client().get("/stories", headers={"Host": host}).status_code == 200


def test_every_page_is_small(room: Room) -> None:
    """No page, with all that it loads, is 100 KB."""
    visitor = room.visitor()
    for path in [*PAGES, f"/page?url={site_url('Delta Wire', 'port-scanners')}"]:
        if path.startswith("/rq"):
            continue
        answer = visitor.get(path)
        linked = set(re.findall(r"(?:src|href)=\"(/static/[^\"]+)", answer.text))
        folder = Path(room.app.static_folder or "")
        size = len(answer.data) + sum((folder / url.rpartition("/")[2]).stat().st_size for url in linked)
        assert size < 100_000, (path, size)
