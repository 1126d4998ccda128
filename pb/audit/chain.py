"""What exactly is fingerprinted of an event: the text of a record, and the hash of one link."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC

from flask import current_app

from pb.audit.models import Event
from pb.core.canonical import canonical_json

BEGINNING = "0" * 64  # the hash before the first


def record_text(event: Event) -> str:
    """The event as canonical JSON (RFC 8785), which never changes.

    Who did it stands there as an HMAC with the event's id: bound, but not to be told from the published text,
    nor are the events of one person to be told together. It also keeps the hashes of events that are not
    public from being guessed.
    """
    return canonical_json(
        {
            "at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "by": _blinded(event),
            "cycle": event.cycle_id,
            "data": event.data,
            "id": event.id,
            "kind": event.kind,
            "public": event.is_public,
            "subject": event.subject,
            "subject_id": event.subject_id,
            "town": event.town_id,
        }
    ).decode()


def link_hash(previous: str, record: str) -> str:
    """SHA-256, in hex, of the previous link's hash (as 64 hex digits) followed by the record's text."""
    return hashlib.sha256((previous + record).encode()).hexdigest()


def _blinded(event: Event) -> str:
    key: bytes = current_app.extensions["pb_settings"].hash_key
    return hmac.new(key, f"event actor:{event.id}:{event.actor_id}".encode(), hashlib.sha256).hexdigest()
