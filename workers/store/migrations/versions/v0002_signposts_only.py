"""The index of merged stories holds merged stories only.

Nearly every story is not merged: an index with all of them was as large as the table's others, and SQLite began
with it where it served for nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    """Make the index partial."""
    op.drop_index("ix_stories_merged_into", "stories")
    op.create_index(
        "ix_stories_merged_into", "stories", ["merged_into"], sqlite_where=MERGED, postgresql_where=MERGED
    )
