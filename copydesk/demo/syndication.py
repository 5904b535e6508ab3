"""What happens to a story on its way to other papers: copied, retitled, edited, cut, updated."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from copydesk.demo.grammar import expand, load_phrases, vary
from copydesk.demo.stories import Block, BlockShape, Story, Writer


class Change(StrEnum):
    """What a paper did to the story that it took."""

    ORIGINAL = "original"
    VERBATIM = "verbatim"
    RETITLED = "retitled"
    """Another headline and the paper's own byline; the text is untouched."""
    EDITED = "edited"
    """Sentences dropped, added and replaced; words swapped."""
    RESTYLED = "restyled"
    """British spelling, per cent for percent; a sentence moved to its own paragraph."""
    CUT = "cut"
    """The first paragraphs only."""
    UPDATED = "updated"
    """A later version: news on top, a figure corrected, one more reaction."""
    TWIN = "twin"
    """The same paper's AMP page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A story as one page prints it: the truth about that page."""

    story: int
    change: Change
    title: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...]
    published_at: datetime
    modified_at: datetime | None = None
    section: str = "technology"
    headlines: tuple[str, ...] = ()
    """What else the story might be called."""

    @property
    def text(self) -> str:
        """The blocks, with a blank line between."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def teaser(self) -> str:
        """What a feed or an index page shows of it: most of the first paragraph."""
        words = self.blocks[0].text.split()
        return " ".join(words[:24]) + (" ..." if len(words) > 24 else "")  # noqa: PLR2004


def original(story: Story) -> Copy:
    """Return the story as its first publisher prints it."""
    return Copy(
        story=story.id, change=Change.ORIGINAL, title=story.title, blocks=story.blocks,
        authors=(story.author,), published_at=story.published_at, section=story.section, headlines=story.headlines,
    )  # fmt: skip


_SENTENCE_END = re.compile(r'(?<=[.!?"])\s+(?=["A-Z])')
_SWAPS = (
    ("said on", "announced on"), ("last year", "in the past year"), ("workers", "employees"), (" but ", " yet "),
    ("company", "business"), ("began", "started"), ("costs", "expenses"),
    ("expected", "forecast"), ("nearly", "close to"),
    ("will have to", "must"), ("customers", "buyers"), ("large", "big"), ("according to", "in the words of"),
)  # fmt: skip
_BRITISH = (
    ("percent", "per cent"), ("center", "centre"), ("program ", "programme "), ("labor", "labour"),
    (" toward ", " towards "), ("license ", "licence "), ("gray", "grey"), ("till ", "until "),
)  # fmt: skip
_PREFIXES = ("Explained: ", "Exclusive: ", "Analysis: ", "Report: ")


def split_sentences(paragraph: str) -> list[str]:
    """Split at the ends of sentences, well enough for text that we wrote ourselves.

    >>> split_sentences('It fell. "Why?" she said.')
    ['It fell.', '"Why?" she said.']
    """
    parts = _SENTENCE_END.split(paragraph)
    sentences: list[str] = []
    for part in parts:
        open_quote = bool(sentences) and sentences[-1].count('"') % 2 == 1
        continues = bool(sentences) and not sentences[-1].endswith((".", "!", '."')) and part[:1] != '"'
        if open_quote or continues:
            sentences[-1] += " " + part
        else:
            sentences.append(part)
    return sentences


def _swap(blocks: tuple[Block, ...], pairs: tuple[tuple[str, str], ...]) -> tuple[Block, ...]:
    def swapped(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return tuple(replace(block, text=swapped(block.text)) for block in blocks)


def _no_slots(slot: str) -> str:
    raise KeyError(slot)


class Desk:
    """One paper's desk: takes a story and makes the copy that it prints."""

    def __init__(self, rng: random.Random, writer: Writer) -> None:
        self._rng = rng
        self._writer = writer

    def take(self, copy: Copy, change: Change) -> Copy:
        """Return ``copy`` as changed, published some hours after it."""
        later = copy.published_at + timedelta(minutes=self._rng.randint(20, 700))
        taken = replace(copy, change=change, published_at=later)
        desks: dict[Change, Callable[[Copy], Copy]] = {
            Change.RETITLED: self._retitle, Change.EDITED: self._edit, Change.RESTYLED: self._restyle,
            Change.CUT: self._cut, Change.UPDATED: self.update,
        }  # fmt: skip
        return desks[change](taken) if change in desks else taken

    def update(self, copy: Copy) -> Copy:
        """Return the next version of the same page: same date, a later modification."""
        added = Block(text=self._aside("market"))
        last = Block(text=self._aside("outlook"))
        news = Block(text=self._aside("process"))
        head, *rest = copy.blocks
        return replace(
            copy,
            change=Change.UPDATED,
            blocks=(head, news, *rest, added, last),
            modified_at=copy.published_at + timedelta(minutes=self._rng.randint(30, 400)),
        )

    def _aside(self, block: str) -> str:
        """Make a sentence of the paper's own: it names nobody that the story does not know."""
        templates = load_phrases("desk")[block]
        return expand(vary(self._rng.choice(templates), self._rng), self._rng, _no_slots)

    def _retitle(self, copy: Copy) -> Copy:
        titles = (*copy.headlines, self._rng.choice(_PREFIXES) + copy.title, f"{copy.title}: what we know")
        others = [title for title in titles if title != copy.title]
        return replace(copy, title=self._rng.choice(others), authors=(self._writer.pick_author(),))

    def _edit(self, copy: Copy) -> Copy:
        sentences = [
            (order, sentence)
            for order, block in enumerate(copy.blocks)
            for sentence in split_sentences(block.text)
        ]
        spare = [
            i for i in range(2, len(sentences)) if copy.blocks[sentences[i][0]].shape is BlockShape.PARAGRAPH
        ]
        dropped = set(self._rng.sample(spare, max(1, len(spare) // 9)))
        replaced = {
            i: self._aside("filler") for i in self._rng.sample([i for i in spare if i not in dropped], 1)
        }
        texts: dict[int, list[str]] = {}
        for i, (order, sentence) in enumerate(sentences):
            if i not in dropped:
                texts.setdefault(order, []).append(replaced.get(i, sentence))
        blocks = [replace(copy.blocks[order], text=" ".join(text)) for order, text in texts.items()]
        blocks.insert(self._rng.randint(2, len(blocks)), Block(text=self._aside("context")))
        swaps = tuple(self._rng.sample(_SWAPS, 6))
        return replace(self._retitle(copy), blocks=_swap(tuple(blocks), swaps))

    def _restyle(self, copy: Copy) -> Copy:
        blocks: list[Block] = []
        for block in _swap(copy.blocks, _BRITISH):
            parts = split_sentences(block.text)
            if len(parts) > 1 and self._rng.random() < 1 / 4:
                blocks += [replace(block, text=parts[0]), replace(block, text=" ".join(parts[1:]))]
            else:
                blocks.append(block)
        return replace(copy, blocks=tuple(blocks))

    def _cut(self, copy: Copy) -> Copy:
        """Keep paragraphs from the top: at least 120 words and at most about half."""
        kept: list[Block] = []
        total = len(copy.text.split())
        for block in copy.blocks:
            kept.append(block)
            words = sum(len(b.text.split()) for b in kept)
            if (
                words >= max(120, total * self._rng.uniform(0.25, 0.5))
                and block.shape is BlockShape.PARAGRAPH
            ):
                break
        return replace(copy, blocks=tuple(kept))
