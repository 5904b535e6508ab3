"""Reading the store for commands: opened where it is, its records as plain values."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from config.settings import Settings
from copydesk.stack import database_url
from workers.ids import article_name, story_name
from workers.store.opening import open_store
from workers.store.records import ExportRow, StoryDetail
from workers.store.store import Store


@contextmanager
def open_reader(settings: Settings) -> Iterator[Store]:
    """Yield the store; no Redis is started for reading."""
    store = open_store(database_url(settings))
    try:
        yield store
    finally:
        store.close()


def story_facts(detail: StoryDetail) -> dict[str, Any]:
    """Return a story as plain values: canonical text, sightings, relations."""
    article = detail.canonical.article
    return {
        "story": story_name(detail.story.id),
        "url": detail.story.url,
        "title": article.title,
        "authors": article.authors,
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "language": article.language,
        "site": article.site,
        "text": detail.canonical.text,
        "blocks": [asdict(block) for block in detail.canonical.blocks],
        "sightings": [
            {
                "url": s.url,
                "title": s.title,
                "source": s.source,
                "site": s.site,
                "published_at": s.published_at,
                "verdict": s.verdict,
                "of": article_name(s.of) if s.of is not None else None,
                "resemblance": s.resemblance,
                "containment": s.containment,
                "reason": s.reason,
                "first_seen": s.first_seen,
                "canonical": s.canonical,
            }
            for s in detail.sightings
        ],
        "relations": [
            {
                "kind": r.kind,
                "url": r.url,
                "story": story_name(r.of_story_id),
                "title": r.of_title,
                "reason": r.reason,
            }
            for r in detail.relations
        ],
        "merged": [story_name(merged) for merged in detail.merged],
    }


def export_facts(row: ExportRow) -> dict[str, Any]:
    """Return an exported story as plain values, ids as names."""
    facts = asdict(row)
    facts["story"] = story_name(row.story)
    facts["merged_into"] = story_name(row.merged_into) if row.merged_into is not None else None
    return facts
