"""The published box as one file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "box_bundle"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("contains", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("contains IN ('ballots', 'totals')", name=op.f("ck_box_bundle_contains")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_box_bundle_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", "contains", name=op.f("pk_box_bundle")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete"):
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {TABLE}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(
            f"CREATE TRIGGER forbid_{verb}_{TABLE} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW {then}"
        )
    if not on_sqlite:
        op.execute(
            f"CREATE TRIGGER forbid_truncate_{TABLE} BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION pb_forbid()"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
