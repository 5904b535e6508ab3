"""What stands at each URL of the press, and what a crawler should make of it."""

from dataclasses import dataclass
from enum import StrEnum

from copydesk.demo.syndication import Copy


class PageKind(StrEnum):
    """What a URL of the press is."""

    ARTICLE = "article"
    DIGEST = "digest"
    LIST = "list"
    """A front or section page."""
    PROSE = "prose"
    """About pages and the like: text, but no story."""
    FEED = "feed"
    SITEMAP = "sitemap"
    ROBOTS = "robots"
    MISHAP = "mishap"
    """Nothing to be had here; ``Page.mishap`` says why."""


class Mishap(StrEnum):
    """What goes wrong at a URL."""

    NOT_FOUND = "not_found"
    GONE = "gone"
    ALWAYS_500 = "always_500"
    ONCE_503 = "once_503"
    """503 with ``Retry-After: 1`` the first time, the article from then on."""
    SLOW = "slow"
    """The article, a second and a half late."""
    STALLED = "stalled"
    """Headers, then nothing for half a minute."""
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_CHAIN = "redirect_chain"
    """Three hops to an article that has a URL of its own."""
    WRONG_CHARSET = "wrong_charset"
    """Says UTF-8, is windows-1252."""
    TRUNCATED = "truncated"
    """Closes the connection in the middle of the body that it announced."""
    DISALLOWED = "disallowed"
    """A good story behind a ``Disallow`` line."""
    EMPTY = "empty"
    LOGIN = "login"
    CONSENT = "consent"
    NOT_HTML = "not_html"


class Expected(StrEnum):
    """What should come of a URL."""

    STORED = "stored"
    """A sighting of its story."""
    ITEMS = "items"
    """Sightings of the stories of its items."""
    REJECTED = "rejected"
    """Nothing stored, and a reason given."""
    NO_STORY = "no_story"
    """Read or not, but nothing stored."""
    NEVER_ASKED = "never_asked"
    """Not even requested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story on a digest: how it is set off from the one before, and from whom it was taken."""

    copy: Copy
    heading: str
    """``h2``, ``bold`` (a run-in head) or ``rule`` (no head at all)."""
    source: str
    host: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One URL of the press."""

    host: int
    """Index of its publisher."""
    path: str
    """With the query, as it is requested."""
    kind: PageKind
    expected: Expected
    title: str = ""
    versions: tuple[Copy, ...] = ()
    """What it says on the first request, on the second ... (the last one stays)."""
    items: tuple[Item, ...] = ()
    mishap: Mishap | None = None
    target: str | None = None
    """Of a redirect: the next path on the same host."""
    twin: str | None = None
    """Path of its AMP page."""
    canonical: str | None = None
    """Of an AMP page: the path of the page that it mirrors."""
    section: str = ""

    @property
    def story(self) -> int | None:
        """The id of the story that this page prints."""
        return self.versions[0].story if self.versions else None

    @property
    def listed(self) -> bool:
        """Whether fronts, feeds and sitemaps lead to it."""
        return self.kind in {PageKind.ARTICLE, PageKind.DIGEST, PageKind.MISHAP} and self.canonical is None
