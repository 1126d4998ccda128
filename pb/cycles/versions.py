"""Writing a new version of a cycle's rules or dates; called by commands, which have decided that it may
be.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from pb.audit.log import record
from pb.core.canonical import canonical_json
from pb.core.phases import Calendar
from pb.core.rulebook import Rulebook
from pb.cycles import events, queries
from pb.cycles.models import CalendarVersion, Cycle, RulebookVersion
from pb.db import db
from pb.policy import Actor


def add_rulebook(cycle: Cycle, rulebook: Rulebook, note: str, actor: Actor, now: datetime) -> int:
    """Put a new version in force; gives its number. Writes RulebookSaved, RulebookChanged once published."""
    number = queries.last_version(RulebookVersion, cycle.id) + 1
    note = note.strip()
    version = RulebookVersion(
        cycle_id=cycle.id,
        version=number,
        document=canonical_json(rulebook.to_json()).decode(),
        fingerprint=rulebook.fingerprint(),
        note=note,
        created_at=now,
        created_by=actor.account_id,
    )
    db.session.add(version)
    db.session.flush()
    cycle.rulebook_version = version
    event = (
        events.RulebookSaved(number, version.fingerprint)
        if cycle.published_at is None
        else events.RulebookChanged(number, version.fingerprint, note)
    )
    record(event, subject_id=cycle.id, by=actor, at=now, town_id=cycle.town_id, cycle_id=cycle.id)
    db.session.flush()
    return number


def add_calendar(cycle: Cycle, calendar: Calendar, reason: str, actor: Actor, now: datetime) -> int:
    """Put new dates in force; gives the version's number. Writes CalendarSaved."""
    number = queries.last_version(CalendarVersion, cycle.id) + 1
    document = canonical_json(calendar.to_json())
    version = CalendarVersion(
        cycle_id=cycle.id,
        version=number,
        document=document.decode(),
        fingerprint=hashlib.sha256(document).hexdigest(),
        reason=reason,
        created_at=now,
        created_by=actor.account_id,
    )
    db.session.add(version)
    db.session.flush()
    cycle.calendar_version = version
    event = events.CalendarSaved(number)
    record(event, subject_id=cycle.id, by=actor, at=now, town_id=cycle.town_id, cycle_id=cycle.id)
    db.session.flush()
    return number
