"""Trainings: sessions, who has a seat, papers; mentors, their remarks; own assessments; progress with lessons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pb.db import UTCDateTime

revision = "0070"
down_revision = "0085"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# (name, table, operation): each raises an error.
FORBIDDEN = [
    ("forbid_delete_mentorship", "mentorship", "DELETE"),
    ("forbid_update_mentorship", "mentorship", "UPDATE OF project_id, mentor_id"),
    ("forbid_delete_mentor_remark", "mentor_remark", "DELETE"),
    (
        "forbid_update_mentor_remark",
        "mentor_remark",
        "UPDATE OF project_id, mentor_id, field, text, revision, at",
    ),
]
TABLES = (
    "training_sign_up", "training_material", "self_assessment", "mentorship", "mentor_request", "mentor_remark",
    "training_session", "lesson_result",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "lesson_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("right_answers", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("passed_at", UTCDateTime(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "right_answers BETWEEN 0 AND questions", name=op.f("ck_lesson_result_right_answers")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_lesson_result_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_result")),
        sa.UniqueConstraint("account_id", "lesson", name=op.f("uq_lesson_result_account_id_lesson")),
    )
    op.create_table(
        "training_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("topic", JSON, nullable=False),
        sa.Column("agenda", JSON, nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("begins_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_training_session_ends")),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name=op.f("ck_training_session_seats")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_training_session_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["account.id"], name=op.f("fk_training_session_trainer_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
    )
    op.create_index("ix_training_session_list", "training_session", ["cycle_id", "begins_at"], unique=False)
    op.create_table(
        "mentor_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_mentor_remark_done_by_account")),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["account.id"], name=op.f("fk_mentor_remark_mentor_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_mentor_remark_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_remark")),
    )
    op.create_index(op.f("ix_mentor_remark_project_id"), "mentor_remark", ["project_id"], unique=False)
    op.create_table(
        "mentor_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('first', 'question')", name=op.f("ck_mentor_request_kind")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_mentor_request_answered_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_mentor_request_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_mentor_request_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_request")),
    )
    op.create_index("ix_mentor_request_open", "mentor_request", ["project_id", "answered_at"], unique=False)
    op.create_table(
        "mentorship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", UTCDateTime(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["account.id"], name=op.f("fk_mentorship_assigned_by_account")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["account.id"], name=op.f("fk_mentorship_mentor_id_account")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_mentorship_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentorship")),
        sa.UniqueConstraint("project_id", "mentor_id", name=op.f("uq_mentorship_project_id_mentor_id")),
    )
    op.create_index(op.f("ix_mentorship_mentor_id"), "mentorship", ["mentor_id"], unique=False)
    op.create_table(
        "self_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("levels", JSON, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("stage IN ('before', 'after')", name=op.f("ck_self_assessment_stage")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_self_assessment_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_self_assessment_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment")),
        sa.UniqueConstraint(
            "project_id", "account_id", "stage", name=op.f("uq_self_assessment_project_id_account_id_stage")
        ),
    )
    op.create_table(
        "training_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_training_material_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_material")),
        sa.UniqueConstraint(
            "session_id", "fingerprint", name=op.f("uq_training_material_session_id_fingerprint")
        ),
    )
    op.create_table(
        "training_sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("first_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("surname_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("queued_at", UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("signed_up_by", sa.Integer(), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("marked_at", UTCDateTime(), nullable=True),
        sa.Column("marked_by", sa.Integer(), nullable=True),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.CheckConstraint("seat BETWEEN 1 AND 500", name=op.f("ck_training_sign_up_seat")),
        sa.CheckConstraint(
            "seat IS NULL OR cancelled_at IS NULL", name=op.f("ck_training_sign_up_seat_or_cancelled")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_training_sign_up_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["account.id"], name=op.f("fk_training_sign_up_marked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_session.id"],
            name=op.f("fk_training_sign_up_session_id_training_session"),
        ),
        sa.ForeignKeyConstraint(
            ["signed_up_by"], ["account.id"], name=op.f("fk_training_sign_up_signed_up_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_sign_up")),
        sa.UniqueConstraint("certificate", name=op.f("uq_training_sign_up_certificate")),
        sa.UniqueConstraint(
            "session_id", "person_hash", name=op.f("uq_training_sign_up_session_id_person_hash")
        ),
        sa.UniqueConstraint("session_id", "seat", name=op.f("uq_training_sign_up_session_id_seat")),
    )
    op.create_index("ix_training_sign_up_person", "training_sign_up", ["person_hash"], unique=False)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, operation in FORBIDDEN:
        verb = operation.split()[0].lower()
        act = (
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
            if is_sqlite
            else "EXECUTE FUNCTION pb_forbid()"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {act}")
        if verb == "delete" and not is_sqlite:
            op.execute(
                f"CREATE TRIGGER forbid_truncate_{table} BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()"
            )


def downgrade() -> None:
    for table in TABLES:  # with its triggers
        op.drop_table(table)
