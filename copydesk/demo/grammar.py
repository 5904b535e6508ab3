"""A small text grammar: blocks of alternatives, ``(a|b)`` choices, ``{slots}`` and ``{#low-high}`` numbers."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

_CHOICE = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)")
_SLOT = re.compile(r"\{(#?)([\w.-]+)\}")

Phrases = Mapping[str, tuple[str, ...]]


def parse_phrases(text: str) -> dict[str, tuple[str, ...]]:
    r"""Read blocks of the form ``[name]`` followed by one alternative a line; ``#`` starts a comment line.

    >>> parse_phrases("# a comment\n[greeting]\nHello\nGood (day|evening)\n")
    {'greeting': ('Hello', 'Good (day|evening)')}
    """
    blocks: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            current = blocks.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return {name: tuple(lines) for name, lines in blocks.items()}


@cache
def load_phrases(name: str) -> Phrases:
    """Return the blocks of ``phrases/<name>.txt``."""
    return parse_phrases((files(__package__) / "phrases" / f"{name}.txt").read_text("utf-8"))


@cache
def load_words(block: str) -> tuple[str, ...]:
    """Return one block of ``names.txt``, whose alternatives stand on one line."""
    return tuple("|".join(load_phrases("names")[block]).split("|"))


def expand(template: str, rng: random.Random, slot: Callable[[str], str]) -> str:
    """Make one sentence: take a side in every choice, draw every number, fill every slot from left to right.

    >>> expand("{who} (sold|sold) {#7-7} pumps.", random.Random(1), {"who": "Ada"}.__getitem__)
    'Ada sold 7 pumps.'
    """

    def fill(match: re.Match[str]) -> str:
        if not match[1]:
            return slot(match[2])
        low, high = (int(n) for n in match[2].split("-"))
        return str(rng.randint(low, high))

    chosen = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
    return tidy(_SLOT.sub(fill, chosen))


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    groups = [tuple(line.split("|")) for line in load_phrases("synonyms")["synonyms"]]
    words = {group[0]: group for group in groups}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])"), words


def vary(template: str, rng: random.Random) -> str:
    """Swap words for their like, so that two stories which share a template seldom share a long run of words."""
    pattern, words = _synonyms()
    return pattern.sub(lambda match: rng.choice(words[match[1]]), template)


def tidy(sentence: str) -> str:
    """Mend the joins of a filled template: doubled stops and commas, and the first letter.

    >>> tidy('said Ada, a clerk,.')
    'Said Ada, a clerk.'
    """
    sentence = sentence.replace(",,", ",").replace(",.", ".").replace(", and,", ", and")
    return sentence[:1].upper() + sentence[1:]


class Deck:
    """Deals templates so that any two stories share as few as can be, and a story never gets one twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._stories = 0
        self._users: defaultdict[str, list[int]] = defaultdict(list)
        self._shared: Counter[int] = Counter()
        self._drawn: list[str] = []

    def next_story(self) -> None:
        """Start dealing for another story."""
        self._stories += 1
        self._shared.clear()
        self._drawn.clear()

    def take_back(self) -> None:
        """Forget what the story at hand was dealt: it was thrown away."""
        for template in self._drawn:
            self._users[template].remove(self._stories)

    def draw(self, alternatives: tuple[str, ...]) -> str | None:
        """Return an alternative that this story has not had, or None where it has had them all."""
        free = [a for a in alternatives if self._stories not in self._users[a]]
        if not free:
            return None
        drawn = min(free, key=self._cost)
        self._shared.update(self._users[drawn])
        self._users[drawn].append(self._stories)
        self._drawn.append(drawn)
        return drawn

    def _cost(self, template: str) -> tuple[int, int, float]:
        """How close the template would bring this story to its nearest neighbour, then how worn it is."""
        users = self._users[template]
        return max((self._shared[user] for user in users), default=-1), len(users), self._rng.random()
