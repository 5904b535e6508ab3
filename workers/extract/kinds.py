"""What a page is: a story, several, a list of links, pictures, or nothing to read.

Stories are lost for good when a page is wrongly refused, so only strong signs refuse one: prose of some length makes a
page an article, unless ``refusals`` or ``listings`` have a reason against it.
"""

from workers.extract import tags
from workers.extract.head import Page
from workers.extract.jsonld import types_of
from workers.extract.listings import MANY_HEADLINES, headlines_of, listing_reason
from workers.extract.metadata import Metadata
from workers.extract.refusals import refusal
from workers.extract.wording import TERMINAL
from workers.records import Block, BlockKind, PageKind

NO_TEXT = "no_text"
"""Nothing but what frames a page: its links may lead to stories (the archive of a small site) all the same."""
MIN_STORY_CHARS = 250
"""A brief has some 50 words; login forms, error pages and captions have less."""
_INDEX_LINKS = 30
_SENTENCE_CHARS = 40
_SCATTERED_CHARS = 500
_SCATTERED = 0.4
"""The paragraphs of a brief stand together; crumbs of a page's frame stand far apart."""
_LITTLE = 1_500
"""Longer texts are long in any writing."""
_DENSE_FROM = "\u2e80"
_DENSE = 1.5
"""A letter of East Asia says as much as two and a half of an alphabet."""
_PICTURES = frozenset(["videoobject", "imagegallery", "mediagallery", "videogallery"])


def page_kind(page: Page, data: Metadata, blocks: tuple[Block, ...], kept: list[int]) -> tuple[PageKind, str]:
    """Return the kind and the rule that decided; the rule is a counter's name.  ``kept``: the runs of the blocks."""
    texts = [block.text for block in blocks if block.kind is not BlockKind.CAPTION]
    chars = sum(map(len, texts))
    if chars < _LITTLE:
        chars = sum(map(_weight, texts))
    sentences = sum(len(text) >= _SENTENCE_CHARS and text[-1] in TERMINAL for text in texts)
    refused = refusal(page, data, chars, MIN_STORY_CHARS, sentences)
    if refused:
        return PageKind.NOT_A_STORY, refused
    if chars < _SCATTERED_CHARS and not _is_declared(page) and _is_scattered(kept):
        return PageKind.NOT_A_STORY, "scattered"
    if chars >= MIN_STORY_CHARS:
        listing = listing_reason(page, data, kept, chars)
        return (PageKind.INDEX, listing) if listing else (PageKind.ARTICLE, "text")
    if _shows_pictures(page):
        return PageKind.GALLERY, "pictures_no_text"
    if len(page.tree.anchors) > _INDEX_LINKS or headlines_of(page) >= MANY_HEADLINES:
        return PageKind.INDEX, "links_no_text"
    return PageKind.NOT_A_STORY, NO_TEXT


def _weight(text: str) -> int:
    """Return the length of a text as if it were written in an alphabet."""
    return (
        len(text)
        if text.isascii()
        else len(text) + int(_DENSE * sum(letter >= _DENSE_FROM for letter in text))
    )


def _is_declared(page: Page) -> bool:
    """Say whether the page dates itself or calls itself a story, as frames without one never do."""
    return bool(page.tree.times or page.story or page.meta(["article:published_time"])[0])


def _is_scattered(kept: list[int]) -> bool:
    """Say whether the little that was kept lies all over the page."""
    return len(kept) > 1 and len(kept) < _SCATTERED * (kept[-1] - kept[0] + 1)


def _shows_pictures(page: Page) -> bool:
    """Say whether a page with hardly any text shows pictures or a film."""
    if sum(element.code == tags.FIGURE for element in page.tree.elements) > 1:
        return True
    if "video" in " ".join(page.metas.get("og:type", [])).lower() or "og:video" in page.metas:
        return True
    return any(_PICTURES.intersection(types_of(node)) for node in page.nodes)
