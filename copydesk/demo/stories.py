"""Stories from the grammar: an inverted pyramid of 350 to 900 words, consistent within and distinct between."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from copydesk.demo.facts import Mentions, draw_facts
from copydesk.demo.grammar import Deck, expand, load_phrases, load_words, vary

TOPICS = (
    "controls", "fab", "tariff", "antitrust", "launch",
    "shipping", "ailaw", "breach", "minerals", "telecom",
)  # fmt: skip
MIN_WORDS, MAX_WORDS = 350, 900
MAX_RESEMBLANCE = 0.1
"""Of any two stories that are not look-alikes, over word 3-shingles; real unrelated news lies below 0.02."""
_DRAFTS = 40
_OTHER_HEADLINES = 2
# Each row is a paragraph, each word the block that a sentence of it is drawn from; "." is the story's own topic.
_OPENING = (".lead", ".detail .detail", "say.official", ".effect market")
_MIDDLE = (
    ".detail numbers", "background context", "say.analyst numbers", ".detail process", "say.exec",
    "human", "say.critic .effect", ".detail .detail", "context say.official", "process background",
    "say.exec numbers", ".effect market", "human say.critic", "say.analyst .detail", "background",
)  # fmt: skip
_TARGET_WORDS = (350, 380, 420, 480, 560, 720)
_TRADE = {"controls", "tariff", "shipping", "minerals"}
_CLOSING = ("outlook outlook",)
_SUBHEADS = (
    "What happens next", "A long road", "The numbers", "On the ground", "Why it matters",
    "Rivals watch", "A question of trust", "How it came to this", "The fine print", "Who pays",
)  # fmt: skip


class BlockShape(StrEnum):
    """What a block of a story is on the page."""

    PARAGRAPH = "p"
    SUBHEAD = "h2"
    BULLET = "li"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a story's text."""

    text: str
    shape: BlockShape = BlockShape.PARAGRAPH


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as its first publisher would print it; every copy is made from it."""

    id: int
    title: str
    blocks: tuple[Block, ...]
    author: str
    dateline: str
    """City in capitals, as a wire puts it before the first sentence."""
    section: str
    """``technology``, ``trade`` or ``markets``."""
    published_at: datetime
    headlines: tuple[str, ...] = ()
    """What other papers may call it."""
    family: str | None = None
    """Look-alikes of one family share a template and are different stories all the same."""

    @property
    def text(self) -> str:
        """The blocks, with a blank line between."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def words(self) -> int:
        """How many words the text has."""
        return sum(len(block.text.split()) for block in self.blocks)


def shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
    """Return the runs of ``size`` consecutive lower-case words of a text."""
    words = text.lower().split()
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def resemblance(one: str, other: str, size: int = 3) -> float:
    """Return the Jaccard index of two texts' shingles, 0 to 1."""
    a, b = shingles(one, size), shingles(other, size)
    return len(a & b) / len(a | b) if a or b else 0.0


class Writer:
    """Writes any number of stories out of one seed, sharing out the templates evenly between them."""

    def __init__(self, seed: int, newest: datetime) -> None:
        self._rng = random.Random(f"stories {seed}")
        self._deck = Deck(self._rng)
        self._newest = newest
        self._written: list[set[tuple[str, ...]]] = []
        products = load_words("prod")
        self._products = {topic: self._rng.sample(products, len(products)) for topic in TOPICS}
        self._authors = tuple(
            f"{first} {last}"
            for first, last in zip(
                self._rng.sample(load_words("first"), 24),
                self._rng.sample(load_words("last"), 24),
                strict=True,
            )
        )

    def pick_author(self) -> str:
        """Return one of the press's reporters."""
        return self._rng.choice(self._authors)

    def pick_time(self) -> datetime:
        """Return a minute within the five days before the newest story."""
        return self._newest - timedelta(minutes=self._rng.randrange(5 * 24 * 60))

    def write(self, number: int) -> Story:
        """Write story ``number``; topics take turns, and a draft too like an earlier story is written again."""
        topic, turn = TOPICS[number % len(TOPICS)], number // len(TOPICS)
        product = self._products[topic][turn % len(self._products[topic])]
        best, likeness = None, 2.0
        for _ in range(_DRAFTS):
            draft = self._draft(number, topic, product)
            nearest = self._likeness(draft)
            if nearest < likeness:
                best, likeness = draft, nearest
            if likeness < MAX_RESEMBLANCE:
                break
            self._deck.take_back()
        story = best or self._draft(number, topic, product)
        self._written.append(shingles(story.text))
        return story

    def _likeness(self, story: Story) -> float:
        """Return the resemblance to the nearest story written so far."""
        mine = shingles(story.text)
        shared = ((len(mine & other), len(mine) + len(other)) for other in self._written)
        return max((both / (total - both) for both, total in shared), default=0.0)

    def _draft(self, number: int, topic: str, product: str) -> Story:
        when = self.pick_time()
        facts = draw_facts(self._rng, when, product)
        mentions = Mentions(facts)
        self._deck.next_story()
        headlines = tuple(
            expand(self._draw(f"{topic}.headline"), self._rng, mentions.brief)
            for _ in range(1 + _OTHER_HEADLINES)
        )
        return Story(
            id=number,
            title=headlines[0],
            headlines=headlines[1:],
            blocks=tuple(self._blocks(topic, mentions, self._rng.choice(_TARGET_WORDS))),
            author=self.pick_author(),
            dateline=facts.values["city"].upper(),
            section="trade" if topic in _TRADE else "technology",
            published_at=when,
        )

    def _draw(self, block: str) -> str:
        source = load_phrases("shared" if block in load_phrases("shared") else "topics")
        return self._deck.draw(source[block]) or ""

    def _paragraph(self, row: str, topic: str, mentions: Mentions) -> str:
        names = (topic + name if name.startswith(".") else name for name in row.split())
        drawn = (self._draw(name) for name in names)
        return " ".join(
            expand(vary(template, self._rng), self._rng, mentions) for template in drawn if template
        )

    def _blocks(self, topic: str, mentions: Mentions, target: int) -> Iterator[Block]:
        words, subheads = 0, self._rng.sample(_SUBHEADS, len(_SUBHEADS)) if self._rng.random() < 1 / 3 else []
        middle = [row for _ in range(2) for row in self._rng.sample(_MIDDLE, len(_MIDDLE))]
        for order, row in enumerate((*_OPENING, *middle)):
            text = self._paragraph(row, topic, mentions)
            if not text:
                continue
            if subheads and order in {4, 9}:
                yield Block(text=subheads.pop(), shape=BlockShape.SUBHEAD)
            yield Block(text=text)
            words += len(text.split())
            if words >= target:
                break
        for row in _CLOSING:
            yield Block(text=self._paragraph(row, topic, mentions))
