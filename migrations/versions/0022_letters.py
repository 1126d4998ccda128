"""Letters with a printed code; a pause of codes by text message; whom a text told of a vote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_letter_batch_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_letter_batch_made_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_letter_batch_cycle_id_number")),
    )
    op.create_table(
        "letter_code",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('good', 'used', 'void')", name=op.f("ck_letter_code_state")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["letter_batch.id"], name=op.f("fk_letter_code_batch_id_letter_batch")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_letter_code_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_letter_code")),
        sa.UniqueConstraint("cycle_id", "code_hash", name=op.f("uq_letter_code_cycle_id_code_hash")),
    )
    op.create_table(
        "code_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_code_pause_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["lifted_by"], ["account.id"], name=op.f("fk_code_pause_lifted_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_pause")),
    )
    op.create_table(
        "told_slot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_told_slot_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "value", name=op.f("pk_told_slot")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_voter_code_time", "voter_code", ["cycle_id", "created_at"])
    op.create_index(
        "uq_code_pause_cycle_id",
        "code_pause",
        ["cycle_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_voter_code_time", "voter_code")
    for table in ("told_slot", "code_pause", "letter_code", "letter_batch"):
        op.drop_table(table)
