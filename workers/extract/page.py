"""A page's bytes become an ``Extraction``: guard, decode, walk, read the head, choose the story, name the kind."""

import re
from bisect import bisect_left
from html import unescape

from crawler.content import to_utf8
from crawler.errors import ExtractError
from crawler.records import FeedHint
from workers.extract.article import article_of
from workers.extract.blocks import to_blocks
from workers.extract.decide import Choice, choose
from workers.extract.digests import items_of
from workers.extract.directives import META_NAMES, directives_of
from workers.extract.dropped import dropped_blocks
from workers.extract.guard import guard
from workers.extract.jsonld import text_of
from workers.extract.kinds import NO_TEXT, page_kind
from workers.extract.leads import feeds_of, links_of, sent_to
from workers.extract.metadata import Metadata, Page, read_metadata
from workers.extract.parts import Marks
from workers.extract.site_memory import SiteMemory, recurrent_blocks
from workers.extract.telling import told
from workers.extract.tree import BOLD_START, Tree, read_tree
from workers.extract.wording import Evidence, fold
from workers.extract.xhtml import as_html
from workers.records import Block, BlockKind, DroppedBlock, Extraction, PageKind

_WHOLE_BODY_CHARS = 500
_LITTLE = 0.4
_TAG = re.compile(r"<[^>]{0,400}>")


def extract_page(
    html: bytes,
    *,
    url: str,
    content_type: str = "",
    hint: FeedHint | None = None,
    site: SiteMemory | None = None,
    explain: bool = False,
    links: bool = False,
) -> Extraction:
    """Return what one page holds; never raises: a refused page says which guard did it.

    ``links``: give the links whatever the page is, not only where there is no story.
    """
    try:
        guard(html)
        page_bytes = to_utf8(html, content_type)
        if page_bytes is not html:  # markup of UTF-16 looks like text to the guard
            guard(page_bytes)
        tree = read_tree(as_html(page_bytes, content_type))
    except ExtractError as error:
        return Extraction(kind=PageKind.NOT_A_STORY, reason=error.reason)
    page = Page(tree, url)
    data = read_metadata(page)
    choice = choose(tree, evidence_of(page, data))
    if site is not None:
        _forget_recurrent(tree, url, data.title, site, choice)
    blocks = to_blocks(tree, choice.kept)
    blocks = _declared_body(page, sum(len(b.text) for b in blocks)) or blocks
    kind, reason = page_kind(page, data, blocks, choice.kept)
    article = article_of(url, data, blocks, hint)
    marks = _marks(tree, choice.kept, blocks)
    asked = directives_of(value for name in META_NAMES for value in page.metas.get(name, ()))
    items = items_of(article, marks=marks) if kind is PageKind.ARTICLE else ()
    return Extraction(
        kind=PageKind.DIGEST if items else kind,
        reason="several_stories" if items else reason,
        article=article,
        items=items,
        links=links_of(page) if links or kind is PageKind.INDEX or reason == NO_TEXT else (),
        feeds=feeds_of(page),
        sent_to=sent_to(page),
        dropped=_dropped(tree, choice) if explain else (),
        noindex="noindex" in asked,
        nofollow="nofollow" in asked,
    )


def _declared_body(page: Page, found_chars: int) -> tuple[Block, ...]:
    """Return JSON-LD's ``articleBody`` as blocks, where the page itself holds little of it: scripts would write it."""
    body = (page.story or {}).get("articleBody")
    if not isinstance(body, str) or len(body) < _WHOLE_BODY_CHARS or found_chars > len(body) * _LITTLE:
        return ()
    lines = (" ".join(unescape(_TAG.sub(" ", line)).split()) for line in body.splitlines())
    return tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines if line)


def _marks(tree: Tree, kept: list[int], blocks: tuple[Block, ...]) -> Marks:
    """Return which blocks the markup sets apart; nothing where blocks are not one to one the kept runs."""
    if len(kept) != len(blocks):
        return Marks()
    ruled = {bisect_left(kept, run) for run in tree.rules}
    bold = [i for i, index in enumerate(kept) if tree.runs[index].flags & BOLD_START]
    return Marks(ruled=frozenset(ruled), bold=frozenset(bold))


def evidence_of(page: Page, data: Metadata) -> Evidence:
    """Return what the head says that bears on which runs are the story."""
    body = text_of((page.story or {}).get("articleBody"))
    if "<" in body:
        body = _TAG.sub(" ", body)
    description = (
        text_of((page.story or {}).get("description")) or page.meta(["og:description", "description"])[0]
    )
    return Evidence(
        title=fold(data.title or ""),
        title_chars=len(data.title or ""),
        description=fold(description) if len(description) > 30 else "",
        body=fold(body) if len(body) > 200 else "",
    )


def _forget_recurrent(tree: Tree, url: str, title: str | None, site: SiteMemory, choice: Choice) -> None:
    found = recurrent_blocks(site, url, title, [tree.runs[index].text for index in choice.kept])
    choice.reasons |= {choice.kept[k]: "recurrent" for k in found}
    choice.kept = [index for k, index in enumerate(choice.kept) if k not in found]


def _dropped(tree: Tree, choice: Choice) -> tuple[DroppedBlock, ...]:
    """Return what was left out; where the model alone decided, with what told against the block."""
    by_model = [index for index, reason in choice.reasons.items() if reason == "model"]
    told_more = choice.reasons | told(tree, by_model, choice.probabilities)
    return dropped_blocks(tree, told_more)
