"""Lines that a site prints under many headlines are no part of any story: left-over boilerplate of raw streams.

Headlines are counted, never clusters: after one wrong merge every page of a site would be "one story", and its
boilerplate would look like that story's own words.
"""

from workers.dedup.fingerprint import hash_text
from workers.dedup.tokens import tokenize

SITE_HEADLINES = 3
"""A line seen on one site under this many unlike headlines is the site's."""

HEADLINE_WORDS = 8


class LineMemory:
    r"""Counts unlike headlines per (site, line).

    >>> memory = LineMemory()
    >>> for title in ("Rain in the hills", "Mayor wins again", "Bridge to open soon"):
    ...     kept = memory.story_lines("a.example", title, "Our own words: " + title + "\nSubscribe to our letter")
    >>> kept
    'Our own words: Bridge to open soon'
    """

    def __init__(self, *, most_lines: int = 2_000_000) -> None:
        self._seen: dict[int, tuple[frozenset[int], ...]] = {}
        self._most = most_lines

    def story_lines(self, site: str, title: str, text: str) -> str:
        """Return the text without the site's lines, having counted this page's."""
        words = frozenset(tokenize(title).hashes.tolist()[:HEADLINE_WORDS])
        lines = text.split("\n")
        keep = [not line.strip() or not self._is_site_line(site, words, line) for line in lines]
        if not any(line.strip() and k for line, k in zip(lines, keep, strict=True)):
            return ""
        return "\n".join(line for line, kept in zip(lines, keep, strict=True) if kept).strip()

    def _is_site_line(self, site: str, words: frozenset[int], line: str) -> bool:
        key = hash_text(f"{site}\n{line.strip()}".encode("utf-8", "surrogatepass"))
        headlines = self._seen.get(key, ())
        if len(headlines) < SITE_HEADLINES and all(_unlike(words, h) for h in headlines):
            headlines = (*headlines, words)
            self._remember(key, headlines)
        return len(headlines) >= SITE_HEADLINES

    def _remember(self, key: int, headlines: tuple[frozenset[int], ...]) -> None:
        if len(self._seen) >= self._most:
            for old in list(self._seen)[: self._most // 10]:
                del self._seen[old]
        self._seen[key] = headlines


def _unlike(words: frozenset[int], other: frozenset[int]) -> bool:
    return 2 * len(words & other) < max(1, min(len(words), len(other)))
