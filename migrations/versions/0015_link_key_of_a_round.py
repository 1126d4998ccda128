"""A round names the file of its link key, and says when that key was destroyed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0010"
branch_labels = None
depends_on = None

FROZEN = "cycle_id, label, projects, custodians, fingerprint"


def _protect(columns: str) -> None:
    """A round that was tried does not change. The trigger is made anew over more or fewer columns."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER forbid_update_voting_round" + ("" if on_sqlite else " ON voting_round"))
    then = (
        "BEGIN SELECT RAISE(ABORT, 'forbidden: update on voting_round'); END"
        if on_sqlite
        else "EXECUTE FUNCTION pb_forbid()"
    )
    op.execute(
        f"CREATE TRIGGER forbid_update_voting_round BEFORE UPDATE OF {columns} ON voting_round "
        f"FOR EACH ROW WHEN (OLD.trial_opened_at IS NOT NULL) {then}"
    )


def upgrade() -> None:
    op.add_column("voting_round", sa.Column("link_key_name", sa.String(), nullable=True))
    op.add_column("voting_round", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    _protect(f"{FROZEN}, link_key_name")


def downgrade() -> None:
    _protect(FROZEN)
    op.drop_column("voting_round", "destroyed_at")
    op.drop_column("voting_round", "link_key_name")
