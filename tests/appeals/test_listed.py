"""Objections to the preliminary list: none is open when it becomes final, and what is decided anew stays sealed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts.queries import actor_by_id
from pb.appeals import commands
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.core.phases import Calendar, Gate, Phase
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.policy import Role
from pb.projects.models import Project
from pb.review.models import Decision
from pb.review.redone import redo_decision, waiting
from tests.appeals.making import NEXT_DAY, REVIEW, decide, listed
from tests.conftest import FrozenClock
from tests.factories import calendar, make_staff
from tests.pages import CheckedClient
from tests.review.commission_making import CONFIRMED, LONG

REDONE = LONG + " საჩივრის განხილვის შემდეგ კომისიამ პროექტი კენჭისყრაზე გაიტანა."


@pytest.fixture
def client(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def states() -> dict[int, str]:
    db.session.rollback()
    rows = db.session.execute(select(Project.number, Project.state).order_by(Project.number))
    return {number: state for number, state in rows}  # noqa: C416


def test_the_list_is_not_final_while_an_objection_is_open(app: Flask) -> None:
    it = listed(app)
    row = it.file()
    with pytest.raises(Problems) as caught:
        it.c.confirm()
    assert [(p.code, p.params["number"]) for p in caught.value.problems] == [
        ("objection_open", "TE-2026-S001")
    ]
    status = here_by_id(it.c.world.cycle.id, now=datetime(2026, 10, 13, tzinfo=UTC)).status
    assert status is not None
    assert {Gate.OBJECTIONS_SETTLED, Gate.BALLOT_LOCKED} <= set(status.waiting_for)
    decide(row.id, "rejected", it.examiner, NEXT_DAY)
    it.c.confirm()
    assert states() == {1: "reserve", 2: "on_ballot", 3: "not_shortlisted"}


def test_upheld_the_commission_decides_anew_and_both_decisions_are_kept(app: Flask) -> None:
    it = listed(app)
    c = it.c
    row = it.file()
    call = {"project_id": c.projects[2].id, "outcome": "on_ballot", "actor": c.chair, "now": NEXT_DAY}
    with pytest.raises(Closed, match="nothing_to_redecide"):
        redo_decision(reason=REDONE, **call)  # type: ignore[arg-type]
    decide(row.id, "upheld", it.examiner, NEXT_DAY)
    assert set(waiting(c.world.cycle.id)) == {c.projects[2].id}
    with pytest.raises(Problems, match="project_to_redecide"):
        c.confirm()
    with pytest.raises(Invalid, match="reason_too_short"):
        redo_decision(reason="ასე.", **call)  # type: ignore[arg-type]
    for role in (Role.MEMBER, Role.SECRETARY, Role.ADMINISTRATOR, Role.OFFICER):
        with pytest.raises(Refused):
            redo_decision(reason=REDONE, **{**call, "actor": c.world.actor(role)})  # type: ignore[arg-type]
    redo_decision(reason=REDONE, **call)  # type: ignore[arg-type]
    assert set(states().values()) == {"decided"}
    rows = db.session.execute(
        select(Decision.outcome, Decision.objection_id)
        .where(Decision.project_id == c.projects[2].id)
        .order_by(Decision.id)
    ).all()
    assert [tuple(r) for r in rows] == [("not_shortlisted", None), ("on_ballot", row.id)]
    c.confirm()
    assert states()[3] == "on_ballot"
    with pytest.raises(Closed):
        redo_decision(reason=REDONE, **call)  # type: ignore[arg-type]


def test_who_scored_decided_or_sits_on_the_commission_does_not_examine(app: Flask) -> None:
    it = listed(app)
    row = it.file()
    world = it.c.world
    member_too = make_staff(world.town, Role.OFFICER, Role.MEMBER)
    for actor in (*it.c.members, actor_by_id(member_too.id), it.author):
        with pytest.raises(Refused):
            decide(row.id, "rejected", actor, NEXT_DAY)
    decide(row.id, "rejected", it.examiner, NEXT_DAY)


def test_against_the_ballot_and_the_projects_of_others_nobody_objects(app: Flask) -> None:
    it = listed(app)
    with pytest.raises(Missing):
        it.begin(2, actor=actor_by_id(next(iter(it.c.projects[1].author_ids))))
    with pytest.raises(Refused):
        it.begin(1)
    it.begin(1, actor=actor_by_id(next(iter(it.c.projects[0].author_ids))))  # the reserve


def test_nothing_can_be_contested_before_it_is_public(app: Flask, clock: FrozenClock) -> None:
    it = listed(app)
    with pytest.raises(Missing):
        it.begin(now=REVIEW.replace(day=23))


def test_without_a_vote_the_commission_decides_anew_when_the_results_have_begun(app: Flask) -> None:
    dates = calendar()
    starts = {phase: at for phase, at in dates.starts.items() if phase is not Phase.VOTING}
    it = listed(app, Calendar(starts, dates.ends, {}), votes_held=False)
    row = it.file()
    late = datetime(2026, 10, 27, 8, tzinfo=UTC)
    status = here_by_id(it.c.world.cycle.id, now=late).status
    assert status is not None
    assert status.waiting_for == (Gate.OBJECTIONS_SETTLED,)
    decide(row.id, "upheld", it.examiner, late)
    redo_decision(
        project_id=it.c.projects[2].id, outcome="on_ballot", reason=REDONE, actor=it.c.chair, now=late
    )
    it.c.confirm(late)
    assert states() == {1: "reserve", 2: "selected", 3: "selected"}


def test_a_new_decision_is_sealed_until_the_final_list(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    """What outsiders get is the same, byte for byte, whatever the commission decided anew."""
    it = listed(sqlite_app)
    row = it.file()
    decide(row.id, "upheld", it.examiner, NEXT_DAY)
    clock.set(2026, 9, 28)
    url = it.c.world.url
    pages = [
        "/", "/ranking", "/ranking.json", "/projects", "/projects/3", "/ideas/3", "/objections", "/objections/1",
        "/objections.csv", "/log", "/log.json", "/data",
    ]  # fmt: skip

    def seen() -> dict[str, bytes]:
        return {page: client.get(f"{url}{page}").data for page in pages}

    before = seen()
    assert all(before.values())
    redo_decision(
        project_id=it.c.projects[2].id, outcome="on_ballot", reason=REDONE, actor=it.c.chair, now=NEXT_DAY
    )
    db.session.rollback()
    assert seen() == before
    client.sign_in_as(it.account.id)
    assert "კენჭისყრაზე გაიტანა" not in client.page(f"{url}/projects/3").text
    client.sign_out()
    clock.set(2026, 10, 2)
    it.c.confirm(CONFIRMED)
    db.session.rollback()
    assert "კენჭისყრაზე გაიტანა" in client.page(f"{url}/projects/3").text


def test_withdrawn_the_list_may_become_final(app: Flask) -> None:
    it = listed(app)
    row = it.file()
    commands.withdraw(objection_id=row.id, actor=it.author, now=NEXT_DAY)
    it.c.confirm()
    assert states()[3] == "not_shortlisted"
