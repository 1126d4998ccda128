"""Everybody's inbox, e-mail for messages, preferences; the outbox knows the contest and the row of the inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pb.db import UTCDateTime

revision = "0080"
down_revision = "0023"
branch_labels = None
depends_on = None

APART = "kind NOT IN ('voter_code', 'vote_cast', 'phone_bound', 'claim_decided', 'signin_code')"


def upgrade() -> None:
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("digest_at", UTCDateTime(), nullable=True),
        sa.Column("digested_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(APART, name=op.f("ck_inbox_message_vote_apart")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_inbox_message_account_id_account")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_inbox_message_town_id_town")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_inbox_message_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
    )
    op.create_index("ix_inbox_message_of_account", "inbox_message", ["account_id", "id"])
    op.create_index("ix_inbox_message_digest", "inbox_message", ["digested_at", "digest_at"])
    op.create_index(op.f("ix_inbox_message_cycle_id"), "inbox_message", ["cycle_id"])
    op.create_table(
        "message_preference",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('sms', 'mail', 'both', 'inbox')", name=op.f("ck_message_preference_channel")
        ),
        sa.CheckConstraint("rhythm IN ('now', 'daily', 'weekly')", name=op.f("ck_message_preference_rhythm")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_preference_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "topic", name=op.f("pk_message_preference")),
    )
    op.create_table(
        "mail_address",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_times", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mail_address_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mail_address")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_address_token_hash")),
    )
    with op.batch_alter_table("outgoing_message") as batch:
        batch.add_column(sa.Column("cycle_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("inbox_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_outgoing_message_cycle_id_cycle"), "cycle", ["cycle_id"], ["id"])
        batch.create_foreign_key(
            op.f("fk_outgoing_message_inbox_id_inbox_message"), "inbox_message", ["inbox_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_outgoing_message_vote_apart"), f"inbox_id IS NULL OR {APART}")
        batch.create_index(op.f("ix_outgoing_message_cycle_id"), ["cycle_id"])
        batch.create_index(op.f("ix_outgoing_message_inbox_id"), ["inbox_id"])


def downgrade() -> None:
    with op.batch_alter_table("outgoing_message") as batch:
        batch.drop_index(op.f("ix_outgoing_message_inbox_id"))
        batch.drop_index(op.f("ix_outgoing_message_cycle_id"))
        batch.drop_constraint(op.f("ck_outgoing_message_vote_apart"), type_="check")
        batch.drop_constraint(op.f("fk_outgoing_message_inbox_id_inbox_message"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_outgoing_message_cycle_id_cycle"), type_="foreignkey")
        batch.drop_column("inbox_id")
        batch.drop_column("cycle_id")
    op.drop_table("mail_address")
    op.drop_table("message_preference")
    op.drop_table("inbox_message")
