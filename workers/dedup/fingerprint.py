"""All that deduplication reads from one article, computed once and without looking at any other."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.dedup import evidence
from workers.dedup.places import first_of_each
from workers.dedup.shingles import pace, shingle
from workers.dedup.signature import lean, minima
from workers.dedup.sketch import (
    EVIDENCE,
    HEAD_LEVEL,
    HEAD_TOKENS,
    HEADINGS,
    SAMPLES,
    SPARSEST,
    TITLE,
    Marks,
    Sketch,
    pack,
)
from workers.dedup.tokens import U64, Tokens, tokenize

if TYPE_CHECKING:
    from datasketch import LeanMinHash

U32 = npt.NDArray[np.uint32]

VERSION = 2
"""Of everything that is hashed, sampled or packed; an index of another version is refused."""

MIN_TOKENS = 12
"""A shorter text is compared as a whole, never by its shingles."""

HEADING_TOKENS = (3, 24)
SHORT_TEXT, DENSE, KEY_HEAD, HEAD_RATE, RATE = 96, 2, 96, 4, 32
"""One shingle in 32 is a key of the index; one in 4 of the first 96 tokens; one in 2 of a text below 96 tokens."""

_NEW_LINE = np.uint16(ord("\n"))

MAX_KEYS = 256
MOST_LINES = 400

BRIEF, MIN_TITLE = 48, 4
"""A text of at most 48 tokens of which one line is its title, of four words or more, is a brief."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fingerprint:
    """One article as deduplication sees it."""

    shingles: U64
    """Hashes of all shingles, in reading order."""
    tags: U32
    """24 bits of every shingle, in reading order; the index keeps a sample."""
    headings: frozenset[int]
    """Short lines of the text, as in ``Sketch.headings``, but all of them."""
    word_tags: U32
    """24 bits of each word, in reading order."""
    sketch: Sketch
    keys: tuple[int, ...]
    """64-bit keys under which the index finds the article."""
    pace: float = 1.0
    """Tokens that make a word."""
    language: str | None = None
    version: int = VERSION

    @property
    def exact(self) -> int:
        return self.sketch.exact

    @property
    def tokens(self) -> int:
        return self.sketch.tokens

    @property
    def signature(self) -> U32:
        """128 minima, as in datasketch's ``affine32`` with seed 1; computed when asked for: the index needs none."""
        return minima(self.shingles)

    def minhash(self) -> "LeanMinHash":
        """Return the signature as datasketch's own record."""
        return lean(self.signature)

    def record(self) -> bytes:
        """Return what the index stores."""
        return pack(self.sketch)


def fingerprint(
    text: str,
    *,
    title: str = "",
    url: str = "",
    site: str = "",
    published_at: datetime | None = None,
    language: str | None = None,
) -> Fingerprint:
    """Return the fingerprint of an article.

    >>> a, b = fingerprint("The minister met the press on Monday."), fingerprint("the MINISTER met the press on monday")
    >>> a.exact == b.exact
    True
    """
    tokens = tokenize(text)
    shingles = shingle(tokens)
    exact = hash_text(tokens.hashes.tobytes())
    url_hash = hash_text(url.encode("utf-8", "surrogatepass")) if url else 0
    title_words = tokenize(title).hashes
    tags, word_tags = evidence.tags(shingles), evidence.tags(tokens.hashes)
    headings, titled = _headings(tokens, title_words)
    sketch = _sketch(
        tokens,
        tags,
        word_tags,
        exact=exact,
        url=url_hash,
        site=hash_text(site.encode("utf-8", "surrogatepass")) if site else 0,
        published_s=_seconds(published_at),
        headings=np.array(headings[:HEADINGS], np.uint32),
        title_words=title_words,
        titled=titled,
    )
    return Fingerprint(
        shingles=shingles,
        tags=tags,
        headings=frozenset(headings),
        word_tags=word_tags,
        sketch=sketch,
        keys=_keys(shingles, sketch),
        pace=pace(tokens),
        language=language,
    )


def hash_text(data: bytes | memoryview) -> int:
    """Return 64 bits that stand for ``data``; never 0."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big") or 1


def _seconds(moment: datetime | None) -> int:
    if moment is None:
        return 0
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0, int(aware.timestamp()))


def _sketch(
    tokens: Tokens,
    tags: U32,
    word_tags: U32,
    *,
    exact: int,
    url: int,
    site: int,
    published_s: int,
    headings: U32,
    title_words: U64,
    titled: bool,
) -> Sketch:
    count = max(1, len(tokens))
    level, sampled = _sampled(tags, max(SAMPLES, count // SPARSEST))
    opening, sparse = tags[:HEAD_TOKENS], np.uint32((1 << level) - 1)
    head = ((opening & np.uint32((1 << HEAD_LEVEL) - 1) == 0) & (opening & sparse != 0)).nonzero()[0]
    return Sketch(
        exact=exact,
        url=url,
        site=site,
        tokens=len(tokens),
        published_s=published_s,
        level=level,
        samples=_marks(tags, sampled, count),
        head=_marks(tags, head, count),
        figures=_evidence(word_tags, evidence.figures(tokens), count),
        names=_evidence(word_tags, evidence.names(tokens), count),
        headings=headings,
        title=_unique(evidence.tags(title_words), TITLE),
        brief=titled and len(title_words) >= MIN_TITLE and len(tokens) <= BRIEF,
        headline=heading_tag(title_words) if len(title_words) >= HEADING_TOKENS[0] else 0,
    )


def _sampled(tags: U32, most: int) -> tuple[int, npt.NDArray[np.intp]]:
    """Return the least level at which no more than ``most`` shingles are sampled, and where those stand."""
    level, at = 0, np.arange(len(tags))
    while len(at) > most:
        at = at[tags[at] & np.uint32(1 << level) == 0]
        level += 1
    return level, at


def _marks(tags: U32, at: npt.NDArray[np.int64], count: int) -> Marks:
    return Marks(tags=tags[at], places=(at * 256 // count).astype(np.uint8))


def _evidence(tags: U32, at: npt.NDArray[np.int64], count: int) -> Marks:
    first = first_of_each(tags[at])
    return _marks(tags, at[first[:EVIDENCE]], count)


def _headings(tokens: Tokens, title: U64) -> tuple[list[int], bool]:
    """Return the tags of the short lines that are not the title, and whether one is."""
    breaks = (tokens.units == _NEW_LINE).nonzero()[0]
    edges = [0, *tokens.starts.searchsorted(breaks).tolist(), len(tokens)]
    data, own = tokens.hashes.data.cast("B"), title.tobytes()
    found: list[int] = []
    titled = False
    for start, end in pairwise(edges):
        if HEADING_TOKENS[0] <= end - start <= HEADING_TOKENS[1] and len(found) < MOST_LINES:
            words = data[8 * start : 8 * end]
            if words == own:
                titled = True
            else:
                found.append(_heading_tag(words))
    return found, titled


def heading_tag(words: U64) -> int:
    """Return the 24 bits by which a line is recognised as somebody's headline."""
    return _heading_tag(words.tobytes())


def _heading_tag(words: bytes | memoryview) -> int:
    return hash_text(words) & 0xFFFFFF


def _unique(tags: U32, most: int) -> U32:
    return tags[first_of_each(tags)[:most]]


def _keys(shingles: U64, sketch: Sketch) -> tuple[int, ...]:
    keys = [sketch.exact] if sketch.tokens else []
    if sketch.url:
        keys.append(sketch.url ^ 0x75726C)
    if sketch.brief:
        keys.append(hash_text(b"brief" + sketch.headline.to_bytes(4, "big")))
    if sketch.tokens >= MIN_TOKENS:
        keys.extend(_anchors(shingles).tolist())
    return tuple(dict.fromkeys(keys))


def _anchors(shingles: U64) -> U64:
    """Return the shingles that serve as keys: always the same ones of the same passage, wherever it stands."""
    order = shingles >> np.uint64(40)
    head = order[:KEY_HEAD]
    rate = DENSE if len(shingles) < SHORT_TEXT else HEAD_RATE
    chosen = order & np.uint64(RATE - 1) == 0
    chosen[:KEY_HEAD] |= head & np.uint64(rate - 1) == 0
    at = chosen.nonzero()[0]
    if len(at) > MAX_KEYS:
        at = at[np.argsort(order[at] // np.uint64(RATE) % np.uint64(65536), kind="stable")[:MAX_KEYS]]
    return np.sort(shingles[at])  # of one that stands twice, whoever takes the keys drops the second
