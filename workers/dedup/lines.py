"""Lines that a site prints under many headlines are no part of any story: left-over boilerplate of raw streams.

Headlines are counted, never clusters: after one wrong merge every page of a site would be "one story", and its
boilerplate would look like that story's own words.
"""

import numpy as np

from workers.dedup.fingerprint import hash_text
from workers.dedup.tokens import tokenize

SITE_HEADLINES = 3
"""A line seen on one site under this many unlike headlines is the site's."""

HEADLINE_WORDS = 8
"""Words of a headline that are compared, 4 bytes each."""

MOST_LINES = 250_000
"""Lines remembered, those met last: at 230 bytes some 60 MB, whatever is read."""

_SETTLED = b"site"
"""Stands for the headlines of a line that is known to be the site's."""


class LineMemory:
    r"""Counts unlike headlines per (site, line).

    >>> memory = LineMemory()
    >>> for title in ("Rain in the hills", "Mayor wins again", "Bridge to open soon"):
    ...     kept = memory.story_lines("a.example", title, "Our own words: " + title + "\nSubscribe to our letter")
    >>> kept
    'Our own words: Bridge to open soon'
    """

    def __init__(self, *, most_lines: int = MOST_LINES) -> None:
        self._seen: dict[int, bytes] = {}
        self._most = most_lines

    def __len__(self) -> int:
        return len(self._seen)

    def story_lines(self, site: str, title: str, text: str) -> str:
        """Return the text without the site's lines, having counted this page's."""
        words = tokenize(title).hashes[:HEADLINE_WORDS].astype(np.uint32).tobytes()
        lines = text.split("\n")
        keep = [not line.strip() or not self._is_site_line(site, words, line) for line in lines]
        if not any(line.strip() and k for line, k in zip(lines, keep, strict=True)):
            return ""
        return "\n".join(line for line, kept in zip(lines, keep, strict=True) if kept).strip()

    def _is_site_line(self, site: str, words: bytes, line: str) -> bool:
        key = hash_text(f"{site}\n{line.strip()}".encode("utf-8", "surrogatepass"))
        headlines = self._seen.pop(key, b"")
        if headlines != _SETTLED:
            headlines = _with_headline(headlines, words)
        self._remember(key, headlines)
        return headlines == _SETTLED

    def _remember(self, key: int, headlines: bytes) -> None:
        while len(self._seen) >= self._most:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = headlines


def _with_headline(headlines: bytes, words: bytes) -> bytes:
    """Return the headlines, each with its length before it, and this one if none of them is like it."""
    known = []
    at = 0
    while at < len(headlines):
        end = at + 1 + headlines[at]
        known.append(headlines[at + 1 : end])
        at = end
    if not all(_unlike(words, other) for other in known):
        return headlines
    if len(known) + 1 >= SITE_HEADLINES:
        return _SETTLED
    return headlines + bytes([len(words)]) + words


def _unlike(one: bytes, other: bytes) -> bool:
    words, others = set(memoryview(one).cast("I")), set(memoryview(other).cast("I"))
    return 2 * len(words & others) < max(1, min(len(words), len(others)))
