"""A feed's ``content:encoded``: the story without the page around it, but with the feed's own tails."""

from crawler.errors import ExtractError
from crawler.records import FeedHint
from workers.extract.article import article_of
from workers.extract.blocks import to_blocks
from workers.extract.dropped import dropped_blocks
from workers.extract.guard import guard
from workers.extract.kinds import MIN_STORY_CHARS
from workers.extract.metadata import Page, read_metadata
from workers.extract.phrases import boilerplate_reason
from workers.extract.titles import normal
from workers.extract.tree import HIDDEN, Tree, read_tree
from workers.records import Extraction, PageKind


def extract_fragment(html: str, *, url: str, hint: FeedHint, explain: bool = False) -> Extraction:
    """Return the story of a feed entry; what the feed says of it wins.  Never raises."""
    try:
        guard(html.encode("utf-8", "replace"))
        tree = read_tree(f"<html><body><article>{html}</article></body></html>")
    except ExtractError as error:
        return Extraction(kind=PageKind.NOT_A_STORY, reason=error.reason)
    reasons = _judge(tree, normal(hint.title or ""))
    kept = [index for index, reason in enumerate(reasons) if not reason]
    blocks = to_blocks(tree, kept)
    chars = sum(len(block.text) for block in blocks)
    kind, reason = (
        (PageKind.ARTICLE, "feed_entry") if chars >= MIN_STORY_CHARS else (PageKind.NOT_A_STORY, "no_text")
    )
    return Extraction(
        kind=kind,
        reason=reason,
        article=article_of(url, read_metadata(Page(tree, url)), blocks, hint, feed_first=True),
        dropped=dropped_blocks(tree, dict(enumerate(reasons))) if explain else (),
    )


def _judge(tree: Tree, title: str) -> list[str]:
    reasons = []
    after_related = False
    for run in tree.runs:
        label = boilerplate_reason(run.text)
        linked = run.link_chars >= 0.8 * len(run.text)
        if label:
            reason = label
        elif after_related and linked:
            reason = "related"
        elif tree.elements[run.element].flags & HIDDEN:
            reason = "hidden"
        elif title and normal(run.text) == title:
            reason = "headline"
        else:
            reason = ""
        after_related = label == "related" or (after_related and linked)
        reasons.append(reason)
    return reasons
