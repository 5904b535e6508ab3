"""What a crawl of the demo press gave, as far as it must not depend on who died, or was away, when."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from copydesk.demo.press import Press
from workers.store import Store, open_store

LIKE = 0.8


@dataclass(slots=True)
class Outcome:
    """What a run gave: stories as sets of URLs, and the texts of each URL."""

    stories: set[frozenset[str]] = field(default_factory=set)
    texts: dict[str, list[set[str]]] = field(default_factory=dict)
    """Of pages that the press does not change from one request to the next: words of each text."""
    faults: list[str] = field(default_factory=list)
    """Pages put aside and broken invariants."""

    @property
    def sightings(self) -> int:
        """Places where a story was seen."""
        return sum(map(len, self.stories))


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open the store at a database URL."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def outcome_of(url: str, press: Press) -> Outcome:
    """Return what the database holds.

    Words, not texts: which lines recur on a site, and are left out, is learned in the order of the pages.
    """
    found = Outcome()
    with opened(url) as store:
        for row in store.export(digests=True):
            detail = store.story(row.story)
            if detail is None:
                continue
            texts = {a.id: a.text for a in (detail.canonical, *detail.versions)}
            found.stories.add(frozenset(s.url for s in detail.sightings))
            for sighting in detail.sightings:
                truth = press.truth(sighting.url.partition("#")[0])
                if truth is None or len(truth.versions) <= 1:
                    words = set(texts.get(sighting.article_id, "").split())
                    found.texts.setdefault(sighting.url, []).append(words)
        found.faults += [f"put aside: {letter.url} ({letter.reason})" for letter in store.dead_letters()]
        found.faults += [f"broken: {fault.rule} ({fault.count})" for fault in store.check()]
    return found


def differences(expected: Outcome, found: Outcome) -> list[str]:
    """Return what is lost, new, twice or otherwise than in the undisturbed run; empty when all is as it was."""
    lost, new = expected.stories - found.stories, found.stories - expected.stories
    faults = [f"lost or split: {sorted(story - _nearest(story, found.stories))[:4]}" for story in lost]
    faults += [f"new or merged: {sorted(story - _nearest(story, expected.stories))[:4]}" for story in new]
    faults += [
        f"another text: {url}"
        for url, texts in found.texts.items()
        if not all(is_like(words, expected.texts.get(url, [])) for words in texts)
    ]
    return faults + found.faults


def is_like(words: set[str], others: list[set[str]]) -> bool:
    """Say whether a text is one of the others, but for a line or two."""
    return any(len(words & other) >= LIKE * len(words | other) for other in others)


def _nearest(story: frozenset[str], others: set[frozenset[str]]) -> frozenset[str]:
    """Return what the story shares with the one that is most like it."""
    return max((story & other for other in others), key=len, default=frozenset())
