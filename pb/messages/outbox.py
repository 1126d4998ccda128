"""The outbox as other features see it: ``notify`` for accounts, and what accounts ask (pb.accounts.outbox.Outbox)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb.messages import commands, queries
from pb.messages.notifying import notify

__all__ = ["DatabaseOutbox", "notify"]


class DatabaseOutbox:
    """Queues in the database, in the running command's transaction."""

    def send_text(self, *, kind: str, address: str, language: str, now: datetime, **values: Any) -> None:
        commands.send_text(kind=kind, address=address, language=language, now=now, **values)

    def demonstration_code(self, phone: str, now: datetime) -> str | None:
        return queries.demonstration_code(phone, now)
