"""A page's second reading held against what was stored of it: what is shown as kept is what was kept.

The reader process knows one page.  The workers knew the site: lines that recur over its pages were left out, and their
rules may have been older than ours.  The store has the last word; where it differs, the reason is said.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from redis import Redis

from copydesk.web.explaining import Piece
from workers.extract.site_memory import MIN_PAGES, RedisSiteMemory, block_hash, site_of, story_of
from workers.records import Article
from workers.store.columns import storable

RECURS = "recurs on other pages of the site"
OTHERWISE = "not in the stored text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A page's blocks with what the store says of each."""

    pieces: tuple[Piece, ...]
    absent: int
    """Blocks of the stored text that this reading does not have."""


def held_against(pieces: Sequence[Piece], article: Article, redis: "Redis") -> Held:
    """Return the pieces as they were stored.

    Args:
        pieces: Of the second reading, in reading order.
        article: What the store holds of the same bytes.
        redis: Where the memory of the site is.
    """
    left = Counter(block.text for block in article.blocks)
    kinds = {block.text: block.kind.value for block in article.blocks}
    is_held = [False] * len(pieces)
    # A headline may stand on the page twice: the one that is kept now is the one that was kept.
    for is_kept in (True, False):
        for number, piece in enumerate(pieces):
            text = storable(piece.text)
            if (not piece.reason) is is_kept and left[text]:
                left[text] -= 1
                is_held[number] = True
    lost = [p.text for p, held in zip(pieces, is_held, strict=True) if not held and not p.reason]
    known = _recurrent(lost, article, redis)
    return Held(
        pieces=tuple(
            _as_stored(piece, kinds if held else {}, known)
            for piece, held in zip(pieces, is_held, strict=True)
        ),
        absent=left.total(),
    )


def _as_stored(piece: Piece, kinds: dict[str, str], recurrent: frozenset[str]) -> Piece:
    kind = kinds.get(storable(piece.text))
    if kind is not None:
        return Piece(text=piece.text, kind=kind, reason="")
    reason = piece.reason or (RECURS if piece.text in recurrent else OTHERWISE)
    return Piece(text=piece.text, kind="", reason=reason)


def _recurrent(texts: Sequence[str], article: Article, redis: "Redis") -> frozenset[str]:
    """Return which texts the workers have learned to be the site's own."""
    if not texts:
        return frozenset()
    site = site_of(article.url)
    story = story_of(article.title, [block.text for block in article.blocks[:1]])
    counts = RedisSiteMemory(redis, [site]).lookup(site, story, [block_hash(text) for text in texts])
    return frozenset(text for text, count in zip(texts, counts, strict=True) if count >= MIN_PAGES)
