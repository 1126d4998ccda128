"""Challenges of members; hints and who recorded a conflict; a submitted sheet names its declaration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# (name, table, operation, condition): each raises an error.
FORBIDDEN = [
    (
        "forbid_update_score_sheet",
        "score_sheet",
        "UPDATE",
        "WHEN (OLD.state <> 'draft' AND NOT (OLD.state = 'submitted' AND NEW.state = "
        "'void') OR NEW.state = 'submitted' AND NEW.declaration_id IS NULL) ",
    ),
    ("forbid_insert_score_sheet", "score_sheet", "INSERT", "WHEN (NEW.state <> 'draft') "),
    ("forbid_update_member_challenge", "member_challenge", "UPDATE", ""),
    ("forbid_delete_member_challenge", "member_challenge", "DELETE", ""),
    ("forbid_update_challenge_decision", "challenge_decision", "UPDATE", ""),
    ("forbid_delete_challenge_decision", "challenge_decision", "DELETE", ""),
]
# As the trigger on sheets was before.
FORMER = (
    "forbid_update_score_sheet",
    "score_sheet",
    "UPDATE",
    "WHEN (OLD.state <> 'draft' AND NOT (OLD.state = 'submitted' AND NEW.state = 'void')) ",
)
REFERENCES = (
    ("conflict_declaration", "recorded_by", "account"),
    ("score_sheet", "declaration_id", "conflict_declaration"),
)
TRUNCATED = (
    "member_challenge",
    "challenge_decision",
)  # PostgreSQL alone can empty a table past the triggers of rows


def upgrade() -> None:
    op.create_table(
        "member_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("by <> member_id", name=op.f("ck_member_challenge_other")),
        sa.CheckConstraint("length(words) >= 30", name=op.f("ck_member_challenge_words")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_member_challenge_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_member_challenge_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["account.id"], name=op.f("fk_member_challenge_member_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_member_challenge_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_challenge")),
        sa.UniqueConstraint(
            "member_id", "project_id", "by", name=op.f("uq_member_challenge_member_id_project_id_by")
        ),
    )
    op.create_index(op.f("ix_member_challenge_cycle_id"), "member_challenge", ["cycle_id"], unique=False)
    op.create_table(
        "challenge_decision",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) >= 30", name=op.f("ck_challenge_decision_reason")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_challenge_decision_by_account")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["member_challenge.id"],
            name=op.f("fk_challenge_decision_challenge_id_member_challenge"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_decision")),
    )
    op.add_column("conflict_declaration", sa.Column("hints", JSON, nullable=True))
    for table, column, target in REFERENCES:  # said in SQL: SQLite adds no constraint to a table that stands
        name = f"fk_{table}_{column}_{target}"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {target} (id)"
        )
    _drop("forbid_update_score_sheet", "score_sheet")
    _forbid(FORBIDDEN)
    if op.get_bind().dialect.name != "sqlite":
        for table in TRUNCATED:
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION pb_forbid()"
            )


def _forbid(triggers: list[tuple[str, str, str, str]]) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, operation, condition in triggers:
        verb = operation.split()[0].lower()
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {condition}{then}")


def _drop(name: str, table: str) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {name}" + ("" if on_sqlite else f" ON {table}"))


def downgrade() -> None:
    _drop("forbid_insert_score_sheet", "score_sheet")
    _drop("forbid_update_score_sheet", "score_sheet")
    for table, column, _target in reversed(REFERENCES):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_column("conflict_declaration", "hints")
    _forbid([FORMER])
    op.drop_table("challenge_decision")
    op.drop_index(op.f("ix_member_challenge_cycle_id"), table_name="member_challenge")
    op.drop_table("member_challenge")
