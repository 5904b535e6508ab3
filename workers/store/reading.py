"""What people and pages ask of the store: stories, one story, an article, a page."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, or_, select

from crawler.errors import ConfigError
from workers.canonical import newest_versions
from workers.records import Article, ArticleId, Block, BlockKind, StoryId
from workers.store import schema
from workers.store.keys import url_key
from workers.store.records import (
    PageRow,
    RelationRow,
    SightingRow,
    StoredArticle,
    StoryDetail,
    StoryRow,
)
from workers.store.searching import stories_with
from workers.store.summaries import as_copy

MOST_ROWS = 1000
"""A page of rows, however many are asked for."""
AS_READ = [column for column in schema.articles.columns if column.name != "pairs"]
"""What is for the text index alone is read by nobody."""


def load_stories(
    connection: Connection,
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
    """Return stories, newest first."""
    s, seen = schema.stories.c, schema.sightings.c
    # A sum, so that SQLite takes no index for it: nearly every row passes, and by ``dated_at`` the first ones are
    # enough.  PostgreSQL knows that by itself.
    own = s.id + 0 if connection.dialect.name == "sqlite" else s.id
    query = select(schema.stories).where(s.merged_into.is_(None), s.sightings >= min_sightings)
    if not digests:
        query = query.where(s.kind == "article")
    if text is not None and text.strip():
        query = query.where(own.in_(stories_with(connection, text)))
    if source is not None:
        query = query.where(own.in_(select(seen.story_id).where(seen.source == source)))
    if sources is not None:
        query = query.where(own.in_(select(seen.story_id).where(seen.source.in_(sources))))
    if site is not None:
        query = query.where(own.in_(select(seen.story_id).where(seen.site == site)))
    if min_sightings > 1 and connection.dialect.name == "sqlite":
        often = select(seen.story_id).group_by(seen.story_id).having(func.count() >= min_sightings)
        query = query.where(own.in_(often))
    if language is not None:
        query = query.where(s.language == language)
    query = _between(query, since, until)
    if before is not None:
        moment, last = parse_cursor(before)
        query = query.where(or_(s.dated_at < moment, and_(s.dated_at == moment, s.id < last)))
    query = query.order_by(s.dated_at.desc(), s.id.desc()).limit(max(1, min(limit, MOST_ROWS)))
    return [story_row(row) for row in connection.execute(query)]


def _between(query: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    dated = schema.stories.c.dated_at
    if since is not None:
        query = query.where(dated >= since)
    if until is not None:
        query = query.where(dated < until)
    return query


def make_cursor(moment: datetime, last: int) -> str:
    """Return the place after a row: its moment and id."""
    return f"{moment.isoformat()}_{last}"


def parse_cursor(cursor: str) -> tuple[datetime, int]:
    """Return the moment and id that a cursor stands for."""
    moment, _, last = cursor.rpartition("_")
    try:
        found = datetime.fromisoformat(moment), int(last)
    except ValueError:
        raise ConfigError(f"{cursor[:40]!r} is no cursor: give the cursor of the last row") from None
    if found[0].tzinfo is None or not 0 <= found[1] < 1 << 63:
        raise ConfigError(f"{cursor[:40]!r} is no cursor: give the cursor of the last row")
    return found


def story_row(row: Any) -> StoryRow:
    """Return a row of ``stories`` as a record."""
    return StoryRow(
        id=StoryId(row.id),
        kind=row.kind,
        title=row.title,
        url=row.url,
        site=row.site,
        language=row.language,
        lead=row.lead or "",
        words=row.words,
        published_at=row.published_at,
        dated_at=row.dated_at,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        sightings=row.sightings,
        articles=row.articles,
        sites=row.sites,
        cursor=make_cursor(row.dated_at, row.id),
    )


def resolve_story(connection: Connection, asked: int) -> int | None:
    """Return the id of the story that the id stands for today: of a merged story, of a sighting, of a story."""
    s, seen = schema.stories.c, schema.sightings.c
    if not 0 <= asked < 1 << 63:
        return None
    row = connection.execute(select(s.id, s.merged_into).where(s.id == asked)).first()
    if row is not None:
        found: int = row.id if row.merged_into is None else row.merged_into
        return found
    return connection.execute(select(seen.story_id).where(seen.id == asked)).scalar()


def load_story(connection: Connection, asked: int) -> StoryDetail | None:
    """Return all that is known of a story; ``None`` where no story has or had this id."""
    found = resolve_story(connection, asked)
    if found is None:
        return None
    row = connection.execute(select(schema.stories).where(schema.stories.c.id == found)).first()
    if row is None or row.canonical_id is None:
        return None
    seen = _sightings(connection, found, row.canonical_id)
    texts = _articles(connection, schema.articles.c.story_id == found)
    canonical = next(s for s in seen if s.canonical)
    held = next(a for a in texts if a.id == canonical.article_id)
    s = schema.stories.c
    merged = connection.execute(select(s.id).where(s.merged_into == found).order_by(s.id)).scalars()
    return StoryDetail(
        story=story_row(row),
        asked=StoryId(asked),
        canonical=_as_seen(held, canonical),
        sightings=tuple(seen),
        versions=tuple(a for a in texts if a.id != held.id),
        relations=tuple(_relations(connection, found)),
        merged=tuple(StoryId(story) for story in merged),
    )


def _sightings(connection: Connection, story: int, canonical: int) -> list[SightingRow]:
    s, a = schema.sightings.c, schema.articles.c
    query = (
        select(schema.sightings, a.words)
        .join(schema.articles, a.id == s.article_id)
        .where(s.story_id == story)
        .order_by((s.id == canonical).desc(), s.first_seen, s.id)
    )
    rows = connection.execute(query).all()
    current = {copy.id for copy in newest_versions([as_copy(row) for row in rows])}
    return [_sighting_row(row, canonical, current) for row in rows]


def _sighting_row(row: Any, canonical: int, current: set[ArticleId]) -> SightingRow:
    return SightingRow(
        id=ArticleId(row.id),
        url=row.url,
        article_id=ArticleId(row.article_id),
        story_id=StoryId(row.story_id),
        source=row.source,
        site=row.site,
        title=row.title,
        authors=tuple(msgspec.json.decode(row.authors)),
        published_at=row.published_at,
        modified_at=row.modified_at,
        verdict=row.verdict,
        of=None if row.of_id is None else ArticleId(row.of_id),
        resemblance=row.resemblance,
        containment=row.containment,
        reason=row.reason,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        words=row.words,
        canonical=row.id == canonical,
        superseded=row.id not in current,
    )


def _articles(connection: Connection, condition: Any) -> list[StoredArticle]:
    a = schema.articles.c
    query = select(*AS_READ).where(condition).order_by(a.first_seen.desc(), a.id)
    return [stored_article(row) for row in connection.execute(query)]


def load_article(connection: Connection, asked: int) -> StoredArticle | None:
    """Return an article by its own id or by the id of a sighting whose text it holds."""
    seen = schema.sightings.c
    if not 0 <= asked < 1 << 63:
        return None
    held = select(seen.article_id).where(seen.id == asked).scalar_subquery()
    found = _articles(connection, or_(schema.articles.c.id == asked, schema.articles.c.id == held))
    return found[0] if found else None


def stored_article(row: Any) -> StoredArticle:
    """Return a row of ``articles`` as a record."""
    return StoredArticle(
        id=ArticleId(row.id),
        story_id=StoryId(row.story_id),
        kind=row.kind,
        article=_article(row),
        words=row.words,
        source=row.source,
        first_seen=row.first_seen,
        fingerprint=row.fingerprint,
    )


def _article(row: Any) -> Article:
    return Article(
        url=row.url,
        title=row.title,
        blocks=tuple(
            Block(kind=BlockKind(kind), text=text, level=level)
            for kind, text, level in msgspec.json.decode(row.blocks)
        ),
        authors=tuple(msgspec.json.decode(row.authors)),
        published_at=row.published_at,
        modified_at=row.modified_at,
        language=row.language,
        site=row.site,
        section=row.section,
        tags=tuple(msgspec.json.decode(row.tags)),
        image=row.image,
        declared_canonical=row.declared_canonical,
        amp_url=row.amp_url,
        next_url=row.next_url,
        provenance=tuple((field, rule) for field, rule in msgspec.json.decode(row.provenance)),
    )


def _as_seen(held: StoredArticle, sighting: SightingRow) -> StoredArticle:
    """The text as held, with the words of the sighting that stands for the story."""
    if held.id == sighting.id:
        return held
    article = held.article
    seen = Article(
        url=sighting.url,
        title=sighting.title,
        blocks=article.blocks,
        authors=sighting.authors,
        published_at=sighting.published_at,
        modified_at=sighting.modified_at,
        language=article.language,
        site=sighting.site,
        section=article.section,
        tags=article.tags,
        image=article.image,
        provenance=article.provenance,
    )
    return StoredArticle(
        id=held.id,
        story_id=held.story_id,
        kind=held.kind,
        article=seen,
        words=held.words,
        source=sighting.source,
        first_seen=sighting.first_seen,
        fingerprint=held.fingerprint,
    )


def _relations(connection: Connection, story: int) -> list[RelationRow]:
    r = schema.relations.c
    sightings = select(schema.sightings.c.id).where(schema.sightings.c.story_id == story)
    query = (
        select(schema.relations)
        .where(or_(r.sighting_id.in_(sightings), r.of_id.in_(sightings)))
        .order_by(r.kind, r.sighting_id, r.of_id)
        .limit(MOST_ROWS)
    )
    rows = connection.execute(query).all()
    ends = _ends(connection, {i for row in rows for i in (row.sighting_id, row.of_id)})
    return [_relation_row(row, ends) for row in rows]


def _ends(connection: Connection, ids: set[int]) -> dict[int, Any]:
    """Return url, title and story of every id that a relation names, sighting or story."""
    s, st = schema.sightings.c, schema.stories.c
    ends: dict[int, Any] = {}
    query = select(st.id, st.id.label("story_id"), st.merged_into, st.url, st.title).where(st.id.in_(ids))
    for row in connection.execute(query):
        ends[row.id] = (row.merged_into or row.id, row.url, row.title)
    for sighting, story, url, title in connection.execute(
        select(s.id, s.story_id, s.url, s.title).where(s.id.in_(ids))
    ):
        ends[sighting] = (story, url, title)
    return ends


def _relation_row(row: Any, ends: dict[int, Any]) -> RelationRow:
    story, url, title = ends.get(row.sighting_id, (row.sighting_id, None, None))
    of_story, of_url, of_title = ends.get(row.of_id, (row.of_id, None, None))
    return RelationRow(
        sighting_id=ArticleId(row.sighting_id),
        story_id=StoryId(story),
        url=url,
        title=title,
        kind=row.kind,
        of=ArticleId(row.of_id),
        of_story_id=StoryId(of_story),
        of_url=of_url,
        of_title=of_title,
        resemblance=row.resemblance,
        containment=row.containment,
        reason=row.reason,
        passages=tuple((at, other_at, length) for at, other_at, length in msgspec.json.decode(row.passages)),
    )


def load_pages(connection: Connection, url: str) -> list[PageRow]:
    """Return the fetch history of a URL, newest first."""
    p = schema.pages.c
    found = select_pages().where(p.url_key == url_key(url), p.url == url).order_by(p.last_seen.desc())
    return [page_row(row) for row in connection.execute(found)]


def known_pages(connection: Connection, urls: Collection[str]) -> dict[tuple[str, str], ArticleId]:
    """Return (URL, content hash) -> sighting of the pages of these URLs that gave one."""
    p, s = schema.pages.c, schema.sightings.c
    query = (
        select(p.url, p.content_hash, p.sighting_id)
        .join(schema.sightings, s.id == p.sighting_id)
        .where(p.url_key.in_({url_key(url) for url in urls}))
    )
    return {(url, held): ArticleId(sighting) for url, held, sighting in connection.execute(query)}


def select_pages() -> Select[Any]:
    """Select pages, each with the story that its sighting is in today."""
    s, p = schema.sightings.c, schema.pages.c
    return select(schema.pages, s.story_id).join(schema.sightings, s.id == p.sighting_id, isouter=True)


def page_row(row: Any) -> PageRow:
    """Return a row of ``select_pages`` as a record."""
    fields = {name: getattr(row, name) for name in PageRow.__slots__ if name != "cursor"}
    return PageRow(**fields, cursor=make_cursor(row.last_seen, row.id))
