"""Which ideas go on under another is looked up on every page of an idea."""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_idea_same_as_id", "idea", ["same_as_id"])


def downgrade() -> None:
    op.drop_index("ix_idea_same_as_id", "idea")
