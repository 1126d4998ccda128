"""An operator whose role is bound to one centre acts on that centre alone: papers, protocol, keying, ideas."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock as the_clock
from pb.accounts.commands_staff import bind_operator
from pb.accounts.models import RoleGrant
from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed, Invalid, Refused
from pb.core.phases import Phase
from pb.db import db, writing
from pb.places.models import Centre
from pb.policy import Action, Actor, AtCentre, Role, allowed
from pb.voting import commands_keying as keying
from pb.voting import commands_paper as papers
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.test_policy import TOWN, status
from tests.voting.making import number
from tests.voting.test_paper import Paper, make_paper, refused


def grant_of(account_id: int | None, role: Role = Role.OPERATOR) -> int:
    query = select(RoleGrant.id).where(RoleGrant.account_id == account_id, RoleGrant.role == role.value)
    found = db.session.scalars(query).one()
    db.session.rollback()
    return found


def other_centre(town_id: int) -> int:
    with writing() as session:
        words = {"ka": "მეორე ცენტრი", "en": "Second centre"}
        centre = Centre(town_id=town_id, name=words, address=words, hours=words)
        session.add(centre)
        session.flush()
        return centre.id


@pytest.fixture
def made(app: Flask, clock: FrozenClock) -> Paper:
    """Batch 1 at the first centre, batch 2 at the second."""
    found = make_paper(app, clock)
    papers.make_batch(
        cycle_id=found.vote.cycle_id, centre_id=other_centre(found.vote.world.town.id), size=5,
        actor=found.vote.admin, now=the_clock.now(),
    )  # fmt: skip
    return found


def bind(made: Paper, centre: int | None) -> Actor:
    bind_operator(
        grant_id=grant_of(made.operator.account_id),
        centre_id=centre,
        actor=made.vote.admin,
        now=the_clock.now(),
    )
    found = actor_by_id(made.operator.account_id or 0)
    db.session.rollback()
    return found


def test_papers_of_the_own_centre_alone(made: Paper, clock: FrozenClock) -> None:
    bound = bind(made, made.centre)
    given: dict[str, Any] = {"cycle_id": made.vote.cycle_id, "actor": bound, "now": the_clock.now()}
    papers.issue_paper(number=number(1), batch=1, **given)
    refused(Refused, "not_allowed", papers.issue_paper, number=number(2), batch=2, **given)
    refused(Refused, "not_allowed", papers.replace_spoilt, batch=2, **given)
    papers.issue_paper(number=number(3), batch=2, **{**given, "actor": made.others[0]})  # bound to none
    refused(Refused, "not_allowed", papers.take_back, number=number(3), batch=2, **given)
    made.close(clock)
    late = {**given, "now": the_clock.now()}
    second = next(one for one in (1, 2, 3, 4, 5) if one != made.centre)
    count: dict[str, Any] = {"missing": 0, "note": "", **late}
    refused(Refused, "not_allowed", keying.count_papers, centre_id=second, in_box=1, **count)
    keying.count_papers(centre_id=made.centre, in_box=1, **count)
    made.sign(1)
    refused(
        Refused,
        "not_allowed",
        keying.key_sheet,
        centre_id=second,
        sheet=1,
        batch=2,
        numbers=[1],
        reason="",
        **late,
    )
    keying.key_sheet(centre_id=made.centre, sheet=1, batch=1, numbers=[1], reason="", **late)
    # an officer keys everywhere, and so does the operator who is freed
    keying.count_papers(centre_id=second, in_box=1, **{**count, "actor": made.others[1]})
    keying.sign_protocol(centre_id=second, in_box=1, **{**late, "actor": bind(made, None)})


def test_the_pages(sqlite_app: Flask, clock: FrozenClock) -> None:
    made = make_paper(sqlite_app, clock)
    second = other_centre(made.vote.world.town.id)
    papers.make_batch(
        cycle_id=made.vote.cycle_id, centre_id=second, size=5, actor=made.vote.admin, now=the_clock.now()
    )
    grant = grant_of(made.operator.account_id)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    web.sign_in_as(made.vote.admin.account_id or 0)
    for lang, words in (("en", "at every centre"), ("ka", "ყველა ცენტრში")):
        assert words in web.page(f"/terjola/staff?lang={lang}").text
    assert web.send(f"/terjola/staff/{grant}/centre", {"centre": "999"}).status_code == 422
    assert web.send(f"/terjola/staff/{grant}/centre", {"centre": str(second)}).status_code == 302
    assert f'<option value="{second}" selected>' in web.page("/terjola/staff").html
    desk = f"{made.vote.world.url}/paper/desk"
    web.sign_in_as(made.operator.account_id or 0)
    page = web.page(desk).html
    assert '<option value="2">' in page
    assert '<option value="1">' not in page
    sent = {"number": number(1), "batch": 1, "card_seen": "y", "issue": "1"}
    assert web.send(desk, sent).status_code in (403, 422)
    assert web.send(desk, {**sent, "batch": 2}).status_code == 302
    made.close(clock)
    assert web.send(f"{made.vote.world.url}/paper/centre/{made.centre}", {"in_box": 0}).status_code == 403
    web.page(f"{made.vote.world.url}/paper/centre/{second}")


def test_who_binds_and_what(made: Paper) -> None:
    now = the_clock.now()
    grant, admin = grant_of(made.operator.account_id), made.vote.admin
    with pytest.raises(Refused):
        bind_operator(grant_id=grant, centre_id=made.centre, actor=made.operator, now=now)
    other = factories.make_town("khoni")
    db.session.rollback()
    with pytest.raises(Invalid, match="no_such_centre"):  # of another town
        bind_operator(grant_id=grant, centre_id=other_centre(other.id), actor=admin, now=now)
    with pytest.raises(Closed, match="not_an_operator"):
        bind_operator(
            grant_id=grant_of(admin.account_id, Role.ADMINISTRATOR),
            centre_id=made.centre,
            actor=admin,
            now=now,
        )


@pytest.mark.parametrize(
    ("action", "phase"),
    [
        (Action.HELP_IN_PERSON, Phase.VOTING),
        (Action.KEY_PAPER, Phase.RESULTS),
        (Action.ASSIST_IDEA, Phase.IDEAS),
    ],
)
def test_the_policy(action: Action, phase: Phase) -> None:
    held = {TOWN: frozenset({Role.OPERATOR})}
    bound, free = Actor(1, held, centres={TOWN: 7}), Actor(1, held)
    both = Actor(1, {TOWN: frozenset({Role.OPERATOR, Role.OFFICER})}, centres={TOWN: 7})
    given: dict[str, Any] = {"town_id": TOWN, "status": status(phase)}
    for actor, at, may in (
        (bound, None, True), (bound, AtCentre(7), True), (bound, AtCentre(8), False), (free, AtCentre(8), True),
        (both, AtCentre(8), action is Action.KEY_PAPER),
    ):  # fmt: skip
        assert allowed(actor, action, thing=at, **given) is may
