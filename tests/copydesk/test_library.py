"""The library as the README shows it: what a page did not say may be passed on, and a wrong argument is named."""

from typing import Any

import pytest

import copydesk

UNTITLED = b"""<html lang="en"><body><article>
<p>The last ferry to Brandsholm left on Sunday evening with forty passengers and a piano, and nobody waved.</p>
<p>From Monday a bridge does its work, and the crossing that took an hour and ten minutes takes four of them.</p>
<p>A toll of sixty crowns will pay for it until the year 2041; cyclists cross free, as the islanders had asked.</p>
</article></body></html>"""


def test_a_page_without_a_title_is_folded() -> None:
    """What ``extract`` gives goes into ``add`` as it is, also where the page has no title."""
    article = copydesk.extract(UNTITLED, "https://n.example/story")
    assert article is not None
    assert article.title is None
    desk = copydesk.Deduplicator()
    first = desk.add("a", article.text, title=article.title, url=article.url, site=article.site)
    assert (first.verdict, "a" in desk, "b" in desk) == ("new", True, False)
    assert desk.query(article.text, title=article.title).verdict == "same"


@pytest.mark.parametrize("buffer", [bytearray, memoryview])
def test_bytes_of_every_kind_are_a_page(buffer: Any) -> None:
    """A buffer that a reader filled is read like bytes."""
    assert copydesk.extract(buffer(UNTITLED), "") == copydesk.extract(UNTITLED, "")


@pytest.mark.parametrize("page", ["<p>text</p>", None])
def test_a_page_that_is_no_bytes_is_named(page: Any) -> None:
    """Text has lost its encoding; the error says what is wanted."""
    with pytest.raises(TypeError, match="html must be bytes"):
        copydesk.extract(page, "https://n.example/story")


def test_wrong_arguments_are_named() -> None:
    """An error says which argument, instead of an attribute that something inside lacks."""
    desk: Any = copydesk.Deduplicator()
    with pytest.raises(TypeError, match="text must be str, not NoneType"):
        desk.add("a", None)
    with pytest.raises(TypeError, match="published must be datetime, not str"):
        desk.add("a", "It rained.", published="2026-01-01")
    with pytest.raises(TypeError, match="url must be str"):
        copydesk.extract(b"", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="window_days"):
        copydesk.Deduplicator(window_days=0)
    assert "a" not in desk
