"""Opinions on ideas, the authors' answers to notes, cost cards with their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# (name, table, operation, condition): each raises an error.
FORBIDDEN = [
    ("forbid_update_opinion_request", "opinion_request", "UPDATE", ""),
    ("forbid_delete_opinion_request", "opinion_request", "DELETE", ""),
    ("forbid_update_opinion", "opinion", "UPDATE", ""),
    ("forbid_delete_opinion", "opinion", "DELETE", ""),
    ("forbid_update_note_answer", "note_answer", "UPDATE", ""),
    ("forbid_delete_note_answer", "note_answer", "DELETE", ""),
    ("forbid_update_cost_card", "cost_card", "UPDATE", ""),
    ("forbid_delete_cost_card", "cost_card", "DELETE", ""),
    ("forbid_update_cost_answer", "cost_answer", "UPDATE", ""),
    ("forbid_delete_cost_answer", "cost_answer", "DELETE", ""),
]
TRUNCATED = (
    "opinion_request",
    "opinion",
    "note_answer",
    "cost_card",
    "cost_answer",
)  # PostgreSQL alone can empty a table past the triggers of rows


def upgrade() -> None:
    op.create_table(
        "cost_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("estimate_tetri", sa.BigInteger(), nullable=False),
        sa.Column("author_tetri", sa.BigInteger(), nullable=False),
        sa.Column("running_tetri", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "estimate_tetri > 0 AND author_tetri >= 0 AND running_tetri >= 0", name=op.f("ck_cost_card_sums")
        ),
        sa.CheckConstraint("length(ground) > 0", name=op.f("ck_cost_card_ground")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_cost_card_made_by_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_cost_card_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_card")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_cost_card_project_id_number")),
    )
    op.create_table(
        "opinion_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_opinion_request_asked_by_account")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_opinion_request_idea_id_idea")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_request")),
        sa.UniqueConstraint("idea_id", "department", name=op.f("uq_opinion_request_idea_id_department")),
    )
    op.create_table(
        "cost_answer",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("accepts", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("accepts OR by IS NOT NULL", name=op.f("ck_cost_answer_silence")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_cost_answer_by_account")),
        sa.ForeignKeyConstraint(["card_id"], ["cost_card.id"], name=op.f("fk_cost_answer_card_id_cost_card")),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_cost_answer")),
    )
    op.create_table(
        "opinion",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('for', 'conditions', 'against')", name=op.f("ck_opinion_verdict")),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_opinion_words")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_opinion_given_by_account")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["opinion_request.id"], name=op.f("fk_opinion_request_id_opinion_request")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_opinion")),
    )
    op.create_table(
        "note_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_note_answer_by_account")),
        sa.ForeignKeyConstraint(
            ["check_id"], ["eligibility_check.id"], name=op.f("fk_note_answer_check_id_eligibility_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_answer")),
    )
    op.create_index(op.f("ix_note_answer_check_id"), "note_answer", ["check_id"], unique=False)

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
    op.drop_index(op.f("ix_note_answer_check_id"), table_name="note_answer")
    op.drop_table("note_answer")
    op.drop_table("opinion")
    op.drop_table("cost_answer")
    op.drop_table("opinion_request")
    op.drop_table("cost_card")
