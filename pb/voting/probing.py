"""Looking people up leaves a record: whoever types a personal number at a desk, or opens a case, and is refused with a
word that says something of a person, stands in the log with the name of who asked, never of who was asked for.

What is done for a person has an event of its own; without this, asking and being refused would have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pb.audit.log import record
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import here_by_id
from pb.db import command, db, in_command
from pb.policy import Actor
from pb.voting.events_people import PersonLookedUp

#: Refusals that say something of the person whose number was typed.
TELLING = frozenset(
    (
        "not_on_roll",
        "already_voted",
        "no_paper_issued",
        "paper_other_batch",
        "no_vote_of_person",
        "case_exists",
    )
)


@contextmanager
def recorded(*, cycle_id: int, actor: Actor, now: datetime) -> Iterator[None]:
    """Around a command that looks a person up: such a refusal is recorded, and raised again.

    The command itself was taken back by then; so this stands outside of it, and of every other. Writes PersonLookedUp.
    """
    if in_command():
        raise RuntimeError("a refusal is recorded after its command was taken back")
    try:
        yield
    except (Invalid, Closed) as error:
        if error.code in TELLING:
            db.session.rollback()
            _note(cycle_id=cycle_id, code=error.code, actor=actor, now=now)
        raise


@command
def _note(*, cycle_id: int, code: str, actor: Actor, now: datetime) -> None:
    here = here_by_id(cycle_id, now=now)
    event = PersonLookedUp(f"asked_{code}")
    record(event, subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
