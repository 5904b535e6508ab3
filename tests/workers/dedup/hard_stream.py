"""A hard stream of our own: stories of the demo press with kinds of copies, look-alikes and digests, and the truth."""

import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copydesk.demo.lookalikes import FAMILIES, write_lookalike
from copydesk.demo.stories import Story, Writer
from copydesk.demo.syndication import split_sentences
from workers.dedup.deduplicator import Deduplicator
from workers.records import VerdictKind

NEWEST = datetime(2026, 3, 2, 12, tzinfo=UTC)
STORIES, FORMS, DIGESTS = 36, 6, 14
_SITE_LINES = ("Subscribe to our letter", "Send a tip to the desk", "All rights reserved by the publisher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One page of the stream, and which stories it is or holds."""

    id: str
    title: str
    text: str
    kind: str
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a stream was folded to, against the truth."""

    pair_f1: float
    lost: float
    """Share of stories that no record of them founded."""
    lookalikes_merged: float
    digest_recall: float


def _sentences(rng: random.Random, text: str, change: Callable[[str], str]) -> str:
    return "\n\n".join(" ".join(filter(None, map(change, split_sentences(p)))) for p in text.split("\n\n"))


def _dropped(rng: random.Random, text: str) -> str:
    return _sentences(rng, text, lambda s: s if rng.random() > 0.25 else "")


def _reworded(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    lower = [word for word in words if word.islower()]
    return " ".join(rng.choice(lower) if w.islower() and rng.random() < 0.15 else w for w in words)


def _reordered(rng: random.Random, text: str) -> str:
    first, *rest = text.split("\n\n")
    return "\n\n".join([first, *rng.sample(rest, len(rest))])


COPIES: dict[str, Callable[[random.Random, str], str]] = {
    "verbatim": lambda _, text: text,
    "capitals": lambda _, text: text.upper(),
    "decomposed": lambda _, text: unicodedata.normalize(
        "NFD", text.replace('"', "\u201d").replace("-", "\u2011")
    ),
    "dateline": lambda _, text: "GENEVA, 12 May (Norlys) -- " + text,
    "sentences dropped": _dropped,
    "words replaced": _reworded,
    "paragraphs reordered": _reordered,
    "first half": lambda _, text: text[: len(text) // 2] + "\n\nContinue reading",
    "teaser": lambda _, text: " ".join(text.split()[:45]) + "...",
    "local paragraph": lambda rng, text: text.replace(
        "\n\n", f"\n\nIn {rng.choice(('Lund', 'Aby'))} shops shut.\n\n", 1
    ),
    "one line": lambda _, text: " ".join(text.split()),
    "site lines": lambda _, text: "\n\n".join([_SITE_LINES[0], text, *_SITE_LINES]),
}


def make_stream(seed: int) -> list[Item]:
    """Return the stream in an order of arrival: copies before and after originals, digests before and after both."""
    rng, writer = random.Random(seed), Writer(seed, NEWEST)
    stories = [writer.write(number) for number in range(STORIES)]
    items: list[Item] = []

    def add(kind: str, title: str, text: str, *of: str) -> None:
        items.append(Item(id=f"{len(items)}", title=title, text=text, kind=kind, stories=of))

    for story in stories:
        add("original", story.title, story.text, f"s{story.id}")
        for kind in rng.sample(sorted(COPIES), rng.randint(1, 4)):
            title = story.title if rng.random() < 0.7 or not story.headlines else rng.choice(story.headlines)
            add(kind, title, COPIES[kind](rng, story.text), f"s{story.id}")
    for number, family in enumerate(FAMILIES * FORMS, start=STORIES):
        form = write_lookalike(writer, rng, number, family)
        add("look-alike", form.title, form.text, f"s{number}")
    for _ in range(DIGESTS):
        held = rng.sample(stories, rng.randint(2, 4))
        add(
            "digest",
            "The morning letter",
            _page(held, with_headlines=rng.random() < 0.5),
            *(f"s{s.id}" for s in held),
        )
    rng.shuffle(items)
    return items


def _page(held: Iterable[Story], *, with_headlines: bool) -> str:
    return "\n\n".join(["Good day.", *(f"{s.title}\n\n{s.text}" if with_headlines else s.text for s in held)])


def fold(stream: Sequence[Item]) -> Deduplicator:
    """Return what a deduplicator makes of the stream."""
    dedup = Deduplicator()
    for item in stream:
        dedup.add(item.id, item.text, title=item.title)
    return dedup


def score(stream: Sequence[Item], dedup: Deduplicator) -> Score:
    """Hold the outcome against the truth."""
    single = [item for item in stream if item.kind != "digest"]
    got = {item.id: dedup.result(item.id).story for item in single}
    home = {item.stories[0]: got[item.id] for item in single}
    members = Counter((item.stories[0], got[item.id]) for item in single)
    first = {got[item.id]: item.stories[0] for item in reversed(single)}
    mixed = {story for story in first if len({t for t, g in members if g == story}) > 1}
    forms = [item for item in single if item.kind == "look-alike"]
    links = [(home[t], dedup.result(i.id)) for i in stream if i.kind == "digest" for t in i.stories]
    return Score(
        pair_f1=_pair_f1([item.stories[0] for item in single], list(got.values())),
        lost=1 - len(set(first.values())) / len(home),
        lookalikes_merged=sum(got[item.id] in mixed for item in forms) / len(forms),
        digest_recall=sum(r.verdict is VerdictKind.CONTAINS and s in r.stories for s, r in links)
        / len(links),
    )


def agreement(one: Deduplicator, other: Deduplicator, stream: Sequence[Item]) -> float:
    """Return the pairwise F1 between two outcomes for the texts that are no digests."""
    ids = [item.id for item in stream if item.kind != "digest"]
    return _pair_f1([one.result(i).story for i in ids], [other.result(i).story for i in ids])


def _pair_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    both, true, made = (_pairs(Counter(groups)) for groups in (zip(truth, found, strict=True), truth, found))
    return 2 * both / (true + made)


def _pairs(sizes: Counter[object]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
