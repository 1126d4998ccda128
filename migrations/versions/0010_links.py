"""Links from slots to ballots, sealed to custodian pairs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voting_link",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_voting_link_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "value", name=op.f("pk_voting_link")),
        sqlite_with_rowid=False,
    )
    then = (
        "BEGIN SELECT RAISE(ABORT, 'forbidden: update on voting_link'); END"
        if op.get_bind().dialect.name == "sqlite"
        else "EXECUTE FUNCTION pb_forbid()"
    )
    op.execute(f"CREATE TRIGGER forbid_update_voting_link BEFORE UPDATE ON voting_link FOR EACH ROW {then}")


def downgrade() -> None:
    op.drop_table("voting_link")
