"""Voting at a centre's screen: an operator who saw an identity card issues a token, the voter types it there.

A token is 8 signs of Crockford's base 32, good once and for five minutes. The operator never sees the ballot.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pb.accounts.personal import keyed_hash
from pb.core.ballots import ALPHABET, read_signs
from pb.core.errors import Invalid
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.policy import NOBODY, Action, Actor, authorise
from pb.voting.identify import allow_way, in_person
from pb.voting.models_people import KioskToken
from pb.voting.people import Voter, entry_of, person_of, voter_of_entry
from pb.voting.probing import recorded

SIGNS = 8
GOOD_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Issued:
    """A token, shown once; nothing stored gives it back."""

    token: str
    expires_at: datetime


def issue_token(*, cycle_id: int, number: str, actor: Actor, now: datetime) -> Issued:
    """Issue a token to a person whose identity card the operator sees; a former one of this person dies.

    Erases tokens that ran out. A refusal that says something of the person is recorded. Raises as
    ``identify.in_person``.
    """
    with recorded(cycle_id=cycle_id, actor=actor, now=now):
        return _issue_token(cycle_id=cycle_id, number=number, actor=actor, now=now)


@command
def _issue_token(*, cycle_id: int, number: str, actor: Actor, now: datetime) -> Issued:
    in_person(cycle_id=cycle_id, number=number, channel="kiosk", actor=actor, now=now)
    person = person_of(number)
    erase_old_tokens(cycle_id=cycle_id, now=now)
    db.session.execute(
        delete(KioskToken).where(KioskToken.cycle_id == cycle_id, KioskToken.person_hash == person)
    )
    token = "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))
    assert actor.account_id is not None
    db.session.add(
        KioskToken(
            cycle_id=cycle_id, person_hash=person, code_hash=_hashed(cycle_id, token),
            issued_by=actor.account_id, expires_at=now + GOOD_FOR,
        )
    )  # fmt: skip
    return Issued(f"{token[:4]}-{token[4:]}", now + GOOD_FOR)


@command
def use_token(*, cycle_id: int, typed: str, now: datetime) -> Voter:
    """The voter to whom a token was issued; the token is erased, so that nobody uses it again.

    Raises Closed("wrong_phase" | "way_not_chosen"), Invalid on ``token``: bad_token (its shape),
    token_over (never issued, used, or too old: alike).
    """
    here = here_by_id(cycle_id, now=now)
    authorise(NOBODY, Action.VOTE, town_id=here.town.id, status=here.status)
    allow_way(here, "in_person")
    try:
        token = read_signs(typed, SIGNS)
    except Invalid:
        raise Invalid("bad_token", field="token") from None
    row = db.session.execute(
        select(KioskToken)
        .where(KioskToken.cycle_id == cycle_id, KioskToken.code_hash == _hashed(cycle_id, token))
        .with_for_update()
    ).scalar_one_or_none()
    entry = entry_of(cycle_id, row.person_hash) if row is not None else None
    if row is None or entry is None or now >= row.expires_at:
        raise Invalid("token_over", field="token")
    db.session.delete(row)
    return voter_of_entry(cycle_id, entry, "kiosk")


@command
def erase_old_tokens(*, cycle_id: int, now: datetime) -> int:
    """Erase tokens that ran out: whoever did not vote leaves nothing here; gives their number."""
    rows = delete(KioskToken).where(KioskToken.cycle_id == cycle_id, KioskToken.expires_at <= now)
    return db.session.execute(rows).rowcount  # type: ignore[attr-defined]


def _hashed(cycle_id: int, token: str) -> str:
    return keyed_hash("kiosk_token", f"{cycle_id}:{token}")
