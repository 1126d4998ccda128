"""Witnesses of the board: who keeps its heads outside the site, and the letter with each day's head."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from pb.accounts.commands_staff import checked_email
from pb.accounts.personal import seal, unseal
from pb.audit.log import record
from pb.core.board import day_of
from pb.core.errors import Closed, Invalid, Missing
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.messages.commands import send_text
from pb.policy import Action, Actor, authorise
from pb.voting.events import WitnessRegistered, WitnessRemoved
from pb.voting.models import VotingRound
from pb.voting.models_ceremony import Witness
from pb.voting.queries_board import SignedHead, days
from pb.voting.rounds import round_of

MAX_NAME = 120


def witnesses_of(cycle_id: int) -> list[Witness]:
    """Those on the list, in the order in which they were registered."""
    query = select(Witness).where(Witness.cycle_id == cycle_id, Witness.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(Witness.id)))


@command
def register_witness(
    *, cycle_id: int, name: str, email: str, contact: str, language: str, actor: Actor, now: datetime
) -> int:
    """Put somebody on the public list of witnesses; gives the id. Letters come in ``language`` ("ka", "en").

    Writes WitnessRegistered (public). Raises Refused, Closed("no_voting"), Invalid on ``name``: required, too_long;
    on ``email``: bad_email; witness_unreachable.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.REGISTER_WITNESS, town_id=here.town.id)
    if not here.rules.votes_held:
        raise Closed("no_voting")
    name, contact = " ".join(name.split()), " ".join(contact.split())
    if not name:
        raise Invalid("required", field="name")
    if len(name) > MAX_NAME:
        raise Invalid("too_long", field="name", limit=MAX_NAME)
    if not email.strip() and not contact:
        raise Invalid("witness_unreachable", field="email")
    row = Witness(
        cycle_id=cycle_id, name=name, contact=contact, language=language, registered_at=now, sent_size=0,
        email_sealed=seal(checked_email(email)) if email.strip() else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record(
        WitnessRegistered(name), subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id
    )
    return row.id


@command
def remove_witness(*, witness_id: int, actor: Actor, now: datetime) -> None:
    """Take a witness off the list and erase the address. Writes WitnessRemoved (public). Raises Refused, Missing."""
    row = db.session.get(Witness, witness_id, with_for_update=True)
    if row is None or row.removed_at is not None:
        raise Missing("no_such_page")
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.REGISTER_WITNESS, town_id=here.town.id)
    row.removed_at = now
    row.contact, row.email_sealed = row.contact or "-", None
    record(
        WitnessRemoved(row.name),
        subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id,
    )  # fmt: skip


def send_heads_due(*, now: datetime) -> int:
    """Send the last head of each day that is over to the witnesses with an address (the worker, every second), and
    the last one of all as soon as the box is open; gives the number of letters.

    A head is sent once: several workers take turns, and a machine that stood still sends the newest alone.
    """
    rows = db.session.execute(
        select(VotingRound, Witness.id, Witness.sent_size)
        .join(Witness, Witness.cycle_id == VotingRound.cycle_id)
        .where(Witness.removed_at.is_(None), Witness.email_sealed.is_not(None))
    ).all()
    due = [
        (witness, row.cycle_id)
        for row, witness, sent in rows
        if (head := _due(row, now)) is not None and head.head.size > sent
    ]
    return sum(_send(witness_id=witness, now=now) for witness, _ in due)


def _due(row: VotingRound, now: datetime) -> SignedHead | None:
    """The newest head that is the last of its day: that day is over, or nothing more comes after the opening."""
    found = days(row.id, row.label)
    over = [one for one in found if one.head.day < day_of(now) or row.opened_at is not None]
    return over[0] if over else None


@command
def _send(*, witness_id: int, now: datetime) -> bool:
    witness = db.session.get_one(Witness, witness_id, with_for_update=True, populate_existing=True)
    row = round_of(witness.cycle_id)
    head = _due(row, now) if row is not None else None
    if head is None or head.head.size <= witness.sent_size or witness.email_sealed is None:
        return False
    here = here_by_id(witness.cycle_id, now=now)
    base: str = current_app.extensions["pb_settings"].base_url
    town = here.town.full_name.get(witness.language) or here.town.full_name["ka"]
    address = f"{base}/{here.town.slug}/{here.the_cycle.year}/vote/board"
    send_text(
        kind="board_head", address=unseal(witness.email_sealed), language=witness.language, now=now,
        town=town, day=head.head.day, size=head.head.size, root=head.head.root,
        signed=head.head.signed_bytes().decode(), signature=head.signature,
        url=f"{address}?size={head.head.size}&root={head.head.root}",
    )  # fmt: skip
    witness.sent_size = head.head.size
    return True
