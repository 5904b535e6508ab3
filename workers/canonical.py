"""Which copy of a story stands for it: a pure rule, chosen again whenever a copy joins.

1. Of one URL only the newest version counts; digests and excerpts stand behind everything else.
2. A copy less than half as long as the fullest is a stub, and stands behind the others.
3. The copy that most other sites name as their origin: as declared canonical, or in the byline.
4. Else the one published earliest (a date is believed between 1990 and a day after we saw the page).
5. Else the fullest; else the first one seen; else the lowest id.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from workers.records import ArticleId, VerdictKind

STUB_SHARE = 0.5
"""A cut copy has lost more than half; an edited or shortened one rarely has."""
FIRST_WEB_PAGE = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_SLACK = timedelta(days=1)
"""Publishers' clocks and zones are off by up to a day."""
_NO_DATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What the rule needs to know of a sighting."""

    id: ArticleId
    url: str
    site: str | None = None
    authors: tuple[str, ...] = ()
    declared_canonical: str | None = None
    published_at: datetime | None = None
    first_seen: datetime
    words: int
    verdict: str = "new"


def choose_canonical(copies: Sequence[Copy], *, identity: Callable[[str], str] = str) -> Copy:
    """Return the copy that stands for the story; ``identity`` tells which URLs are one page."""
    current = newest_versions(copies)
    fullest = max(copy.words for copy in current)
    votes = origin_votes(current, identity)

    def rank(copy: Copy) -> tuple[bool, bool, int, datetime, int, datetime, int]:
        return (
            copy.verdict == VerdictKind.EXCERPT_OF,
            copy.words < fullest * STUB_SHARE,
            -votes[copy.id],
            believable(copy.published_at, copy.first_seen) or _NO_DATE,
            -copy.words,
            copy.first_seen,
            copy.id,
        )

    return min(current, key=rank)


def newest_versions(copies: Sequence[Copy]) -> list[Copy]:
    """Keep of each URL the version seen last."""
    newest: dict[str, Copy] = {}
    for copy in copies:
        kept = newest.get(copy.url)
        if kept is None or (copy.first_seen, copy.id) > (kept.first_seen, kept.id):
            newest[copy.url] = copy
    return list(newest.values())


def origin_votes(copies: Sequence[Copy], identity: Callable[[str], str]) -> Counter[ArticleId]:
    """Count for each copy how many copies at other URLs name it as where the story comes from."""
    pages = {identity(copy.url): copy.id for copy in copies}
    sites = {copy.site.casefold(): copy.id for copy in copies if copy.site}
    votes: Counter[ArticleId] = Counter()
    for copy in copies:
        named = {pages.get(identity(copy.declared_canonical))} if copy.declared_canonical else set()
        if not named - {None, copy.id}:
            named |= {sites.get(author.casefold()) for author in copy.authors}
        votes.update(origin for origin in named if origin is not None and origin != copy.id)
    return votes


def believable(published_at: datetime | None, first_seen: datetime) -> datetime | None:
    """Return the date if a page seen then can have been published at it, else ``None``."""
    if published_at is None or not FIRST_WEB_PAGE <= published_at <= first_seen + CLOCK_SLACK:
        return None
    return published_at
