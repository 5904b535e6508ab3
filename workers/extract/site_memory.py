"""What recurs over the pages of one site: menus, boxes, slogans, disclaimers that one page alone cannot tell.

A block is boilerplate when it stands on several pages of a site that tell different stories.  A page is named by its
headline, so ten addresses of one story count once, and a story's own text, repeated by its copies, survives.
Memory is a window: a site that changes its template forgets the old one after ``MAX_BLOCKS`` new blocks.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

import redis
import xxhash

MIN_PAGES = 3
"""A block seen on this many other stories is the site's own; two may be a coincidence or a correction."""
MAX_BLOCKS = 4_000
"""Blocks remembered of a site: the kept blocks of its last 200 pages or so."""
MAX_BLOCKS_PER_PAGE = 400
COPY_SHARE = 0.5
"""A page of which this share is known is a copy under another headline, not a page full of boilerplate."""
EXPIRY_S = 14 * 24 * 3600
_MARKS = 8
"""Stories remembered for each block: enough to know that there are ``MIN_PAGES``."""


def block_hash(text: str) -> int:
    """Return 64 bits that name a block: its letters without case, so that counters and dates do not matter."""
    octets = text.encode("utf-8", "surrogatepass").translate(_SMALL, _NO_ASCII_LETTERS)
    if (
        not octets.isascii()
    ):  # often no more than a dash or a quote: what is left is folded again only if it needs it
        letters = _NO_LETTERS.sub("", octets.decode("utf-8", "surrogatepass"))
        octets = (letters if letters.isascii() else _NO_LETTERS.sub("", letters.casefold())).encode()
    return xxhash.xxh3_64_intdigest(octets)


_SMALL = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
_NO_ASCII_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_NO_LETTERS = re.compile(r"[\W\d_]+")


def story_hash(headline: str) -> int:
    """Return 32 bits that name a page's story."""
    return block_hash(headline) & 0xFFFFFFFF


def site_of(url: str) -> str:
    """Return the site of a page, as the memory names it.

    >>> site_of("https://www.example.org:8443/a")
    'example.org'
    """
    return (urlsplit(url).hostname or "").removeprefix("www.")


def story_of(title: str | None, texts: Sequence[str]) -> int:
    """Return what names a page's story: its headline, or the first text of a page without one."""
    return story_hash(title or (texts[0] if texts else ""))


class SiteMemory(Protocol):
    """Counts, for each block of a site, the stories whose pages have it."""

    def lookup(self, site: str, story: int, blocks: Sequence[int]) -> list[int]:
        """Return for each block on how many stories other than ``story`` it was seen, at most ``_MARKS``."""
        ...

    def learn(self, site: str, story: int, blocks: Sequence[int]) -> None:
        """Remember that a page of this story has these blocks."""
        ...


def recurrent_blocks(memory: SiteMemory, url: str, title: str | None, texts: list[str]) -> frozenset[int]:
    """Return which of a page's kept texts other stories of its site have too, and teach the memory what it had.

    A page that is mostly made of what is known is a copy under another headline, not a page full of boilerplate:
    of such a page nothing is recurrent.
    """
    site, story = site_of(url), story_of(title, texts)
    blocks = [block_hash(text) for text in texts]
    seen = memory.lookup(site, story, blocks)
    found = frozenset(i for i, count in enumerate(seen) if count >= MIN_PAGES)
    memory.learn(site, story, blocks)
    repeated = sum(len(texts[i]) for i in found)
    return found if repeated < COPY_SHARE * sum(map(len, texts)) else frozenset()


class LocalSiteMemory:
    """Memory within one process; bounded by sites and by pages a site."""

    def __init__(self, *, max_sites: int = 1_000) -> None:
        self._sites: OrderedDict[str, OrderedDict[int, OrderedDict[int, None]]] = OrderedDict()
        self._max_sites = max_sites

    def lookup(self, site: str, story: int, blocks: Sequence[int]) -> list[int]:
        """See ``SiteMemory``."""
        known = self._sites.get(site, OrderedDict())
        return [len(known[b]) - (story in known[b]) if b in known else 0 for b in blocks]

    def learn(self, site: str, story: int, blocks: Sequence[int]) -> None:
        """See ``SiteMemory``."""
        known = self._sites.setdefault(site, OrderedDict())
        self._sites.move_to_end(site)
        for block in dict.fromkeys(blocks[:MAX_BLOCKS_PER_PAGE]):
            stories = known.setdefault(block, OrderedDict())
            known.move_to_end(block)
            stories[story] = None
            stories.move_to_end(story)
            while len(stories) > _MARKS:
                stories.popitem(last=False)
        while len(known) > MAX_BLOCKS:
            known.popitem(last=False)
        while len(self._sites) > self._max_sites:
            self._sites.popitem(last=False)


class RedisSiteMemory:
    """Memory shared by all workers: one round trip reads the sites of a batch of pages, one writes what they taught.

    | key | type | holds | expires |
    | --- | --- | --- | --- |
    | ``{prefix}:site:{site}`` | hash | block hash (8 bytes) -> up to 8 story hashes (4 bytes each) | after 14 days |

    Only blocks that an extraction would keep are remembered, some twenty a page, so a site is 100 KB at most.  Pages of
    one batch teach each other at once.  Two workers that write the same block at the same moment lose one mark, never a
    block: a count is late by a page, not wrong.
    """

    def __init__(self, client: redis.Redis, sites: Iterable[str], *, prefix: str = "copydesk") -> None:
        self._client = client
        self._prefix = prefix
        self._marks: dict[str, dict[int, list[int]]] = {}
        self._changed: dict[str, set[int]] = {}
        names = list(dict.fromkeys(site for site in sites if site))
        pipe = client.pipeline(transaction=False)
        for site in names:
            pipe.hgetall(self._key(site))
        for site, stored in zip(names, pipe.execute() if names else [], strict=True):
            self._marks[site] = {
                int.from_bytes(field, "big"): _unpack(value) for field, value in stored.items()
            }

    def _key(self, site: str) -> str:
        return f"{self._prefix}:site:{site}"

    def lookup(self, site: str, story: int, blocks: Sequence[int]) -> list[int]:
        """See ``SiteMemory``; a site that was not named to the constructor is unknown."""
        known = self._marks.get(site, {})
        return [sum(mark != story for mark in known.get(b, ())) for b in blocks]

    def learn(self, site: str, story: int, blocks: Sequence[int]) -> None:
        """See ``SiteMemory``."""
        known = self._marks.setdefault(site, {})
        for block in dict.fromkeys(blocks[:MAX_BLOCKS_PER_PAGE]):
            marks = known.setdefault(block, [])
            if story not in marks:
                marks.append(story)
                del marks[:-_MARKS]
                self._changed.setdefault(site, set()).add(block)

    def save(self) -> None:
        """Write what was learned, in one round trip."""
        if not self._changed:
            return
        pipe = self._client.pipeline(transaction=False)
        for site, blocks in self._changed.items():
            packed = {b.to_bytes(8, "big"): _pack(self._marks[site][b]) for b in blocks}
            pipe.eval(
                _SAVE, 1, self._key(site), EXPIRY_S, MAX_BLOCKS, *(x for pair in packed.items() for x in pair)
            )
        pipe.execute()
        self._changed.clear()


def _pack(stories: list[int]) -> bytes:
    return b"".join(story.to_bytes(4, "big") for story in stories)


def _unpack(value: bytes) -> list[int]:
    return [int.from_bytes(value[i : i + 4], "big") for i in range(0, len(value) - 3, 4)]


# Past the bound a site's memory is dropped whole and learned again from its next pages: cheaper than an age a block.
_SAVE = """
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[2]) then redis.call('DEL', KEYS[1]) end
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
