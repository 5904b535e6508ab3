"""Who belongs to which story, as one transaction sees it.  No SQL here: the saver loads it and writes it back.

A story is named by the sighting that founded it, whether or not that sighting is stored yet, so every id that a
verdict mentions names a story: the one its sighting is in, the one it was merged into, or one of its own.
"""

from dataclasses import dataclass, field

from workers.records import Verdict, VerdictKind

JOINS = frozenset({VerdictKind.SAME, VerdictKind.NEAR, VerdictKind.EXCERPT_OF, VerdictKind.UPDATE_OF})
"""Verdicts that put an article into the other one's story.  What contains other stories is its own."""


@dataclass(slots=True)
class Ledger:
    """Stories by sighting, merges by story; grows as the batch is entered."""

    story_of: dict[int, int] = field(default_factory=dict)
    """Sighting to story, for sightings stored or entered."""
    merged_into: dict[int, int] = field(default_factory=dict)
    """Story to the story it turned out to be."""
    named: set[int] = field(default_factory=set)
    """Stories that have a row."""
    merges: list[tuple[int, int]] = field(default_factory=list)
    """Merges made in this transaction, in order: (story, into)."""

    def root(self, story: int) -> int:
        """Follow merges to the story that is left."""
        while story in self.merged_into:
            story = self.merged_into[story]
        return story

    def story_named(self, sighting: int) -> int:
        """Return the story that the id stands for."""
        return self.root(self.story_of.get(sighting, sighting))

    def merge(self, story: int, into: int) -> None:
        """Make one story of two; a no-op if they are one already."""
        story, into = self.root(story), self.root(into)
        if story == into:
            return
        self.merged_into[story] = into
        self.merges.append((story, into))

    def enter(self, sighting: int, verdict: Verdict) -> int:
        """Enter a sighting with its verdict; return its story."""
        story = self._home(sighting, verdict)
        for other in verdict.others:
            if other.kind is not VerdictKind.CONTAINS and verdict.kind is not VerdictKind.CONTAINS:
                self.merge(self.story_named(other.of), story)
        self.story_of[sighting] = story
        self.named.add(story)
        return self.root(story)

    def _home(self, sighting: int, verdict: Verdict) -> int:
        own = self.story_named(sighting)
        match = verdict.match
        if verdict.kind not in JOINS or match is None or match.of == sighting:
            return own
        joined = self.story_named(match.of)
        if sighting in self.story_of or own in self.named:
            self.merge(own, joined)
        return self.root(joined)
