"""Working a project out: unsaved texts, the officer's notes on a project that was handed in, the answers to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pb.db import Document, UTCDateTime

revision = "0075"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("typed", Document(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_draft_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_project_draft_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_draft")),
    )
    op.create_index("ix_project_draft_own", "project_draft", ["project_id", "account_id", "page"])
    op.create_index("ix_project_draft_at", "project_draft", ["at"])
    op.create_table(
        "project_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("notes", Document(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_return_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["project_revision.id"],
            name=op.f("fk_project_return_revision_id_project_revision"),
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_project_return_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_return")),
        sa.UniqueConstraint("project_id", name=op.f("uq_project_return_project_id")),
    )
    op.create_table(
        "project_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["project_return.id"], name=op.f("fk_project_answer_return_id_project_return")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_project_answer_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_answer")),
        sa.UniqueConstraint("return_id", "field", name=op.f("uq_project_answer_return_id_field")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete"):
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on project_return'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(
            f"CREATE TRIGGER forbid_{verb}_project_return BEFORE {verb.upper()} ON project_return "
            f"FOR EACH ROW {then}"
        )
    if not on_sqlite:
        op.execute(
            "CREATE TRIGGER forbid_truncate_project_return BEFORE TRUNCATE ON project_return "
            "FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()"
        )


def downgrade() -> None:
    op.drop_table("project_answer")
    op.drop_table("project_return")
    op.drop_table("project_draft")
