"""Co-authors and guardians who are asked, ideas joined to one, ideas of a former year handed in again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pb.db import UTCDateTime

revision = "0066"
down_revision = "0050"
branch_labels = None
depends_on = None

REFERENCES = [("idea", "again_of_id", "idea"), ("idea_author", "joined_from_id", "idea")]


def upgrade() -> None:
    op.create_table(
        "author_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('confirmed', 'declined', 'called_back') OR answer IS NULL",
            name=op.f("ck_author_invitation_answer"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_author_invitation_answered")
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_author_invitation_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["account.id"], name=op.f("fk_author_invitation_invited_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_invitation")),
    )
    op.create_index(op.f("ix_author_invitation_idea_id"), "author_invitation", ["idea_id"], unique=False)
    op.create_index(
        "uq_author_invitation_open",
        "author_invitation",
        ["idea_id", "phone_hash"],
        unique=True,
        sqlite_where=sa.text("answer IS NULL"),
        postgresql_where=sa.text("answer IS NULL"),
    )
    op.create_table(
        "guardian_consent",
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("slip", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('agreed', 'refused') OR answer IS NULL", name=op.f("ck_guardian_consent_answer")
        ),
        sa.CheckConstraint("how <> 'signed_slip' OR slip <> ''", name=op.f("ck_guardian_consent_slip")),
        sa.CheckConstraint(
            "how IN ('text_code', 'signed_slip') OR how IS NULL", name=op.f("ck_guardian_consent_how")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_guardian_consent_answered")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["idea_author.id"],
            name=op.f("fk_guardian_consent_author_id_idea_author"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name=op.f("fk_guardian_consent_operator_id_account")
        ),
        sa.PrimaryKeyConstraint("author_id", name=op.f("pk_guardian_consent")),
    )
    op.create_table(
        "joining",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("by_officer", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_joining_closed")),
        sa.CheckConstraint("state IN ('open', 'joined', 'ended')", name=op.f("ck_joining_state")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_joining_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["lead_id"], ["idea.id"], name=op.f("fk_joining_lead_id_idea")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_joining_proposed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining")),
    )
    op.create_index(op.f("ix_joining_cycle_id"), "joining", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_joining_lead_id"), "joining", ["lead_id"], unique=False)
    op.create_table(
        "joining_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("joining_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_joining_part_idea_id_idea")),
        sa.ForeignKeyConstraint(
            ["joining_id"], ["joining.id"], name=op.f("fk_joining_part_joining_id_joining")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_part")),
    )
    op.create_index(op.f("ix_joining_part_joining_id"), "joining_part", ["joining_id"], unique=False)
    op.create_index(
        "uq_joining_part_at_a_time",
        "joining_part",
        ["idea_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "joining_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("joining_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("slip", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("how <> 'signed_slip' OR slip <> ''", name=op.f("ck_joining_answer_slip")),
        sa.CheckConstraint("how IN ('page', 'text_code', 'signed_slip')", name=op.f("ck_joining_answer_how")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["idea_author.id"],
            name=op.f("fk_joining_answer_author_id_idea_author"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["joining_id"], ["joining.id"], name=op.f("fk_joining_answer_joining_id_joining")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name=op.f("fk_joining_answer_operator_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_answer")),
        sa.UniqueConstraint("joining_id", "author_id", name=op.f("uq_joining_answer_joining_id_author_id")),
    )
    op.create_index(op.f("ix_joining_answer_joining_id"), "joining_answer", ["joining_id"], unique=False)
    for table, column, target in REFERENCES:  # said in SQL: SQLite adds no constraint to a table that stands
        name = f"fk_{table}_{column}_{target}"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {target} (id)"
        )
    op.create_index("ix_idea_author_joined_from_id", "idea_author", ["joined_from_id"])
    op.add_column("idea_author", sa.Column("guardian_phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("idea", sa.Column("waiting_since", UTCDateTime(), nullable=True))
    op.add_column("idea", sa.Column("asked_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("idea", "asked_at")
    op.drop_column("idea", "waiting_since")
    op.drop_column("idea_author", "guardian_phone_sealed")
    op.drop_index("ix_idea_author_joined_from_id", "idea_author")
    for table, column, _target in reversed(REFERENCES):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("joining_answer")
    op.drop_table("joining_part")
    op.drop_table("joining")
    op.drop_table("guardian_consent")
    op.drop_table("author_invitation")
