"""A page that holds several stories is told apart into items, each an ``Article`` of its own."""

from dataclasses import replace
from itertools import accumulate, pairwise

from workers.extract.parts import Marks, announced_parts, declared_starts, is_announced, opens_with_dateline
from workers.extract.seams import MAX_UNITS, find_seams
from workers.records import Article, Block, BlockKind

_MIN_PARAGRAPHS = 9
_MIN_ITEM_CHARS = 150
_SHARED = 0.12
"""First and last third of one story share more of their longer words than this; of a digest, mostly less."""


def items_of(article: Article, *, sure: bool = False, marks: Marks | None = None) -> tuple[Article, ...]:
    """Return the stories of a digest, in order; nothing if the text is one story.

    ``sure``: the text is known to hold several (or reading time does not matter), so the cheap first test is left out.
    ``marks``: what the page's markup says of its blocks.
    """
    units = _units(article.blocks)
    if len(units) > MAX_UNITS:
        return ()
    bodies = [_body(unit) for unit in units]
    declared = _declared_items(article, units, bodies, marks) if marks else ()
    if declared:
        return declared
    if len(units) < _MIN_PARAGRAPHS or not (sure or _may_be_digest(bodies)):
        return ()
    headed = [unit[0].kind is BlockKind.HEADING for unit in units]
    seams = find_seams(bodies, headed=headed)
    if not seams.is_digest or not (sure or seams.is_plain) or _is_numbered(units):
        return ()
    bounds = [*seams.starts, len(units)]
    parts = [[b for unit in units[a:z] for b in unit] for a, z in pairwise(bounds)]
    return tuple(_item(article, part, number) for number, part in enumerate(_joined(parts), start=1))


def _declared_items(
    article: Article, units: list[list[Block]], bodies: list[str], marks: Marks
) -> tuple[Article, ...]:
    """Return the parts that the page itself marks as stories; a short greeting before the first is left out."""
    title = article.title or ""
    announced = is_announced(title, article.url)
    datelines = [opens_with_dateline(body) for body in bodies]
    if len(units) < _MIN_MARKED or not (announced or sum(datelines) >= _MIN_MARKED) or _is_numbered(units):
        return ()
    begins = list(accumulate(map(len, units), initial=0))[:-1]
    headed = [unit[0].kind is BlockKind.HEADING for unit in units]
    marked = [headed, *([begin in where for begin in begins] for where in (marks.ruled, marks.bold))]
    starts = declared_starts(
        bodies, [*marked, datelines], datelines, announced=announced, count=announced_parts(title)
    )
    if not starts:
        return ()
    if sum(map(len, bodies[: starts[0]])) >= _GREETING_CHARS:
        starts = [0, *starts]
    parts = [[b for unit in units[a:z] for b in unit] for a, z in pairwise([*starts, len(units)])]
    return tuple(_item(article, part, number) for number, part in enumerate(parts, start=1))


_MIN_MARKED = 3
_GREETING_CHARS = 500


def _units(blocks: tuple[Block, ...]) -> list[list[Block]]:
    """Group blocks into paragraphs, each with the headings above it; lists and captions go with what they follow."""
    units: list[list[Block]] = []
    pending: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            pending.append(block)
        elif block.kind in (BlockKind.PARAGRAPH, BlockKind.STANDFIRST) or pending or not units:
            units.append([*pending, block])
            pending = []
        else:
            units[-1].append(block)
    if pending and units:
        units[-1] += pending
    return units


def _body(unit: list[Block]) -> str:
    return unit[0].text if len(unit) == 1 else " ".join([block.text for block in unit])


def _may_be_digest(bodies: list[str]) -> bool:
    """Say whether first and last third share few of their longer words; half of the last third mostly answers."""
    third = len(bodies) // 3
    first: set[str] = set().union(*map(_long_words, bodies[:third]))
    last: set[str] = set()
    shared: set[str] = set()
    for body in bodies[-third:]:
        words = _long_words(body)
        last |= words
        shared |= words & first
        if len(shared) >= _SHARED * len(first):
            return False
    return len(shared) < _SHARED * min(len(first), len(last))


def _long_words(body: str) -> set[str]:
    """Return the longer words, case-folded one by one: one curly quote makes folding a whole text ten times as slow."""
    return {word.casefold() for word in body.split() if len(word) > _LONG_WORD}


_LONG_WORD = 5


def _is_numbered(units: list[list[Block]]) -> bool:
    """Say whether most headings are numbered: the parts of one list ("10 best ..."), not stories."""
    heads = [unit[0].text for unit in units if unit[0].kind is BlockKind.HEADING]
    return (
        len(heads) >= 3 and sum(head[0].isdigit() or head.startswith("#") for head in heads) > len(heads) / 2
    )


def _joined(parts: list[list[Block]]) -> list[list[Block]]:
    """Join parts that are too short for a story to the one before."""
    joined: list[list[Block]] = []
    for part in parts:
        if joined and sum(len(b.text) for b in part) < _MIN_ITEM_CHARS:
            joined[-1] = joined[-1] + part
        else:
            joined.append(part)
    return joined


def _item(article: Article, blocks: list[Block], number: int) -> Article:
    title, rest = None, blocks
    if blocks[0].kind is BlockKind.HEADING:
        title, rest = blocks[0].text, blocks[1:]
    return replace(
        article, url=f"{article.url}#item-{number}", title=title, blocks=tuple(rest), declared_canonical=None
    )
