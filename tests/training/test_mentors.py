"""Mentors, on both databases: terms, remarks that never touch the text, and the bar from scoring."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.projects import commands as projects
from pb.projects.models import ProjectRevision
from pb.projects.queries import revisions
from pb.training import commands_mentors as commands
from pb.training import queries_mentors as queries
from pb.training.models_mentors import Mentorship, SelfAssessment
from pb.training.reminding import remind_due
from tests.factories import make_staff, make_world
from tests.ideas.making import author
from tests.projects.making import DEVELOPMENT, REVIEW, the
from tests.training.making import LATER, becomes_mentor, mentored


def letters(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(OutgoingMessage.kind == kind)) or 0


def test_a_mentor_is_asked_remarks_and_answers_in_time_or_late(app: Flask) -> None:
    world = make_world(app)
    nino, mentor = author(), world.actor(Role.MENTOR)
    project = mentored(world, nino)
    (first,) = queries.requests_of(project.id)
    # Monday 20 July and five working days: Monday 27 July
    assert (first.kind, first.due_on, first.answered_at) == ("first", date(2026, 7, 27), None)
    assert letters("mentor_assigned") == 1
    before = [row.fingerprint for row in revisions(the(project.id), everything=True)]
    with pytest.raises(Invalid, match="nothing_written"):
        commands.write_remarks(project_id=project.id, remarks={"problem": " "}, actor=mentor, now=DEVELOPMENT)
    words = {"problem": "დაამატეთ, რამდენი სანათი არ მუშაობს.", "budget": "სად ნახეთ ეს ფასი?", "title": ""}
    assert commands.write_remarks(project_id=project.id, remarks=words, actor=mentor, now=DEVELOPMENT) == 2
    assert commands.write_remarks(project_id=project.id, remarks=words, actor=mentor, now=DEVELOPMENT) == 0
    assert letters("mentor_remarks") == 1
    assert [row.fingerprint for row in revisions(the(project.id), everything=True)] == before
    assert [(row.field, row.revision) for row in queries.remarks_of(project.id)] == [
        ("problem", 2),
        ("budget", 2),
    ]
    assert all(row.answered_at for row in queries.requests_of(project.id))

    asked = commands.ask_mentor(
        project_id=project.id, field="upkeep", question="საკმარისია 600 ლარი?", actor=nino, now=DEVELOPMENT
    )
    assert letters("mentor_asked") == 1
    assert queries.lines(world.cycle.id, DEVELOPMENT + timedelta(days=8))[0].late == 1
    assert queries.waiting(world.cycle.id, DEVELOPMENT + timedelta(days=8)) == [("ანა ნიმუშაძე", True)]
    assert remind_due(now=DEVELOPMENT + timedelta(days=7)) == 0, "the last day is in time"
    assert remind_due(now=DEVELOPMENT + timedelta(days=8)) == 1
    assert remind_due(now=DEVELOPMENT + timedelta(days=9)) == 0
    assert letters("mentor_late") == 1
    late = DEVELOPMENT + timedelta(days=9)  # Wednesday 29 July
    commands.answer_request(request_id=asked, answer="დაამატეთ სანათის გამოცვლა.", actor=mentor, now=late)
    assert letters("mentor_answer") == 1
    data = db.session.scalars(
        select(Event.data).where(Event.kind == "MentorAnswered").order_by(Event.id)
    ).all()
    assert [one["days_late"] for one in data] == [0, 2]
    with pytest.raises(Invalid, match="answered_already"):
        commands.answer_request(request_id=asked, answer="სხვა", actor=mentor, now=late)
    assert "სანათი" not in str(db.session.scalars(select(Event.data)).all()), "words stay out of the log"


def test_who_may_and_who_may_not(app: Flask) -> None:
    world = make_world(app)
    nino, mentor, admin = author(), world.actor(Role.MENTOR), world.actor(Role.ADMINISTRATOR)
    project = mentored(world, nino)
    stranger = make_staff(world.town, Role.MENTOR)
    from pb.accounts.queries import actor_by_id

    one_more = {"project_id": project.id, "remarks": {"title": "სხვა"}, "now": DEVELOPMENT}
    for actor in (actor_by_id(stranger.id), admin, nino, world.actor(Role.OFFICER)):
        with pytest.raises(Refused):
            commands.write_remarks(actor=actor, **one_more)  # type: ignore[arg-type]
    with pytest.raises(Closed, match="wrong_phase"):
        commands.write_remarks(actor=mentor, **{**one_more, "now": REVIEW})  # type: ignore[arg-type]
    with pytest.raises(Refused):
        commands.ask_mentor(project_id=project.id, field="", question="?", actor=author(), now=DEVELOPMENT)
    with pytest.raises(Invalid, match="not_a_mentor"):
        commands.assign_mentor(
            project_id=project.id, mentor_id=world.staff[Role.OFFICER].id, actor=admin, now=DEVELOPMENT
        )
    becomes_mentor(world, nino.account_id or 0)
    with pytest.raises(Invalid, match="mentor_is_author"):
        commands.assign_mentor(
            project_id=project.id, mentor_id=nino.account_id or 0, actor=admin, now=DEVELOPMENT
        )
    with pytest.raises(Problems):
        commands.write_remarks(
            project_id=project.id, remarks={"title": "ა" * 2001}, actor=mentor, now=DEVELOPMENT
        )


def test_a_remark_is_marked_by_the_author_alone_and_never_edited(app: Flask) -> None:
    world = make_world(app)
    nino, mentor = author(), world.actor(Role.MENTOR)
    project = mentored(world, nino)
    commands.write_remarks(project_id=project.id, remarks={"what": "რამდენი?"}, actor=mentor, now=DEVELOPMENT)
    (remark,) = queries.remarks_of(project.id)
    number = remark.id
    with pytest.raises(Refused):
        commands.mark_remark(remark_id=number, done=True, actor=mentor, now=DEVELOPMENT)
    commands.mark_remark(remark_id=number, done=True, actor=nino, now=DEVELOPMENT)
    assert queries.remarks_of(project.id)[0].done_at == DEVELOPMENT
    commands.mark_remark(remark_id=number, done=False, actor=nino, now=DEVELOPMENT)
    assert queries.remarks_of(project.id)[0].done_at is None
    for statement in (
        f"UPDATE mentor_remark SET text = 'x' WHERE id = {number}", f"DELETE FROM mentor_remark WHERE id = {number}",
        "DELETE FROM mentorship", "UPDATE mentorship SET mentor_id = 1",
    ):  # fmt: skip
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(statement))


def test_released_and_given_again(app: Flask) -> None:
    world = make_world(app)
    nino, mentor, admin = author(), world.actor(Role.MENTOR), world.actor(Role.ADMINISTRATOR)
    project = mentored(world, nino)
    mentor_id = mentor.account_id or 0
    commands.release_mentor(project_id=project.id, mentor_id=mentor_id, actor=admin, now=DEVELOPMENT + LATER)
    assert queries.mentors_of(project.id) == []
    assert queries.waiting(world.cycle.id, DEVELOPMENT + LATER) == []
    with pytest.raises(Refused):
        commands.write_remarks(
            project_id=project.id, remarks={"title": "?"}, actor=mentor, now=DEVELOPMENT + LATER
        )
    with pytest.raises(Closed, match="no_mentor"):
        commands.ask_mentor(project_id=project.id, field="", question="?", actor=nino, now=DEVELOPMENT)
    assert queries.mentors_in(world.cycle.id, [mentor_id]) == [(mentor_id, project.id)], "the bar stays"
    commands.assign_mentor(project_id=project.id, mentor_id=mentor_id, actor=admin, now=DEVELOPMENT + LATER)
    assert db.session.scalar(select(func.count()).select_from(Mentorship)) == 1


def test_the_own_score_before_and_after(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    project = mentored(world, nino)
    rubric = here_by_id(world.cycle.id, now=DEVELOPMENT).rules.rubric
    low = {c.id: 1 for c in rubric.scored}
    values = {"project_id": project.id, "actor": nino, "now": DEVELOPMENT}
    with pytest.raises(Closed, match="assess_before_first"):
        commands.assess(stage="after", levels=low, **values)  # type: ignore[arg-type]
    with pytest.raises(Problems) as found:
        commands.assess(stage="before", levels={"need": 9}, **values)  # type: ignore[arg-type]
    assert {p.field: p.code for p in found.value.problems}["need"] == "out_of_scale"
    assert {p.field: p.code for p in found.value.problems}["benefit"] == "choose_level"
    commands.assess(stage="before", levels=low, **values)  # type: ignore[arg-type]
    commands.assess(stage="after", levels={**low, "need": 4}, **values)  # type: ignore[arg-type]
    with pytest.raises(Closed, match="assessed_after"):
        commands.assess(stage="before", levels=low, **values)  # type: ignore[arg-type]
    commands.assess(stage="after", levels={**low, "need": 5}, **values)  # type: ignore[arg-type]
    own = queries.assessments_of(project.id, nino.account_id)
    assert (own["before"].levels["need"], own["after"].levels["need"]) == (1, 5)
    assert queries.assessments_of(project.id, author().account_id) == {}
    for actor in (
        world.actor(Role.MENTOR),
        world.actor(Role.CHAIR),
        world.actor(Role.ADMINISTRATOR),
        author(),
    ):
        with pytest.raises(Refused):
            commands.assess(stage="before", levels=low, **{**values, "actor": actor})  # type: ignore[arg-type]
    events = db.session.scalars(select(Event.data).where(Event.kind == "OwnProjectAssessed")).all()
    assert all(set(data) == {"number", "stage"} for data in events)
    projects.hand_in_project(project_id=project.id, actor=nino, now=DEVELOPMENT)
    assert db.session.scalar(select(func.count()).select_from(SelfAssessment)) == 2
    assert db.session.scalar(select(func.count()).select_from(ProjectRevision)) == 2
