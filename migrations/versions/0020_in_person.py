"""People identified in person: tokens of the kiosk, what alarms look at, phones bound at a centre."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roll_entry") as table:
        table.add_column(sa.Column("phone_hash", sa.String(), nullable=True))
        table.add_column(sa.Column("next_phone_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("next_phone_hash", sa.String(), nullable=True))
        table.add_column(sa.Column("next_phone_from", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("very_old", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_roll_entry_phone", ["roll_id", "phone_hash"])
    with op.batch_alter_table("roll_entry") as table:
        table.alter_column("very_old", server_default=None)
    op.create_table(
        "kiosk_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_kiosk_token_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_kiosk_token_issued_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_token")),
        sa.UniqueConstraint("cycle_id", "code_hash", name=op.f("uq_kiosk_token_cycle_id_code_hash")),
    )
    op.create_table(
        "sighting",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("very_old", sa.Boolean(), nullable=False),
        sa.CheckConstraint("way IN ('code', 'letter', 'kiosk', 'paper')", name=op.f("ck_sighting_way")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_sighting_cycle_id_cycle")),
        sa.PrimaryKeyConstraint(
            "cycle_id", "day", "way", "person", "device", "address", name=op.f("pk_sighting")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sighting_hour",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_sighting_hour_cycle_id_cycle")),
        sa.PrimaryKeyConstraint(
            "cycle_id", "day", "hour", "way", "operator_id", name=op.f("pk_sighting_hour")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("sighting_hour", "sighting", "kiosk_token"):
        op.drop_table(table)
    with op.batch_alter_table("roll_entry") as table:
        table.drop_index("ix_roll_entry_phone")
        for name in ("very_old", "next_phone_from", "next_phone_hash", "next_phone_sealed", "phone_hash"):
            table.drop_column(name)
