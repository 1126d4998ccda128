"""Readings of a list of voters: checks beside imports, how far they have come, every row that was wrong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roll") as table:
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="import"))
        table.add_column(sa.Column("rows_read", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("failed", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("faults", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_roll_kind"), "kind IN ('import', 'check')")
    op.execute("UPDATE roll SET finished_at = imported_at")
    with op.batch_alter_table("roll") as table:
        for name in ("kind", "rows_read", "failed"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("roll") as table:
        table.drop_constraint(op.f("ck_roll_kind"), type_="check")
        for name in ("erased_at", "faults", "failed", "finished_at", "rows_read", "kind"):
            table.drop_column(name)
