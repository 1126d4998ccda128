"""Writing an act to the log: one typed event, in the transaction of the act itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from pb.audit.models import Event
from pb.db import db
from pb.policy import Actor


@dataclass(frozen=True)
class Act:
    """Base of all events. Fields are ids and plain values (no personal data in clear).

    ``subject`` names the kind of thing the act was done to; ``public`` says whether the public log shows it.
    A feature declares its acts in events.py and words them in wording.py (EVENTS, by class name).
    """

    subject: ClassVar[str]
    public: ClassVar[bool] = False

    def data(self) -> dict[str, Any]:
        """The event's own fields, as JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def record(
    act: Act,
    *,
    subject_id: int | None,
    by: Actor | None,
    at: datetime,
    town_id: int | None = None,
    cycle_id: int | None = None,
) -> None:
    """Add the event to the running command; the sealer chains it soon after the commit."""
    db.session.add(
        Event(
            at=at,
            kind=type(act).__name__,
            town_id=town_id,
            cycle_id=cycle_id,
            subject=act.subject,
            subject_id=subject_id,
            actor_id=by.account_id if by else None,
            is_public=act.public,
            data=act.data(),
        )
    )
