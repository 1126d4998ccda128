"""Seats of the commission by their acts, substitutes called in, the calibration round."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# (name, table, operation, condition): each raises an error.
FORBIDDEN = [
    (
        "forbid_update_commission_seat",
        "commission_seat",
        "UPDATE",
        "WHEN (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.account_id <> "
        "OLD.account_id OR NEW.function <> OLD.function OR NEW.act_number <> "
        "OLD.act_number OR NEW.cycle_id <> OLD.cycle_id) ",
    ),
    ("forbid_delete_commission_seat", "commission_seat", "DELETE", ""),
    ("forbid_update_substitute_call", "substitute_call", "UPDATE", ""),
    ("forbid_delete_substitute_call", "substitute_call", "DELETE", ""),
    ("forbid_update_calibration_project", "calibration_project", "UPDATE", ""),
    ("forbid_delete_calibration_project", "calibration_project", "DELETE", ""),
    ("forbid_update_calibration_sheet", "calibration_sheet", "UPDATE", ""),
    ("forbid_delete_calibration_sheet", "calibration_sheet", "DELETE", ""),
]
TRUNCATED = (
    "commission_seat",
    "substitute_call",
    "calibration_project",
    "calibration_sheet",
)  # PostgreSQL alone can empty a table past the triggers of rows


def upgrade() -> None:
    op.create_table(
        "commission_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("represents", sa.String(), nullable=False),
        sa.Column("act_number", sa.String(), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointed_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "function IN ('chair', 'vice_chair', 'member', 'substitute', 'secretary', 'observer')",
            name=op.f("ck_commission_seat_function"),
        ),
        sa.CheckConstraint(
            "represents IN ('municipality', 'council', 'civil_society', 'expert', 'youth')",
            name=op.f("ck_commission_seat_represents"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (length(end_reason) = 0)", name=op.f("ck_commission_seat_end")
        ),
        sa.CheckConstraint("length(act_number) > 0", name=op.f("ck_commission_seat_act")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_commission_seat_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["appointed_by"], ["account.id"], name=op.f("fk_commission_seat_appointed_by_account")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_commission_seat_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_seat")),
    )
    op.create_index(op.f("ix_commission_seat_cycle_id"), "commission_seat", ["cycle_id"], unique=False)
    op.create_index(
        "uq_commission_seat_chair",
        "commission_seat",
        ["cycle_id", "function"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND function IN ('chair', 'vice_chair')"),
        postgresql_where=sa.text("ended_at IS NULL AND function IN ('chair', 'vice_chair')"),
    )
    op.create_index(
        "uq_commission_seat_person",
        "commission_seat",
        ["cycle_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "calibration_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_calibration_project_place")),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["account.id"], name=op.f("fk_calibration_project_chosen_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_calibration_project_cycle_id_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_calibration_project_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_project")),
        sa.UniqueConstraint("cycle_id", "place", name=op.f("uq_calibration_project_cycle_id_place")),
        sa.UniqueConstraint(
            "cycle_id", "project_id", name=op.f("uq_calibration_project_cycle_id_project_id")
        ),
    )
    op.create_table(
        "substitute_call",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_substitute_call_by_account")),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["commission_seat.id"], name=op.f("fk_substitute_call_seat_id_commission_seat")
        ),
        sa.PrimaryKeyConstraint("seat_id", name=op.f("pk_substitute_call")),
    )
    op.create_table(
        "calibration_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("levels", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibration_project.id"],
            name=op.f("fk_calibration_sheet_calibration_id_calibration_project"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["account.id"], name=op.f("fk_calibration_sheet_member_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_sheet")),
        sa.UniqueConstraint(
            "calibration_id", "member_id", name=op.f("uq_calibration_sheet_calibration_id_member_id")
        ),
    )

    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, operation, condition in FORBIDDEN:
        verb = operation.split()[0].lower()
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
    op.drop_table("calibration_sheet")
    op.drop_table("substitute_call")
    op.drop_table("calibration_project")
    op.drop_index(
        "uq_commission_seat_person",
        table_name="commission_seat",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "uq_commission_seat_chair",
        table_name="commission_seat",
        sqlite_where=sa.text("ended_at IS NULL AND function IN ('chair', 'vice_chair')"),
        postgresql_where=sa.text("ended_at IS NULL AND function IN ('chair', 'vice_chair')"),
    )
    op.drop_index(op.f("ix_commission_seat_cycle_id"), table_name="commission_seat")
    op.drop_table("commission_seat")
