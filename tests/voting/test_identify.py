"""Identification: on the roll, not on it, without a phone, having voted: all alike until a code is proved."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.accounts.personal import unseal
from pb.core.errors import Closed, Invalid
from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.voting import identify
from pb.voting.commands_box import close_box
from pb.voting.identify import prove_code, request_code
from pb.voting.models_people import VoterCode
from pb.voting.queries import slot_is_used
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote, number

NOBODY = "99999999999"


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock)


def last_text() -> str:
    row = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
    return unseal(row.body_sealed) if row else ""


def request(vote: Vote, who: str, clock: FrozenClock) -> identify.Challenge:
    return request_code(cycle_id=vote.cycle_id, number=who, language="ka", now=clock())


def test_a_code_goes_to_the_bound_phone_and_proves_a_slot(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    challenge = request(vote, number(7), clock)
    body = last_text()
    code = re.search(r"\d{8}", body)
    assert code
    assert challenge.shown_code == code[0]
    assert len(body) <= 70
    message = db.session.scalars(select(OutgoingMessage)).one()
    assert unseal(message.address_sealed) == "+995555500007"
    assert message.kind == "voter_code"
    proved = prove_code(cycle_id=vote.cycle_id, challenge_id=challenge.id, code=code[0], now=clock())
    assert proved in vote.voters()
    assert proved.slot not in (number(7), vote.voters()[7].slot)
    # A second tap with the same code gives the same, within its ten minutes.
    assert prove_code(cycle_id=vote.cycle_id, challenge_id=challenge.id, code=code[0], now=clock()) == proved
    late = clock() + timedelta(minutes=10, seconds=1)
    with pytest.raises(Invalid, match="voter_code_over"):
        prove_code(cycle_id=vote.cycle_id, challenge_id=challenge.id, code=code[0], now=late)


def test_the_code_of_another_challenge_does_not_do(vote: Vote, clock: FrozenClock) -> None:
    one, two = request(vote, number(1), clock), request(vote, number(2), clock)
    with pytest.raises(Invalid, match="voter_code_wrong"):
        prove_code(cycle_id=vote.cycle_id, challenge_id=one.id, code=two.shown_code, now=clock())


def test_three_tries_for_anybody(vote: Vote, clock: FrozenClock) -> None:
    for who in (number(1), NOBODY):
        challenge = request(vote, who, clock)
        wrong = f"{(int(challenge.shown_code or 0) + 1) % 10**8:08d}"
        said = []
        for _ in range(4):
            with pytest.raises(Invalid) as caught:
                prove_code(cycle_id=vote.cycle_id, challenge_id=challenge.id, code=wrong, now=clock())
            said.append((caught.value.code, caught.value.params.get("left")))
        assert said[:2] == [("voter_code_wrong", 2), ("voter_code_wrong", 1)]
        assert said[2:] == [("voter_code_over", None), ("voter_code_over", None)]


@pytest.mark.parametrize("who", [number(1), NOBODY])
def test_three_codes_an_hour_and_six_a_day(vote: Vote, clock: FrozenClock, who: str) -> None:
    clock.set(2026, 10, 14, 4)
    given = 0
    for hour in range(4, 12):
        for minute in range(4):
            clock.set(2026, 10, 14, hour, minute)
            with suppress(Invalid):
                request(vote, who, clock)
                given += 1
    assert given == 6
    with pytest.raises(Invalid, match="too_many_voter_codes"):
        request(vote, who, clock)
    clock.set(2026, 10, 15, 12)
    request(vote, who, clock)


def test_a_number_is_checked_by_its_shape_alone(vote: Vote, clock: FrozenClock) -> None:
    for typed in ("0100000000", "010000000011", "abc", ""):
        with pytest.raises(Invalid, match="bad_personal_number"):
            request(vote, typed, clock)
    assert request(vote, "010 0000 0001", clock).shown_code


def test_codes_are_asked_for_during_the_vote_alone(vote: Vote, clock: FrozenClock) -> None:
    clock.set(2026, 10, 1)
    with pytest.raises(Closed, match="wrong_phase"):
        request(vote, number(1), clock)


def test_no_code_is_kept_and_all_are_erased_at_the_close(vote: Vote, clock: FrozenClock) -> None:
    challenge = request(vote, number(1), clock)
    row = db.session.scalars(select(VoterCode)).one()
    assert challenge.shown_code not in row.code_hash
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert db.session.scalar(select(func.count()).select_from(VoterCode)) == 0


def normal(html: str) -> str:
    """A page without its tokens, and without what a demonstration shows in place of a phone."""
    html = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", html)
    return re.sub(r'<div class="pb-notice">.*?</div>', "", html, flags=re.DOTALL)


def test_probing_looks_the_same(sqlite_app: Flask, clock: FrozenClock) -> None:
    """On the roll, not on it, without a phone, and having voted: the same pages, cookies and rows."""
    silent = f"{number(90)},ა,ბ,1980-01-01,სოფელი 1,,"
    vote = make_vote(sqlite_app, clock, voters=5, more_rows=[silent])
    voted = next(v for v in vote.voters() if not slot_is_used(v.round_id, v.slot))
    vote.cast(voted, vote.projects[:2])
    worlds = []
    for who in (number(2), NOBODY, number(90), number(1)):
        client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
        before = db.session.scalar(select(func.count()).select_from(VoterCode)) or 0
        sent = client.send(f"{vote.world.url}/vote", {"number": who})
        shown = client.get(sent.location)
        wrong = client.send(f"{vote.world.url}/vote/code", {"code": "00000001"})
        worlds.append(
            (
                sent.status_code,
                sent.location,
                len(sent.headers["Set-Cookie"]) // 64,
                shown.status_code,
                normal(shown.get_data(as_text=True)),
                wrong.status_code,
                normal(wrong.get_data(as_text=True)),
                db.session.scalar(select(func.count()).select_from(VoterCode)) - before,  # type: ignore[operator]
            )
        )
    assert all(world == worlds[0] for world in worlds[1:])
