"""The own messages: inbox, choices, an e-mail that is confirmed, digests, quiet hours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.accounts.queries import phone_of
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing
from pb.cycles.models import Cycle
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.messages import commands_own as own
from pb.messages.commands import deliver_due
from pb.messages.commands_digest import digest_due
from pb.messages.kinds import KINDS, Group, Kind, register
from pb.messages.models import InboxMessage, MailAddress, OutgoingMessage
from pb.messages.outbox import notify
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.factories import make_citizen, make_world
from tests.pages import CheckedClient

FOLLOWED = Kind(
    "test_news",
    Group.FOLLOWED,
    {"ka": "სიახლე: {what}", "en": "News: {what}"},
    sms={"ka": "{what}: {url}", "en": "{what}: {url}"},
)


@pytest.fixture
def followed() -> Iterator[None]:
    register(FOLLOWED)
    yield
    KINDS.pop("test_news")


@pytest.fixture
def letters(app: Flask, tmp_path: Path) -> Path:
    path = tmp_path / "letters.jsonl"
    app.extensions["pb_settings"] = replace(
        app.extensions["pb_settings"], mail_target=str(path), mode="production"
    )
    return path


def read(path: Path) -> list[dict[str, str]]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def link(text: str) -> str:
    found = re.search(r"/account/messages/email/(\S+)", text)
    assert found
    return found[1]


def confirmed(account: Account, letters: Path, clock: FrozenClock) -> None:
    own.give_mail(account_id=account.id, email=" Nino@Example.GE ", language="ka", now=clock())
    deliver_due(now=clock())
    own.confirm_mail(token=link(read(letters)[-1]["body"]), now=clock())


def tell(app: Flask, what: str, now: datetime, *accounts: Account) -> None:
    here = here_by_id(db.session.scalar(select(Cycle.id)) or make_world(app).cycle.id, now=now)
    with writing():
        notify("test_news", [a.id for a in accounts], {"what": what}, here=here, page="ideas/1", now=now)


def outgoing() -> list[OutgoingMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


def test_an_address_is_good_once_its_link_was_opened(app: Flask, letters: Path, clock: FrozenClock) -> None:
    citizen = make_citizen("ნინო სანიმუშო")
    own.give_mail(account_id=citizen.id, email=" Nino@Example.GE ", language="ka", now=clock())
    deliver_due(now=clock())
    (letter,) = read(letters)
    assert letter["to"] == "nino@example.ge"
    token = link(letter["body"])
    with pytest.raises(Missing):
        own.confirm_mail(token=token + "x", now=clock())
    own.confirm_mail(token=token, now=clock() + timedelta(days=2))
    with pytest.raises(Missing):
        own.confirm_mail(token=token, now=clock() + timedelta(days=2))
    row = db.session.get_one(MailAddress, citizen.id)
    assert row.confirmed_at is not None
    assert b"nino" not in (row.address_sealed or b"")
    own.remove_mail(account_id=citizen.id, now=clock())
    db.session.rollback()
    assert db.session.get_one(MailAddress, citizen.id).address_sealed is None
    said = json.dumps([e.data for e in db.session.scalars(select(Event))], ensure_ascii=False)
    assert "example.ge" not in said


def test_links_are_few_and_do_not_last(app: Flask, letters: Path, clock: FrozenClock) -> None:
    citizen, staff = make_citizen("ნინო სანიმუშო"), make_world(app).staff[Role.OFFICER]
    for wrong in (
        "nino",
        "nino@",
        "@example.ge",
        "a b@example.ge",
        "n@example.ge\nBcc: x@y.ge",
        "n@-x-.ge",
        "n" * 250 + "@a.ge",
    ):
        with pytest.raises(Invalid) as refused:
            own.give_mail(account_id=citizen.id, email=wrong, language="ka", now=clock())
        assert refused.value.code == "bad_email"
    for _ in range(own.LINKS_A_DAY):
        own.give_mail(account_id=citizen.id, email="n@example.ge", language="ka", now=clock())
        own.remove_mail(account_id=citizen.id, now=clock())
    with pytest.raises(Invalid) as refused:
        own.give_mail(account_id=citizen.id, email="n@example.ge", language="ka", now=clock())
    assert refused.value.code == "too_many_links"
    clock.moment += timedelta(days=1, seconds=1)
    own.give_mail(account_id=citizen.id, email="n@example.ge", language="ka", now=clock())
    deliver_due(now=clock())
    with pytest.raises(Missing):
        own.confirm_mail(token=link(read(letters)[-1]["body"]), now=clock() + timedelta(days=4))
    with pytest.raises(Closed):
        own.give_mail(account_id=staff.id, email="n@example.ge", language="ka", now=clock())


def test_what_terms_run_from_cannot_be_switched_off(app: Flask, clock: FrozenClock) -> None:
    citizen = make_citizen("ნინო სანიმუშო")
    with pytest.raises(Invalid) as refused:
        own.choose(account_id=citizen.id, choices={Group.DECISIONS: ("inbox", "now")}, now=clock())
    assert refused.value.code == "service_stays"
    with pytest.raises(Invalid):
        own.choose(account_id=citizen.id, choices={Group.NEWS: ("pigeon", "now")}, now=clock())
    own.choose(account_id=citizen.id, choices={Group.DECISIONS: ("both", "weekly")}, now=clock())
    from pb.messages.queries_inbox import choices_of

    assert choices_of(citizen.id)[Group.DECISIONS].rhythm == "now", "decisions never wait"


@pytest.mark.usefixtures("followed")
def test_a_digest_is_one_message_of_what_was_not_read(app: Flask, letters: Path, clock: FrozenClock) -> None:
    citizen, other = make_citizen("ნინო სანიმუშო"), make_citizen("ლელა სანიმუშო")
    confirmed(citizen, letters, clock)
    sent = len(read(letters))
    for what in ("ერთი", "ორი", "სამი"):
        tell(app, what, clock(), citizen, other)
    rows = list(db.session.scalars(select(InboxMessage).where(InboxMessage.account_id == citizen.id)))
    with writing():
        rows[0].read_at = clock()
    assert digest_due(now=clock()) == 0
    clock.set(2026, 5, 21, 6, 0)
    assert digest_due(now=clock()) == 1
    assert digest_due(now=clock()) == 0
    deliver_due(now=clock())
    (letter,) = read(letters)[sent:]
    assert letter["to"] == "nino@example.ge"
    assert letter["subject"] == "თქვენი შეტყობინებები: 2"
    assert "ერთი" not in letter["body"]
    assert letter["body"].index("ორი") < letter["body"].index("სამი")
    assert "http://localhost/terjola/2026/ideas/1" in letter["body"]


@pytest.mark.usefixtures("followed")
def test_what_waits_follows_a_new_choice(app: Flask, letters: Path, clock: FrozenClock) -> None:
    citizen = make_citizen("ნინო სანიმუშო")
    own.choose(account_id=citizen.id, choices={Group.FOLLOWED: ("sms", "weekly")}, now=clock())
    tell(app, "ერთი", clock(), citizen)
    row = db.session.scalars(select(InboxMessage)).one()
    assert row.digest_at == datetime(2026, 5, 25, 6, 0, tzinfo=UTC), "Monday at 10 in Georgia"
    own.choose(account_id=citizen.id, choices={Group.FOLLOWED: ("sms", "now")}, now=clock())
    assert digest_due(now=clock()) == 1
    (out,) = outgoing()
    assert (out.channel, out.kind) == ("sms", "digest_text")
    assert "account/inbox" in unseal(out.body_sealed)
    tell(app, "ორი", clock(), citizen)
    own.choose(account_id=citizen.id, choices={Group.FOLLOWED: ("inbox", "daily")}, now=clock())
    assert digest_due(now=clock() + timedelta(days=9)) == 0


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize(("hour", "goes"), [(16, True), (17, False), (23, False), (4, False), (5, True)])
def test_nobody_is_woken(app: Flask, clock: FrozenClock, hour: int, goes: bool) -> None:
    citizen = make_citizen("ნინო სანიმუშო")
    own.choose(account_id=citizen.id, choices={Group.FOLLOWED: ("sms", "now")}, now=clock())
    clock.set(2026, 5, 20, hour, 59 if hour in (16, 4) else 0)  # 20:59, 21:00, 03:00, 08:59, 09:00 in Georgia
    tell(app, "ერთი", clock(), citizen)
    assert deliver_due(now=clock()) == int(goes)
    if not goes:
        morning = datetime(2026, 5, 20 if hour == 4 else 21, 5, 0, tzinfo=UTC)
        assert outgoing()[0].next_try_at == morning
        assert deliver_due(now=morning) == 1


def test_a_text_whose_next_try_falls_into_the_night_waits(app: Flask, clock: FrozenClock) -> None:
    from pb.messages.commands import queue

    clock.set(2026, 5, 20, 16, 0)
    with writing():
        queue("sms", "idea_received", "+995555000001", "", "ა", clock())
    clock.set(2026, 5, 20, 20, 0)
    assert deliver_due(now=clock()) == 0
    (row,) = outgoing()
    assert (row.tries, row.next_try_at) == (0, datetime(2026, 5, 21, 5, 0, tzinfo=UTC))


def test_pages(app: Flask, clock: FrozenClock) -> None:
    world, citizen, other = make_world(app), make_citizen("ნინო სანიმუშო"), make_citizen("ლელა სანიმუშო")
    here = here_by_id(world.cycle.id, now=clock())
    with writing():
        for n in range(25):
            notify(
                "idea_admitted", [citizen.id], {"number": f"TJ-{n}"}, here=here, page="ideas/1", now=clock()
            )
        notify("idea_refused", [other.id], {"number": "TJ-OTHER"}, here=here, now=clock())
    client: Any = app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(citizen.id)
    page = client.page("/account/inbox?lang=en")
    assert "TJ-24" in page.text
    assert "TJ-OTHER" not in page.text
    assert "Messages 25" in page.text
    assert phone_of(citizen.id) not in page.html
    older = re.search(r'href="(/account/inbox\?before=\d+)"', page.html)
    assert older
    assert "TJ-0" in client.page(older[1]).text
    newest = re.search(r'name="newest" value="(\d+)"', page.html)
    assert newest
    client.send("/account/inbox/read", {"newest": newest[1]})
    assert "Messages 25" not in client.page("/account/inbox?lang=en").text
    for lang in ("ka", "en"):
        for address in ("/account/inbox", "/account/messages", "/account/messages/email", "/account"):
            client.page(f"{address}?lang={lang}")


def test_preferences_page(app: Flask, clock: FrozenClock) -> None:
    citizen = make_citizen("ნინო სანიმუშო")
    client: Any = app.test_client()
    client.sign_in_as(citizen.id)
    page = client.page("/account/messages?lang=en")
    assert "cannot be switched off" in page.text
    assert "group_work" not in page.html
    client.sign_in_as(make_world(app).staff[Role.OFFICER].id)
    assert "group_work" in client.page("/account/messages?lang=en").html
