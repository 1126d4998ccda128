"""The officer's pages, and what the public reads of a check, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.audit.models import Event
from pb.db import db
from pb.ideas import commands as ideas
from pb.ideas.models import Idea
from pb.policy import Role
from pb.projects.models import Project
from pb.review.commands_eligibility import record_check
from tests.conftest import FrozenClock
from tests.factories import World, make_staff, make_town, make_world
from tests.ideas.making import author, handed_in
from tests.pages import CheckedClient
from tests.projects.making import IDEAS, admitted, rules_of
from tests.review.test_eligibility_commands import REASON, answers, correctable, the

LANGUAGES = pytest.mark.parametrize("lang", ["ka", "en"])


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    clock.moment = IDEAS
    return make_world(sqlite_app)


@pytest.fixture
def officer(sqlite_app: Flask, world: World) -> CheckedClient:
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    client.sign_in_as(world.staff[Role.OFFICER].id)
    return client


def sent(world: World, *failing: str, outcome: str = "eligible", **values: Any) -> dict[str, Any]:
    """The form as the officer sends it; every criterion met but ``failing``."""
    passed = {f"passed_{c.id}": "unmet" if c.id in failing else "met" for c in rules_of(world).checklist}
    return {"revision": 1, "outcome": outcome, **passed, **values}


def url(world: World, idea: Idea, act: str = "") -> str:
    return f"{world.url}/queue/{idea.number}{act}"


@LANGUAGES
def test_every_page_in_both_languages(
    world: World, officer: CheckedClient, clock: FrozenClock, lang: str
) -> None:
    officer.set_cookie("lang", lang)
    rules = rules_of(world)
    citizen = author()
    waiting, back = handed_in(world, now=IDEAS - timedelta(days=18)), handed_in(world, citizen, now=IDEAS)
    bad, good = handed_in(world, now=IDEAS), admitted(world)
    actor = world.actor(Role.OFFICER)
    record_check(
        idea_id=bad.id, outcome="ineligible", public_reason=REASON, actor=actor, now=IDEAS,
        findings=answers(rules, rules.checklist[0].id),
    )  # fmt: skip
    record_check(
        idea_id=back.id, outcome="returned", notes={"title": "დააზუსტეთ"}, actor=actor, now=IDEAS,
        findings=answers(rules, correctable(rules, True)),
    )  # fmt: skip
    ideas.edit_idea(idea_id=back.id, changes={"title": "ახალი სათაური"}, actor=citizen, now=IDEAS)
    ideas.answer_return(idea_id=back.id, actor=citizen, now=IDEAS)
    for shelf in ("waiting", "returned", "admitted", "invited", "refused", "rest", "nonsense"):
        page = officer.page(f"{world.url}/queue?shelf={shelf}&unit=unit-1")
        assert page.lang == lang
    officer.page(f"{world.url}/queue/invite")
    for idea in (waiting, back, bad, good):
        officer.page(url(world, idea))
        officer.page(f"{world.url}/ideas/{idea.number}")
    answer = officer.send(url(world, waiting), sent(world, outcome="ineligible", public_reason="მოკლე"))
    assert answer.status_code == 422
    officer.send(url(world, waiting, "/take-up"))
    officer.page(url(world, waiting))


def test_admit(world: World, officer: CheckedClient) -> None:
    idea = handed_in(world, now=IDEAS)
    assert officer.send(url(world, idea, "/take-up")).status_code == 302
    assert the(idea).state == "in_check"
    answer = officer.send(url(world, idea), sent(world))
    assert answer.location.endswith("/queue")
    assert the(idea).state == "eligible"


def test_a_refusal_is_shown_to_everybody_with_the_way_to_object(world: World, officer: CheckedClient) -> None:
    rules = rules_of(world)
    idea, failing = handed_in(world, now=IDEAS), rules.checklist[0]
    officer.send(url(world, idea), sent(world, failing.id, outcome="ineligible", public_reason=REASON))
    assert the(idea).state == "ineligible"
    officer.sign_out()
    page = officer.page(f"{world.url}/ideas/{idea.number}")
    assert failing.failing["ka"] in page.text
    assert failing.ground["ka"] in page.text
    assert REASON in page.text
    assert f"{rules.objection_days} სამუშაო დღის" in page.text


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(
    world: World, officer: CheckedClient
) -> None:
    rules = rules_of(world)
    idea = handed_in(world, now=IDEAS)
    name = correctable(rules, False)
    data = sent(
        world, name, outcome="returned", **{f"note_{name}": "ჩემი შენიშვნა", "field_title": "სხვა სათაური"}
    )
    answer = officer.send(url(world, idea), data)
    assert answer.status_code == 422
    assert f'id="passed_{name}-error"' in answer.text
    assert "ჩემი შენიშვნა" in answer.text
    assert "სხვა სათაური" in answer.text
    answer = officer.send(url(world, idea), {"revision": 1})
    assert answer.status_code == 422
    assert the(idea).state == "submitted"


def test_the_slower_officer_loses_nothing(world: World, officer: CheckedClient) -> None:
    rules = rules_of(world)
    idea = handed_in(world, now=IDEAS)
    second = make_staff(world.town, Role.OFFICER)
    officer.send(url(world, idea), sent(world))
    officer.sign_in_as(second.id)
    name = rules.checklist[0].id
    data = sent(world, name, outcome="ineligible", public_reason=REASON, **{f"note_{name}": "ჩემი შენიშვნა"})
    answer = officer.send(url(world, idea), data)
    assert answer.status_code == 409
    assert "შედეგი სხვა თანამშრომელმა უკვე დააფიქსირა" in answer.text
    assert REASON in answer.text
    assert "ჩემი შენიშვნა" in answer.text
    assert the(idea).state == "eligible"


def test_the_author_changed_the_text_meanwhile(world: World, officer: CheckedClient) -> None:
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS)
    ideas.edit_idea(idea_id=idea.id, changes={"title": "სხვა სათაური"}, actor=citizen, now=IDEAS)
    answer = officer.send(url(world, idea), sent(world))
    assert answer.status_code == 409
    assert 'name="revision" type="hidden" value="2"' in answer.text
    assert officer.send(url(world, idea), sent(world, revision=2)).status_code == 302


def test_what_came_back_shows_the_difference(world: World, officer: CheckedClient) -> None:
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS, title="ძველი სათაური")
    officer.send(url(world, idea), sent(world, outcome="returned", field_title="დააზუსტეთ სათაური"))
    assert the(idea).notes == {"title": "დააზუსტეთ სათაური"}
    ideas.edit_idea(idea_id=idea.id, changes={"title": "ახალი სათაური"}, actor=citizen, now=IDEAS)
    ideas.answer_return(idea_id=idea.id, actor=citizen, now=IDEAS)
    html = officer.get(url(world, idea)).text
    assert "<del>ძველი სათაური</del>" in html
    assert "<ins>ახალი სათაური</ins>" in html


def test_contact_data_only_by_a_logged_post(world: World, officer: CheckedClient) -> None:
    idea = handed_in(world, author(), now=IDEAS, first_name="ნინო", surname="სანიმუშო")
    assert "სანიმუშო" not in officer.page(url(world, idea)).text
    answer = officer.send(url(world, idea, "/contact"), {"reason": "მოკლე"})
    assert answer.status_code == 422
    assert "სანიმუშო" not in answer.text
    answer = officer.send(url(world, idea, "/contact"), {"reason": "ადგილის დათვალიერება"})
    assert "ნინო სანიმუშო" in answer.text
    assert "+9955" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert db.session.scalar(select(func.count()).where(Event.kind == "ContactDataShown")) == 1
    assert officer.get(url(world, idea, "/contact")).status_code == 405
    for page in (url(world, idea), f"{world.url}/queue", f"{world.url}/ideas/{idea.number}"):
        assert "+9955" not in officer.page(page).text


def test_who_may_not(world: World, officer: CheckedClient) -> None:
    idea = handed_in(world, now=IDEAS)
    own = handed_in(world, world.actor(Role.OFFICER), now=IDEAS)
    assert officer.get(url(world, own)).status_code == 403
    assert officer.send(url(world, own), sent(world)).status_code == 403
    assert officer.send(url(world, own, "/contact"), {"reason": "ადგილის დათვალიერება"}).status_code == 403
    foreign = make_staff(make_town("khoni"), Role.OFFICER)
    others = [foreign.id, world.citizen.id, *(world.staff[r].id for r in Role if r is not Role.OFFICER)]
    for account in others:
        officer.sign_in_as(account)
        for act in ("", "/take-up", "/contact"):
            answer = officer.send(url(world, idea, act), sent(world, reason="ადგილის დათვალიერება"))
            assert answer.status_code == 403, act
        assert officer.get(url(world, idea)).status_code == 403
        assert officer.send(f"{world.url}/queue/invite", {"ids": "1"}).status_code == 403
    officer.sign_in_as(foreign.id)
    assert officer.get(f"{world.url}/queue").status_code == 403
    for role in (Role.OBSERVER, Role.ADMINISTRATOR):
        officer.sign_in_as(world.staff[role].id)
        officer.page(f"{world.url}/queue")
    assert the(idea).state == "submitted"


def test_invite_one_and_all(world: World, officer: CheckedClient) -> None:
    first, second, third = (admitted(world, title=f"იდეა {n}") for n in range(3))
    assert officer.send(url(world, first, "/invite")).status_code == 302
    page = officer.page(f"{world.url}/queue/invite")
    assert "2 იდეის" in page.text
    late = admitted(world)  # admitted after the officer opened the confirmation
    answer = officer.send(f"{world.url}/queue/invite", {"ids": f"{second.id},{third.id}"})
    assert answer.location.endswith("shelf=invited")
    assert "მოწვეულია 2 ავტორი" in officer.page(answer.location).text
    numbers = db.session.scalars(select(Project.number).order_by(Project.number)).all()
    assert numbers == [first.number, second.number, third.number]
    assert the(late).state == "eligible"
    assert officer.send(f"{world.url}/queue/invite", {"ids": ""}).status_code == 422
