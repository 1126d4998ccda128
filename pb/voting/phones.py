"""Binding a phone at a centre: an operator who sees the identity card writes the number that codes go to.

Close to the vote, and during it, the new number takes over after a day, and the old one is told at once: whoever was
not there has a day to object. Nobody is kept from voting by that: whoever stands at the centre can vote there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.audit.log import record
from pb.core.errors import Invalid
from pb.core.georgian import TBILISI, normal_mobile
from pb.core.phases import Phase
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, one_at_a_time
from pb.messages.commands import send_sms
from pb.policy import Action, Actor, authorise
from pb.voting.events_people import PhoneBound
from pb.voting.identify import phone_of_entry
from pb.voting.people import PHONE, entry_of, person_of
from pb.voting.probing import recorded
from pb.voting.queries_people import sharers
from pb.voting.sightings import note_first_phone

COOLING = timedelta(hours=24)
SMS_OLD = "ხმის კოდი {when}-დან სხვა ნომერზე მივა. არ ითხოვეთ? {hotline}"  # one text: 70 characters
SMS_NEW = "ეს ნომერი ხმის მიცემის კოდებისთვის ჩაიწერა: {town}."


def bind_phone(*, cycle_id: int, number: str, mobile: str, actor: Actor, now: datetime) -> datetime:
    """Bind a mobile number to a person of the roll in force; give from when on codes go there.

    Binding the present number takes a change back that has not taken over yet. Tells the old and the new number;
    where there was none, the alarms count it.
    Writes PhoneBound, which names the operator and no voter. Raises Refused, Closed("wrong_phase"), Invalid on
    ``number``: bad_personal_number, not_on_roll; on ``mobile``: bad_mobile, phone_shared. A refusal that says
    something of the person is recorded.
    """
    with recorded(cycle_id=cycle_id, actor=actor, now=now):
        return _bind_phone(cycle_id=cycle_id, number=number, mobile=mobile, actor=actor, now=now)


@command
def _bind_phone(*, cycle_id: int, number: str, mobile: str, actor: Actor, now: datetime) -> datetime:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.BIND_PHONE, town_id=here.town.id, status=here.status)
    person = person_of(number)
    try:
        phone = normal_mobile(mobile)
    except Invalid as error:
        raise Invalid(error.code, field="mobile") from None
    one_at_a_time(f"phone {cycle_id} {person}")
    entry = entry_of(cycle_id, person)
    if entry is None:
        raise Invalid("not_on_roll", field="number")
    old, old_hash = phone_of_entry(entry, now)
    hashed = keyed_hash(PHONE, phone)
    if hashed == old_hash:
        entry.phone_sealed, entry.phone_hash = old, old_hash
        entry.next_phone_sealed = entry.next_phone_hash = entry.next_phone_from = None
        return now
    if sharers(entry.roll_id, hashed) >= here.rules.voters.people_per_phone:
        raise Invalid("phone_shared", field="mobile", most=here.rules.voters.people_per_phone)
    assert here.calendar is not None
    late = now >= here.calendar.starts[Phase.VOTING] - COOLING
    from_ = now + COOLING if late else now
    entry.phone_sealed, entry.phone_hash = old, old_hash
    if late:
        entry.next_phone_sealed, entry.next_phone_hash, entry.next_phone_from = seal(phone), hashed, from_
    else:
        entry.phone_sealed, entry.phone_hash = seal(phone), hashed
        entry.next_phone_sealed = entry.next_phone_hash = entry.next_phone_from = None
    if old is not None:
        tell_old_phone(old, from_=from_, here=here, now=now)
    else:  # nobody is there to be told: it stands among the alarms instead
        note_first_phone(cycle_id=cycle_id, now=now, operator_id=actor.account_id or 0)
    body = SMS_NEW.format(town=here.town.name["ka"])
    send_sms(kind="phone_bound", address=phone, body=body, now=now, payer=here.payer)
    db.session.flush()
    record(
        PhoneBound("phone_later" if late else "phone_at_once"),
        subject_id=entry.roll_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return from_


def tell_old_phone(sealed: bytes, *, from_: datetime, here: Here, now: datetime) -> None:
    """Tell a number, within a command, that codes go to another one from a moment on, and whom to call."""
    when = from_.astimezone(TBILISI).strftime("%d.%m %H:%M")
    body = SMS_OLD.format(when=when, hotline=here.town.hotline.replace(" ", ""))
    send_sms(kind="phone_bound", address=unseal(sealed), body=body, now=now, payer=here.payer)
