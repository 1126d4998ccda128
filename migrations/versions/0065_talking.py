"""Comments and reports of them, supports, follows, blocked words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pb.db import UTCDateTime

revision = "0065"
down_revision = "0075"
branch_labels = None
depends_on = None

FORBIDDEN: list[tuple[str, str, str]] = [
    (
        "comment",
        "UPDATE OF text, account_id, idea_id, project_id, parent_id, kind, as_staff, posted_at",
        "NOT (NEW.text = '' AND NEW.account_id = OLD.account_id AND NEW.kind = OLD.kind)",
    ),
    ("comment", "DELETE", ""),
    ("support", "UPDATE", ""),
]  # (table, operation, condition)


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("as_staff", sa.Boolean(), nullable=False),
        sa.Column("public_reason", sa.String(), nullable=False),
        sa.Column("posted_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(kind = 'reply') = (parent_id IS NOT NULL)", name=op.f("ck_comment_one_level")),
        sa.CheckConstraint("(text = '') = (state = 'taken_back')", name=op.f("ck_comment_text_kept")),
        sa.CheckConstraint("kind IN ('for', 'against', 'question', 'reply')", name=op.f("ck_comment_kind")),
        sa.CheckConstraint(
            "state <> 'hidden' OR public_reason <> ''", name=op.f("ck_comment_hidden_with_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('held', 'shown', 'hidden', 'taken_back')", name=op.f("ck_comment_state")
        ),
        sa.CheckConstraint("(idea_id IS NULL) <> (project_id IS NULL)", name=op.f("ck_comment_one_thing")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_comment_account_id_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_comment_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_comment_idea_id_idea")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_comment_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_of_account", "comment", ["account_id", "posted_at"], unique=False)
    op.create_index("ix_comment_of_idea", "comment", ["idea_id", "parent_id", "id"], unique=False)
    op.create_index("ix_comment_of_project", "comment", ["project_id", "parent_id", "id"], unique=False)
    op.create_index("ix_comment_waiting", "comment", ["cycle_id", "state", "id"], unique=False)
    op.create_table(
        "comment_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('insult', 'personal_data', 'untrue', 'advertising', 'other')",
            name=op.f("ck_comment_report_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_comment_report_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_report_comment_id_comment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_report")),
        sa.UniqueConstraint("comment_id", "account_id", name=op.f("uq_comment_report_comment_id_account_id")),
    )
    op.create_index(op.f("ix_comment_report_account_id"), "comment_report", ["account_id"], unique=False)
    op.create_table(
        "support",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_support_account_id_account")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_support_idea_id_idea")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support")),
        sa.UniqueConstraint("idea_id", "account_id", name=op.f("uq_support_idea_id_account_id")),
    )
    op.create_index(op.f("ix_support_account_id"), "support", ["account_id"], unique=False)
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(idea_id IS NULL) <> (project_id IS NULL)", name=op.f("ck_follow_one_thing")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_follow_account_id_account")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_follow_idea_id_idea")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_follow_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("account_id", "idea_id", name=op.f("uq_follow_account_id_idea_id")),
        sa.UniqueConstraint("account_id", "project_id", name=op.f("uq_follow_account_id_project_id")),
    )
    op.create_index(op.f("ix_follow_idea_id"), "follow", ["idea_id"], unique=False)
    op.create_index(op.f("ix_follow_project_id"), "follow", ["project_id"], unique=False)
    op.create_table(
        "blocked_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("typed", sa.String(), nullable=False),
        sa.Column("fold", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_blocked_word_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_word")),
        sa.UniqueConstraint("town_id", "fold", name=op.f("uq_blocked_word_town_id_fold")),
    )
    for table, operation, condition in FORBIDDEN:
        _forbid(table, operation, condition)


def _forbid(table: str, operation: str, condition: str) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    verb = operation.split()[0].lower()
    when = f"WHEN ({condition}) " if condition else ""
    then = (
        f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
        if on_sqlite
        else "EXECUTE FUNCTION pb_forbid()"
    )
    op.execute(
        f"CREATE TRIGGER forbid_{verb}_{table} BEFORE {operation} ON {table} FOR EACH ROW {when}{then}"
    )
    if verb == "delete" and not condition and not on_sqlite:
        op.execute(
            f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION pb_forbid()"
        )


def downgrade() -> None:
    op.drop_table("blocked_word")
    op.drop_table("follow")
    op.drop_table("support")
    op.drop_table("comment_report")
    op.drop_table("comment")
