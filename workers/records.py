"""The vocabulary after the queue: from a page's bytes to a story.  Standard library only.

crawler.records.FetchedPage -> Extraction (Article, its items) -> Fingerprint -> Verdict -> Story, Sighting
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

ArticleId = NewType("ArticleId", int)
"""63 bits of a hash over (URL, exact text): the same article has the same id, whoever computes it."""

StoryId = NewType("StoryId", int)
"""The ``ArticleId`` of the article that founded the story.  Written ``s`` + 13 base-32 digits for people."""


class BlockKind(StrEnum):
    """What a block of the story is; decides how it is written as Markdown."""

    HEADING = "heading"
    STANDFIRST = "standfirst"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE_ROW = "table_row"
    CAPTION = "caption"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of the story's text, in reading order."""

    kind: BlockKind
    text: str
    level: int = 0
    """Of a heading: 1 to 6.  Of a list item: its depth, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedBlock:
    """A block that was left out, and the rule that did it (for ``--explain`` and the web page)."""

    text: str
    reason: str
    order: int
    """How many kept blocks stand before it."""


class PageKind(StrEnum):
    """What a page is.  Only articles and the items of digests become stories."""

    ARTICLE = "article"
    DIGEST = "digest"
    INDEX = "index"
    GALLERY = "gallery"
    NOT_A_STORY = "not_a_story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One page's (or one digest item's) story: its text as blocks, and what the page says about it."""

    url: str
    """Of the page; an item of a digest has ``#item-N`` added, N from 1."""
    title: str | None = None
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """Aware, with the offset that the page gave; a date without a zone is read as UTC."""
    modified_at: datetime | None = None
    language: str | None = None
    """Lower-case BCP 47 primary tag, such as ``en``."""
    site: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    declared_canonical: str | None = None
    amp_url: str | None = None
    next_url: str | None = None
    provenance: tuple[tuple[str, str], ...] = ()
    """Where each field came from: (field, rule), such as ``("title", "json-ld headline")``."""

    @property
    def text(self) -> str:
        """The story as plain text: blocks separated by a blank line; captions are left out."""
        return "\n\n".join(b.text for b in self.blocks if b.kind is not BlockKind.CAPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link on a page, absolute, with its text."""

    url: str
    text: str = ""
    rel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that was read from one page."""

    kind: PageKind
    reason: str
    """The rule that decided the kind: a counter's name."""
    article: Article | None = None
    """The page's own text; of a digest, the whole page."""
    items: tuple[Article, ...] = ()
    """Of a digest: each story on it."""
    links: tuple[Link, ...] = ()
    """Where an index page leads; capped."""
    feeds: tuple[str, ...] = ()
    """``link rel=alternate`` feeds, absolute."""
    dropped: tuple[DroppedBlock, ...] = ()
    """Only filled when asked for."""
    noindex: bool = False
    """``meta robots`` asks us not to keep the page."""
    sent_to: str | None = None
    """Where the page sends its reader at once (``meta refresh``), absolute."""
    nofollow: bool = False
    """``meta robots`` asks us not to follow its links."""


class VerdictKind(StrEnum):
    """How an article stands to what we already have."""

    NEW = "new"
    SAME = "same"
    NEAR = "near"
    EXCERPT_OF = "excerpt_of"
    CONTAINS = "contains"
    UPDATE_OF = "update_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of tokens that two articles share: where it starts in each, and how long it is."""

    at: int
    other_at: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One verified relation of an article to another."""

    kind: VerdictKind
    of: ArticleId
    resemblance: float
    """Jaccard of the two shingle sets, estimated, 0 to 1."""
    containment: float
    """Share of the smaller side's shingles that the larger has, 0 to 1."""
    reason: str
    """The rule that decided: a counter's name."""
    passages: tuple[Passage, ...] = ()
    """What the two share, longest first, as far as the index knows: to the nearest sampled shingle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A digest seen earlier, in which the article was found, and all that the digest is now known to hold."""

    digest: ArticleId
    holds: tuple[ArticleId, ...]
    """The article itself among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the article is: the decision, the other article, and every other story that it touches."""

    kind: VerdictKind
    reason: str
    match: Match | None = None
    """The best relation; ``None`` for ``NEW``."""
    others: tuple[Match, ...] = ()
    """``CONTAINS``: one for each further story held.  Otherwise: stories that this
    article shows to be one with ``match``."""
    held_by: tuple[Holding, ...] = ()
    """Digests that came before the article and hold it whole."""
