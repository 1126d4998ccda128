"""“Was a vote cast in my name?”, in the vote and until the slots' values are destroyed; and phones of nobody before."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb import clock as the_clock
from pb.accounts.personal import unseal
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.voting.commands_box import close_box, open_box
from pb.voting.identify import MINE, prove_code, request_code
from pb.voting.models_alarms import Sighting, SightingHour
from pb.voting.models_people import VoterCode
from pb.voting.phones import bind_phone
from pb.voting.queries_alarms import facts_of
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote, number


@pytest.fixture
def closed(app: Flask, clock: FrozenClock) -> Vote:
    """A box that two people voted into, closed; everybody else did not vote."""
    vote = make_vote(app, clock)
    for voter in vote.voters()[:2]:
        vote.cast(voter, vote.projects[:1])
    clock.set(2026, 10, 26)
    the_clock.forget()
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    db.session.rollback()
    return vote


def code_sent() -> str:
    row = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
    found = re.search(r"[0-9]{8}", unseal(row.body_sealed) if row else "")
    assert found
    db.session.rollback()
    return found[0]


def test_between_the_close_and_the_destruction(closed: Vote, clock: FrozenClock) -> None:
    url = f"{closed.world.url}/vote"
    for lang in ("ka", "en"):
        for who, said in ((1, {"ka": "დიახ", "en": "Yes"}), (9, {"ka": "არა", "en": "No"})):
            client: CheckedClient = closed.world.app.test_client()  # type: ignore[assignment]
            assert 'aim=mine">' in client.page(f"{url}?lang={lang}").html
            client.page(f"{url}?aim=mine")
            assert client.send(url, {"number": number(who), "aim": "mine"}).status_code == 302
            client.page(f"{url}/code")
            answer = client.send(f"{url}/code", {"code": code_sent()})
            assert answer.location.endswith("/vote/mine")
            page = client.page(f"{url}/mine")
            assert said[lang] in page.text
            assert "/vote/ballot" not in page.html  # nobody can vote any more
            assert client.get(f"{url}/ballot").status_code == 409
    # the alarms were erased at the close, and nothing is written there by asking
    assert db.session.scalar(select(func.count()).select_from(Sighting)) == 0
    assert db.session.scalar(select(func.count()).select_from(SightingHour)) == 0


def test_who_wants_to_vote_is_refused_then(closed: Vote, clock: FrozenClock) -> None:
    given = {"cycle_id": closed.cycle_id, "now": clock()}
    with pytest.raises(Closed, match="wrong_phase"):
        request_code(number=number(3), language="ka", **given)  # type: ignore[arg-type]
    challenge = request_code(number=number(3), language="ka", aim=MINE, **given)  # type: ignore[arg-type]
    with pytest.raises(Closed, match="wrong_phase"):
        prove_code(challenge_id=challenge.id, code=code_sent(), **given)  # type: ignore[arg-type]
    assert prove_code(challenge_id=challenge.id, code=code_sent(), aim=MINE, **given)  # type: ignore[arg-type]


def test_off_the_roll_looks_the_same(closed: Vote, clock: FrozenClock) -> None:
    challenge = request_code(
        cycle_id=closed.cycle_id, number="99999999999", language="ka", aim=MINE, now=clock()
    )
    with pytest.raises(Invalid, match="voter_code_wrong"):
        prove_code(
            cycle_id=closed.cycle_id, challenge_id=challenge.id, code="12345678", aim=MINE, now=clock()
        )


def test_after_the_destruction_nobody_can_tell(closed: Vote, clock: FrozenClock) -> None:
    client: CheckedClient = closed.world.app.test_client()  # type: ignore[assignment]
    url = f"{closed.world.url}/vote"
    client.send(url, {"number": number(1), "aim": "mine"})
    client.send(f"{url}/code", {"code": code_sent()})
    open_box(cycle_id=closed.cycle_id, actor=closed.admin, now=clock())
    db.session.rollback()
    answer = client.get(f"{url}/mine")  # the pass is still good, and tells nothing
    assert answer.status_code == 409
    assert "განადგურდა" in answer.get_data(as_text=True)
    assert 'name="number"' not in client.page(f"{url}?aim=mine").html
    assert client.send(url, {"number": number(1), "aim": "mine"}).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(VoterCode)) == 0
    with pytest.raises(Closed, match="link_key_destroyed"):
        request_code(cycle_id=closed.cycle_id, number=number(1), language="ka", aim=MINE, now=clock())


def test_a_first_phone_stands_among_the_alarms(app: Flask, clock: FrozenClock) -> None:
    """Where no former number can be told that codes go elsewhere now, the alarms tell it from the first one on."""
    rows = [f"0200000000{n},ა,ბ,1970-01-01,სოფელი 1,," for n in range(3)]
    vote = make_vote(app, clock, more_rows=rows)
    operator = vote.world.actor(Role.OPERATOR)
    for who, mobile in (("02000000000", "555111000"), ("02000000001", "555111001"), (number(1), "555111002")):
        bind_phone(cycle_id=vote.cycle_id, number=who, mobile=mobile, actor=operator, now=clock())
    found = [
        f for f in facts_of(vote.cycle_id, here_by_id(vote.cycle_id).rules.voters) if f.kind == "first_phone"
    ]
    assert [(f.number, f.from_, f.mark) for f in found] == [(2, 1, str(operator.account_id))]
    db.session.rollback()
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    client.sign_in_as(vote.world.staff[Role.ADMINISTRATOR].id)
    for lang, words in (("ka", "რომლებსაც ნომერი არ ჰქონდათ"), ("en", "for people who had none")):
        assert words in client.page(f"{vote.world.url}/alarms?lang={lang}").text
