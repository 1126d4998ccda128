"""Telling people that a vote was cast with their number: a text to the bound phone, for a whole batch at once.

A batch is the slots used since the last one. Whose they are is found by computing the slot of everybody on the roll
(about a third of a second for 30 000), in an order that is drawn; nothing is kept of who was found. What is written
are texts in a drawn order, and that these slots were told, both in one transaction: neither leads to a ballot.
"""

from __future__ import annotations

import logging
from datetime import datetime
from secrets import SystemRandom

from sqlalchemy import Select, func, insert, select

from pb.accounts.personal import unseal
from pb.core import ballots
from pb.core.errors import DomainError
from pb.cycles.models import Cycle
from pb.db import command, db, one_at_a_time
from pb.messages.commands import send_sms
from pb.places.models import Town
from pb.voting import link_key
from pb.voting.identify import phone_of_entry
from pb.voting.models import VotingRound, VotingSlot
from pb.voting.models_people import Roll, RollEntry, ToldSlot

AT_LEAST = 20  # as many as a flush moves
SHARE = 1000  # of a large roll, a thousandth: so that it is not walked through for every twenty votes
SMS = "{town}: ხმა მიეცა თქვენი ნომრით. სხვამ მისცა? დარეკეთ {hotline}"  # one text (70) for all but the longest name

log = logging.getLogger(__name__)
_dice = SystemRandom()


def tell_due(*, now: datetime) -> int:
    """Tell where enough slots were used since the last time, and all that remain after the close (the worker)."""
    rounds = db.session.execute(
        select(VotingRound.cycle_id, VotingRound.id, VotingRound.closed_at, Roll.size)
        .join(Roll, Roll.cycle_id == VotingRound.cycle_id)
        .where(
            VotingRound.trial_opened_at.is_not(None),
            VotingRound.destroyed_at.is_(None),
            Roll.approved_at.is_not(None),
            Roll.erased_at.is_(None),
        )
    ).all()
    told = 0
    for row in rounds:
        least = 1 if row.closed_at is not None else max(AT_LEAST, row.size // SHARE)
        if _untold_number(row.id) < least:
            continue
        try:
            told += _tell(cycle_id=row.cycle_id, now=now)
        except DomainError as error:  # the file of a key is lost: no reason to be silent in other towns
            log.error("nobody is told of votes in contest %s: %s", row.cycle_id, error.code)
    return told


def _untold(round_id: int) -> Select[str]:
    """Slots in use whose person was not told. One that was told and given back later is no longer in use."""
    return (
        select(VotingSlot.value)
        .outerjoin(
            ToldSlot, (ToldSlot.round_id == VotingSlot.round_id) & (ToldSlot.value == VotingSlot.value)
        )
        .where(
            VotingSlot.round_id == round_id,
            VotingSlot.state.in_(("cast", "issued")),
            ToldSlot.value.is_(None),
        )
    )


def _untold_number(round_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(_untold(round_id).subquery())) or 0


@command
def _tell(*, cycle_id: int, now: datetime) -> int:
    # Held against the destruction: what is written here is erased there, and nothing comes after it.
    row = db.session.execute(
        select(VotingRound)
        .where(VotingRound.cycle_id == cycle_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).scalar_one()
    if row.destroyed_at is not None:
        return 0
    one_at_a_time(f"tell {row.id}")
    untold = set(db.session.scalars(_untold(row.id)))
    if not untold:
        return 0
    phones = _phones_of(cycle_id, row, untold, now)
    _dice.shuffle(phones)
    town = db.session.execute(
        select(Town.id, Town.name, Town.hotline)
        .join(Cycle, Cycle.town_id == Town.id)
        .where(Cycle.id == cycle_id)
    ).one()
    body = SMS.format(town=town.name["ka"], hotline=town.hotline.replace(" ", ""))
    for phone in phones:
        send_sms(
            kind="vote_cast", address=unseal(phone), body=body, now=now, payer=(town.id, cycle_id)
        )  # fmt: skip
    marks = [{"round_id": row.id, "value": value} for value in untold]
    _dice.shuffle(marks)
    db.session.execute(insert(ToldSlot), marks)
    return len(phones)


def _phones_of(cycle_id: int, row: VotingRound, slots: set[str], now: datetime) -> list[bytes]:
    key = link_key.read(row)
    entries = db.session.execute(
        select(
            RollEntry.person_hash, RollEntry.phone_sealed, RollEntry.phone_hash,
            RollEntry.next_phone_sealed, RollEntry.next_phone_hash, RollEntry.next_phone_from,
        )
        .join(Roll, Roll.id == RollEntry.roll_id)
        .where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None))
    )  # fmt: skip
    found = []
    for entry in entries.yield_per(2000):
        if ballots.slot(key, row.label, entry.person_hash) in slots:
            sealed, _ = phone_of_entry(entry, now)
            if sealed is not None:
                found.append(sealed)
    return found
