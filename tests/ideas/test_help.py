"""An operator hands in for somebody: consent by code or on paper, the limit, the copies, nothing left behind."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import db
from pb.ideas import commands_help, records
from pb.ideas.models import Idea, IdeaAuthor
from pb.messages.queries import demonstration_code
from pb.policy import Actor, Role
from pb.web import pdf
from tests.factories import World, make_staff, make_world
from tests.ideas.making import author, fields, person
from tests.pages import CheckedClient


def operator(world: World) -> Actor:
    return actor_by_id(make_staff(world.town, Role.OPERATOR).id)


def written(world: World, actor: Actor, **changes: object) -> Idea:
    who = {name: changes.pop(name) for name in ("first_name", "surname", "unit_id") if name in changes}
    values = {"channel": "centre", "centre_id": None, "idea_id": None, **changes}
    return commands_help.write_down(
        cycle_id=world.cycle.id, person=person(world, **who), fields=fields(world), actor=actor, now=clock.now(),
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


def hand_in(idea: Idea, actor: Actor, slip: str = "12", account_id: int | None = None) -> Idea:
    return commands_help.hand_in_for(
        idea_id=idea.id, account_id=account_id, slip=slip, actor=actor, now=clock.now()
    )


def test_a_signed_paper_hands_in_for_somebody_without_a_phone(app: Flask) -> None:
    world = make_world(app)
    helper = operator(world)
    idea = written(world, helper)
    assert written(world, helper).id == idea.id  # a double tap
    with pytest.raises(Invalid, match="slip_needed"):
        hand_in(idea, helper, slip=" ")
    done = hand_in(idea, helper)
    assert (done.number, done.channel, done.author_ids) == (1, "centre", frozenset())
    assert hand_in(idea, helper).number == 1
    assert (done.help.consent, done.help.slip) == ("signed_slip", "12")  # type: ignore[union-attr]
    assert done.authors[0].consent_at == clock.now()
    kinds = db.session.scalars(select(Event.kind).where(Event.subject_id == idea.id).order_by(Event.id)).all()
    assert kinds == ["IdeaHandedIn", "HelpGiven"]
    help_given = db.session.scalar(select(Event).where(Event.kind == "HelpGiven"))
    assert help_given is not None
    assert not help_given.is_public


def test_the_limit_counts_who_has_no_phone(app: Flask) -> None:
    world = make_world(app)
    helper, other = operator(world), operator(world)
    for n in range(3):
        hand_in(written(world, (helper, other)[n % 2]), (helper, other)[n % 2])
    with pytest.raises(Closed, match="idea_limit"):
        hand_in(written(world, other), other)
    hand_in(written(world, other, surname="სხვაძე"), other)
    units = [unit.id for unit in world.town.units]
    hand_in(written(world, other, unit_id=units[1]), other)  # the same name elsewhere is another person


def test_who_may_and_in_which_ways(app: Flask) -> None:
    world = make_world(app)
    helper, nino = operator(world), author()
    with pytest.raises(Refused):
        written(world, nino)
    with pytest.raises(Invalid, match="required"):
        written(world, helper, channel="web")
    with pytest.raises(Invalid, match="no_such_centre"):
        written(world, helper, centre_id=99)
    idea = written(world, helper)
    with pytest.raises(Missing):
        hand_in(idea, operator(world))
    with pytest.raises(Invalid, match="own_phone"):
        hand_in(idea, helper, account_id=helper.account_id)
    corrected = written(world, helper, idea_id=idea.id, first_name="ლია")
    assert (corrected.id, records.person_of(corrected.authors[0]).first_name) == (idea.id, "ლია")
    commands_help.drop_written(idea_id=idea.id, actor=helper, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(IdeaAuthor)) == 0


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_at_the_desk(sqlite_app: Flask, lang: str) -> None:
    world = make_world(sqlite_app)
    helper = operator(world)
    desk: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    desk.set_cookie("lang", lang)
    desk.sign_in_as(helper.account_id or 0)
    base = f"{world.url}/ideas/help"
    assert base in desk.page(f"{world.url}/board").html
    desk.page(base)
    desk.page(f"{base}/new")
    values = fields(world)
    data = {
        "first_name": "ნინო", "surname": "სანიმუშო", "age_band": "60-", "unit_id": str(values["unit_id"]),
        "channel": "centre", "title": values["title"], "problem": values["problem"], "solution": values["solution"],
        "category": values["category"], "cost_unknown": "y", "groups": ["older", "disabled"],
    }  # fmt: skip
    assert desk.send(f"{base}/new", {**data, "title": ""}).status_code == 422
    read = desk.send(f"{base}/new", data).location
    assert values["problem"] in desk.page(read).html
    draft = desk.get(f"{read}/paper.pdf")
    assert (draft.mimetype == "application/pdf") is pdf.available()
    desk.page(f"{read}/edit")
    code_page = desk.send(f"{read}/phone", {"phone": "555 12 34 56"}).location
    desk.page(code_page)
    assert desk.send(code_page, {"code": "00000000"}).status_code == 422
    code = demonstration_code("+995555123456", clock.now()) or ""
    done = desk.send(code_page, {"code": code}).location
    assert re.search(r"-2026-0001", desk.page(done).html)
    assert desk.get(f"{read}/paper.pdf").status_code == 200
    idea = db.session.scalars(select(Idea)).one()
    assert (idea.groups, idea.help.consent, len(idea.author_ids)) == ("older disabled", "text_code", 1)  # type: ignore[union-attr]
    assert desk.get(f"{read}/edit").location == done
    other = sqlite_app.test_client()
    other.sign_in_as(operator(world).account_id)  # type: ignore[attr-defined]
    for path in ("", "/edit", "/done", "/paper.pdf", "/code"):
        assert other.get(f"{read}{path}").status_code == 404
    assert sqlite_app.test_client().get(f"{world.url}/ideas/paper-form.pdf").status_code == 200
