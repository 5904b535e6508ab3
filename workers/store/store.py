"""The store: what was seen where, told apart into stories.  The source of truth; everything else can be rebuilt."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from sqlalchemy import Engine, text

from workers.records import ArticleId
from workers.store import dead_letters, exporting, health, reading, retention, statistics
from workers.store.checking import check_store
from workers.store.engine import describe, writing
from workers.store.engine import reading as reading_from
from workers.store.records import (
    Batch,
    DeadLetter,
    ExportRow,
    Fault,
    PageRow,
    Saved,
    SourceHealth,
    StoredArticle,
    StoryDetail,
    StoryRow,
    Totals,
)
from workers.store.saving import save_batch


class Store:
    """A database of stories; made by ``open_store``.  Every method raises ``StoreError`` where the database fails.

    Methods may be called from several threads; each is one transaction (``export``, ``prune``: one a chunk).
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def name(self) -> str:
        """The database for people: no password."""
        return describe(self.engine.url)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def ping(self) -> None:
        """Raise ``StoreError`` unless the database takes writes just now."""
        with writing(self.engine) as connection:
            connection.execute(text("SELECT 1"))

    # Writing

    def save(self, batch: Batch) -> Saved:
        """Write one job's results, all or nothing; the same batch twice is the same as once."""
        with writing(self.engine) as connection:
            return save_batch(connection, batch)

    def prune(self, *, before: datetime, source: str | None = None) -> tuple[int, int]:
        """Forget (sightings, pages) last seen before the moment, of one source or of all."""
        return retention.prune(self.engine, before=before, source=source)

    def check(self, *, repair: bool = False) -> list[Fault]:
        """Return every broken invariant, mended where asked and possible."""
        return check_store(self.engine, repair=repair)

    # Stories

    def stories(
        self,
        *,
        text: str | None = None,
        source: str | None = None,
        sources: Collection[str] | None = None,
        site: str | None = None,
        language: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        min_sightings: int = 1,
        digests: bool = False,
        limit: int = 50,
        before: str | None = None,
    ) -> list[StoryRow]:
        """Return stories by ``dated_at``, newest first; ``before`` is the last row's cursor.

        ``text``: words that one of its versions has (``"a phrase"``, ``-not``).  ``sources``: seen at any of these.
        ``since`` <= ``dated_at`` < ``until``.
        """
        with reading_from(self.engine) as connection:
            return reading.load_stories(
                connection,
                text=text,
                source=source,
                sources=sources,
                site=site,
                language=language,
                since=since,
                until=until,
                min_sightings=min_sightings,
                digests=digests,
                limit=limit,
                before=before,
            )

    def story(self, story_id: int) -> StoryDetail | None:
        """Return one story, also by the id of a story merged into it or of one of its sightings."""
        with reading_from(self.engine) as connection:
            return reading.load_story(connection, story_id)

    def article(self, article_id: int) -> StoredArticle | None:
        """Return one text, by its id or by the id of a sighting that shows it."""
        with reading_from(self.engine) as connection:
            return reading.load_article(connection, article_id)

    def export(
        self,
        *,
        since_id: int = 0,
        since: datetime | None = None,
        source: str | None = None,
        digests: bool = False,
    ) -> Iterator[ExportRow]:
        """Yield stories in the order of their last change; see ``workers.store.exporting``."""
        return exporting.export_stories(
            self.engine, since_id=since_id, since=since, source=source, digests=digests
        )

    def articles(self, *, since: datetime | None = None) -> Iterator[StoredArticle]:
        """Yield every text first seen since the moment, oldest first (to rebuild the index)."""
        return exporting.all_articles(self.engine, since=since)

    def articles_before(self, moment: datetime) -> int:
        """Return how many texts were first seen before the moment."""
        with reading_from(self.engine) as connection:
            return statistics.count_articles_before(connection, moment)

    # Pages

    def page(self, url: str) -> list[PageRow]:
        """Return the fetch history of a URL, newest first."""
        with reading_from(self.engine) as connection:
            return reading.load_pages(connection, url)

    def known_pages(self, urls: Collection[str]) -> dict[tuple[str, str], ArticleId]:
        """Return (URL, content hash) -> sighting, for the pages of these URLs that gave one."""
        with reading_from(self.engine) as connection:
            return reading.known_pages(connection, urls)

    def recent_pages(
        self,
        *,
        outcome: str | None = None,
        reason: str | None = None,
        source: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[PageRow]:
        """Return pages, the last fetched first; ``before`` is the last row's cursor."""
        with reading_from(self.engine) as connection:
            return statistics.recent_pages(
                connection, outcome=outcome, reason=reason, source=source, limit=limit, before=before
            )

    # Counts

    def counts(self) -> dict[str, dict[str, int]]:
        """Return outcome -> reason -> pages; the sum is every page that came in."""
        with reading_from(self.engine) as connection:
            return statistics.count_outcomes(connection)

    def totals(self) -> Totals:
        """Return the store in one line."""
        with reading_from(self.engine) as connection:
            return statistics.count_totals(connection)

    def source_health(self) -> list[SourceHealth]:
        """Return every source and what became of its pages, the least healthy first."""
        with reading_from(self.engine) as connection:
            return health.source_health(connection)

    def stories_per_day(
        self, *, since: datetime | None = None, until: datetime | None = None, source: str | None = None
    ) -> list[tuple[date, int]]:
        """Return (UTC day, stories first seen that day), oldest first."""
        with reading_from(self.engine) as connection:
            return statistics.stories_per_day(connection, since=since, until=until, source=source)

    # Dead letters

    def put_aside(self, letter: DeadLetter) -> None:
        """Keep a page that failed its last try."""
        with writing(self.engine) as connection:
            dead_letters.save_dead_letter(connection, letter)

    def dead_letters(self, *, limit: int = 100, offset: int = 0) -> list[DeadLetter]:
        """Return pages put aside, newest first, without their bytes."""
        with reading_from(self.engine) as connection:
            return dead_letters.load_dead_letters(connection, limit=limit, offset=offset)

    def dead_letter(self, letter_id: int) -> DeadLetter | None:
        """Return one page put aside, with its bytes."""
        with reading_from(self.engine) as connection:
            return dead_letters.load_dead_letter(connection, letter_id)

    def drop_dead_letters(self, letter_ids: Collection[int]) -> int:
        """Forget pages put aside; return how many there were."""
        with writing(self.engine) as connection:
            return dead_letters.drop_dead_letters(connection, letter_ids)
