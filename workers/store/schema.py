"""The tables.  A person with any SQL client should find a story, its copies and its reasons without a manual.

    sources      who led us to pages                     one row a source
    pages        what became of every page fetched       one row a (URL, content)
    articles     distinct texts, with blocks             one row a text kept
    sightings    where a text was seen, and the verdict  one row a (URL, text)
    stories      one row a story; merged ones point on   named by the founding sighting's id
    relations    excerpt of, contains, update of, near   one row a (sighting, kind, other)
    dead_letters pages put aside after their last try    one row a page
    rejects      a view: the pages refused or failed, with reasons

Ids are hashes (see ``docs/architecture.md``), so that writing twice changes nothing.
"""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from workers.store.columns import Blob, Cleaned, Id, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

MERGED = text("merged_into IS NOT NULL")
"""Few stories are; those alone are looked for by where they went."""

sources = Table(
    "sources",
    metadata,
    Column("id", Cleaned, primary_key=True, comment="name in sources.toml, or the URL it was given as"),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False, comment="hash of url and content_hash"),
    Column("url_key", Id, nullable=False, comment="hash of url: URLs may be longer than an index entry"),
    Column("url", Cleaned, nullable=False),
    Column("content_hash", String(32), nullable=False, comment="empty where no body came"),
    Column("final_url", Cleaned, comment="where redirects led"),
    Column("source", Cleaned, nullable=False),
    Column("role", String(16), nullable=False),
    Column("depth", Integer, nullable=False),
    Column("status", Integer, comment="HTTP status"),
    Column("content_type", Cleaned),
    Column("etag", Cleaned),
    Column("last_modified", Cleaned),
    Column("body_bytes", Integer, nullable=False),
    Column("outcome", String(16), nullable=False, comment="stored, folded, rejected, failed, feed, ..."),
    Column("reason", String(80), nullable=False),
    Column("detail", Cleaned),
    Column("sighting_id", Id, comment="the sighting this page gave"),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Index("ix_pages_url_key", "url_key"),
    # With source and moment the health of all sources is read from it alone, without a page's row.
    Index("ix_pages_outcome_reason", "outcome", "reason", "source", "last_seen"),
    Index("ix_pages_source_last_seen", "source", "last_seen"),
    Index("ix_pages_last_seen", "last_seen", "id"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False, comment="id of the founding sighting"),
    Column("merged_into", Id, comment="the story that this one turned out to be; never a chain"),
    Column("kind", String(16), nullable=False, comment="article or digest"),
    Column("canonical_id", Id, comment="the sighting that stands for the story"),
    Column("title", Cleaned),
    Column("url", Cleaned),
    Column("site", Cleaned),
    Column("language", Cleaned),
    Column("lead", Cleaned, comment="first words of the canonical text"),
    Column("words", Integer, nullable=False),
    Column("published_at", UtcTime, comment="of the canonical article"),
    Column("dated_at", UtcTime, nullable=False, comment="published_at where believable, else first_seen"),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("sightings", Integer, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("sites", Integer, nullable=False),
    Column("change_id", Id, nullable=False, comment="grows with every change; what a follower asks from"),
    Index("ix_stories_dated_at", "dated_at", "id"),
    Index("ix_stories_first_seen", "first_seen"),
    Index("ix_stories_change_id", "change_id", unique=True),
    Index("ix_stories_merged_into", "merged_into", sqlite_where=MERGED, postgresql_where=MERGED),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False, comment="hash of url and text"),
    Column(
        "story_id",
        Id,
        ForeignKey("stories.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column(
        "kind", String(16), nullable=False, comment="article, entry (of a feed), item (of a digest), digest"
    ),
    Column("url", Cleaned, nullable=False),
    Column("title", Cleaned),
    Column("authors", Cleaned, nullable=False, comment="JSON list"),
    Column("published_at", UtcTime),
    Column("modified_at", UtcTime),
    Column("language", Cleaned),
    Column("site", Cleaned),
    Column("section", Cleaned),
    Column("tags", Cleaned, nullable=False, comment="JSON list"),
    Column("image", Cleaned),
    Column("declared_canonical", Cleaned),
    Column("amp_url", Cleaned),
    Column("next_url", Cleaned),
    Column("provenance", Cleaned, nullable=False, comment="JSON list of [field, rule]"),
    Column("text", Cleaned, nullable=False),
    Column("pairs", Cleaned, comment="title and text as searched, where a script has no spaces"),
    Column("blocks", Cleaned, nullable=False, comment="JSON list of [kind, text, level]"),
    Column("words", Integer, nullable=False),
    Column("text_hash", String(32), nullable=False),
    Column("fingerprint", Blob, comment="for copydesk index rebuild"),
    Column("source", Cleaned, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Index("ix_articles_story_id", "story_id"),
    Index("ix_articles_first_seen", "first_seen", "id"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False, comment="hash of url and text"),
    Column("url_key", Id, nullable=False),
    Column("url", Cleaned, nullable=False),
    Column(
        "article_id",
        Id,
        ForeignKey("articles.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        comment="the article that holds this text",
    ),
    Column(
        "story_id",
        Id,
        ForeignKey("stories.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("source", Cleaned, nullable=False),
    Column("site", Cleaned),
    Column("title", Cleaned, comment="as this copy has it"),
    Column("authors", Cleaned, nullable=False, comment="JSON list, as this copy has them"),
    Column("published_at", UtcTime, comment="as this copy says"),
    Column("modified_at", UtcTime),
    Column("declared_canonical", Cleaned),
    Column("verdict", String(16), nullable=False),
    Column("of_id", Id, comment="the sighting it was compared with"),
    Column("resemblance", Float),
    Column("containment", Float),
    Column("reason", String(80), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Index("ix_sightings_story_id", "story_id", "first_seen"),
    Index("ix_sightings_url_key", "url_key"),
    Index("ix_sightings_article_id", "article_id"),
    Index("ix_sightings_source", "source", "story_id", "first_seen"),
    Index("ix_sightings_site", "site", "story_id"),
    Index("ix_sightings_last_seen", "last_seen"),
)

relations = Table(
    "relations",
    metadata,
    Column("sighting_id", Id, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("of_id", Id, primary_key=True, autoincrement=False, comment="a sighting, or a story's name"),
    Column("resemblance", Float, nullable=False),
    Column("containment", Float, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("passages", Text, nullable=False, comment="JSON list of [at, other_at, length], in tokens"),
    Index("ix_relations_of_id", "of_id"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False, comment="hash of url and body"),
    Column("url", Cleaned, nullable=False),
    Column("source", Cleaned, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("detail", Cleaned),
    Column("tries", Integer, nullable=False),
    Column("failed_at", UtcTime, nullable=False),
    Column("outcome", Blob, nullable=False, comment="the page as it was handed over"),
    Index("ix_dead_letters_failed_at", "failed_at", "id"),
)
