"""Telling accounts: always the inbox, and beside it what each one can be reached by and has chosen."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pb.accounts.personal import seal, unseal
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.messages.kinds import KINDS, Group, Kind, register
from pb.messages.models import OF_THE_VOTE, InboxMessage, MailAddress, MessagePreference, OutgoingMessage
from pb.messages.notifying import opened, way_of, without_link
from pb.messages.outbox import notify
from pb.messages.queries_people import Reach
from tests.conftest import FrozenClock
from tests.factories import make_citizen, make_world

DAY = date(2026, 6, 4)


def tell(app: Flask, now: datetime, *accounts: Any, kind: str = "idea_returned") -> None:
    here = here_by_id(make_world(app).cycle.id, now=now)
    with writing():
        notify(
            kind,
            [a.id for a in accounts],
            {"number": "TJ-2026-0042", "day": DAY},
            here=here,
            page="ideas/42",
            now=now,
        )


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(select(model).order_by(model.id)))


def test_the_inbox_always_and_a_text_beside_it(app: Flask, clock: FrozenClock) -> None:
    citizen = make_citizen("ლელა სანიმუშო")
    tell(app, clock(), citizen, citizen)
    (row,), (out,) = rows(InboxMessage), rows(OutgoingMessage)
    assert (row.account_id, row.kind, row.page) == (citizen.id, "idea_returned", "/terjola/2026/ideas/42")
    assert (
        opened(row, "ka")["body"]
        == "იდეა TJ-2026-0042 დაბრუნდა ხარვეზით. გამოასწორეთ არაუგვიანეს 04.06.2026."
    )
    assert opened(row, "en")["subject"] == "Your idea TJ-2026-0042"
    assert (out.channel, out.inbox_id, out.cycle_id) == ("sms", row.id, row.cycle_id)
    assert unseal(out.body_sealed).endswith("04.06.2026: http://localhost/terjola/2026/ideas/42")
    assert b"0042" not in row.words_sealed


def test_no_act_no_message(app: Flask, clock: FrozenClock) -> None:
    citizen = make_citizen("ლელა სანიმუშო")
    here = here_by_id(make_world(app).cycle.id, now=clock())

    def act() -> None:
        with writing():
            notify("idea_admitted", [citizen.id], {"number": "1"}, here=here, now=clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert rows(InboxMessage) == rows(OutgoingMessage) == []


def test_a_confirmed_address_and_a_choice(app: Flask, clock: FrozenClock) -> None:
    citizen, other = make_citizen("ლელა სანიმუშო"), make_citizen("ნინო სანიმუშო")
    with writing():
        for account, confirmed in ((citizen, clock()), (other, None)):
            db.session.add(
                MailAddress(
                    account_id=account.id, address_sealed=seal("a@example.ge"), token_hash=str(account.id),
                    asked_at=clock(), confirmed_at=confirmed,
                )
            )  # fmt: skip
            db.session.add(
                MessagePreference(account_id=account.id, group=Group.DECISIONS, channel="mail", rhythm="now")
            )
    tell(app, clock(), citizen, other)
    mail, text = rows(OutgoingMessage)
    assert (mail.channel, unseal(mail.address_sealed)) == ("mail", "a@example.ge")
    assert text.channel == "sms", (
        "what terms run from goes by the other channel while the e-mail is unconfirmed"
    )


@pytest.mark.parametrize(
    ("group", "choice", "reach", "channels"),
    [
        (Group.DECISIONS, None, Reach("5", "a"), ("sms",)),
        (Group.DECISIONS, None, Reach("", "a"), ("mail",)),
        (Group.DECISIONS, "mail", Reach("5", ""), ("sms",)),
        (Group.FOLLOWED, None, Reach("5", ""), ()),
        (Group.TALK, "mail", Reach("5", ""), ()),
        (Group.NEWS, "inbox", Reach("5", "a"), ()),
        (Group.NEWS, "both", Reach("5", "a"), ("sms", "mail")),
        (Group.NEWS, "sms", Reach("", "a"), ("mail",)),
        (Group.WORK, None, Reach("5", ""), ()),
    ],
)
def test_ways(group: Group, choice: str | None, reach: Reach, channels: tuple[str, ...]) -> None:
    preference: Any = SimpleNamespace(channel=choice, rhythm="now") if choice else None
    assert way_of(group, preference, reach, has_sms=group is not Group.WORK).channels == channels


def test_followed_things_wait_for_the_digest(app: Flask, clock: FrozenClock) -> None:
    register(
        Kind("test_followed", Group.FOLLOWED, {"ka": "ა", "en": "a"}, body={"ka": "ბ {number}", "en": "b"})
    )
    citizen = make_citizen("ლელა სანიმუშო")
    with writing():
        db.session.add(
            MailAddress(
                account_id=citizen.id, address_sealed=seal("a@example.ge"), token_hash="1", asked_at=clock(),
                confirmed_at=clock(),
            )
        )  # fmt: skip
    tell(app, clock(), citizen, kind="test_followed")
    (row,) = rows(InboxMessage)
    assert row.digest_at == datetime(2026, 5, 21, 6, 0, tzinfo=row.digest_at.tzinfo), "10:00 of the next day"
    assert rows(OutgoingMessage) == []
    KINDS.pop("test_followed")


@pytest.mark.parametrize("kind", [*OF_THE_VOTE, "signin_code"])
def test_no_text_of_the_vote_beside_a_person(app: Flask, clock: FrozenClock, kind: str) -> None:
    citizen = make_citizen("ლელა სანიმუშო")
    assert kind not in KINDS

    def write() -> None:
        with writing():
            db.session.add(
                InboxMessage(account_id=citizen.id, kind=kind, words_sealed=b"", created_at=clock())
            )

    with pytest.raises(IntegrityError):
        write()


def test_without_its_link_a_text_still_ends_well() -> None:
    assert without_link("იხილეთ: ") == "იხილეთ."
    assert without_link("ა.\n\n\n\nბ") == "ა.\n\nბ"
    assert without_link("მიღებულია. ") == "მიღებულია."
