"""A spreadsheet of ideas between its check and its import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pb.db import UTCDateTime

revision = "0082"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idea_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('checked', 'done', 'dropped')", name=op.f("ck_idea_import_state")),
        sa.CheckConstraint("state = 'checked' OR file_sealed IS NULL", name=op.f("ck_idea_import_erased")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_idea_import_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_idea_import_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_import")),
    )
    op.create_index(op.f("ix_idea_import_cycle_id"), "idea_import", ["cycle_id"])


def downgrade() -> None:
    op.drop_table("idea_import")
