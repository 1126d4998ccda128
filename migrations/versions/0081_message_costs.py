"""What text messages cost, a town's own wording, messages to groups; an e-mail can be taken away again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pb.db import UTCDateTime

revision = "0081"
down_revision = "0065"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _forbid(verb: str) -> None:
    name, table = f"forbid_{verb.lower()}_message_wording", "message_wording"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb.lower()} on {table}'); END"
        )
        return
    each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION pb_forbid()")


def upgrade() -> None:
    op.create_table(
        "message_price",
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.CheckConstraint("hundredths >= 0", name=op.f("ck_message_price_price")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_message_price_town_id_town")),
        sa.PrimaryKeyConstraint("town_id", name=op.f("pk_message_price")),
    )
    op.create_table(
        "text_cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_text_cost_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_cost")),
        sa.UniqueConstraint(
            "cycle_id", "kind", "hundredths", name=op.f("uq_text_cost_cycle_id_kind_hundredths")
        ),
    )
    none = sa.text("cycle_id IS NULL")
    op.create_index(
        "uq_text_cost_of_none", "text_cost", ["kind", "hundredths"], unique=True, sqlite_where=none,
        postgresql_where=none,
    )  # fmt: skip
    op.create_table(
        "message_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", JSON, nullable=True),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_message_wording_by_account")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_message_wording_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_wording")),
        sa.UniqueConstraint("town_id", "kind", "version", name=op.f("uq_message_wording_town_id_kind_version")),
    )
    op.create_table(
        "bulk_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'sent', 'dropped')", name=op.f("ck_bulk_message_state")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_bulk_message_sent")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_bulk_message_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_bulk_message_written_by_account")),
        sa.ForeignKeyConstraint(["sent_by"], ["account.id"], name=op.f("fk_bulk_message_sent_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_message")),
    )
    op.create_index(op.f("ix_bulk_message_cycle_id"), "bulk_message", ["cycle_id"])
    with op.batch_alter_table("outgoing_message") as batch:
        batch.add_column(sa.Column("town_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("retried_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("parts", sa.Integer(), nullable=False, server_default="0"))
        batch.create_foreign_key(op.f("fk_outgoing_message_town_id_town"), "town", ["town_id"], ["id"])
    with op.batch_alter_table("mail_address") as batch:
        batch.alter_column("address_sealed", existing_type=sa.LargeBinary(), nullable=True)
    _forbid("UPDATE")
    _forbid("DELETE")
    if op.get_bind().dialect.name == "postgresql":
        _forbid("TRUNCATE")


def downgrade() -> None:
    op.execute("DELETE FROM mail_address WHERE address_sealed IS NULL")
    with op.batch_alter_table("mail_address") as batch:
        batch.alter_column("address_sealed", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("outgoing_message") as batch:
        batch.drop_constraint(op.f("fk_outgoing_message_town_id_town"), type_="foreignkey")
        batch.drop_column("parts")
        batch.drop_column("retried_at")
        batch.drop_column("town_id")
    op.drop_table("bulk_message")
    op.drop_table("message_wording")
    op.drop_table("text_cost")
    op.drop_table("message_price")
