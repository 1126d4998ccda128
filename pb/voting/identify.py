"""Identifying a voter: this file knows people and yields slots. What a slot votes for, it never learns.

"On the roll", "not on the roll", "no phone" and "has voted" look alike until a code is proved: the same rows
are written, the same work is done, the same answer is given.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.audit.log import record
from pb.core.errors import Closed, Invalid
from pb.core.phases import Phase
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, in_command, one_at_a_time
from pb.messages.commands import send_sms
from pb.policy import NOBODY, Action, Actor, allowed, authorise
from pb.voting.breaker import TRIES, look, refuse_paused
from pb.voting.events_people import IdentifiedInPerson
from pb.voting.models_people import VoterCode
from pb.voting.people import Voter, entry_of, person_of, voter_of_entry
from pb.voting.queries import slot_is_used
from pb.voting.queries_people import sharers
from pb.voting.rounds import round_of
from pb.voting.sightings import UNSEEN, Seen, note

CODE_DIGITS = 8
MINE = "mine"  # the aim of whoever asks whether a vote was cast in the own name
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
    aim: str = ""


def may_ask(here: Here) -> bool:
    """Whether people can ask now if a vote was cast in their name: in the vote, and until the slots are destroyed."""
    vote = round_of(here.the_cycle.id)
    asks = allowed(NOBODY, Action.ASK_OWN_VOTE, town_id=here.town.id, status=here.status)
    by_code = "sms_code" in here.rules.identification
    return asks and by_code and vote is not None and vote.destroyed_at is None


@command
def request_code(*, cycle_id: int, number: str, language: str, now: datetime, aim: str = "") -> Challenge:
    """Send a one-time code to the phone bound to a personal number, if there is one; tell nobody whether.

    ``aim``: "" to vote, "mine" to ask whether a vote was cast in this name, which is possible until the link key is
    destroyed. Writes one VoterCode whoever asks, and a text message where a phone is bound. Raises
    Closed("wrong_phase" | "link_key_destroyed"), Invalid on ``number``: bad_personal_number, too_many_codes (3 an
    hour and 6 a day, on the roll or not).
    """
    here = _asking(cycle_id, aim, now)
    allow_way(here, "sms_code")
    refuse_paused(cycle_id)
    person = person_of(number)
    one_at_a_time(f"voter_code {cycle_id} {person}")
    _limit(cycle_id, person, now)
    sealed = _phone_for(cycle_id, person, now, here.rules.voters.people_per_phone)
    bound = sealed is not None
    phone = unseal(sealed or _stand_in())
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    hashed = _code_hash(cycle_id, person, code)
    row = VoterCode(
        cycle_id=cycle_id, person_hash=person, code_hash=hashed if bound else "", tries_left=TRIES,
        created_at=now, expires_at=now + GOOD_FOR,
    )  # fmt: skip
    db.session.add(row)
    body = SMS.get(language, SMS["ka"]).format(code=code)
    send_sms(kind="voter_code", address=phone, body=body, now=now, to_nobody=not bound, payer=here.payer)
    db.session.flush()
    shown = bound and current_app.extensions["pb_settings"].is_demonstration
    return Challenge(row.id, code if shown else "", aim)


def _asking(cycle_id: int, aim: str, now: datetime) -> Here:
    """Where, once it is clear that this can be asked now. Raises Closed("wrong_phase" | "link_key_destroyed")."""
    here = here_by_id(cycle_id, now=now)
    action = Action.ASK_OWN_VOTE if aim == MINE else Action.VOTE
    authorise(NOBODY, action, town_id=here.town.id, status=here.status)
    vote = round_of(cycle_id)
    if vote is not None and vote.destroyed_at is not None:
        raise Closed("link_key_destroyed")
    return here


def prove_code(
    *, cycle_id: int, challenge_id: int, code: str, now: datetime, seen: Seen = UNSEEN, aim: str = ""
) -> Voter:
    """Who may vote, when ``code`` is the one that was sent for this challenge (asked for with the same ``aim``).

    Not a command to be nested: a wrong try stays counted although it raises. The right code, sent again
    within its ten minutes by the same browser, gives the same voter. Raises Closed("wrong_phase"), Invalid on
    ``code``: bad_code (not 8 digits, not counted), voter_code_wrong (``left`` tries), voter_code_over.
    """
    if in_command():
        raise RuntimeError("prove_code must not run inside another command")
    digits = re.sub(r"[\s\-]", "", code)
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits):
        raise Invalid("bad_code", field="code", digits=CODE_DIGITS)
    outcome = _try(cycle_id, challenge_id, digits, now, seen, aim)
    if isinstance(outcome, Invalid):
        raise outcome
    return outcome


@command
def _try(
    cycle_id: int, challenge_id: int, digits: str, now: datetime, seen: Seen, aim: str
) -> Voter | Invalid:
    here = _asking(cycle_id, aim, now)
    refuse_paused(cycle_id)
    row = db.session.execute(
        select(VoterCode)
        .where(VoterCode.id == challenge_id, VoterCode.cycle_id == cycle_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or now > row.expires_at or row.tries_left <= 0:
        return Invalid("voter_code_over", field="code")
    right = hmac.compare_digest(row.code_hash, _code_hash(cycle_id, row.person_hash, digits))
    entry = entry_of(cycle_id, row.person_hash)
    if not right or entry is None:
        row.tries_left -= 1
        left = row.tries_left
        db.session.flush()
        look(cycle_id, here.town.id, now)
        return (
            Invalid("voter_code_wrong", field="code", left=left)
            if left
            else Invalid("voter_code_over", field="code")
        )
    if row.used_at is None:
        row.used_at = now
        # after the vote nobody can vote by it: the alarms, which were erased at the close, stay empty
        if here.status is not None and here.status.phase is Phase.VOTING:
            note(entry, cycle_id=cycle_id, way="code", now=now, seen=seen)
    return voter_of_entry(cycle_id, entry, "web")


@command
def in_person(*, cycle_id: int, number: str, channel: str, actor: Actor, now: datetime) -> Voter:
    """The voter whose identity card the operator sees; ``channel``: "kiosk" or "paper".

    May stand inside another command, which then uses the slot or issues a token. Notes the identification
    for the alarms, and writes IdentifiedInPerson, which names the operator and nobody else. Raises Refused,
    Closed("wrong_phase" | "way_not_chosen" | "already_voted"), Invalid on ``number``: bad_personal_number,
    not_on_roll.
    """
    if channel not in ("kiosk", "paper"):
        raise ValueError(f"nobody is identified in person for the channel {channel!r}")
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.HELP_IN_PERSON, town_id=here.town.id, status=here.status)
    allow_way(here, "in_person")
    entry = entry_of(cycle_id, person_of(number))
    if entry is None:
        raise Invalid("not_on_roll", field="number")
    voter = voter_of_entry(cycle_id, entry, channel)
    if slot_is_used(voter.round_id, voter.slot):
        raise Closed("already_voted")
    note(entry, cycle_id=cycle_id, way=channel, now=now, operator_id=actor.account_id or 0)
    record(
        IdentifiedInPerson(f"in_person_{channel}"),
        subject_id=voter.round_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return voter


def allow_way(here: Here, way: str) -> None:
    """Raises Closed("way_not_chosen") where the rulebook does not name the way of showing who one is."""
    if way not in here.rules.identification:
        raise Closed("way_not_chosen")


def phone_of_entry(entry: Any, now: datetime) -> tuple[bytes | None, str | None]:
    """(sealed phone, its hash) bound at a moment to a RollEntry, or a row with its columns; None: nobody."""
    if entry is None:
        return None, None
    if entry.next_phone_from is not None and now >= entry.next_phone_from:
        return entry.next_phone_sealed, entry.next_phone_hash
    return entry.phone_sealed, entry.phone_hash


def _phone_for(cycle_id: int, person: str, now: datetime, most: int) -> bytes | None:
    """The sealed phone to which a person's code may go. The same statements whether there is one or not.

    None too where more people share the phone than the rulebook allows: none of them gets a code.
    """
    entry = entry_of(cycle_id, person)
    sealed, hashed = phone_of_entry(entry, now)
    sharing = sharers(entry.roll_id if entry else 0, hashed or "")
    return sealed if sealed is not None and sharing <= most else None


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
