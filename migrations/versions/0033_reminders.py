"""Who was reminded of sheets on which day; where in a project a level is shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_round",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_reminder_round_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", "day", name=op.f("pk_reminder_round")),
    )
    op.create_table(
        "reminder",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reminder_account_id_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_reminder_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_reminder")),
    )
    op.add_column("score_line", sa.Column("evidence", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("score_line", "evidence")
    op.drop_table("reminder")
    op.drop_table("reminder_round")
