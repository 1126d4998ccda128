"""Ways back that take two people: a case given up, a protocol of papers counted anew; which batch a paper was of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0081"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('close', 'explain', 'void', 'destroy', 'open')"
NOW = "kind IN ('close', 'explain', 'void', 'keep', 'reopen', 'destroy', 'open')"
DECIDED = (
    "OLD.outcome IS NOT NULL OR NEW.round_id <> OLD.round_id OR NEW.kind <> OLD.kind "
    "OR NEW.subject <> OLD.subject OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by "
    "OR NEW.proposed_at <> OLD.proposed_at OR NEW.expires_at <> OLD.expires_at"
)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    _kinds(NOW)
    op.create_table(
        "paper_out",
        _number("round_id"),
        _text("mark"),
        _key("paper_out", "round_id", "voting_round"),
        sa.PrimaryKeyConstraint("round_id", "mark", name=op.f("pk_paper_out")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_former_protocol",
        _number("id"),
        _number("round_id"),
        _number("centre_id"),
        _number("in_box"),
        _number("missing"),
        _text("note"),
        _number("counted_by"),
        _moment("counted_at"),
        _number("signed_by"),
        _moment("signed_at"),
        _text("reason"),
        _number("act_id"),
        _moment("reopened_at"),
        _key("paper_former_protocol", "round_id", "voting_round"),
        _key("paper_former_protocol", "centre_id", "centre"),
        _key("paper_former_protocol", "counted_by", "account"),
        _key("paper_former_protocol", "signed_by", "account"),
        _key("paper_former_protocol", "act_id", "box_act"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_former_protocol")),
        sa.UniqueConstraint("act_id", name=op.f("uq_paper_former_protocol_act_id")),
    )
    op.create_index(op.f("ix_paper_former_protocol_round_id"), "paper_former_protocol", ["round_id"])
    for verb in ("update", "delete"):
        _forbid(verb, "paper_former_protocol")


def downgrade() -> None:
    op.drop_table("paper_former_protocol")
    op.drop_table("paper_out")
    _kinds(BEFORE)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _forbid(verb: str, table: str, condition: str = "") -> None:
    when = f"WHEN ({condition}) " if condition else ""
    then = (
        f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
        if _on_sqlite()
        else "EXECUTE FUNCTION pb_forbid()"
    )
    op.execute(
        f"CREATE TRIGGER forbid_{verb}_{table} BEFORE {verb.upper()} ON {table} FOR EACH ROW {when}{then}"
    )
    if verb == "delete" and not _on_sqlite():
        op.execute(
            f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION pb_forbid()"
        )


def _kinds(allowed: str) -> None:
    """Another list of kinds of a step. SQLite needs the table made anew, and forgets its triggers by that."""
    if not _on_sqlite():
        op.drop_constraint(op.f("ck_box_act_kind"), "box_act", type_="check")
        op.create_check_constraint(op.f("ck_box_act_kind"), "box_act", allowed)
        return
    with op.batch_alter_table("box_act", copy_from=_box_act(allowed), recreate="always"):
        pass
    _forbid("delete", "box_act")
    _forbid("update", "box_act", DECIDED)


def _box_act(allowed: str) -> sa.Table:
    return sa.Table(
        "box_act",
        sa.MetaData(),
        _number("id"),
        _number("round_id"),
        _text("kind"),
        _text("subject"),
        _text("reason"),
        _number("proposed_by"),
        _moment("proposed_at"),
        _moment("expires_at"),
        _number("decided_by", True),
        _moment("decided_at", True),
        _text("outcome", True),
        sa.CheckConstraint(allowed, name=op.f("ck_box_act_kind")),
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
        sa.Index(op.f("ix_box_act_round_id"), "round_id"),
        sa.Index(
            "uq_box_act_open", "round_id", "kind", "subject", unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
        ),
    )  # fmt: skip
