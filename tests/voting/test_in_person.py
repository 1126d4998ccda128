"""In person: an operator who sees the card, a token for the screen, and a session that leaves nothing behind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.db import db
from pb.policy import Actor, Role
from pb.voting.commands_box import close_box
from pb.voting.identify import in_person
from pb.voting.kiosk import erase_old_tokens, issue_token, use_token
from pb.voting.models import VotingSlot
from pb.voting.models_alarms import Sighting, SightingHour
from pb.voting.models_people import KioskToken
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote, number

NOBODY = "99999999999"


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock)


def operator(vote: Vote) -> Actor:
    return vote.world.actor(Role.OPERATOR)


def issue(vote: Vote, who: str, clock: FrozenClock) -> str:
    return issue_token(cycle_id=vote.cycle_id, number=who, actor=operator(vote), now=clock()).token


def use(vote: Vote, typed: str, clock: FrozenClock):  # type: ignore[no-untyped-def]
    return use_token(cycle_id=vote.cycle_id, typed=typed, now=clock())


def test_a_token_is_good_once_for_five_minutes_for_one_person(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    token = issue(vote, number(7), clock)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", token)
    assert token.replace("-", "") not in db.session.scalars(select(KioskToken.code_hash)).one()
    voter = use(vote, f" {token.lower()} ", clock)
    assert (voter.channel, voter.slot) == ("kiosk", vote.voters()[6].slot)
    assert db.session.scalar(select(func.count()).select_from(KioskToken)) == 0
    with pytest.raises(Invalid, match="token_over"):
        use(vote, token, clock)
    late = issue(vote, number(8), clock)
    clock.moment += timedelta(minutes=5)
    with pytest.raises(Invalid, match="token_over"):
        use(vote, late, clock)
    assert erase_old_tokens(cycle_id=vote.cycle_id, now=clock()) == 1


def test_a_new_token_kills_the_former_one(vote: Vote, clock: FrozenClock) -> None:
    first, second = issue(vote, number(3), clock), issue(vote, number(3), clock)
    with pytest.raises(Invalid, match="token_over"):
        use(vote, first, clock)
    assert use(vote, second, clock).channel == "kiosk"


@pytest.mark.parametrize("typed", ["", "1234", "ÀBCD-EFGH", "UUUU-UUUU", "K7QM-2XPAA"])
def test_what_is_no_token_is_refused_by_its_shape(vote: Vote, clock: FrozenClock, typed: str) -> None:
    with pytest.raises(Invalid, match="bad_token"):
        use(vote, typed, clock)


def test_who_may_identify_whom_and_when(vote: Vote, clock: FrozenClock) -> None:
    given = {"cycle_id": vote.cycle_id, "channel": "paper", "now": clock()}
    for actor in (vote.admin, vote.world.actor(Role.OFFICER), Actor(vote.world.citizen.id)):
        with pytest.raises(Refused, match="not_allowed"):
            in_person(number=number(1), actor=actor, **given)  # type: ignore[arg-type]
    elsewhere = factories.make_staff(factories.make_town("khoni"), Role.OPERATOR)
    with pytest.raises(Refused):
        in_person(number=number(1), actor=Actor(elsewhere.id), **given)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="not_on_roll"):
        in_person(number=NOBODY, actor=operator(vote), **given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="web"):
        in_person(number=number(1), actor=operator(vote), **{**given, "channel": "web"})  # type: ignore[arg-type]
    vote.cast(vote.voters()[0], vote.projects[:1])
    with pytest.raises(Closed, match="already_voted"):
        in_person(number=number(1), actor=operator(vote), **given)  # type: ignore[arg-type]
    clock.set(2026, 10, 27)
    with pytest.raises(Closed, match="wrong_phase"):
        in_person(number=number(2), actor=operator(vote), **{**given, "now": clock()})  # type: ignore[arg-type]


def test_a_rulebook_without_that_way_has_no_desk(sqlite_app: Flask, clock: FrozenClock) -> None:
    town = factories.make_town("khoni")
    book = factories.rulebook(town, identification=("sms_code",))
    vote = make_vote(sqlite_app, clock, rules=book)
    with pytest.raises(Closed, match="way_not_chosen"):
        issue(vote, number(1), clock)
    with pytest.raises(Closed, match="way_not_chosen"):
        use(vote, "K7QM-2XPA", clock)


def test_what_is_written_names_the_operator_and_no_voter(vote: Vote, clock: FrozenClock) -> None:
    issue(vote, number(5), clock)
    said = db.session.scalars(select(Event).where(Event.kind == "IdentifiedInPerson")).one()
    assert (said.data, said.is_public) == ({"kind": "in_person_kiosk"}, False)
    assert said.actor_id == operator(vote).account_id
    seen = db.session.scalars(select(Sighting)).one()
    entry = vote.voters()[4]
    assert (seen.way, seen.day, seen.device, seen.address) == ("kiosk", "2026-10-14", "", "")
    assert entry.slot not in (seen.person,)
    hour = db.session.scalars(select(SightingHour)).one()
    assert (hour.operator_id, hour.number, hour.hour) == (operator(vote).account_id, 1, 16)
    issue(vote, number(5), clock)
    db.session.expire_all()
    assert db.session.scalars(select(SightingHour.number)).one() == 2
    assert db.session.scalar(select(func.count()).select_from(Sighting)) == 1


def desk(vote: Vote) -> CheckedClient:
    client: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    client.sign_in_as(vote.world.staff[Role.OPERATOR].id)
    return client


def token_on(page: str) -> str:
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert found, page
    return found[0]


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_vote_at_the_screen(vote: Vote, clock: FrozenClock, lang: str) -> None:
    url, staff = vote.world.url, desk(vote)
    staff.page(f"{url}/centre?lang={lang}")
    refused = staff.send(f"{url}/centre", {"number": number(9)})  # the card was not seen
    assert refused.status_code == 422
    given = staff.send(f"{url}/centre", {"number": number(9), "card_seen": "y"})
    assert given.headers["Cache-Control"] == "no-store"
    screen: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    screen.sign_in_as(vote.world.staff[Role.OPERATOR].id)  # somebody forgot to sign out there
    screen.page(f"{url}/vote/screen?lang={lang}")
    wrong = screen.send(f"{url}/vote/screen", {"token": "AAAA-AAAA"})
    assert wrong.status_code == 422
    token = token_on(given.get_data(as_text=True))
    begun = screen.send(f"{url}/vote/screen", {"token": token})
    assert begun.location.endswith("/vote/ballot")
    assert screen.send(f"{url}/vote/screen", {"token": token}).location.endswith(
        "/vote/ballot"
    )  # a second tap
    page = screen.get(begun.location)
    assert page.headers["Cache-Control"] == "no-store"
    assert 'http-equiv="refresh"' in page.get_data(as_text=True)
    with screen.session_transaction() as session:
        assert "_user_id" not in session
    screen.send(f"{url}/vote/ballot", {"choice": vote.projects[:2]})
    review = screen.get(f"{url}/vote/review").get_data(as_text=True)
    form_token = re.search(r'name="token" value="([^"]+)"', review)
    assert form_token
    cast = screen.send(f"{url}/vote/cast", {"choice": vote.projects[:2], "token": form_token[1]})
    assert "/vote/receipt/" in cast.location
    screen.page(cast.location)
    slot = db.session.scalars(select(VotingSlot)).one()
    assert (slot.channel, slot.state) == ("kiosk", "cast")
    # “Back”: the session ended with the vote.
    for path in ("ballot", "review"):
        back = screen.get(f"{url}/vote/{path}")
        assert back.status_code == 403
        assert back.headers["Cache-Control"] == "no-store"
        assert "პროექტი" not in back.get_data(as_text=True)
    assert screen.send(f"{url}/vote/finish").location.endswith("/vote/screen")
    again = staff.send(f"{url}/centre", {"number": number(9), "card_seen": "y"})
    assert again.status_code == 422


def test_the_screens_session_ends_after_five_minutes(vote: Vote, clock: FrozenClock) -> None:
    url = vote.world.url
    screen: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    screen.send(f"{url}/vote/screen", {"token": issue(vote, number(9), clock)})
    assert screen.get(f"{url}/vote/ballot").status_code == 200
    clock.moment += timedelta(minutes=5)
    assert screen.get(f"{url}/vote/ballot").status_code == 403


def test_at_the_close_everything_of_the_identification_is_erased(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    issue(vote, number(5), clock)
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    for model in (KioskToken, Sighting, SightingHour):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0, model
