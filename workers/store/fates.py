"""What became of pages, as it stands in the store: read back, so that nobody tells anything else."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from workers.records import ArticleId, StoryId
from workers.store import schema
from workers.store.keys import page_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one page."""

    outcome: str
    reason: str
    story: StoryId | None = None
    verdict: str | None = None
    of: ArticleId | None = None
    """The sighting that the verdict names."""


def fates_of(connection: Connection, pages: Collection[tuple[str, str]]) -> dict[tuple[str, str], Fate]:
    """Return (URL, content hash) -> fate, for those that are stored; one statement."""
    by_key = {page_key(url, content_hash): (url, content_hash) for url, content_hash in pages}
    p, s = schema.pages.c, schema.sightings.c
    query = (
        select(p.id, p.outcome, p.reason, s.story_id, s.verdict, s.of_id)
        .outerjoin(schema.sightings, s.id == p.sighting_id)
        .where(p.id.in_(by_key))
    )
    return {
        by_key[row.id]: Fate(
            outcome=row.outcome, reason=row.reason, story=row.story_id, verdict=row.verdict, of=row.of_id
        )
        for row in connection.execute(query)
    }
