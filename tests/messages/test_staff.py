"""The staff's messages: sent again, priced, worded anew, and sent to a group after two looks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts.personal import unseal
from pb.accounts.queries import phone_of
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.cycles.queries import Here, here_by_id
from pb.db import db, writing
from pb.messages import backends, commands, commands_bulk, commands_staff, queries_staff, wordings
from pb.messages.kinds import KINDS, Group
from pb.messages.models import InboxMessage, MessagePreference, OutgoingMessage
from pb.messages.models_costs import BulkMessage
from pb.messages.outbox import notify
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.factories import World, make_citizen, make_staff, make_world
from tests.ideas.making import author, handed_in
from tests.pages import CheckedClient

GOOD = {
    "subject_ka": "თქვენი იდეა {number}", "subject_en": "Your idea {number}",
    "sms_ka": "{town}: იდეა {number} დაშვებულია. {url}", "sms_en": "{town}: idea {number} is admitted. {url}",
}  # fmt: skip


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


@pytest.fixture
def here(world: World, clock: FrozenClock) -> Here:
    return here_by_id(world.cycle.id, now=clock())


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(select(model).order_by(model.id)))


def lose(here: Here, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, *accounts: Any) -> None:
    """Messages that the gateway refuses for good."""

    class Refusing:
        def send(self, address: str, subject: str, body: str) -> None:
            raise backends.DeliveryError("http 422", for_good=True)

    with writing():
        notify(
            "idea_admitted",
            [a.id for a in accounts],
            {"number": "TJ-2026-0042"},
            here=here,
            page="ideas/42",
            now=clock(),
        )
    with monkeypatch.context() as patch:
        patch.setattr(commands, "backend", lambda *_: Refusing())
        for _ in range(3):
            commands.deliver_due(now=clock())


def test_what_was_given_up_is_sent_again_to_where_the_person_is_now(
    world: World, here: Here, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_citizen("ნინო სანიმუშო"), make_citizen("ლელა სანიმუშო")
    lose(here, clock, monkeypatch, first, second)
    assert queries_staff.undelivered_count(world.cycle.id) == 2
    officer = world.actor(Role.OFFICER)
    row = rows(OutgoingMessage)[0]
    clock.moment += timedelta(days=3)
    sent, lost = commands_staff.retry(here=here, newest=row.id, message_id=row.id, actor=officer, now=clock())
    assert (sent, lost) == (1, 0)
    assert commands.deliver_due(now=clock()) == 1
    again = rows(OutgoingMessage)[0]
    assert again.delivered_at == clock(), "the term of usefulness runs anew"
    assert commands_staff.retry(here=here, newest=10**6, actor=officer, now=clock()) == (1, 0)
    with pytest.raises(Closed):
        commands_staff.retry(here=here, newest=10**6, actor=officer, now=clock())
    for role in (Role.CHAIR, Role.OPERATOR, Role.OBSERVER):
        with pytest.raises(Refused):
            commands_staff.retry(here=here, newest=10**6, actor=world.actor(role), now=clock())


def test_who_cannot_be_reached_any_more(
    world: World, here: Here, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = make_citizen("ნინო სანიმუშო")
    lose(here, clock, monkeypatch, gone)
    with writing():
        gone.phone_sealed = None
    with pytest.raises(Closed) as refused:
        commands_staff.retry(here=here, newest=10**6, actor=world.actor(Role.OFFICER), now=clock())
    assert refused.value.code == "unreachable"


def test_codes_and_texts_of_the_vote_are_never_sent_again(
    world: World, here: Here, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        for kind in ("vote_cast", "voter_code"):
            commands.send_sms(
                kind=kind, address="+995555123456", body="12345678", now=clock(), payer=here.payer
            )

    class Refusing:
        def send(self, address: str, subject: str, body: str) -> None:
            raise backends.DeliveryError("http 422", for_good=True)

    monkeypatch.setattr(commands, "backend", lambda *_: Refusing())
    commands.deliver_due(now=clock())
    assert all(row.body_sealed is None for row in rows(OutgoingMessage))
    with pytest.raises(Closed):
        commands_staff.retry(here=here, newest=10**6, actor=world.actor(Role.OFFICER), now=clock())
    assert queries_staff.apart(world.cycle.id) == [("vote_cast", 1), ("voter_code", 1)]


def test_own_words(app: Flask, world: World, here: Here, clock: FrozenClock) -> None:
    admin, citizen = world.actor(Role.ADMINISTRATOR), make_citizen("ნინო სანიმუშო")
    values = {"here": here, "kind": "idea_admitted", "actor": admin, "now": clock()}
    assert commands_staff.change_wording(typed=GOOD, version=0, **values) == 1
    assert commands_staff.change_wording(typed=GOOD, version=1, **values) == 1, "the same again is no version"
    with pytest.raises(Closed):
        commands_staff.change_wording(typed={**GOOD, "sms_ka": GOOD["sms_ka"] + "!"}, version=0, **values)
    with writing():
        notify("idea_admitted", [citizen.id], {"number": "{url} TJ"}, here=here, page="ideas/1", now=clock())
    (out,) = rows(OutgoingMessage)
    assert (
        unseal(out.body_sealed) == "თერჯოლა: იდეა {url} TJ დაშვებულია. http://localhost/terjola/2026/ideas/1"
    )
    assert commands_staff.reset_wording(version=1, **values) == 2
    assert wordings.words_in_force(KINDS["idea_admitted"], world.town.id) == KINDS["idea_admitted"].parts()
    assert [v.version for v in wordings.versions("idea_admitted", world.town.id)] == [2, 1]
    assert wordings.newest("idea_admitted", make_world(app, slug="khoni").town.id) is None


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("sms_ka", "იდეა {number} დაშვებულია.", "missing_placeholder"),
        ("sms_ka", "იდეა {nummer} დაშვებულია. {url}", "unknown_placeholder"),
        ("sms_ka", "იდეა {number დაშვებულია. {url} {number}", "stray_brace"),
        ("sms_ka", "{number.__class__} {number} {url}", "stray_brace"),
        ("sms_ka", "", "required"),
        ("sms_ka", "{number} {url} " + "ა" * 200, "text_too_long"),
        ("sms_en", "{number} {url} " + "a" * 500, "too_long"),
        ("subject_ka", "იდეა\n{number}", "one_line"),
    ],
)
def test_what_is_wrong_with_words_is_said_beside_them(
    world: World, here: Here, clock: FrozenClock, field: str, text: str, code: str
) -> None:
    with pytest.raises(Problems) as refused:
        commands_staff.change_wording(
            here=here, kind="idea_admitted", typed={**GOOD, field: text}, version=0,
            actor=world.actor(Role.ADMINISTRATOR), now=clock(),
        )  # fmt: skip
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_standard_words_pass_their_own_check(world: World, kind: str) -> None:
    if not KINDS[kind].is_fixed:
        assert wordings.faults(KINDS[kind], KINDS[kind].parts(), world.town) == []


@pytest.mark.parametrize("kind", ["bulk", "signin_code", "vote_cast", "nothing"])
def test_fixed_words(world: World, here: Here, clock: FrozenClock, kind: str) -> None:
    with pytest.raises(Invalid):
        commands_staff.change_wording(
            here=here, kind=kind, typed=GOOD, version=0, actor=world.actor(Role.ADMINISTRATOR), now=clock()
        )


BULK = {"subject_ka": "ტრენინგი შაბათს", "sms_ka": "ტრენინგი შაბათს, 12:00. {", "body_ka": "გელოდებით {url}."}


def write(here: Here, actor: Any, clock: FrozenClock, **typed: str) -> BulkMessage:
    bulk_id = commands_bulk.write_bulk(
        here=here,
        audience="audience_authors",
        typed={**BULK, **typed},
        page="calendar",
        actor=actor,
        now=clock(),
    )
    db.session.rollback()
    return db.session.get_one(BulkMessage, bulk_id)


def test_a_message_to_a_group(app: Flask, world: World, here: Here, clock: FrozenClock) -> None:
    admin, people = world.actor(Role.ADMINISTRATOR), [author() for _ in range(4)]
    for person in people:
        handed_in(world, person)
    handed_in(world, people[0])
    with writing():
        for person, channel in ((people[0], "inbox"), (people[1], "mail")):  # the second has no e-mail
            db.session.add(MessagePreference(account_id=person.account_id, group=Group.NEWS, channel=channel))
    commands_staff.set_price(here=here, typed="4,5", actor=admin, now=clock())
    before = len(rows(OutgoingMessage))
    row = write(here, admin, clock)
    assert len(rows(OutgoingMessage)) == before, "nothing is sent by writing"
    reckoned = commands_bulk.reckon(row, here)
    assert (reckoned.people, reckoned.sms, reckoned.mail, reckoned.only_here) == (4, 2, 0, 2)
    assert reckoned.hundredths == 2 * 1 * 450
    for wrong in (None, 0, 3, 5):
        with pytest.raises(Invalid) as refused:
            commands_bulk.send_bulk(bulk_id=row.id, here=here, count=wrong, actor=admin, now=clock())
        assert refused.value.code == "other_count"
    assert commands_bulk.send_bulk(bulk_id=row.id, here=here, count=4, actor=admin, now=clock()) == 4
    out = rows(OutgoingMessage)[before:]
    assert [(o.channel, o.kind, o.parts) for o in out] == [("sms", "bulk_link", 1)] * 2
    assert unseal(out[0].body_sealed) == "ტრენინგი შაბათს, 12:00. { http://localhost/terjola/2026/calendar"
    assert sum(m.kind == "bulk_link" for m in rows(InboxMessage)) == 4
    with pytest.raises(Closed):
        commands_bulk.send_bulk(bulk_id=row.id, here=here, count=4, actor=admin, now=clock())
    (event,) = db.session.scalars(select(Event).where(Event.kind == "BulkSent"))
    assert (event.is_public, event.data) == (True, {"kind": "audience_authors", "count": 4})


def test_whoever_wrote_it_does_not_send_it_where_there_is_another(
    world: World, here: Here, clock: FrozenClock
) -> None:
    handed_in(world, author())
    admin = world.actor(Role.ADMINISTRATOR)
    row = write(here, admin, clock)
    second = make_staff(world.town, Role.ADMINISTRATOR)
    with pytest.raises(Refused) as refused:
        commands_bulk.send_bulk(bulk_id=row.id, here=here, count=1, actor=admin, now=clock())
    assert refused.value.code == "second_person"
    from pb.accounts.queries import actor_by_id

    assert (
        commands_bulk.send_bulk(bulk_id=row.id, here=here, count=1, actor=actor_by_id(second.id), now=clock())
        == 1
    )


def test_a_message_given_up_goes_to_nobody(world: World, here: Here, clock: FrozenClock) -> None:
    handed_in(world, author())
    admin = world.actor(Role.ADMINISTRATOR)
    row = write(here, admin, clock)
    commands_bulk.drop_bulk(bulk_id=row.id, here=here, actor=admin, now=clock())
    with pytest.raises(Closed):
        commands_bulk.send_bulk(bulk_id=row.id, here=here, count=1, actor=admin, now=clock())
    with pytest.raises(Refused):
        commands_bulk.write_bulk(
            here=here,
            audience="audience_authors",
            typed=BULK,
            page="",
            actor=world.actor(Role.OFFICER),
            now=clock(),
        )


@pytest.mark.parametrize(
    ("typed", "audience", "page", "field"),
    [
        ({}, "audience_voters", "", "audience"),
        ({"sms_ka": ""}, "audience_authors", "", "sms_ka"),
        ({"sms_ka": "ა" * 202}, "audience_authors", "", "sms_ka"),
        ({}, "audience_authors", "https://evil.example/x", "page"),
        ({}, "audience_authors", "../../khoni", "page"),
    ],
)
def test_what_is_wrong_with_a_message_to_a_group(
    world: World, here: Here, clock: FrozenClock, typed: dict[str, str], audience: str, page: str, field: str
) -> None:
    with pytest.raises(Problems) as refused:
        commands_bulk.write_bulk(
            here=here, audience=audience, typed={**BULK, **typed}, page=page,
            actor=world.actor(Role.ADMINISTRATOR), now=clock(),
        )  # fmt: skip
    assert field in {p.field for p in refused.value.problems}


def test_pages(
    app: Flask, world: World, here: Here, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = make_citizen("ნინო სანიმუშო")
    handed_in(world, author())
    commands.deliver_due(now=clock())
    lose(here, clock, monkeypatch, citizen)
    admin = world.actor(Role.ADMINISTRATOR)
    row = write(here, admin, clock)
    client: Any = app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    base = f"{world.url}/messages"
    for lang in ("ka", "en"):
        for path in (
            "", "/undelivered/retry", "/wording", "/wording/idea_admitted", "/wording/sheets_due", "/groups",
            "/groups/new", f"/groups/{row.id}",
        ):  # fmt: skip
            client.page(f"{base}{path}?lang={lang}")
    page = client.page(f"{base}?lang=en")
    assert "Your idea TJ-2026-0042" in page.text
    assert "http 422" in page.text
    number = phone_of(citizen.id)
    assert number not in page.html
    assert number[-9:] not in re.sub(r"\s", "", page.html)
    assert "ნინო" not in page.text
    assert "Messages that were not delivered" in client.page(f"{world.url}/board?lang=en").text
    lost = rows(OutgoingMessage)[-1]
    answer = client.send(f"{base}/undelivered/{lost.id}/retry")
    assert answer.status_code == 302
    assert "Messages that were not delivered" not in client.page(f"{world.url}/board?lang=en").text
    answer = client.send(f"{base}/price", {"price": "viel"})
    assert answer.status_code == 422
    wrong = {**GOOD, "sms_ka": "იდეა {nummer}", "version": "0", "act": "preview"}
    answer = client.send(f"{base}/wording/idea_admitted?lang=en", wrong)
    assert answer.status_code == 422
    assert "{nummer} is not known here" in answer.text
    assert "იდეა {nummer}" in answer.text, "what was typed stays"
    answer = client.send(f"{base}/wording/idea_admitted?lang=en", {**GOOD, "version": "0", "act": "preview"})
    assert "Nothing is saved yet" in answer.text
    assert "თერჯოლა: იდეა TJ-2026-0042 დაშვებულია." in answer.text
    assert wordings.newest("idea_admitted", world.town.id) is None
    client.send(f"{base}/wording/idea_admitted", {**GOOD, "version": "0", "act": "save"})
    assert "own words" in client.page(f"{base}/wording?lang=en").text
    client.send(f"{base}/groups/{row.id}", {"count": "1"})
    assert "Sent" in client.page(f"{base}/groups/{row.id}?lang=en").text
    client.sign_in_as(world.staff[Role.OFFICER].id)
    client.page(base)
    for path in ("/wording", "/groups", "/groups/new"):
        assert client.get(f"{base}{path}").status_code == 403
