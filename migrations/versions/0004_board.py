"""The public board: entries and signed heads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("board_entry", "board_head")


def upgrade() -> None:
    op.create_table(
        "board_entry",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("subtrees", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_board_entry_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_board_entry")),
        sa.UniqueConstraint("round_id", "commitment", name=op.f("uq_board_entry_round_id_commitment")),
    )
    op.create_table(
        "board_head",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_board_head_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "size", name=op.f("pk_board_head")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for verb in ("update", "delete"):
            then = (
                f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
                if on_sqlite
                else "EXECUTE FUNCTION pb_forbid()"
            )
            op.execute(
                f"CREATE TRIGGER forbid_{verb}_{table} BEFORE {verb.upper()} ON {table} FOR EACH ROW {then}"
            )
        if not on_sqlite:  # PostgreSQL alone can empty a table past the triggers of rows
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION pb_forbid()"
            )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
