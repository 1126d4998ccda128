"""The list of the commission becomes final by an act of its own, after the term for objections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0080"
branch_labels = None
depends_on = None

TABLE = "final_list"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_final_list_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_final_list_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_final_list")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for operation in ("UPDATE", "DELETE"):
        verb = operation.lower()
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {TABLE}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(f"CREATE TRIGGER forbid_{verb}_{TABLE} BEFORE {operation} ON {TABLE} FOR EACH ROW {then}")
    if not on_sqlite:
        op.execute(
            f"CREATE TRIGGER forbid_truncate_{TABLE} BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION pb_forbid()"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
