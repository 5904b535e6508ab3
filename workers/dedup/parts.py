"""What a long text is known to hold whole, and when that makes it a digest.  Pure.

A digest may come before its stories: each story that arrives and lies whole in it is noted with the digest's record,
so the answer is the same whoever came first.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.records import ArticleId

OVERLAP = 0.5
"""Two parts of which the shorter lies this far within the longer are one and the same passage."""

HELD_SHARE = 0.2
"""Two stories without their headlines make a digest when they fill this much of it, or are long."""

MAIN_SHARE = 0.6
"""A part that fills more of a text may be its own story, copied with a block of others beside it."""

LONG = 100
"""Words of a part that is no teaser: blocks of related stories hold shorter ones."""

MOST_PARTS = 24
"""Parts noted of one text."""

_PART = struct.Struct(">QBBB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A smaller text that lies whole in a larger one."""

    article: ArticleId
    start: float
    end: float
    """From where to where in the larger text, 0 to 1."""
    headed: bool
    """The smaller text's headline is a line of the larger."""
    alike: bool
    """The two have much the same headline: alone it would be an excerpt, or a version that has grown."""


def holds_stories(parts: Sequence[Part], words: float) -> bool:
    """Whether a text of so many words is a digest: it holds two whole stories, or one under its own headline.

    A page may have the headline of its first story; then the others have to weigh as much as two without one.
    """
    stories = [part for part in parts if not part.alike]
    if any(part.headed for part in stories):
        return True
    if not stories or len(parts) <= 1:
        return False
    counted = sorted(parts if len(stories) > 1 else stories, key=_share)
    if _share(counted[-1]) > MAIN_SHARE and len(stories) > 1:
        counted.pop()
    return sum(map(_share, counted)) >= HELD_SHARE or any(_share(p) * words >= LONG for p in counted)


def with_part(parts: Sequence[Part], new: Part) -> tuple[Part, ...]:
    """Return the parts with one more, unless another stands in that place already.

    Of copies of one story the first noted stays, but one that tells more (its headline) takes its place.
    """
    rest = [part for part in parts if not _same_place(part, new)]
    taken = [part for part in parts if _same_place(part, new)]
    if taken and not (new.headed and not any(part.headed for part in taken)):
        return tuple(parts)
    return (*rest, new)[:MOST_PARTS]


def disjoint(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts that stand at places of their own, the first named winning."""
    found: tuple[Part, ...] = ()
    for part in parts:
        if not any(_same_place(part, other) for other in found):
            found = (*found, part)
    return found[:MOST_PARTS]


def pack_parts(parts: Sequence[Part]) -> bytes:
    """Return 11 bytes a part."""
    return b"".join(
        _PART.pack(p.article, round(p.start * 255), round(p.end * 255), p.headed + 2 * p.alike) for p in parts
    )


def unpack_parts(data: bytes) -> tuple[Part, ...]:
    """Return the parts that ``pack_parts`` wrote, at one time or in turns, each as if it came after those before it."""
    parts: tuple[Part, ...] = ()
    for article, start, end, flags in _PART.iter_unpack(data):
        new = Part(
            article=ArticleId(article),
            start=start / 255,
            end=end / 255,
            headed=bool(flags & 1),
            alike=bool(flags & 2),
        )
        parts = with_part(parts, new)
    return parts


def _share(part: Part) -> float:
    return part.end - part.start


def _same_place(one: Part, other: Part) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    return common >= OVERLAP * max(1 / 255, min(one.end - one.start, other.end - other.start))
