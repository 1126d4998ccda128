"""What accounts ask of messages, a feature later in the order, which registers itself here at start."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from flask import current_app


class Outbox(Protocol):
    """Writes a message, in words of the catalogue of texts, in the transaction of the running command."""

    def send_text(self, *, kind: str, address: str, language: str, now: datetime, **values: Any) -> None:
        """Queue the text ``kind`` by the channel that belongs to it (text message or mail)."""

    def demonstration_code(self, phone: str, now: datetime) -> str | None:
        """The code that was last sent to a number; demonstrations only."""


def outbox() -> Outbox:
    """The outbox of the running application."""
    registered: Outbox = current_app.extensions["pb_outbox"]
    return registered
