"""Counts that the worker does: what was asked for, and what stands beside a result."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# (name, table, operation, condition): each raises an error.
FORBIDDEN = [
    ("forbid_update_count_order", "count_order", "UPDATE", "WHEN (OLD.finished_at IS NOT NULL) "),
    ("forbid_delete_count_order", "count_order", "DELETE", ""),
    ("forbid_update_count_comparison", "count_comparison", "UPDATE", ""),
    ("forbid_delete_count_comparison", "count_comparison", "DELETE", ""),
]
TRUNCATED = (
    "count_order",
    "count_comparison",
)  # PostgreSQL alone can empty a table past the triggers of rows


def upgrade() -> None:
    op.create_table(
        "count_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("rulebook", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (stage IN ('waiting', 'reading', 'counting'))",
            name=op.f("ck_count_order_stage"),
        ),
        sa.CheckConstraint("(result_id IS NOT NULL) = (stage = 'done')", name=op.f("ck_count_order_result")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_count_order_asked_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_count_order_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["count_result.id"], name=op.f("fk_count_order_result_id_count_result")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_order")),
    )
    op.create_index(op.f("ix_count_order_cycle_id"), "count_order", ["cycle_id"], unique=False)
    op.create_index(
        "uq_count_order_open",
        "count_order",
        ["cycle_id"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "count_comparison",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["count_result.id"], name=op.f("fk_count_comparison_result_id_count_result")
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_count_comparison")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, operation, condition in FORBIDDEN:
        verb = operation.lower()
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {condition}{then}")
    for table in () if on_sqlite else TRUNCATED:
        op.execute(
            f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION pb_forbid()"
        )


def downgrade() -> None:
    op.drop_table("count_comparison")
    op.drop_table("count_order")
