"""Claims to the roll: handed in, read with a logged reason, decided, applied at the approval, and gone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from pb.accounts.personal import keyed_hash, unseal
from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.core.rulebook import VoterRules
from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.policy import Actor, Role
from pb.voting.claims import decide_claim, hand_in_claim, read_claim
from pb.voting.commands_roll import approve_roll, import_roll
from pb.voting.models_claims import RollClaim
from pb.voting.models_people import Roll, RollEntry
from tests import factories
from tests.conftest import FrozenClock
from tests.factories import World
from tests.pages import CheckedClient
from tests.voting.making import number, roll_file, second_administrator, voter_rows

NOW = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)
MISSING = "01000099999"
REASON = "ნაპოვნია სამოქალაქო რეესტრში"


@pytest.fixture
def world(app: Flask, clock: FrozenClock) -> World:
    clock.moment = NOW
    return factories.make_world(app)


def citizen(world: World) -> Actor:
    return actor_by_id(world.citizen.id)


def claim(world: World, **changes: object) -> int:
    values = {
        "cycle_id": world.cycle.id, "kind": "missing", "number": MISSING, "name": "ნანა სანიმუშო",
        "born": date(1935, 3, 14), "unit_id": world.town.units[0].id, "address": "ზოვრეთი", "mobile": "555777888",
        "actor": citizen(world), "now": NOW, **changes,
    }  # fmt: skip
    return hand_in_claim(**values)  # type: ignore[arg-type]


def decide(claim_id: int, officer: Actor, *, accept: bool = True) -> None:
    read_claim(claim_id=claim_id, reason=REASON, actor=officer, now=NOW)
    decide_claim(claim_id=claim_id, accept=accept, reason=REASON, actor=officer, now=NOW)


def given_roll(world: World) -> int:
    return import_roll(
        cycle_id=world.cycle.id,
        source=roll_file(voter_rows(5)),
        actor=world.actor(Role.ADMINISTRATOR),
        now=NOW,
    )


def test_what_is_accepted_comes_into_the_roll_with_the_approval(world: World) -> None:
    roll_id, second = given_roll(world), second_administrator(world)
    before = db.session.get_one(Roll, roll_id).fingerprint
    one = claim(world)
    two = claim(world, kind="phone", number=number(3), mobile="555777999")
    officer = world.actor(Role.OFFICER)
    with pytest.raises(Closed, match="claims_open"):
        approve_roll(roll_id=roll_id, actor=second, now=NOW)
    with pytest.raises(Invalid, match="claim_unread"):  # nobody decides on what was not looked at
        decide_claim(claim_id=one, accept=True, reason=REASON, actor=officer, now=NOW)
    read_claim(claim_id=two, reason=REASON, actor=officer, now=NOW)
    with pytest.raises(Invalid, match="claim_unread"):  # nor who has read another one
        decide_claim(claim_id=one, accept=True, reason=REASON, actor=officer, now=NOW)
    for claim_id in (one, two):
        decide(claim_id, officer)
    with pytest.raises(Closed, match="claim_decided"):
        decide_claim(claim_id=one, accept=False, reason=REASON, actor=officer, now=NOW)
    approve_roll(roll_id=roll_id, actor=second, now=NOW)
    roll = db.session.get_one(Roll, roll_id)
    assert (roll.size, roll.unit_sizes["unit-1"]) == (6, 2)
    assert roll.fingerprint != before
    entries = {e.person_hash: e for e in db.session.scalars(select(RollEntry))}
    added = entries[keyed_hash("person", MISSING)]
    assert (unseal(added.phone_sealed), added.very_old) == ("+995555777888", True)
    assert unseal(entries[keyed_hash("person", number(3))].phone_sealed) == "+995555777999"
    # The fingerprint is that of a file that had the person in it.
    again = [*voter_rows(5), f"{MISSING},ა,ბ,1935-03-14,სოფელი 1,,"]
    other = factories.make_cycle(world.town, 2027, dates=factories.calendar(2027))
    same = import_roll(
        cycle_id=other.id, source=roll_file(again), actor=world.actor(Role.ADMINISTRATOR), now=NOW
    )
    assert db.session.get_one(Roll, same).fingerprint == roll.fingerprint
    with pytest.raises(Closed, match="roll_in_force"):
        claim(world)


def test_nobodys_phone_is_changed_unseen(world: World) -> None:
    """Said to be missing, a person on the roll keeps the phone; a number that a claim replaces is told."""
    roll_id, officer = given_roll(world), world.actor(Role.OFFICER)
    old = {n: phone_on_roll(n) for n in (2, 3)}
    taken = [
        claim(world, number=number(2), mobile="555777888"),
        claim(world, kind="phone", number=number(3), mobile="555777999"),
    ]
    for claim_id in taken:
        decide(claim_id, officer)
    approve_roll(roll_id=roll_id, actor=second_administrator(world), now=NOW)
    assert (phone_on_roll(2), phone_on_roll(3)) == (old[2], "+995555777999")
    said = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "phone_bound")).all()
    assert [unseal(one.address_sealed) for one in said] == [old[3]]


def phone_on_roll(n: int) -> str:
    db.session.expire_all()
    query = select(RollEntry.phone_sealed).where(RollEntry.person_hash == keyed_hash("person", number(n)))
    return unseal(db.session.scalar(query))


def test_of_a_decided_claim_no_person_is_left(world: World) -> None:
    roll_id = given_roll(world)
    ids = [claim(world), claim(world, name="სხვა", number="01000088888")]
    officer = world.actor(Role.OFFICER)
    decide(ids[0], officer)
    decide(ids[1], officer, accept=False)
    approve_roll(roll_id=roll_id, actor=second_administrator(world), now=NOW)
    for row in db.session.scalars(select(RollClaim)):
        assert (row.person_hash, row.phone_sealed, row.phone_hash, row.told_sealed) == ("", None, None, None)
    for table in inspect(db.engine).get_table_names():
        for found in db.session.execute(text(f"SELECT * FROM {table}")):
            assert not any(word in str(found) for word in (MISSING, "01000088888", "სანიმუშო, ", "ზოვრეთი"))


def test_data_are_read_with_a_reason_that_is_logged_first(world: World) -> None:
    claim_id, officer = claim(world), world.actor(Role.OFFICER)
    with pytest.raises(Invalid, match="reason_short"):
        read_claim(claim_id=claim_id, reason="so", actor=officer, now=NOW)
    for role in (Role.OPERATOR, Role.OBSERVER, Role.CHAIR):
        with pytest.raises(Refused):
            read_claim(claim_id=claim_id, reason=REASON, actor=world.actor(role), now=NOW)
    told = read_claim(claim_id=claim_id, reason=REASON, actor=officer, now=NOW)
    assert (told["number"], told["name"], told["mobile"]) == (MISSING, "ნანა სანიმუშო", "+995555777888")
    said = db.session.scalars(select(Event).where(Event.kind == "ClaimRead")).one()
    assert (said.data, said.is_public, said.actor_id) == ({"reason": REASON}, False, officer.account_id)


def test_nobody_decides_the_own_claim(world: World) -> None:
    officer = world.actor(Role.OFFICER)
    own = claim(world, actor=officer)
    with pytest.raises(Refused):
        decide_claim(claim_id=own, accept=True, reason=REASON, actor=officer, now=NOW)


def test_claims_have_a_term_before_the_approval(app: Flask, clock: FrozenClock) -> None:
    town = factories.make_town("khoni")
    world = factories.make_world(app, rules=factories.rulebook(town, voters=VoterRules(claim_days=5)))
    roll_id, second = given_roll(world), second_administrator(world)
    with pytest.raises(Closed, match="claims_not_over"):
        approve_roll(roll_id=roll_id, actor=second, now=NOW + timedelta(days=5, seconds=-1))
    approve_roll(roll_id=roll_id, actor=second, now=NOW + timedelta(days=5))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "123"}, "bad_personal_number"),
        ({"born": date(2012, 1, 1)}, "claim_under_age"),
        ({"mobile": "12"}, "bad_mobile"),
    ],
)
def test_what_a_claim_must_say(world: World, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid, match=code) as caught:
        claim(world, **changes)
    assert caught.value.field in ("number", "born", "mobile")
    assert db.session.scalars(select(RollClaim)).all() == []


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_pages(sqlite_app: Flask, clock: FrozenClock, lang: str) -> None:
    clock.moment = NOW
    world = factories.make_world(sqlite_app)
    given_roll(world)
    url = f"{world.url}/roll-claims"
    person: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    assert person.get(f"{url}/new").status_code == 302
    person.sign_in_as(world.citizen.id)
    person.page(f"{url}/new?lang={lang}")
    typed = {
        "kind": "missing", "number": MISSING, "name": "ნანა", "born": "14.03.1988", "unit": str(world.town.units[0].id),
        "address": "ზოვრეთი", "mobile": "",
    }  # fmt: skip
    assert person.send(f"{url}/new", {**typed, "born": "yesterday"}).status_code == 422
    assert person.send(f"{url}/new", typed).status_code == 302
    person.page(f"{url}/new")
    assert person.get(url).status_code == 403
    officer: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    officer.sign_in_as(world.staff[Role.OFFICER].id)
    officer.page(f"{url}?lang={lang}")
    assert "decision-reason" not in officer.page(f"{url}/1").html
    assert (
        officer.send(f"{url}/1/decide", {"decision-outcome": "accept", "decision-reason": REASON}).status_code
        == 422
    )
    assert MISSING not in officer.get(f"{url}/1").get_data(as_text=True)
    shown = officer.send(f"{url}/1", {"reason": REASON})
    assert MISSING in shown.get_data(as_text=True)
    assert shown.headers["Cache-Control"] == "no-store"
    assert (
        officer.send(f"{url}/1/decide", {"decision-outcome": "accept", "decision-reason": ""}).status_code
        == 422
    )
    assert (
        officer.send(f"{url}/1/decide", {"decision-outcome": "accept", "decision-reason": REASON}).status_code
        == 302
    )
    officer.page(f"{url}/1?lang={lang}")
    person.page(f"{url}/new?lang={lang}")
    admin: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    admin.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    admin.page(f"{world.url}/roll/1?lang={lang}")


def test_whoever_has_no_account_claims_by_a_code_to_a_phone_typed_then(
    sqlite_app: Flask, clock: FrozenClock
) -> None:
    """Nobody registers: the code proves the telephone, and leads back to the claim."""
    clock.moment = NOW
    world = factories.make_world(sqlite_app)
    given_roll(world)
    person: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    url = f"{world.url}/roll-claims/new"
    assert person.get(url).headers["Location"] == f"/sign-in?next={url}"
    person.send("/sign-in", {"phone": "555 98 76 54", "next": url})
    code = re.search(r"\b\d{8}\b", person.page("/sign-in/code").text)
    assert code
    assert person.send("/sign-in/code", {"code": code[0]}).headers["Location"] == url
    person.page(url)
    typed = {
        "kind": "missing", "number": MISSING, "name": "ნანა", "born": "14.03.1988", "unit": str(world.town.units[0].id),
        "address": "ზოვრეთი", "mobile": "",
    }  # fmt: skip
    assert person.send(url, typed).status_code == 302
    assert db.session.scalars(select(RollClaim.kind)).all() == ["missing"]
