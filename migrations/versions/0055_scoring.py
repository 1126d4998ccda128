"""Sheets that leave criteria out, draws of who scores what, and the lot between equal projects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pb.db import UTCDateTime

revision = "0055"
down_revision = "0067"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("accepted_gap", "assignment_round", "assignment", "tie_lot", "lot_entry", "lot_drawn")


def upgrade() -> None:
    # Said in SQL, since making the table anew would drop its triggers.
    op.execute(
        "ALTER TABLE score_line ADD COLUMN cannot_judge BOOLEAN NOT NULL DEFAULT false "
        "CONSTRAINT ck_score_line_judged CHECK (NOT cannot_judge OR value IS NULL)"
    )
    op.create_table(
        "accepted_gap",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_by_and_at(),
        sa.CheckConstraint("length(reason) >= 20", name=op.f("ck_accepted_gap_reason")),
        _to("accepted_gap", "by", "account"),
        _to("accepted_gap", "sheet_id", "score_sheet"),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_accepted_gap")),
    )
    op.create_table(
        "assignment_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(seed) > 0", name=op.f("ck_assignment_round_seed")),
        _to("assignment_round", "by", "account"),
        _to("assignment_round", "cycle_id", "cycle"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_round")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_assignment_round_cycle_id_number")),
    )
    op.create_table(
        "assignment",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        _to("assignment", "round_id", "assignment_round"),
        _to("assignment", "project_id", "project"),
        _to("assignment", "member_id", "account"),
        sa.PrimaryKeyConstraint("round_id", "project_id", "member_id", name=op.f("pk_assignment")),
    )
    op.create_table(
        "tie_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("projects", JSON, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_on", sa.Date(), nullable=False),
        *_by_and_at(),
        sa.CheckConstraint("length(source) >= 10", name=op.f("ck_tie_lot_source")),
        _to("tie_lot", "by", "account"),
        _to("tie_lot", "cycle_id", "cycle"),
        _to("tie_lot", "snapshot_id", "ranking_snapshot"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_lot")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_tie_lot_cycle_id_number")),
    )
    op.create_table(
        "lot_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        *_by_and_at(),
        _to("lot_entry", "by", "account"),
        _to("lot_entry", "lot_id", "tie_lot"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_entry")),
    )
    op.create_index(op.f("ix_lot_entry_lot_id"), "lot_entry", ["lot_id"])
    op.create_table(
        "lot_drawn",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("first_by <> second_by", name=op.f("ck_lot_drawn_two")),
        _to("lot_drawn", "first_by", "account"),
        _to("lot_drawn", "second_by", "account"),
        _to("lot_drawn", "lot_id", "tie_lot"),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_drawn")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            then = (
                f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb.lower()} on {table}'); END"
                if on_sqlite
                else "EXECUTE FUNCTION pb_forbid()"
            )
            name = f"forbid_{verb.lower()}_{table}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {then}")
        if not on_sqlite:
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION pb_forbid()"
            )


def _by_and_at() -> tuple[sa.Column[int], sa.Column[object]]:
    return sa.Column("by", sa.Integer(), nullable=False), sa.Column("at", UTCDateTime(), nullable=False)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    # SQLite drops no column that a constraint names, and makes its table anew without the trigger.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER forbid_update_score_line")
        op.execute("DROP TRIGGER forbid_delete_score_line")
        with op.batch_alter_table("score_line") as batch:
            batch.drop_constraint(op.f("ck_score_line_judged"), type_="check")
            batch.drop_column("cannot_judge")
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER forbid_{verb}_score_line BEFORE {verb.upper()} ON score_line FOR EACH ROW "
                f"WHEN (OLD.sealed) BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on score_line'); END"
            )
    else:
        op.drop_column("score_line", "cannot_judge")
