"""From a personal number to a voter: the keyed hash, the entry of the roll in force, the slot. Writes nothing.

What a slot votes for is never known here, and casting never imports this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from pb.accounts.personal import keyed_hash
from pb.core import ballots
from pb.core.errors import Invalid
from pb.core.georgian import normal_personal_number
from pb.db import db
from pb.voting import link_key
from pb.voting.models_people import Roll, RollEntry
from pb.voting.rounds import the_round

# The purposes under which personal numbers and the phones of a roll are hashed.
PERSON, PHONE = "person", "roll phone"


@dataclass(frozen=True)
class Voter:
    """Somebody entitled to vote, as the ballot box knows them: by a slot that tells nobody who it is."""

    round_id: int
    slot: str
    unit_id: int
    channel: str


def person_of(number: str) -> str:
    """The keyed hash of a typed personal number. Raises Invalid("bad_personal_number") on ``number``."""
    try:
        return keyed_hash(PERSON, normal_personal_number(number))
    except Invalid as error:
        raise Invalid(error.code, field="number") from None


def entry_of(cycle_id: int, person: str) -> RollEntry | None:
    """The entry of the roll in force under a hashed personal number."""
    return db.session.execute(
        select(RollEntry)
        .join(Roll, Roll.id == RollEntry.roll_id)
        .where(
            Roll.cycle_id == cycle_id,
            Roll.approved_at.is_not(None),
            RollEntry.person_hash == person,
        )
    ).scalar_one_or_none()


def voter_of_entry(cycle_id: int, entry: RollEntry, channel: str) -> Voter:
    """The voter that an entry stands for. Raises Missing("no_round") and as ``link_key.read``."""
    vote = the_round(cycle_id)
    slot = ballots.slot(link_key.read(vote), vote.label, entry.person_hash)
    return Voter(vote.id, slot, entry.unit_id, channel)


def slot_of_number(cycle_id: int, number: str) -> str:
    """The slot of a person on the roll (cases of suspected fraud). Raises Invalid on ``number``:
    bad_personal_number, not_on_roll; as ``link_key.read``.
    """
    entry = entry_of(cycle_id, person_of(number))
    if entry is None:
        raise Invalid("not_on_roll", field="number")
    return voter_of_entry(cycle_id, entry, "web").slot


def voters_of(cycle_id: int) -> Iterator[Voter]:
    """Every voter of the roll in force, by slot, in the order of the roll (seeding, and checks of the
    box).
    """
    vote = the_round(cycle_id)
    key = link_key.read(vote)
    rows = db.session.execute(
        select(RollEntry.person_hash, RollEntry.unit_id)
        .join(Roll, Roll.id == RollEntry.roll_id)
        .where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None))
        .order_by(RollEntry.id)
    )
    for person, unit_id in rows.yield_per(2000):
        yield Voter(vote.id, ballots.slot(key, vote.label, person), unit_id, "web")
