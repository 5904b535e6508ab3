"""Plain text that was a page once: the same decisions without a tree.

A line is a block.  The story starts at the first line of prose and ends with the last; what stands before gives title,
byline and date, and short lines that are menus, labels or boilerplate by their words are left out wherever they stand.
"""

import re
from collections import Counter
from dataclasses import replace

from crawler.records import FeedHint
from workers.extract.article import article_of
from workers.extract.authors import clean_authors
from workers.extract.dates import parse_date
from workers.extract.digests import items_of
from workers.extract.kinds import MIN_STORY_CHARS
from workers.extract.metadata import Metadata
from workers.extract.phrases import boilerplate_reason
from workers.extract.pleas import plea_reason
from workers.extract.site_memory import SiteMemory, recurrent_blocks
from workers.extract.titles import normal
from workers.extract.wording import TERMINAL
from workers.records import Article, Block, BlockKind, DroppedBlock, Extraction, PageKind

MAX_CHARS = 5_000_000
MAX_LINES = 50_000
_PROSE_CHARS = 80
_HEADING_CHARS = 160
_TAIL = 0.6
"""A "read more" line after this share of the prose ends the story."""
_BULLET = re.compile(r"^\s*(?:[•◦▪‣·*]|[-–—](?=\s))\s*")
_BREADCRUMB = re.compile(r"^\S.{0,40}(?:\s[/>»›|]\s.{1,80}){2,}$")
_BYLINE = re.compile(r"^(?:By|Von|Par|Por|Written by|Author:|Posted by)\s", re.IGNORECASE)
_SENTENCE = re.compile(r".+?(?:(?<![A-Z])[.!?](?=\s|$)|[。！？]|$)")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _is_prose(line: str) -> bool:
    size = len(line) * (2 if _WIDE.search(line) else 1)
    return (
        size >= _PROSE_CHARS
        and (line[-1] in TERMINAL or size >= 3 * _PROSE_CHARS)
        and not _BREADCRUMB.match(line)
    )


def extract_text(
    text: str,
    *,
    url: str,
    hint: FeedHint | None = None,
    site: SiteMemory | None = None,
    explain: bool = False,
) -> Extraction:
    """Return what plain text holds; never raises."""
    if len(text) > MAX_CHARS:
        return Extraction(kind=PageKind.NOT_A_STORY, reason="guard_size")
    lines = [" ".join(line.split()) for line in text.splitlines()[:MAX_LINES]]
    lines = [line for line in lines if line]
    reasons = _judge(lines)
    data = _metadata(lines, reasons)
    title = normal(data.title or "")
    kept = []
    for index, line in enumerate(lines):
        if not reasons[index] and title and normal(line) == title:
            reasons[index] = "headline"
        if not reasons[index]:
            kept.append(index)
    if site is not None:
        recurrent = recurrent_blocks(site, url, data.title, [lines[index] for index in kept])
        reasons = [("recurrent" if i in {kept[k] for k in recurrent} else r) for i, r in enumerate(reasons)]
        kept = [index for k, index in enumerate(kept) if k not in recurrent]
    blocks = tuple(_block(lines[index]) for index in kept)
    chars = sum(len(b.text) for b in blocks)
    kind, reason = (
        (PageKind.ARTICLE, "text") if chars >= MIN_STORY_CHARS else (PageKind.NOT_A_STORY, "no_text")
    )
    article = article_of(url, data, blocks, hint)
    items = items_of(article, sure=True)
    if not items and kind is PageKind.ARTICLE and not article.title:
        article = _titled(article)
    return Extraction(
        kind=PageKind.DIGEST if items else kind,
        reason="several_stories" if items else reason,
        article=article,
        items=items,
        dropped=_dropped(lines, reasons) if explain else (),
    )


def _titled(article: Article) -> Article:
    """Name a story without a headline by its first sentence, which stays in its text."""
    sentence = _SENTENCE.match(article.blocks[0].text)
    if sentence is None or len(sentence[0]) > _HEADING_CHARS:
        return article
    provenance = (*article.provenance, ("title", "first sentence"))
    return replace(article, title=sentence[0].rstrip(".。 "), provenance=provenance)


def _judge(lines: list[str]) -> list[str]:
    """Return for each line why it is not the story's, or an empty string."""
    prose = [i for i, line in enumerate(lines) if _is_prose(line)]
    first, last = (prose[0], prose[-1]) if prose else (0, -1)
    counts = Counter(lines)
    total = sum(len(lines[i]) for i in prose) or 1
    seen = 0
    reasons = []
    ended = swallow = False
    for index, line in enumerate(lines):
        short = not _is_prose(line)
        label = (boilerplate_reason(_BULLET.sub("", line)) if short else None) or plea_reason(line)
        if (
            label in ("related", "newsletter", "comments")
            and seen > _TAIL * total
            and total - seen < total * 0.25
        ):
            ended = True
        if ended:
            reason = label or "after_end"
        elif index < first:
            reason = label or "before_story"
        elif label:
            reason = label
        elif short and index > last:
            reason = "" if line[-1] in TERMINAL and len(line) > 30 else "after_story"
        elif swallow and short and line[-1] not in TERMINAL:
            reason = "sources"
        elif short and (counts[line] > 1 or _is_tiny(line)):
            reason = "label"
        else:
            reason = ""
        swallow = bool(label) and line.endswith((":", "："))
        seen += 0 if short else len(line)
        reasons.append(reason)
    return reasons


def _is_tiny(line: str) -> bool:
    """Say whether a line is a button or badge: one capital word, or a repetition of marks."""
    return (len(line) < 20 and line.isupper() and " " not in line) or not any(map(str.isalnum, line))


def _metadata(lines: list[str], reasons: list[str]) -> Metadata:
    data = Metadata()
    head = []
    for index, line in enumerate(lines):
        if _is_prose(line):
            break
        head.append((index, line))
    titles = [line for index, line in head if reasons[index] == "before_story" and _may_be_title(line)]
    if titles:
        data.title = max(titles[-6:], key=lambda line: len(line.split()) if len(line) < _HEADING_CHARS else 0)
        data.provenance["title"] = "line above the text"
    for _, line in head[-15:]:
        moment = parse_date(line, day_first=False)
        if moment and len(line) < 100:
            if re.match(
                r"(?:last )?(?:updated|modified|aktualisiert|mis à jour|actualizado)", line, re.IGNORECASE
            ):
                data.modified_at, data.provenance["modified_at"] = moment, "line above the text"
            else:
                data.published_at, data.provenance["published_at"] = moment, "line above the text"
        elif _BYLINE.match(line) and len(line) < 100:
            data.authors = data.authors or clean_authors([line])
    return data


def _may_be_title(line: str) -> bool:
    words = len(line.split())
    if _BULLET.match(line) or _BREADCRUMB.match(line) or boilerplate_reason(line) or _BYLINE.match(line):
        return False
    if parse_date(line) and words < 10:
        return False
    return (words >= 3 or bool(_WIDE.search(line))) and len(line) >= 8 and "/" not in line


def _block(line: str) -> Block:
    if _BULLET.match(line):
        return Block(kind=BlockKind.LIST_ITEM, text=_BULLET.sub("", line), level=1)
    if len(line) < _HEADING_CHARS and line[-1] not in TERMINAL:
        return Block(kind=BlockKind.HEADING, text=line, level=2)
    return Block(kind=BlockKind.PARAGRAPH, text=line)


def _dropped(lines: list[str], reasons: list[str]) -> tuple[DroppedBlock, ...]:
    found = []
    before = 0
    for line, reason in zip(lines, reasons, strict=True):
        if reason:
            found.append(DroppedBlock(text=line, reason=reason, order=before))
        else:
            before += 1
    return tuple(found)
