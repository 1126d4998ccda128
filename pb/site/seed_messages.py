"""Demonstration: what a part of a text message costs, a message to the authors, one that was not delivered."""

from __future__ import annotations

from datetime import datetime

from pb.accounts.personal import keyed_hash, seal
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.messages.audiences import members_of
from pb.messages.commands_bulk import send_bulk, write_bulk
from pb.messages.commands_staff import set_price
from pb.messages.models import InboxMessage, OutgoingMessage
from pb.policy import Actor

FROM_OFFICE = {
    "subject_ka": "კენჭისყრა დაიწყო",
    "sms_ka": "კენჭისყრა დაიწყო და 25 ოქტომბრამდე გრძელდება.",
    "body_ka": (
        "მოგესალმებით,\n\nდაიწყო კენჭისყრა. უთხარით მეზობლებს: ხმის მიცემა ტელეფონიდანაც შეიძლება და "
        "საზოგადოებრივ ცენტრშიც, ქაღალდის ბიულეტენით. კენჭისყრა 25 ოქტომბრის ჩათვლით გრძელდება."
    ),
    "subject_en": "The vote has begun",
    "sms_en": "The vote has begun and lasts until 25 October.",
    "body_en": (
        "Hello,\n\nThe vote has begun. Tell your neighbours: one can vote by phone, and on paper at a community "
        "centre. It lasts until 25 October."
    ),
}


def seed_messages(cycle_id: int, writer: Actor, sender: Actor, now: datetime) -> None:
    """One administrator writes to the authors of projects, another sends it; the provider refuses one number."""
    here = here_by_id(cycle_id, now=now)
    set_price(here=here, typed="4,5", actor=writer, now=now)
    audience = "audience_project_authors"
    bulk = write_bulk(here=here, audience=audience, typed=FROM_OFFICE, page="projects", actor=writer, now=now)
    members = members_of(audience, here)
    send_bulk(bulk_id=bulk, here=here, count=len(members), actor=sender, now=now)
    told = db.session.query(InboxMessage).filter_by(account_id=members[0], kind="bulk_link").one()
    db.session.add(
        OutgoingMessage(
            channel="sms", kind=told.kind, town_id=here.town.id, cycle_id=cycle_id, inbox_id=told.id,
            address_hash=keyed_hash("sms", str(told.id)), address_sealed=None,
            body_sealed=seal(FROM_OFFICE["sms_ka"]), created_at=now, next_try_at=None, tries=1,
            last_error="http 422", parts=1,
        )
    )  # fmt: skip
