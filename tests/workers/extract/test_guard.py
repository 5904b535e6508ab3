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


ATTRIBUTES = {
    "without values": b"a%d ",
    "with a closing sign in quotes": b'a%d=">" ',
    "with an opening sign in quotes": b'a%d="<" ',
    "with elements in quotes": b'a%d="<br>" ',
    "in single quotes": b"a%d='>' ",
    "in both kinds of quotes": b'a%d=\'"\' b=">" ',
    "with long values": b'a%d="' + b"y" * 60 + b'>" ',
    "that begin with a sign": b"<%d ",
    "parted by slashes": b"a%d/",
}


@pytest.mark.parametrize("attribute", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_too_many_attributes_are_counted_however_they_are_written(attribute: bytes) -> None:
    """A sign in a quoted value neither ends a tag nor begins one, and honest elements before it hide nothing."""
    page = b'<p class="a">x</p>' * 2_000 + b"<div " + b"".join(attribute % n for n in range(20_000)) + b">x"
    with pytest.raises(ExtractError, match="guard_attributes"):
        guard(page)


def test_a_few_closing_signs_in_quotes_hide_no_attributes() -> None:
    """One value with a sign in it now and then is enough to make a long tag look like many short ones."""
    piece = b" ".join(b"a%d" % n for n in range(1_500)) + b' b=">" '
    with pytest.raises(ExtractError, match="guard_attributes"):
        guard(b"<p>x</p>" * 100 + b"<div " + piece * 16 + b">x")


@pytest.mark.parametrize("before", [b"<!-- <script -->", b"<p title='<script'>", b"<title><script</title>"])
def test_what_only_looks_like_a_script_hides_no_attributes(before: bytes) -> None:
    """A comment, a value or a title can hold the letters of a script's tag; the tags behind it are real."""
    with pytest.raises(ExtractError, match="guard_attributes"):
        guard(b"<p>x</p>" * 100 + before + b"<div " + b" ".join(b"a%d" % n for n in range(30_000)) + b">x")


def test_many_tags_of_many_attributes_are_refused_on_a_large_page() -> None:
    """What is harmless once costs seconds a thousand times."""
    with pytest.raises(ExtractError, match="guard_attributes"):
        guard((b"<p " + b" ".join(b"a%d" % n for n in range(1_900)) + b">x") * 500)


def test_options_that_are_not_closed_count_as_depth() -> None:
    """The parser nests them, at quadratic cost."""
    with pytest.raises(ExtractError, match="guard_depth"):
        guard(b"<select>" + b"<option>x" * 100_000)


HONEST = {
    "many void elements": b"<p>" + b"<br>" * 50_000,
    "unclosed paragraphs and items": b"<ul>" + b"<li><p>one" * 20_000,
    "a long script": b"<script>var a = [" + b"'b c=d'," * 40_000 + b"]</script><p>text",
    "data with markup in a script": b"<script>"
    + (b'"<b ' + b'a-long-and-rather-dull-key of-some-value", ' * 400) * 5
    + b"</script><p>text",
    "a picture in an attribute": b'<img src="data:image/png;base64,' + b"QUJD" * 100_000 + b'">',
    "markup in attributes": b'<a data-card="<b>it\'s 1 > 0</b>" href="/x">x</a> ' * 30_000,
    "closed formatting": b"<p><b>x</b><i>y</i></p>" * 10_000,
    "one long text": b"<p>" + b"word " * 1_500_000,
}


@pytest.mark.parametrize("html", HONEST.values(), ids=HONEST)
def test_an_odd_but_honest_page_passes(html: bytes) -> None:
    """What real pages do, however ugly, is not refused."""
    guard(html)
