"""Acts on the custodians: appointing three persons, and their public keys, which each reads back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.audit.log import record
from pb.core.ballots import read_tracking_code
from pb.core.errors import Closed, Invalid, Missing
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import NOBODY, Action, Actor, authorise
from pb.voting.custodians import custodian_of
from pb.voting.events import CustodianAppointed, CustodianKeyConfirmed, CustodianKeyHandedIn
from pb.voting.keyfiles import fingerprint, read_public
from pb.voting.models_ceremony import Custodian
from pb.voting.rounds import round_of
from pb.voting.sealing import CUSTODIANS

MAX_LENGTH = 120  # characters of a name, an office, an act


@command
def appoint_custodian(
    *, cycle_id: int, number: int, name: str, office: str, act: str, actor: Actor, now: datetime
) -> None:
    """Appoint custodian 1, 2 or 3, or another person in the place of one; a key handed in before is forgotten.

    Writes CustodianAppointed (public). Raises Refused, Closed("wrong_phase" | "custodians_fixed"), Invalid on
    ``name``, ``office``, ``act``: required, too_long; ``name``: custodian_twice.
    """
    here = _changeable(cycle_id, now)
    authorise(actor, Action.APPOINT_CUSTODIAN, town_id=here.town.id, status=here.status)
    if not 1 <= number <= CUSTODIANS:
        raise Missing("no_such_page")
    given = {
        key: " ".join(value.split()) for key, value in (("name", name), ("office", office), ("act", act))
    }
    for key, value in given.items():
        if not value:
            raise Invalid("required", field=key)
        if len(value) > MAX_LENGTH:
            raise Invalid("too_long", field=key, limit=MAX_LENGTH)
    others = db.session.scalars(
        select(Custodian.name).where(Custodian.cycle_id == cycle_id, Custodian.number != number)
    )
    if given["name"] in set(others):
        raise Invalid("custodian_twice", field="name")
    row = custodian_of(cycle_id, number)
    if row is None:
        row = Custodian(cycle_id=cycle_id, number=number)
        db.session.add(row)
    row.name, row.office, row.act = given["name"], given["office"], given["act"]
    assert actor.account_id is not None
    row.appointed_by, row.appointed_at = actor.account_id, now
    row.public_key = row.handed_in_at = row.confirmed_at = None
    record(
        CustodianAppointed(number, given["name"], given["office"]),
        subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip


@command
def hand_in_key(
    *, cycle_id: int, number: int, text: str, appointed_at: datetime, by: Actor | None, now: datetime
) -> str:
    """Keep a custodian's public key; gives its fingerprint, to be read back. A former key is replaced.

    The custodian has no account: who may come here, a link decides that names the appointment (``appointed_at``).
    Writes CustodianKeyHandedIn (public). Raises Closed("wrong_phase" | "custodians_fixed"), Missing
    ("custodian_link_over"), Invalid on ``key``: bad_public_key, key_taken.
    """
    here, row = _custodian(cycle_id, number, appointed_at, now)
    public = read_public(text).hex()
    taken = db.session.scalar(
        select(Custodian.number).where(
            Custodian.cycle_id == cycle_id, Custodian.public_key == public, Custodian.number != number
        )
    )
    if taken is not None:
        raise Invalid("key_taken", field="key")
    row.public_key, row.handed_in_at, row.confirmed_at = public, now, None
    said = fingerprint(bytes.fromhex(public))
    record(
        CustodianKeyHandedIn(number, said),
        subject_id=cycle_id, by=by, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return said


@command
def confirm_key(
    *, cycle_id: int, number: int, typed: str, appointed_at: datetime, by: Actor | None, now: datetime
) -> None:
    """The custodian has read the fingerprint of the own machine, and typed it: the key here is that one.

    Writes CustodianKeyConfirmed (public). Raises as ``hand_in_key``; Invalid on ``fingerprint``: bad_fingerprint,
    fingerprint_differs; Closed("no_key_handed_in").
    """
    here, row = _custodian(cycle_id, number, appointed_at, now)
    if row.public_key is None:
        raise Closed("no_key_handed_in")
    try:
        code = read_tracking_code(typed)
    except Invalid as error:
        raise Invalid("bad_fingerprint", field="fingerprint") from error
    if code != fingerprint(bytes.fromhex(row.public_key)):
        raise Invalid("fingerprint_differs", field="fingerprint")
    if row.confirmed_at is None:
        row.confirmed_at = now
        record(
            CustodianKeyConfirmed(number, code),
            subject_id=cycle_id, by=by, at=now, town_id=here.town.id, cycle_id=cycle_id,
        )  # fmt: skip


def _custodian(cycle_id: int, number: int, appointed_at: datetime, now: datetime) -> tuple[Here, Custodian]:
    here = _changeable(cycle_id, now)
    authorise(NOBODY, Action.HAND_IN_KEY, town_id=here.town.id, status=here.status)
    row = custodian_of(cycle_id, number)
    if row is None or row.appointed_at != appointed_at:
        raise Missing("custodian_link_over")
    return here, row


def _changeable(cycle_id: int, now: datetime) -> Here:
    here = here_by_id(cycle_id, now=now, lock=True)
    if not here.rules.votes_held:
        raise Closed("no_voting")
    vote = round_of(cycle_id)
    if vote is not None and vote.trial_opened_at is not None:
        raise Closed("custodians_fixed")
    return here
