"""Claims to the roll."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.String(), nullable=True),
        sa.Column("very_old", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('missing', 'phone')", name=op.f("ck_roll_claim_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'applied')", name=op.f("ck_roll_claim_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_roll_claim_author_id_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_roll_claim_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_roll_claim_decided_by_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roll_claim_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_claim")),
    )
    op.create_index(op.f("ix_roll_claim_author_id"), "roll_claim", ["author_id"])
    op.create_index(op.f("ix_roll_claim_cycle_id"), "roll_claim", ["cycle_id"])


def downgrade() -> None:
    op.drop_table("roll_claim")
