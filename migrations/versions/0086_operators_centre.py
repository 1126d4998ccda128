"""At which centre an operator works: a role that is held for one centre alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("role_grant") as table:
        table.add_column(sa.Column("centre_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_role_grant_centre_id_centre"), "centre", ["centre_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_role_grant_centre"), "centre_id IS NULL OR role = 'operator'"
        )


def downgrade() -> None:
    with op.batch_alter_table("role_grant") as table:
        table.drop_constraint(op.f("ck_role_grant_centre"), type_="check")
        table.drop_constraint(op.f("fk_role_grant_centre_id_centre"), type_="foreignkey")
        table.drop_column("centre_id")
