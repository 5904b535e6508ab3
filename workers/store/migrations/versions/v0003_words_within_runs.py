"""Words are found inside text without spaces: such texts are indexed in pairs of letters.

Rows that have such text are filled in, and the text index is made anew, also with marks that belong to a letter
(in Thai, Hindi) as part of the word instead of its end.
"""

import sqlalchemy as sa
from alembic import op

from workers.store import columns
from workers.store.pairs import pairs_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 500


def upgrade() -> None:
    """Fill in the pairs, then index everything again."""
    op.add_column(
        "articles",
        sa.Column(
            "pairs",
            columns.Cleaned(),
            nullable=True,
            comment="title and text as searched, where a script has no spaces",
        ),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    before, after = (WITHOUT_SQLITE, WITH_SQLITE) if is_sqlite else (WITHOUT_POSTGRESQL, WITH_POSTGRESQL)
    for statement in before:
        op.execute(statement)
    _fill(op.get_bind())
    for statement in after:
        op.execute(statement)


def _fill(connection: sa.Connection) -> None:
    articles = sa.table("articles", *map(sa.column, ("id", "title", "text", "pairs")))
    a = articles.c
    last = -1
    while True:
        query = sa.select(a.id, a.title, a.text).where(a.id > last).order_by(a.id).limit(AT_ONCE)
        rows = connection.execute(query).all()
        for article, title, text in rows:
            if (pairs := pairs_of(f"{title or ''} {text}")) is not None:
                connection.execute(sa.update(articles).where(a.id == article).values(pairs=pairs))
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id


WITHOUT_SQLITE = (
    "DROP TRIGGER articles_text_insert",
    "DROP TRIGGER articles_text_delete",
    "DROP TRIGGER articles_text_update",
    "DROP TABLE articles_text",
)

WITH_SQLITE = (
    """
CREATE VIEW articles_searched AS
SELECT id, coalesce(pairs, coalesce(title, '') || ' ' || text) AS words FROM articles
""",
    """
CREATE VIRTUAL TABLE articles_text USING fts5(
    words, content='articles_searched', content_rowid='id',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
)
""",
    """
CREATE TRIGGER articles_text_insert AFTER INSERT ON articles BEGIN
    INSERT INTO articles_text(rowid, words)
    VALUES (new.id, coalesce(new.pairs, coalesce(new.title, '') || ' ' || new.text));
END
""",
    """
CREATE TRIGGER articles_text_delete AFTER DELETE ON articles BEGIN
    INSERT INTO articles_text(articles_text, rowid, words)
    VALUES ('delete', old.id, coalesce(old.pairs, coalesce(old.title, '') || ' ' || old.text));
END
""",
    """
CREATE TRIGGER articles_text_update AFTER UPDATE OF title, text, pairs ON articles BEGIN
    INSERT INTO articles_text(articles_text, rowid, words)
    VALUES ('delete', old.id, coalesce(old.pairs, coalesce(old.title, '') || ' ' || old.text));
    INSERT INTO articles_text(rowid, words)
    VALUES (new.id, coalesce(new.pairs, coalesce(new.title, '') || ' ' || new.text));
END
""",
    "INSERT INTO articles_text(articles_text) VALUES ('rebuild')",
)

WITHOUT_POSTGRESQL = ("ALTER TABLE articles DROP COLUMN text_index",)

# A tsvector holds at most a megabyte: a longer text is searched by its first 200,000 characters.
WITH_POSTGRESQL = (
    """
ALTER TABLE articles ADD COLUMN text_index tsvector GENERATED ALWAYS AS
    (to_tsvector('simple', left(coalesce(pairs, coalesce(title, '') || ' ' || text), 200000))) STORED
""",
    "CREATE INDEX ix_articles_text_index ON articles USING gin (text_index)",
)
