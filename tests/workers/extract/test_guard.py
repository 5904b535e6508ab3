"""Pages made to hurt the parser are refused before it sees them, and honest pages are not."""

import pytest

from crawler.errors import ExtractError
from workers.extract.guard import MAX_BYTES, guard
from workers.extract.page import extract_page
from workers.records import PageKind

HOSTILE = {
    "guard_depth": b"<div>" * 100_000,
    "guard_size": b"x" * (MAX_BYTES + 1),
    "guard_tags": b"<br>" * 300_000,
    "guard_attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">",
    "guard_formatting": b"<p>" + b"".join(b"<b id=x%d>" % n for n in range(1_900)) + b"</p><p>x</p>" * 9_000,
    "guard_blocks": b"<p>some words, that are here.</p>" * 20_000,
    "guard_binary": b"%PDF-1.7 ...",
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_hostile_page_is_refused_with_its_reason(reason: str) -> None:
    """Each bound has a name, which is also a counter."""
    found = extract_page(HOSTILE[reason], url="https://bad.example/")
    assert (found.kind, found.reason) == (PageKind.NOT_A_STORY, reason)


def test_attributes_hidden_behind_quotes_are_counted() -> None:
    """A ``>`` in a quoted value does not end a tag."""
    tag = b"<a " + b" ".join(b'a%d=">"' % n for n in range(5_000)) + b">"
    with pytest.raises(ExtractError, match="guard_attributes"):
        guard(tag)


def test_options_that_are_not_closed_count_as_depth() -> None:
    """The parser nests them, at quadratic cost."""
    with pytest.raises(ExtractError, match="guard_depth"):
        guard(b"<select>" + b"<option>x" * 100_000)


HONEST = {
    "many void elements": b"<p>" + b"<br>" * 50_000,
    "unclosed paragraphs and items": b"<ul>" + b"<li><p>one" * 20_000,
    "a long script": b"<script>var a = [" + b"'b c=d'," * 40_000 + b"]</script><p>text",
    "a picture in an attribute": b'<img src="data:image/png;base64,' + b"QUJD" * 100_000 + b'">',
    "closed formatting": b"<p><b>x</b><i>y</i></p>" * 10_000,
    "one long text": b"<p>" + b"word " * 1_500_000,
}


@pytest.mark.parametrize("html", HONEST.values(), ids=HONEST)
def test_an_odd_but_honest_page_passes(html: bytes) -> None:
    """What real pages do, however ugly, is not refused."""
    guard(html)
