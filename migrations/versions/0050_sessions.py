"""Sessions of the commission, second sheets, the closed discussion, minutes; a decision names its session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pb.db import UTCDateTime

revision = "0050"
down_revision = "0070"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# (name, table, operation, condition): each raises an error.
FORBIDDEN = [
    ("forbid_insert_decision", "decision", "INSERT", "WHEN (NEW.sitting_id IS NULL) "),
    ("forbid_insert_decisions_published", "decisions_published", "INSERT", "WHEN (NEW.sitting_id IS NULL) "),
    ("forbid_update_second_sheet", "second_sheet", "UPDATE", ""),
    ("forbid_delete_second_sheet", "second_sheet", "DELETE", ""),
    ("forbid_update_reconciled", "reconciled", "UPDATE", ""),
    ("forbid_delete_reconciled", "reconciled", "DELETE", ""),
    ("forbid_update_minority_opinion", "minority_opinion", "UPDATE", ""),
    ("forbid_delete_minority_opinion", "minority_opinion", "DELETE", ""),
    ("forbid_update_sitting_minutes", "sitting_minutes", "UPDATE", ""),
    ("forbid_delete_sitting_minutes", "sitting_minutes", "DELETE", ""),
    ("forbid_update_minutes_scan", "minutes_scan", "UPDATE", ""),
    ("forbid_delete_minutes_scan", "minutes_scan", "DELETE", ""),
    (
        "forbid_update_sitting",
        "sitting",
        "UPDATE",
        "WHEN (OLD.closed_at IS NOT NULL OR NEW.number <> OLD.number OR NEW.cycle_id <> OLD.cycle_id OR OLD.opened_at IS NOT NULL AND (NEW.opened_at IS NULL OR NEW.opened_at <> OLD.opened_at)) ",
    ),
    ("forbid_delete_sitting", "sitting", "DELETE", ""),
    (
        "forbid_update_sitting_attendance",
        "sitting_attendance",
        "UPDATE",
        "WHEN (OLD.left_at IS NOT NULL OR NEW.account_id <> OLD.account_id) ",
    ),
    ("forbid_delete_sitting_attendance", "sitting_attendance", "DELETE", ""),
    (
        "forbid_update_sitting_turn",
        "sitting_turn",
        "UPDATE",
        "WHEN (OLD.ended_at IS NOT NULL OR NEW.item_id <> OLD.item_id) ",
    ),
    ("forbid_delete_sitting_turn", "sitting_turn", "DELETE", ""),
    (
        "forbid_update_sitting_turn_member",
        "sitting_turn_member",
        "UPDATE",
        "WHEN (OLD.recused AND NOT NEW.recused OR OLD.returned_at IS NOT NULL OR NEW.account_id <> OLD.account_id) ",
    ),
    ("forbid_delete_sitting_turn_member", "sitting_turn_member", "DELETE", ""),
    (
        "forbid_update_sitting_question",
        "sitting_question",
        "UPDATE",
        "WHEN (OLD.closed_at IS NOT NULL OR NEW.words <> OLD.words) ",
    ),
    ("forbid_delete_sitting_question", "sitting_question", "DELETE", ""),
    ("forbid_insert_sitting_vote", "sitting_vote", "INSERT", "WHEN (NEW.sealed) "),
    ("forbid_update_sitting_vote", "sitting_vote", "UPDATE", "WHEN (OLD.sealed) "),
    ("forbid_delete_sitting_vote", "sitting_vote", "DELETE", "WHEN (OLD.sealed) "),
]
TRUNCATED = (
    "second_sheet",
    "reconciled",
    "minority_opinion",
    "sitting_minutes",
    "minutes_scan",
    "sitting",
    "sitting_attendance",
    "sitting_turn",
    "sitting_turn_member",
    "sitting_question",
)  # PostgreSQL alone can empty a table past the triggers of rows
REFERENCES = (
    ("decision", "sitting_id", "sitting", "id"),
    ("decision", "question_id", "sitting_question", "id"),
    ("decisions_published", "sitting_id", "sitting_minutes", "sitting_id"),
)


def upgrade() -> None:
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("called_at", UTCDateTime(), nullable=False),
        sa.Column("called_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_sitting_closed")),
        sa.CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name=op.f("ck_sitting_opened")),
        sa.CheckConstraint(
            "closed_at IS NULL OR opened_at IS NOT NULL", name=op.f("ck_sitting_opened_first")
        ),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_sitting_place")),
        sa.ForeignKeyConstraint(["called_by"], ["account.id"], name=op.f("fk_sitting_called_by_account")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_sitting_closed_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_sitting_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_sitting_opened_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_sitting_cycle_id_number")),
    )
    op.create_index(
        "uq_sitting_open",
        "sitting",
        ["cycle_id"],
        unique=True,
        sqlite_where=sa.text("opened_at IS NOT NULL AND closed_at IS NULL"),
        postgresql_where=sa.text("opened_at IS NOT NULL AND closed_at IS NULL"),
    )
    op.create_table(
        "reconciled",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_reconciled_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_reconciled_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_reconciled_sitting_id_sitting")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["ranking_snapshot.id"], name=op.f("fk_reconciled_snapshot_id_ranking_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_reconciled")),
    )
    op.create_index(op.f("ix_reconciled_cycle_id"), "reconciled", ["cycle_id"], unique=False)
    op.create_table(
        "sitting_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("came_at", UTCDateTime(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sitting_attendance_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_attendance_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_attendance")),
    )
    op.create_index(
        op.f("ix_sitting_attendance_sitting_id"), "sitting_attendance", ["sitting_id"], unique=False
    )
    op.create_index(
        "uq_sitting_attendance_there",
        "sitting_attendance",
        ["sitting_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "sitting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(project_id IS NULL) = (length(title) > 0)", name=op.f("ck_sitting_item_project_or_title")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_sitting_item_added_by_account")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_sitting_item_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_item_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_item")),
        sa.UniqueConstraint("sitting_id", "project_id", name=op.f("uq_sitting_item_sitting_id_project_id")),
    )
    op.create_table(
        "sitting_minutes",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(number) > 0", name=op.f("ck_sitting_minutes_number")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_sitting_minutes_by_account")),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_minutes_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sitting_minutes")),
    )
    op.create_table(
        "minority_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(words) >= 30", name=op.f("ck_minority_opinion_words")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_minority_opinion_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["sitting_item.id"], name=op.f("fk_minority_opinion_item_id_sitting_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minority_opinion")),
    )
    op.create_index(op.f("ix_minority_opinion_item_id"), "minority_opinion", ["item_id"], unique=False)
    op.create_table(
        "minutes_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_minutes_scan_by_account")),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["sitting_minutes.sitting_id"],
            name=op.f("fk_minutes_scan_sitting_id_sitting_minutes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_scan")),
    )
    op.create_index(op.f("ix_minutes_scan_sitting_id"), "minutes_scan", ["sitting_id"], unique=False)
    op.create_table(
        "sitting_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["sitting_item.id"], name=op.f("fk_sitting_turn_item_id_sitting_item")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_turn_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_turn")),
    )
    op.create_index(op.f("ix_sitting_turn_sitting_id"), "sitting_turn", ["sitting_id"], unique=False)
    op.create_index(
        "uq_sitting_turn_on",
        "sitting_turn",
        ["sitting_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "second_sheet",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("levels", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(reason) >= 30", name=op.f("ck_second_sheet_reason")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_second_sheet_sheet_id_score_sheet")
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["sitting_turn.id"], name=op.f("fk_second_sheet_turn_id_sitting_turn")
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_second_sheet")),
    )
    op.create_table(
        "sitting_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("put_at", UTCDateTime(), nullable=False),
        sa.Column("put_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("carried", sa.Boolean(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("by_casting_vote", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(effect = 'decide') = (outcome IS NOT NULL)", name=op.f("ck_sitting_question_decide_has_outcome")
        ),
        sa.CheckConstraint("effect <> 'none' OR length(words) > 0", name=op.f("ck_sitting_question_words")),
        sa.CheckConstraint("effect IN ('none', 'decide', 'follow')", name=op.f("ck_sitting_question_effect")),
        sa.CheckConstraint(
            "outcome IN ('on_ballot', 'reserve', 'not_shortlisted')", name=op.f("ck_sitting_question_outcome")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (carried IS NULL AND NOT withdrawn)",
            name=op.f("ck_sitting_question_counted"),
        ),
        sa.CheckConstraint("NOT withdrawn OR carried IS NULL", name=op.f("ck_sitting_question_withdrawn")),
        sa.ForeignKeyConstraint(["put_by"], ["account.id"], name=op.f("fk_sitting_question_put_by_account")),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["sitting_turn.id"], name=op.f("fk_sitting_question_turn_id_sitting_turn")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_question")),
        sa.UniqueConstraint("id", "turn_id", name=op.f("uq_sitting_question_id_turn_id")),
    )
    op.create_index(
        "uq_sitting_question_asked",
        "sitting_question",
        ["turn_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "sitting_turn_member",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("recused", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("returned_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "recused = (left_at IS NOT NULL)", name=op.f("ck_sitting_turn_member_recused_left")
        ),
        sa.CheckConstraint("recused = (length(kind) > 0)", name=op.f("ck_sitting_turn_member_recused_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sitting_turn_member_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["sitting_turn.id"], name=op.f("fk_sitting_turn_member_turn_id_sitting_turn")
        ),
        sa.PrimaryKeyConstraint("turn_id", "account_id", name=op.f("pk_sitting_turn_member")),
        sa.UniqueConstraint(
            "turn_id", "account_id", "recused", name=op.f("uq_sitting_turn_member_turn_id_account_id_recused")
        ),
    )
    op.create_table(
        "sitting_vote",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("recused", sa.Boolean(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("choice IN ('for', 'against', 'abstained')", name=op.f("ck_sitting_vote_choice")),
        sa.CheckConstraint("NOT recused", name=op.f("ck_sitting_vote_not_recused")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_sitting_vote_noted_by_account")),
        sa.ForeignKeyConstraint(
            ["question_id", "turn_id"],
            ["sitting_question.id", "sitting_question.turn_id"],
            name=op.f("fk_sitting_vote_question_id_turn_id_sitting_question"),
        ),
        sa.ForeignKeyConstraint(
            ["turn_id", "account_id", "recused"],
            ["sitting_turn_member.turn_id", "sitting_turn_member.account_id", "sitting_turn_member.recused"],
            name=op.f("fk_sitting_vote_turn_id_account_id_recused_sitting_turn_member"),
        ),
        sa.PrimaryKeyConstraint("question_id", "account_id", name=op.f("pk_sitting_vote")),
    )
    for (
        table,
        column,
        target,
        key,
    ) in REFERENCES:  # said in SQL: SQLite adds no constraint to a table that stands
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_{table}_{column}_{target} REFERENCES {target} ({key})"
        )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, operation, condition in FORBIDDEN:
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {operation.lower()} on {table}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {condition}{then}")
    if not on_sqlite:
        for table in TRUNCATED:
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION pb_forbid()"
            )


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("decision", "decisions_published"):
        op.execute(f"DROP TRIGGER forbid_insert_{table}" + ("" if on_sqlite else f" ON {table}"))
    for table, column, _target, _key in REFERENCES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("sitting_vote")
    op.drop_table("sitting_turn_member")
    op.drop_index("uq_sitting_question_asked", table_name="sitting_question")
    op.drop_table("sitting_question")
    op.drop_table("second_sheet")
    op.drop_index("uq_sitting_turn_on", table_name="sitting_turn")
    op.drop_index(op.f("ix_sitting_turn_sitting_id"), table_name="sitting_turn")
    op.drop_table("sitting_turn")
    op.drop_index(op.f("ix_minutes_scan_sitting_id"), table_name="minutes_scan")
    op.drop_table("minutes_scan")
    op.drop_index(op.f("ix_minority_opinion_item_id"), table_name="minority_opinion")
    op.drop_table("minority_opinion")
    op.drop_table("sitting_minutes")
    op.drop_table("sitting_item")
    op.drop_index("uq_sitting_attendance_there", table_name="sitting_attendance")
    op.drop_index(op.f("ix_sitting_attendance_sitting_id"), table_name="sitting_attendance")
    op.drop_table("sitting_attendance")
    op.drop_index(op.f("ix_reconciled_cycle_id"), table_name="reconciled")
    op.drop_table("reconciled")
    op.drop_index("uq_sitting_open", table_name="sitting")
    op.drop_table("sitting")
