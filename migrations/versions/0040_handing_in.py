"""Handing in: documents, who gains, a pin on the plan, authors without a phone, confirmations, help given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pb.db import UTCDateTime

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("idea") as batch:
        batch.add_column(sa.Column("groups", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("pin_x", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("pin_y", sa.Integer(), nullable=True))
    with op.batch_alter_table("unit") as batch:
        batch.add_column(sa.Column("plan_x", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("plan_y", sa.Integer(), nullable=True))
    with op.batch_alter_table("idea_author") as batch:
        batch.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("person_hash", sa.String(), nullable=False, server_default=""))
        batch.create_index("ix_idea_author_person_hash", ["person_hash"])
    op.create_table(
        "idea_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_document_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_document")),
        sa.UniqueConstraint("idea_id", "fingerprint", name=op.f("uq_idea_document_idea_id_fingerprint")),
    )
    op.create_table(
        "idea_help",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("consent", sa.String(), nullable=True),
        sa.Column("slip", sa.String(), nullable=False, server_default=""),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "consent IN ('text_code', 'signed_slip') OR consent IS NULL", name=op.f("ck_idea_help_consent")
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_help_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name=op.f("fk_idea_help_operator_id_account")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_idea_help_centre_id_centre")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_help")),
    )
    op.create_index("ix_idea_help_operator_id", "idea_help", ["operator_id"])


def downgrade() -> None:
    op.drop_table("idea_help")
    op.drop_table("idea_document")
    with op.batch_alter_table("idea_author") as batch:
        batch.drop_index("ix_idea_author_person_hash")
        batch.drop_column("person_hash")
        batch.alter_column("account_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("unit") as batch:
        batch.drop_column("plan_y")
        batch.drop_column("plan_x")
    with op.batch_alter_table("idea") as batch:
        batch.drop_column("pin_y")
        batch.drop_column("pin_x")
        batch.drop_column("groups")
