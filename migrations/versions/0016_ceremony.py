"""Custodians with keys of their own, trial ballots for each pair, steps of two persons, cases of suspected fraud."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("void_case", "box_act", "trial_ballot", "custodian")
DECIDED = (
    "OLD.outcome IS NOT NULL OR NEW.round_id <> OLD.round_id OR NEW.kind <> OLD.kind "
    "OR NEW.subject <> OLD.subject OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by "
    "OR NEW.proposed_at <> OLD.proposed_at OR NEW.expires_at <> OLD.expires_at"
)
FORBIDDEN = [
    ("box_act", "DELETE", ""),
    ("box_act", "UPDATE", DECIDED),
    ("void_case", "DELETE", ""),
    ("void_case", "UPDATE OF round_id, reason, commitment, pair, voided_at", "OLD.state = 'voided'"),
]


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "custodian",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("appointed_by", sa.Integer(), nullable=False),
        _moment("appointed_at", False),
        sa.Column("public_key", sa.String(), nullable=True),
        _moment("handed_in_at"),
        _moment("confirmed_at"),
        sa.CheckConstraint("number IN (1, 2, 3)", name=op.f("ck_custodian_number")),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR public_key IS NOT NULL", name=op.f("ck_custodian_confirmed")
        ),
        _key("custodian", "cycle_id", "cycle"),
        _key("custodian", "appointed_by", "account"),
        sa.PrimaryKeyConstraint("cycle_id", "number", name=op.f("pk_custodian")),
        sa.UniqueConstraint("cycle_id", "public_key", name=op.f("uq_custodian_cycle_id_public_key")),
    )
    op.create_table(
        "trial_ballot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("opened_at"),
        _key("trial_ballot", "round_id", "voting_round"),
        sa.PrimaryKeyConstraint("round_id", "pair", name=op.f("pk_trial_ballot")),
    )
    op.create_table(
        "box_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        _moment("proposed_at", False),
        _moment("expires_at", False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        _moment("decided_at"),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('close', 'explain', 'void', 'destroy', 'open')", name=op.f("ck_box_act_kind")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR outcome = 'withdrawn'",
            name=op.f("ck_box_act_two"),
        ),
        sa.CheckConstraint(
            "outcome IN ('approved', 'rejected', 'withdrawn', 'expired') OR outcome IS NULL",
            name=op.f("ck_box_act_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL OR outcome = 'expired') = (decided_by IS NULL)",
            name=op.f("ck_box_act_decided_by"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_box_act_decided_at")),
        _key("box_act", "round_id", "voting_round"),
        _key("box_act", "proposed_by", "account"),
        _key("box_act", "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_act")),
    )
    op.create_index(op.f("ix_box_act_round_id"), "box_act", ["round_id"], unique=False)
    op.create_index(
        "uq_box_act_open",
        "box_act",
        ["round_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "void_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.Column("pair", sa.String(), nullable=True),
        _moment("voided_at"),
        _key("void_case", "round_id", "voting_round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_void_case")),
        sa.UniqueConstraint("round_id", "slot", name=op.f("uq_void_case_round_id_slot")),
        sa.UniqueConstraint("round_id", "commitment", name=op.f("uq_void_case_round_id_commitment")),
    )
    op.create_index(op.f("ix_void_case_round_id"), "void_case", ["round_id"], unique=False)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, operation, when in FORBIDDEN:
        verb = operation.split()[0].lower()
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        condition = f"WHEN ({when}) " if when else ""
        op.execute(
            f"CREATE TRIGGER forbid_{verb}_{table} BEFORE {operation} ON {table} FOR EACH ROW {condition}{then}"
        )
        if verb == "delete" and not on_sqlite:
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION pb_forbid()"
            )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
