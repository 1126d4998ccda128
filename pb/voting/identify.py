"""Identifying a voter: this file knows people and yields slots. What a slot votes for, it never learns.

"On the roll", "not on the roll", "no phone" and "has voted" look alike until a code is proved: the same rows
are written, the same work is done, the same answer is given.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.core import ballots
from pb.core.errors import Invalid
from pb.core.georgian import normal_personal_number
from pb.cycles.queries import here_by_id
from pb.db import command, db, in_command, one_at_a_time
from pb.messages.commands import send_sms
from pb.policy import NOBODY, Action, authorise
from pb.voting import link_key
from pb.voting.commands_roll import PERSON
from pb.voting.models_people import Roll, RollEntry, VoterCode
from pb.voting.rounds import the_round

CODE_DIGITS = 8
TRIES = 3
GOOD_FOR = timedelta(minutes=10)
PER_HOUR = 3
PER_DAY = 6
# 70 letters of a text message; the words must tell the voter what the code is for.
SMS = {
    "ka": "კენჭისყრის კოდი: {code}. მოქმედებს 10 წუთს. არავის უთხრათ.",
    "en": "Your voting code: {code}. Good for 10 minutes. Tell nobody.",
}
_NOBODYS_PHONE = "+995500000000"


@dataclass(frozen=True)
class Challenge:
    """A code was asked for. ``shown_code``: in a demonstration, the code that was sent ("" if none was)."""

    id: int
    shown_code: str


@dataclass(frozen=True)
class Voter:
    """Somebody entitled to vote, as the ballot box knows them: by a slot that tells nobody who it is."""

    round_id: int
    slot: str
    unit_id: int
    channel: str


@command
def request_code(*, cycle_id: int, number: str, language: str, now: datetime) -> Challenge:
    """Send a one-time code to the phone bound to a personal number, if there is one; tell nobody whether.

    Writes one VoterCode whoever asks, and a text message where a phone is bound. Raises
    Closed("wrong_phase"), Invalid on ``number``: bad_personal_number, too_many_codes (3 an hour and 6 a day,
    on the roll or not).
    """
    here = here_by_id(cycle_id, now=now)
    authorise(NOBODY, Action.VOTE, town_id=here.town.id, status=here.status)
    try:
        person = keyed_hash(PERSON, normal_personal_number(number))
    except Invalid as error:
        raise Invalid(error.code, field="number") from None
    one_at_a_time(f"voter_code {cycle_id} {person}")
    _limit(cycle_id, person, now)
    entry = _entry(cycle_id, person)
    bound = entry is not None and entry.phone_sealed is not None
    phone = unseal(entry.phone_sealed if entry is not None and bound else _stand_in())
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    hashed = _code_hash(cycle_id, person, code)
    row = VoterCode(
        cycle_id=cycle_id, person_hash=person, code_hash=hashed if bound else "", tries_left=TRIES,
        created_at=now, expires_at=now + GOOD_FOR,
    )  # fmt: skip
    db.session.add(row)
    body = SMS.get(language, SMS["ka"]).format(code=code)
    if bound:
        send_sms(kind="voter_code", address=phone, body=body, now=now)
    else:  # the same arithmetic as for a message that is sent
        seal(phone), seal(body), keyed_hash("sms", phone)
    db.session.flush()
    shown = bound and current_app.extensions["pb_settings"].is_demonstration
    return Challenge(row.id, code if shown else "")


def prove_code(*, cycle_id: int, challenge_id: int, code: str, now: datetime) -> Voter:
    """Who may vote, when ``code`` is the one that was sent for this challenge.

    Not a command to be nested: a wrong try stays counted although it raises. The right code, sent again
    within its ten minutes by the same browser, gives the same voter. Raises Closed("wrong_phase"), Invalid on
    ``code``: bad_code (not 8 digits, not counted), voter_code_wrong (``left`` tries), voter_code_over.
    """
    if in_command():
        raise RuntimeError("prove_code must not run inside another command")
    digits = re.sub(r"[\s\-]", "", code)
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits):
        raise Invalid("bad_code", field="code", digits=CODE_DIGITS)
    outcome = _try(cycle_id, challenge_id, digits, now)
    if isinstance(outcome, Invalid):
        raise outcome
    return outcome


@command
def _try(cycle_id: int, challenge_id: int, digits: str, now: datetime) -> Voter | Invalid:
    here = here_by_id(cycle_id, now=now)
    authorise(NOBODY, Action.VOTE, town_id=here.town.id, status=here.status)
    row = db.session.execute(
        select(VoterCode)
        .where(VoterCode.id == challenge_id, VoterCode.cycle_id == cycle_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or now > row.expires_at or row.tries_left <= 0:
        return Invalid("voter_code_over", field="code")
    right = hmac.compare_digest(row.code_hash, _code_hash(cycle_id, row.person_hash, digits))
    entry = _entry(cycle_id, row.person_hash)
    if not right or entry is None:
        row.tries_left -= 1
        left = row.tries_left
        return (
            Invalid("voter_code_wrong", field="code", left=left)
            if left
            else Invalid("voter_code_over", field="code")
        )
    if row.used_at is None:
        row.used_at = now
    vote = the_round(cycle_id)
    slot = ballots.slot(link_key.read(vote), vote.label, row.person_hash)
    return Voter(vote.id, slot, entry.unit_id, "web")


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


def _entry(cycle_id: int, person: str) -> RollEntry | None:
    return db.session.execute(
        select(RollEntry)
        .join(Roll, Roll.id == RollEntry.roll_id)
        .where(
            Roll.cycle_id == cycle_id,
            Roll.approved_at.is_not(None),
            RollEntry.person_hash == person,
        )
    ).scalar_one_or_none()


def _limit(cycle_id: int, person: str, now: datetime) -> None:
    for most, span in ((PER_HOUR, timedelta(hours=1)), (PER_DAY, timedelta(days=1))):
        count = db.session.scalar(
            select(func.count())
            .select_from(VoterCode)
            .where(
                VoterCode.cycle_id == cycle_id,
                VoterCode.person_hash == person,
                VoterCode.created_at > now - span,
                VoterCode.created_at <= now,
            )
        )
        if (count or 0) >= most:
            raise Invalid("too_many_voter_codes", field="number", most=most)


def _code_hash(cycle_id: int, person: str, code: str) -> str:
    return keyed_hash("voter_code", f"{cycle_id}:{person}:{code}")


def _stand_in() -> bytes:
    """A sealed number of nobody, unsealed where nothing is bound."""
    return seal(_NOBODYS_PHONE)
