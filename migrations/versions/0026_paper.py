"""Ballots of paper: batches, deeds, protocols, keyed sheets; which ballots of the box were keyed from paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0040"
branch_labels = None
depends_on = None

# table, verb, condition
TRIGGERS = (
    ("paper_batch", "update", ""),
    ("paper_batch", "delete", ""),
    ("paper_deed", "update", ""),
    ("paper_deed", "delete", ""),
    ("paper_protocol", "update", "OLD.boxed_at IS NOT NULL"),
    ("paper_protocol", "delete", ""),
)


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column(
        "box_ballot", sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "paper_batch",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("unit_slug", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("order", document, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        _check("paper_batch", "size", "size > 0"),
        _foreign("paper_batch", "round_id", "voting_round"),
        _foreign("paper_batch", "centre_id", "centre"),
        _foreign("paper_batch", "made_by", "account"),
        _key("paper_batch", "round_id", "number"),
    )
    op.create_table(
        "paper_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        _check("paper_deed", "deed", "deed IN ('issued', 'spoilt', 'returned')"),
        _foreign("paper_deed", "by", "account"),
        sa.ForeignKeyConstraint(
            ["round_id", "batch"],
            ["paper_batch.round_id", "paper_batch.number"],
            name=op.f("fk_paper_deed_round_id_paper_batch"),
        ),
        _key("paper_deed", "id"),
    )
    op.create_index(op.f("ix_paper_deed_round_id"), "paper_deed", ["round_id"])
    op.create_table(
        "paper_protocol",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("in_box", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("counted_by", sa.Integer(), nullable=False),
        sa.Column("counted_at", moment, nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_at", moment, nullable=True),
        sa.Column("boxed_at", moment, nullable=True),
        _check("paper_protocol", "two", "signed_by IS NULL OR signed_by <> counted_by"),
        _check("paper_protocol", "numbers", "in_box >= 0 AND missing >= 0"),
        _check("paper_protocol", "boxed", "boxed_at IS NULL OR signed_at IS NOT NULL"),
        _foreign("paper_protocol", "round_id", "voting_round"),
        _foreign("paper_protocol", "centre_id", "centre"),
        _foreign("paper_protocol", "counted_by", "account"),
        _foreign("paper_protocol", "signed_by", "account"),
        _key("paper_protocol", "round_id", "centre_id"),
    )
    op.create_table(
        "paper_sheet",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _foreign("paper_sheet", "round_id", "voting_round"),
        _foreign("paper_sheet", "centre_id", "centre"),
        _key("paper_sheet", "round_id", "centre_id", "sheet"),
    )
    op.create_table(
        "paper_keying",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _foreign("paper_keying", "round_id", "voting_round"),
        _foreign("paper_keying", "centre_id", "centre"),
        _foreign("paper_keying", "by", "account"),
        _key("paper_keying", "round_id", "centre_id", "sheet", "turn"),
        sa.UniqueConstraint(
            "round_id", "centre_id", "sheet", "by", name=op.f("uq_paper_keying_round_id_centre_id_sheet_by")
        ),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, condition in TRIGGERS:
        when = f"WHEN ({condition}) " if condition else ""
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(
            f"CREATE TRIGGER forbid_{verb}_{table} BEFORE {verb.upper()} ON {table} FOR EACH ROW {when}{then}"
        )
        if verb == "delete" and not on_sqlite:
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION pb_forbid()"
            )


def downgrade() -> None:
    for table in ("paper_keying", "paper_sheet", "paper_protocol", "paper_deed", "paper_batch"):
        op.drop_table(table)
    op.drop_column("box_ballot", "on_paper")
