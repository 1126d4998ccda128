"""Which roles of a town must use a second factor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("town", sa.Column("second_factor_roles", kind, nullable=True))


def downgrade() -> None:
    op.drop_column("town", "second_factor_roles")
