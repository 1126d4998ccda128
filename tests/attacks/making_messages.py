"""A lost message, a message to a group, and a spreadsheet, for the estates of the attacks."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from pb.accounts.personal import seal
from pb.cycles.models import Cycle
from pb.ideas.models_import import IdeaImport
from pb.messages.models import InboxMessage, OutgoingMessage
from pb.messages.models_costs import BulkMessage

THEN = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)


def add_messages(session: Session, cycle: Cycle, author_id: int, admin_id: int) -> dict[str, int]:
    """One of each; gives their ids by the name that addresses have for them."""
    inbox = InboxMessage(
        account_id=author_id, town_id=cycle.town_id, cycle_id=cycle.id, kind="idea_admitted", created_at=THEN,
        words_sealed=seal('{"ka": {"subject": "SECRETINBOX", "body": "SECRETINBOX"}}'),
    )  # fmt: skip
    bulk = BulkMessage(
        cycle_id=cycle.id, audience="audience_authors", written_by=admin_id, written_at=THEN,
        words={part: {"ka": "SECRETBULK", "en": "SECRETBULK"} for part in ("subject", "sms", "body")},
    )  # fmt: skip
    table = IdeaImport(cycle_id=cycle.id, fingerprint="f", state="dropped", by=admin_id, at=THEN)
    session.add_all([inbox, bulk, table])
    session.flush()
    lost = OutgoingMessage(
        channel="sms", kind="idea_admitted", town_id=cycle.town_id, cycle_id=cycle.id, inbox_id=inbox.id,
        address_hash="h", body_sealed=seal("SECRETSMS"), created_at=THEN, last_error="http 422",
    )  # fmt: skip
    session.add(lost)
    session.flush()
    return {"bulk": bulk.id, "table": table.id, "message": lost.id}
