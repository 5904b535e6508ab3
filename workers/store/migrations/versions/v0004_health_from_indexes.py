"""The health of sources is read from two indexes that hold all it asks for, instead of from every page's row."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the indexes."""
    op.drop_index("ix_pages_outcome_reason", "pages")
    op.create_index("ix_pages_outcome_reason", "pages", ["outcome", "reason", "source", "last_seen"])
    op.drop_index("ix_sightings_source", "sightings")
    op.create_index("ix_sightings_source", "sightings", ["source", "story_id", "first_seen"])
