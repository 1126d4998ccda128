"""Objections, their files, what they hold; findings and decisions that follow them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0086"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STANDS = sa.text("state <> 'withdrawn'")
FORBIDDEN = [
    (
        "forbid_update_objection",
        "objection",
        "UPDATE",
        "WHEN (OLD.state IN ('withdrawn', 'decided') OR OLD.state = 'filed' AND (NEW.state = 'draft' "
        "OR NEW.words <> OLD.words OR NEW.ground <> OLD.ground OR NEW.number <> OLD.number OR NEW.due <> OLD.due "
        "OR NEW.decision_id <> OLD.decision_id OR NEW.cycle_id <> OLD.cycle_id)) ",
    ),
    ("forbid_delete_objection", "objection", "DELETE", "WHEN (OLD.number IS NOT NULL) "),
    (
        "forbid_update_phase_hold",
        "phase_hold",
        "UPDATE",
        "WHEN (OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR NEW.cycle_id <> OLD.cycle_id "
        "OR NEW.phase <> OLD.phase OR NEW.thing_id <> OLD.thing_id) ",
    ),
    ("forbid_delete_phase_hold", "phase_hold", "DELETE", ""),
]


def upgrade() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("thing_number", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("decided_first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("rests_on", JSON, nullable=False),
        sa.Column("points", JSON, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=True),
        sa.Column("slip", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("accepted", JSON, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'filed', 'withdrawn', 'decided')", name=op.f("ck_objection_state")
        ),
        sa.CheckConstraint("(idea_id IS NULL) <> (project_id IS NULL)", name=op.f("ck_objection_one_thing")),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR number IS NOT NULL",
            name=op.f("ck_objection_numbered_once_filed"),
        ),
        sa.CheckConstraint(
            "number IS NULL OR (filed_at IS NOT NULL AND due IS NOT NULL AND length(ground) > 0 "
            "AND length(words) >= 30)",
            name=op.f("ck_objection_whole_once_filed"),
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL) AND (state = 'decided') = (decided_by IS NOT NULL)",
            name=op.f("ck_objection_decided"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR (outcome IN ('upheld', 'partly', 'rejected') AND length(answer) >= 100)",
            name=op.f("ck_objection_outcome"),
        ),
        sa.CheckConstraint(
            "helper_id IS NULL OR length(slip) > 0", name=op.f("ck_objection_helped_with_consent")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_objection_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_objection_idea_id_idea")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_objection_project_id_project")),
        sa.ForeignKeyConstraint(["helper_id"], ["account.id"], name=op.f("fk_objection_helper_id_account")),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_objection_filed_by_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_objection_decided_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_objection_cycle_id_number")),
    )
    op.create_index(
        "uq_objection_decision",
        "objection",
        ["kind", "decision_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    for column in ("idea_id", "project_id", "helper_id"):
        op.create_index(op.f(f"ix_objection_{column}"), "objection", [column], unique=False)
    op.create_table(
        "objection_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'photo')", name=op.f("ck_objection_file_kind")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_file_objection_id_objection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_file")),
        sa.UniqueConstraint(
            "objection_id", "fingerprint", name=op.f("uq_objection_file_objection_id_fingerprint")
        ),
    )  # fmt: skip
    op.create_table(
        "phase_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("released_at IS NULL OR released_at >= since", name=op.f("ck_phase_hold_order")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_phase_hold_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_hold")),
        sa.UniqueConstraint("thing", "thing_id", name=op.f("uq_phase_hold_thing_thing_id")),
    )
    op.create_index(op.f("ix_phase_hold_cycle_id"), "phase_hold", ["cycle_id"], unique=False)
    # Said in SQL: SQLite adds no constraint to a table that stands.
    for table in ("eligibility_check", "decision"):
        check = ""
        if table == "decision":
            check = " CONSTRAINT ck_decision_redone_has_reason CHECK (objection_id IS NULL OR length(reason) >= 100)"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN objection_id INTEGER "
            f"CONSTRAINT fk_{table}_objection_id_objection REFERENCES objection (id){check}"
        )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, operation, condition in FORBIDDEN:
        verb = operation.lower()
        then = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
            if on_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {condition}{then}")
    if not on_sqlite:
        op.execute(
            "CREATE TRIGGER forbid_truncate_phase_hold BEFORE TRUNCATE ON phase_hold FOR EACH STATEMENT "
            "EXECUTE FUNCTION pb_forbid()"
        )


def downgrade() -> None:
    for table in ("decision", "eligibility_check"):
        if table == "decision" and op.get_bind().dialect.name != "sqlite":
            op.execute("ALTER TABLE decision DROP CONSTRAINT ck_decision_redone_has_reason")
        op.execute(f"ALTER TABLE {table} DROP COLUMN objection_id")
    op.drop_table("phase_hold")
    op.drop_table("objection_file")
    op.drop_table("objection")
