"""The first schema: every table, the triggers that forbid, and PostgreSQL's text indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# (name, table, statement on SQLite, statement on PostgreSQL); an empty statement: not on this database.
EXTRAS = [
    (
        "forbid_delete_box_ballot",
        "box_ballot",
        "CREATE TRIGGER forbid_delete_box_ballot BEFORE DELETE ON box_ballot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on box_ballot'); END",
        "CREATE TRIGGER forbid_delete_box_ballot BEFORE DELETE ON box_ballot FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_calendar_version",
        "calendar_version",
        "CREATE TRIGGER forbid_delete_calendar_version BEFORE DELETE ON calendar_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on calendar_version'); END",
        "CREATE TRIGGER forbid_delete_calendar_version BEFORE DELETE ON calendar_version FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_conflict_declaration",
        "conflict_declaration",
        "CREATE TRIGGER forbid_delete_conflict_declaration BEFORE DELETE ON conflict_declaration FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on conflict_declaration'); END",
        "CREATE TRIGGER forbid_delete_conflict_declaration BEFORE DELETE ON conflict_declaration FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_count_result",
        "count_result",
        "CREATE TRIGGER forbid_delete_count_result BEFORE DELETE ON count_result FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on count_result'); END",
        "CREATE TRIGGER forbid_delete_count_result BEFORE DELETE ON count_result FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_cycle_act",
        "cycle_act",
        "CREATE TRIGGER forbid_delete_cycle_act BEFORE DELETE ON cycle_act FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on cycle_act'); END",
        "CREATE TRIGGER forbid_delete_cycle_act BEFORE DELETE ON cycle_act FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_decision",
        "decision",
        "CREATE TRIGGER forbid_delete_decision BEFORE DELETE ON decision FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on decision'); END",
        "CREATE TRIGGER forbid_delete_decision BEFORE DELETE ON decision FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_decisions_published",
        "decisions_published",
        "CREATE TRIGGER forbid_delete_decisions_published BEFORE DELETE ON decisions_published FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on decisions_published'); END",
        "CREATE TRIGGER forbid_delete_decisions_published BEFORE DELETE ON decisions_published FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_eligibility_check",
        "eligibility_check",
        "CREATE TRIGGER forbid_delete_eligibility_check BEFORE DELETE ON eligibility_check FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on eligibility_check'); END",
        "CREATE TRIGGER forbid_delete_eligibility_check BEFORE DELETE ON eligibility_check FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_event",
        "event",
        "CREATE TRIGGER forbid_delete_event BEFORE DELETE ON event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on event'); END",
        "CREATE TRIGGER forbid_delete_event BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_event_chain",
        "event_chain",
        "CREATE TRIGGER forbid_delete_event_chain BEFORE DELETE ON event_chain FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on event_chain'); END",
        "CREATE TRIGGER forbid_delete_event_chain BEFORE DELETE ON event_chain FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_idea_revision",
        "idea_revision",
        "CREATE TRIGGER forbid_delete_idea_revision BEFORE DELETE ON idea_revision FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on idea_revision'); END",
        "CREATE TRIGGER forbid_delete_idea_revision BEFORE DELETE ON idea_revision FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_installation",
        "installation",
        "CREATE TRIGGER forbid_delete_installation BEFORE DELETE ON installation FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on installation'); END",
        "CREATE TRIGGER forbid_delete_installation BEFORE DELETE ON installation FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_opened_ballot",
        "opened_ballot",
        "CREATE TRIGGER forbid_delete_opened_ballot BEFORE DELETE ON opened_ballot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on opened_ballot'); END",
        "CREATE TRIGGER forbid_delete_opened_ballot BEFORE DELETE ON opened_ballot FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_passed_gate",
        "passed_gate",
        "CREATE TRIGGER forbid_delete_passed_gate BEFORE DELETE ON passed_gate FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on passed_gate'); END",
        "CREATE TRIGGER forbid_delete_passed_gate BEFORE DELETE ON passed_gate FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_project_revision",
        "project_revision",
        "CREATE TRIGGER forbid_delete_project_revision BEFORE DELETE ON project_revision FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on project_revision'); END",
        "CREATE TRIGGER forbid_delete_project_revision BEFORE DELETE ON project_revision FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_ranking_snapshot",
        "ranking_snapshot",
        "CREATE TRIGGER forbid_delete_ranking_snapshot BEFORE DELETE ON ranking_snapshot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on ranking_snapshot'); END",
        "CREATE TRIGGER forbid_delete_ranking_snapshot BEFORE DELETE ON ranking_snapshot FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_result_published",
        "result_published",
        "CREATE TRIGGER forbid_delete_result_published BEFORE DELETE ON result_published FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on result_published'); END",
        "CREATE TRIGGER forbid_delete_result_published BEFORE DELETE ON result_published FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_rulebook_version",
        "rulebook_version",
        "CREATE TRIGGER forbid_delete_rulebook_version BEFORE DELETE ON rulebook_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on rulebook_version'); END",
        "CREATE TRIGGER forbid_delete_rulebook_version BEFORE DELETE ON rulebook_version FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_score_line",
        "score_line",
        "CREATE TRIGGER forbid_delete_score_line BEFORE DELETE ON score_line FOR EACH ROW WHEN (OLD.sealed) BEGIN SELECT RAISE(ABORT, 'forbidden: delete on score_line'); END",
        "CREATE TRIGGER forbid_delete_score_line BEFORE DELETE ON score_line FOR EACH ROW WHEN (OLD.sealed) EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_score_sheet",
        "score_sheet",
        "CREATE TRIGGER forbid_delete_score_sheet BEFORE DELETE ON score_sheet FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on score_sheet'); END",
        "CREATE TRIGGER forbid_delete_score_sheet BEFORE DELETE ON score_sheet FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_scores_opened",
        "scores_opened",
        "CREATE TRIGGER forbid_delete_scores_opened BEFORE DELETE ON scores_opened FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on scores_opened'); END",
        "CREATE TRIGGER forbid_delete_scores_opened BEFORE DELETE ON scores_opened FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_delete_voting_round",
        "voting_round",
        "CREATE TRIGGER forbid_delete_voting_round BEFORE DELETE ON voting_round FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: delete on voting_round'); END",
        "CREATE TRIGGER forbid_delete_voting_round BEFORE DELETE ON voting_round FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_box_ballot",
        "box_ballot",
        "",
        "CREATE TRIGGER forbid_truncate_box_ballot BEFORE TRUNCATE ON box_ballot FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_calendar_version",
        "calendar_version",
        "",
        "CREATE TRIGGER forbid_truncate_calendar_version BEFORE TRUNCATE ON calendar_version FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_conflict_declaration",
        "conflict_declaration",
        "",
        "CREATE TRIGGER forbid_truncate_conflict_declaration BEFORE TRUNCATE ON conflict_declaration FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_count_result",
        "count_result",
        "",
        "CREATE TRIGGER forbid_truncate_count_result BEFORE TRUNCATE ON count_result FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_cycle_act",
        "cycle_act",
        "",
        "CREATE TRIGGER forbid_truncate_cycle_act BEFORE TRUNCATE ON cycle_act FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_decision",
        "decision",
        "",
        "CREATE TRIGGER forbid_truncate_decision BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_decisions_published",
        "decisions_published",
        "",
        "CREATE TRIGGER forbid_truncate_decisions_published BEFORE TRUNCATE ON decisions_published FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_eligibility_check",
        "eligibility_check",
        "",
        "CREATE TRIGGER forbid_truncate_eligibility_check BEFORE TRUNCATE ON eligibility_check FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_event",
        "event",
        "",
        "CREATE TRIGGER forbid_truncate_event BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_event_chain",
        "event_chain",
        "",
        "CREATE TRIGGER forbid_truncate_event_chain BEFORE TRUNCATE ON event_chain FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_idea_revision",
        "idea_revision",
        "",
        "CREATE TRIGGER forbid_truncate_idea_revision BEFORE TRUNCATE ON idea_revision FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_installation",
        "installation",
        "",
        "CREATE TRIGGER forbid_truncate_installation BEFORE TRUNCATE ON installation FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_opened_ballot",
        "opened_ballot",
        "",
        "CREATE TRIGGER forbid_truncate_opened_ballot BEFORE TRUNCATE ON opened_ballot FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_passed_gate",
        "passed_gate",
        "",
        "CREATE TRIGGER forbid_truncate_passed_gate BEFORE TRUNCATE ON passed_gate FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_project_revision",
        "project_revision",
        "",
        "CREATE TRIGGER forbid_truncate_project_revision BEFORE TRUNCATE ON project_revision FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_ranking_snapshot",
        "ranking_snapshot",
        "",
        "CREATE TRIGGER forbid_truncate_ranking_snapshot BEFORE TRUNCATE ON ranking_snapshot FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_result_published",
        "result_published",
        "",
        "CREATE TRIGGER forbid_truncate_result_published BEFORE TRUNCATE ON result_published FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_rulebook_version",
        "rulebook_version",
        "",
        "CREATE TRIGGER forbid_truncate_rulebook_version BEFORE TRUNCATE ON rulebook_version FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_score_sheet",
        "score_sheet",
        "",
        "CREATE TRIGGER forbid_truncate_score_sheet BEFORE TRUNCATE ON score_sheet FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_scores_opened",
        "scores_opened",
        "",
        "CREATE TRIGGER forbid_truncate_scores_opened BEFORE TRUNCATE ON scores_opened FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_truncate_voting_round",
        "voting_round",
        "",
        "CREATE TRIGGER forbid_truncate_voting_round BEFORE TRUNCATE ON voting_round FOR EACH STATEMENT EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_box_ballot",
        "box_ballot",
        "CREATE TRIGGER forbid_update_box_ballot BEFORE UPDATE ON box_ballot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on box_ballot'); END",
        "CREATE TRIGGER forbid_update_box_ballot BEFORE UPDATE ON box_ballot FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_calendar_version",
        "calendar_version",
        "CREATE TRIGGER forbid_update_calendar_version BEFORE UPDATE ON calendar_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on calendar_version'); END",
        "CREATE TRIGGER forbid_update_calendar_version BEFORE UPDATE ON calendar_version FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_conflict_declaration",
        "conflict_declaration",
        "CREATE TRIGGER forbid_update_conflict_declaration BEFORE UPDATE ON conflict_declaration FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on conflict_declaration'); END",
        "CREATE TRIGGER forbid_update_conflict_declaration BEFORE UPDATE ON conflict_declaration FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_count_result",
        "count_result",
        "CREATE TRIGGER forbid_update_count_result BEFORE UPDATE ON count_result FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on count_result'); END",
        "CREATE TRIGGER forbid_update_count_result BEFORE UPDATE ON count_result FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_cycle_act",
        "cycle_act",
        "CREATE TRIGGER forbid_update_cycle_act BEFORE UPDATE ON cycle_act FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'forbidden: update on cycle_act'); END",
        "CREATE TRIGGER forbid_update_cycle_act BEFORE UPDATE ON cycle_act FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_decision",
        "decision",
        "CREATE TRIGGER forbid_update_decision BEFORE UPDATE ON decision FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on decision'); END",
        "CREATE TRIGGER forbid_update_decision BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_decisions_published",
        "decisions_published",
        "CREATE TRIGGER forbid_update_decisions_published BEFORE UPDATE ON decisions_published FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on decisions_published'); END",
        "CREATE TRIGGER forbid_update_decisions_published BEFORE UPDATE ON decisions_published FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_eligibility_check",
        "eligibility_check",
        "CREATE TRIGGER forbid_update_eligibility_check BEFORE UPDATE ON eligibility_check FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on eligibility_check'); END",
        "CREATE TRIGGER forbid_update_eligibility_check BEFORE UPDATE ON eligibility_check FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_event",
        "event",
        "CREATE TRIGGER forbid_update_event BEFORE UPDATE ON event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on event'); END",
        "CREATE TRIGGER forbid_update_event BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_event_chain",
        "event_chain",
        "CREATE TRIGGER forbid_update_event_chain BEFORE UPDATE ON event_chain FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on event_chain'); END",
        "CREATE TRIGGER forbid_update_event_chain BEFORE UPDATE ON event_chain FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_idea_revision",
        "idea_revision",
        "CREATE TRIGGER forbid_update_idea_revision BEFORE UPDATE ON idea_revision FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on idea_revision'); END",
        "CREATE TRIGGER forbid_update_idea_revision BEFORE UPDATE ON idea_revision FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_installation",
        "installation",
        "CREATE TRIGGER forbid_update_installation BEFORE UPDATE OF mode, id ON installation FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on installation'); END",
        "CREATE TRIGGER forbid_update_installation BEFORE UPDATE OF mode, id ON installation FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_opened_ballot",
        "opened_ballot",
        "CREATE TRIGGER forbid_update_opened_ballot BEFORE UPDATE ON opened_ballot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on opened_ballot'); END",
        "CREATE TRIGGER forbid_update_opened_ballot BEFORE UPDATE ON opened_ballot FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_passed_gate",
        "passed_gate",
        "CREATE TRIGGER forbid_update_passed_gate BEFORE UPDATE ON passed_gate FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on passed_gate'); END",
        "CREATE TRIGGER forbid_update_passed_gate BEFORE UPDATE ON passed_gate FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_project_revision",
        "project_revision",
        "CREATE TRIGGER forbid_update_project_revision BEFORE UPDATE ON project_revision FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on project_revision'); END",
        "CREATE TRIGGER forbid_update_project_revision BEFORE UPDATE ON project_revision FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_ranking_snapshot",
        "ranking_snapshot",
        "CREATE TRIGGER forbid_update_ranking_snapshot BEFORE UPDATE ON ranking_snapshot FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on ranking_snapshot'); END",
        "CREATE TRIGGER forbid_update_ranking_snapshot BEFORE UPDATE ON ranking_snapshot FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_result_published",
        "result_published",
        "CREATE TRIGGER forbid_update_result_published BEFORE UPDATE ON result_published FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on result_published'); END",
        "CREATE TRIGGER forbid_update_result_published BEFORE UPDATE ON result_published FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_rulebook_version",
        "rulebook_version",
        "CREATE TRIGGER forbid_update_rulebook_version BEFORE UPDATE ON rulebook_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on rulebook_version'); END",
        "CREATE TRIGGER forbid_update_rulebook_version BEFORE UPDATE ON rulebook_version FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_score_line",
        "score_line",
        "CREATE TRIGGER forbid_update_score_line BEFORE UPDATE ON score_line FOR EACH ROW WHEN (OLD.sealed) BEGIN SELECT RAISE(ABORT, 'forbidden: update on score_line'); END",
        "CREATE TRIGGER forbid_update_score_line BEFORE UPDATE ON score_line FOR EACH ROW WHEN (OLD.sealed) EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_score_sheet",
        "score_sheet",
        "CREATE TRIGGER forbid_update_score_sheet BEFORE UPDATE ON score_sheet FOR EACH ROW WHEN (OLD.state <> 'draft' AND NOT (OLD.state = 'submitted' AND NEW.state = 'void')) BEGIN SELECT RAISE(ABORT, 'forbidden: update on score_sheet'); END",
        "CREATE TRIGGER forbid_update_score_sheet BEFORE UPDATE ON score_sheet FOR EACH ROW WHEN (OLD.state <> 'draft' AND NOT (OLD.state = 'submitted' AND NEW.state = 'void')) EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_scores_opened",
        "scores_opened",
        "CREATE TRIGGER forbid_update_scores_opened BEFORE UPDATE ON scores_opened FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'forbidden: update on scores_opened'); END",
        "CREATE TRIGGER forbid_update_scores_opened BEFORE UPDATE ON scores_opened FOR EACH ROW EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "forbid_update_voting_round",
        "voting_round",
        "CREATE TRIGGER forbid_update_voting_round BEFORE UPDATE OF cycle_id, label, projects, custodians, fingerprint ON voting_round FOR EACH ROW WHEN (OLD.trial_opened_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'forbidden: update on voting_round'); END",
        "CREATE TRIGGER forbid_update_voting_round BEFORE UPDATE OF cycle_id, label, projects, custodians, fingerprint ON voting_round FOR EACH ROW WHEN (OLD.trial_opened_at IS NOT NULL) EXECUTE FUNCTION pb_forbid()",
    ),
    (
        "ix_idea_search_text_trgm",
        "idea",
        "",
        "CREATE INDEX ix_idea_search_text_trgm ON idea USING gin (search_text gin_trgm_ops)",
    ),
    (
        "ix_project_search_text_trgm",
        "project",
        "",
        "CREATE INDEX ix_project_search_text_trgm ON project USING gin (search_text gin_trgm_ops)",
    ),
]

FORBID = """
CREATE OR REPLACE FUNCTION pb_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'forbidden: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""

TABLES = [
    "account",
    "installation",
    "outgoing_message",
    "signin_code",
    "town",
    "cycle",
    "event",
    "invitation",
    "password_reset",
    "recovery_code",
    "role_grant",
    "unit",
    "calendar_version",
    "centre",
    "count_result",
    "cycle_act",
    "decisions_published",
    "event_chain",
    "idea",
    "passed_gate",
    "project",
    "ranking_snapshot",
    "roll",
    "rulebook_version",
    "scores_opened",
    "voter_code",
    "voting_round",
    "box_ballot",
    "conflict_declaration",
    "decision",
    "idea_author",
    "idea_picture",
    "idea_revision",
    "inbox_ballot",
    "milestone",
    "opened_ballot",
    "project_idea",
    "project_revision",
    "result_published",
    "roll_entry",
    "voting_slot",
    "eligibility_check",
    "score_sheet",
    "score_line",
]


def _inline(key: sa.ForeignKeyConstraint) -> list[sa.ForeignKeyConstraint]:
    """A key to a table that is made later: inside the table on SQLite, added afterwards on PostgreSQL."""
    return [key] if op.get_bind().dialect.name == "sqlite" else []


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("phone_hash", sa.String(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("is_installer", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR phone_hash IS NOT NULL", name=op.f("ck_account_reachable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_account_phone_hash")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rehearsal_offset", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "mode = 'demonstration' OR rehearsal_offset = 0",
            name=op.f("ck_installation_clock_only_in_demonstrations"),
        ),
        sa.CheckConstraint("mode IN ('production', 'demonstration')", name=op.f("ck_installation_mode")),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'mail')", name=op.f("ck_outgoing_message_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
    )
    op.create_index(
        op.f("ix_outgoing_message_address_hash"), "outgoing_message", ["address_hash"], unique=False
    )
    op.create_index(
        "ix_outgoing_message_due", "outgoing_message", ["delivered_at", "next_try_at"], unique=False
    )
    op.create_table(
        "signin_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_code")),
    )
    op.create_index(op.f("ix_signin_code_phone_hash"), "signin_code", ["phone_hash"], unique=False)
    op.create_table(
        "town",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("full_name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("genitive_ka", sa.String(), nullable=False),
        sa.Column("number_prefix", sa.String(), nullable=False),
        sa.Column("accent", sa.String(), nullable=False),
        sa.Column("hotline", sa.String(), nullable=False),
        sa.Column("hotline_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "protection_officer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town")),
        sa.UniqueConstraint("number_prefix", name=op.f("uq_town_number_prefix")),
        sa.UniqueConstraint("slug", name=op.f("uq_town_slug")),
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rulebook_id", sa.Integer(), nullable=True),
        sa.Column("calendar_id", sa.Integer(), nullable=True),
        sa.Column("last_idea_number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_inline(
            sa.ForeignKeyConstraint(
                ["calendar_id"], ["calendar_version.id"], name=op.f("fk_cycle_calendar_id_calendar_version")
            )
        ),
        *_inline(
            sa.ForeignKeyConstraint(
                ["rulebook_id"], ["rulebook_version.id"], name=op.f("fk_cycle_rulebook_id_rulebook_version")
            )
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_cycle_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("town_id", "year", name=op.f("uq_cycle_town_id_year")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_event_actor_id_account")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_event_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_cycle", "event", ["cycle_id", "is_public", "id"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject", "subject_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["account.id"], name=op.f("fk_invitation_invited_by_account")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_invitation_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_town_id"), "invitation", ["town_id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_password_reset_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    op.create_index(op.f("ix_password_reset_account_id"), "password_reset", ["account_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_code_account_id_code_hash")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["account.id"], name=op.f("fk_role_grant_granted_by_account")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_role_grant_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_town_id"), "role_grant", ["town_id"], unique=False)
    op.create_index(
        "uq_role_grant_in_force",
        "role_grant",
        ["account_id", "town_id", "role"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("genitive_ka", sa.String(), nullable=False),
        sa.Column("villages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_unit_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("town_id", "position", name=op.f("uq_unit_town_id_position")),
        sa.UniqueConstraint("town_id", "slug", name=op.f("uq_unit_town_id_slug")),
    )
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_calendar_version_created_by_account")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_calendar_version_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint("cycle_id", "version", name=op.f("uq_calendar_version_cycle_id_version")),
    )
    op.create_table(
        "centre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("address", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_centre_town_id_town")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_centre_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
    )
    op.create_index(op.f("ix_centre_town_id"), "centre", ["town_id"], unique=False)
    op.create_table(
        "count_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("inputs_fingerprint", sa.String(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["counted_by"], ["account.id"], name=op.f("fk_count_result_counted_by_account")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_count_result_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_result")),
        sa.UniqueConstraint("cycle_id", "fingerprint", name=op.f("uq_count_result_cycle_id_fingerprint")),
    )
    op.create_table(
        "cycle_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR outcome = 'withdrawn'",
            name=op.f("ck_cycle_act_two"),
        ),
        sa.CheckConstraint("kind IN ('extend', 'pause', 'resume', 'halt')", name=op.f("ck_cycle_act_kind")),
        sa.CheckConstraint(
            "outcome IN ('approved', 'rejected', 'withdrawn') OR outcome IS NULL",
            name=op.f("ck_cycle_act_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_cycle_act_decided_at")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_by IS NULL)", name=op.f("ck_cycle_act_decided_by")),
        sa.CheckConstraint("length(reason) >= 20", name=op.f("ck_cycle_act_reason")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_act_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_cycle_act_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_cycle_act_proposed_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_act")),
    )
    op.create_index(op.f("ix_cycle_act_cycle_id"), "cycle_act", ["cycle_id"], unique=False)
    op.create_index(
        "uq_cycle_act_open",
        "cycle_act",
        ["cycle_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "decisions_published",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_decisions_published_by_account")),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_decisions_published_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_decisions_published")),
    )
    op.create_table(
        "event_chain",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_chain_event_id_event")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event_chain")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_chain_event_id")),
    )
    op.create_table(
        "idea",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("village", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("solution", sa.String(), nullable=False),
        sa.Column("beneficiaries", sa.String(), nullable=False),
        sa.Column("cost_tetri", sa.BigInteger(), nullable=True),
        sa.Column("author_label", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("times_returned", sa.Integer(), nullable=False),
        sa.Column("public_reason", sa.String(), nullable=False),
        sa.Column("notes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (number IS NULL)", name=op.f("ck_idea_numbered_once_submitted")
        ),
        sa.CheckConstraint("cost_tetri IS NULL OR cost_tetri >= 0", name=op.f("ck_idea_cost")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_idea_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["same_as_id"], ["idea.id"], name=op.f("fk_idea_same_as_id_idea")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_idea_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_idea_cycle_id_number")),
    )
    op.create_index("ix_idea_list", "idea", ["cycle_id", "state", "submitted_at", "id"], unique=False)
    op.create_index(op.f("ix_idea_unit_id"), "idea", ["unit_id"], unique=False)
    op.create_table(
        "passed_gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_passed_gate_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["passed_by"], ["account.id"], name=op.f("fk_passed_gate_passed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_gate")),
        sa.UniqueConstraint("cycle_id", "gate", name=op.f("uq_passed_gate_cycle_id_gate")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("foreign_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cost_tetri", sa.BigInteger(), nullable=False),
        sa.Column("author_label", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("handed_in_revision_id", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost_tetri >= 0", name=op.f("ck_project_cost")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_project_cycle_id_cycle")),
        *_inline(
            sa.ForeignKeyConstraint(
                ["handed_in_revision_id"],
                ["project_revision.id"],
                name=op.f("fk_project_handed_in_revision_id_project_revision"),
            )
        ),
        *_inline(
            sa.ForeignKeyConstraint(
                ["revision_id"], ["project_revision.id"], name=op.f("fk_project_revision_id_project_revision")
            )
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_project_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_project_cycle_id_number")),
    )
    op.create_index("ix_project_list", "project", ["cycle_id", "state", "number"], unique=False)
    op.create_table(
        "ranking_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_ranking_snapshot_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_snapshot")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_ranking_snapshot_cycle_id_number")),
    )
    op.create_table(
        "roll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("unit_sizes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("report", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> imported_by", name=op.f("ck_roll_two")),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_roll_approved_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_roll_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["imported_by"], ["account.id"], name=op.f("fk_roll_imported_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll")),
    )
    op.create_index(op.f("ix_roll_cycle_id"), "roll", ["cycle_id"], unique=False)
    op.create_index(
        "uq_roll_approved",
        "roll",
        ["cycle_id"],
        unique=True,
        sqlite_where=sa.text("approved_at IS NOT NULL"),
        postgresql_where=sa.text("approved_at IS NOT NULL"),
    )
    op.create_table(
        "rulebook_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_rulebook_version_created_by_account")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_rulebook_version_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_version")),
        sa.UniqueConstraint("cycle_id", "version", name=op.f("uq_rulebook_version_cycle_id_version")),
    )
    op.create_table(
        "scores_opened",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_scores_opened_by_account")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_scores_opened_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_scores_opened")),
    )
    op.create_table(
        "voter_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_voter_code_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voter_code")),
    )
    op.create_index(
        "ix_voter_code_person", "voter_code", ["cycle_id", "person_hash", "created_at"], unique=False
    )
    op.create_table(
        "voting_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("projects", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("custodians", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_voting_round_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_round")),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_voting_round_cycle_id")),
        sa.UniqueConstraint("label", name=op.f("uq_voting_round_label")),
    )
    op.create_table(
        "box_ballot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_box_ballot_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_box_ballot")),
        sa.UniqueConstraint("round_id", "commitment", name=op.f("uq_box_ballot_round_id_commitment")),
    )
    op.create_table(
        "conflict_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["account.id"], name=op.f("fk_conflict_declaration_member_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_conflict_declaration_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_declaration")),
    )
    op.create_index(
        "ix_conflict_declaration_member", "conflict_declaration", ["member_id", "project_id"], unique=False
    )
    op.create_index(
        op.f("ix_conflict_declaration_project_id"), "conflict_declaration", ["project_id"], unique=False
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("departs", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('on_ballot', 'reserve', 'not_shortlisted')", name=op.f("ck_decision_outcome")
        ),
        sa.CheckConstraint(
            "NOT departs OR length(reason) >= 100", name=op.f("ck_decision_departure_has_reason")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_decision_decided_by_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_decision_project_id_project")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["ranking_snapshot.id"], name=op.f("fk_decision_snapshot_id_ranking_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_project_id"), "decision", ["project_id"], unique=False)
    op.create_table(
        "idea_author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("surname_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("village_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("age_band", sa.String(), nullable=False),
        sa.Column("guardian_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idea_author_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_author_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_idea_author_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_author")),
        sa.UniqueConstraint("idea_id", "account_id", name=op.f("uq_idea_author_idea_id_account_id")),
    )
    op.create_index(op.f("ix_idea_author_account_id"), "idea_author", ["account_id"], unique=False)
    op.create_table(
        "idea_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_picture_idea_id_idea"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_picture")),
    )
    op.create_index(op.f("ix_idea_picture_idea_id"), "idea_picture", ["idea_id"], unique=False)
    op.create_table(
        "idea_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_idea_revision_by_account")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_revision_idea_id_idea")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_revision")),
        sa.UniqueConstraint("idea_id", "number", name=op.f("uq_idea_revision_idea_id_number")),
    )
    op.create_table(
        "inbox_ballot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_inbox_ballot_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "commitment", name=op.f("pk_inbox_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("paid_tetri", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("paid_tetri >= 0", name=op.f("ck_milestone_paid")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_milestone_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_project_id"), "milestone", ["project_id"], unique=False)
    op.create_table(
        "opened_ballot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("ballot", sa.LargeBinary(), nullable=False),
        sa.Column("choices", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("unit_slug", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_opened_ballot_round_id_voting_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_opened_ballot")),
        sa.UniqueConstraint("round_id", "commitment", name=op.f("uq_opened_ballot_round_id_commitment")),
    )
    op.create_table(
        "project_idea",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_project_idea_idea_id_idea")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_idea_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_idea")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_project_idea_idea_id")),
        sa.UniqueConstraint("project_id", "idea_id", name=op.f("uq_project_idea_project_id_idea_id")),
    )
    op.create_table(
        "project_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("timeline", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("budget", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("cost_tetri", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_project_revision_by_account")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_revision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_revision")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_project_revision_project_id_number")),
    )
    op.create_table(
        "result_published",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_result_published_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_result_published_published_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["count_result.id"], name=op.f("fk_result_published_result_id_count_result")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_result_published")),
    )
    op.create_table(
        "roll_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_entry_roll_id_roll")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roll_entry_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entry")),
        sa.UniqueConstraint("roll_id", "person_hash", name=op.f("uq_roll_entry_roll_id_person_hash")),
    )
    op.create_table(
        "voting_slot",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("channel IN ('web', 'kiosk', 'paper')", name=op.f("ck_voting_slot_channel")),
        sa.CheckConstraint(
            "state IN ('cast', 'issued', 'spoilt', 'returned')", name=op.f("ck_voting_slot_state")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["voting_round.id"], name=op.f("fk_voting_slot_round_id_voting_round")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_voting_slot_unit_id_unit")),
        sa.PrimaryKeyConstraint("round_id", "value", name=op.f("pk_voting_slot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "eligibility_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("rulebook_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("notes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("public_reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'ineligible' OR length(public_reason) > 0", name=op.f("ck_eligibility_check_reason")
        ),
        sa.CheckConstraint(
            "outcome IN ('eligible', 'returned', 'ineligible')", name=op.f("ck_eligibility_check_outcome")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_eligibility_check_idea_id_idea")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["account.id"], name=op.f("fk_eligibility_check_officer_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["idea_revision.id"], name=op.f("fk_eligibility_check_revision_id_idea_revision")
        ),
        sa.ForeignKeyConstraint(
            ["rulebook_id"],
            ["rulebook_version.id"],
            name=op.f("fk_eligibility_check_rulebook_id_rulebook_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_check")),
    )
    op.create_index(op.f("ix_eligibility_check_idea_id"), "eligibility_check", ["idea_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("rulebook_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'void')", name=op.f("ck_score_sheet_state")),
        sa.ForeignKeyConstraint(["member_id"], ["account.id"], name=op.f("fk_score_sheet_member_id_account")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_score_sheet_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["project_revision.id"], name=op.f("fk_score_sheet_revision_id_project_revision")
        ),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_version.id"], name=op.f("fk_score_sheet_rulebook_id_rulebook_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("project_id", "member_id", name=op.f("uq_score_sheet_project_id_member_id")),
    )
    op.create_index(op.f("ix_score_sheet_member_id"), "score_sheet", ["member_id"], unique=False)
    op.create_table(
        "score_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("private_note", sa.String(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_line_sheet_id_score_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_line")),
        sa.UniqueConstraint("sheet_id", "criterion", name=op.f("uq_score_line_sheet_id_criterion")),
    )

    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.create_foreign_key(
            op.f("fk_cycle_calendar_id_calendar_version"),
            "cycle",
            "calendar_version",
            ["calendar_id"],
            ["id"],
        )
        op.create_foreign_key(
            op.f("fk_cycle_rulebook_id_rulebook_version"),
            "cycle",
            "rulebook_version",
            ["rulebook_id"],
            ["id"],
        )
        op.create_foreign_key(
            op.f("fk_project_handed_in_revision_id_project_revision"),
            "project",
            "project_revision",
            ["handed_in_revision_id"],
            ["id"],
        )
        op.create_foreign_key(
            op.f("fk_project_revision_id_project_revision"),
            "project",
            "project_revision",
            ["revision_id"],
            ["id"],
        )
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.get_bind().exec_driver_sql(FORBID.replace("%", "%%"))
    for _name, _table, sqlite, postgresql_statement in EXTRAS:
        statement = sqlite if on_sqlite else postgresql_statement
        if statement:
            op.execute(statement)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _table, sqlite, _statement in EXTRAS:
        if on_sqlite and sqlite:
            op.execute(f"DROP TRIGGER {name}")
    for table in reversed(TABLES):
        op.execute(f'DROP TABLE "{table}"' + ("" if on_sqlite else " CASCADE"))
    if not on_sqlite:
        op.execute("DROP FUNCTION pb_forbid()")
