"""Declarations and sheets: what a member may do, and what nobody can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.core.phases import Window
from pb.db import db, writing
from pb.policy import Role
from pb.projects.models import Project
from pb.review import commands_commission as commands
from pb.review import queries_commission as queries
from pb.review.models import ConflictDeclaration, ScoreLine, ScoreSheet
from tests.factories import calendar, make_staff, moment
from tests.review.commission_making import REASON, REVIEW, Commission, frozen_project


def refused(code: str, kind: type[Exception] = Closed, **call: object) -> None:
    with pytest.raises(kind) as caught:
        commands.save_sheet(now=REVIEW, **call)  # type: ignore[arg-type]
    assert caught.value.code == code  # type: ignore[attr-defined]


def test_no_sheet_without_a_clean_declaration(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project = c.members[0], c.projects[0]
    refused("declare_first", project_id=project.id, lines=c.lines(), actor=member)
    with pytest.raises(Closed, match="declare_first"):
        commands.submit_sheet(project_id=project.id, lines=c.lines(), actor=member, now=REVIEW)
    c.declare(member, project)
    sheet_id = commands.submit_sheet(project_id=project.id, lines=c.lines(), actor=member, now=REVIEW)
    sheet = db.session.get(ScoreSheet, sheet_id)
    declared = db.session.scalars(select(ConflictDeclaration)).one()
    assert sheet is not None
    assert sheet.state == "submitted"
    assert declared.at <= sheet.started_at
    # the frozen text, the cycle's rubric
    frozen = db.session.get(Project, project.id)
    assert frozen is not None
    assert sheet.revision_id == frozen.revision_id == frozen.handed_in_revision_id
    assert sheet.rulebook_id == c.world.cycle.rulebook_id


def test_a_conflict_recuses_on_every_route(app: Flask) -> None:
    c = Commission(app, projects=2)
    member, project, other = c.members[0], *c.projects
    c.declare(member, project, "property")
    refused("recused", Refused, project_id=project.id, lines=c.lines(), actor=member)
    with pytest.raises(Refused, match="recused"):
        commands.submit_sheet(project_id=project.id, lines=c.lines(), actor=member, now=REVIEW)
    with pytest.raises(Refused, match="recused"):
        c.declare(member, project, "none")
    c.submit(member, other)  # a neighbour of one project may score the rest
    assert c.declare(member, project, "property") == c.declare(member, project, "property")


def test_a_relative_leaves_the_whole_pool(app: Flask) -> None:
    c = Commission(app, projects=0)
    world, member = c.world, c.members[0]
    category = c.rules.categories[0].id
    own = frozen_project(world, 1, unit=0, category=category)
    rival = frozen_project(world, 2, unit=0, category=category)
    elsewhere = frozen_project(world, 3, unit=1, category=category)
    different = frozen_project(world, 4, unit=0, category=c.rules.categories[1].id)
    c.submit(member, rival)
    c.declare(member, own, "family")
    sheet = queries.own_sheet(rival.id, member.account_id or 0)
    assert sheet is not None
    assert (sheet.state, sheet.void_reason) == ("void", "pool")  # kept, uncounted
    assert len(sheet.lines) == len(c.rules.rubric.criteria)
    refused("recused", Refused, project_id=rival.id, lines=c.lines(), actor=member)
    c.submit(member, elsewhere)
    c.submit(member, different)
    from pb.cycles.queries import here_by_id

    panel = queries.panel_of(here_by_id(world.cycle.id, now=REVIEW))
    assert panel.kind(member.account_id or 0, own.id) == "family"
    assert panel.kind(member.account_id or 0, rival.id) == "pool"
    assert len(panel.active(rival.id)) == len(c.members) - 1


def test_authors_and_checkers_never_score(app: Flask) -> None:
    c = Commission(app, projects=0)
    author, checker = c.accounts[0], make_staff(c.world.town, Role.OFFICER, Role.MEMBER)
    category = c.rules.categories[0].id
    own = frozen_project(c.world, 1, category=category, author=author, checker=checker)
    rival = frozen_project(c.world, 2, category=category)
    me, officer = actor_by_id(author.id), actor_by_id(checker.id)
    with pytest.raises(Refused, match="not_allowed"):
        c.declare(me, own)
    refused("not_allowed", Refused, project_id=own.id, lines=c.lines(), actor=me)
    with pytest.raises(Refused, match="recused"):
        c.declare(me, rival)  # what it competes with
    with pytest.raises(Refused, match="recused"):
        c.declare(officer, own)
    refused("recused", Refused, project_id=own.id, lines=c.lines(), actor=officer)
    c.submit(officer, rival)


def test_outsiders_and_other_phases(app: Flask) -> None:
    c = Commission(app, projects=1)
    project = c.projects[0]
    for role in (Role.ADMINISTRATOR, Role.OFFICER, Role.SECRETARY, Role.OBSERVER, Role.OPERATOR):
        with pytest.raises(Refused):
            c.declare(c.world.actor(role), project)
    for when in (moment(9, 1), moment(10, 13)):
        with pytest.raises(Closed, match="wrong_phase"):
            commands.declare_conflict(project_id=project.id, actor=c.members[0], now=when)


def test_a_named_scoring_window_is_kept(app: Flask) -> None:
    dates = calendar()
    dates.windows["scoring"] = Window(moment(9, 28), moment(10, 3))  # type: ignore[index]
    c = Commission(app, projects=1, dates=dates)
    c.declare(c.members[0], c.projects[0])  # declarations may come before
    refused("scoring_not_open", project_id=c.projects[0].id, lines=c.lines(), actor=c.members[0])
    late = moment(10, 4)
    commands.save_sheet(project_id=c.projects[0].id, lines=c.lines(), actor=c.members[0], now=late)


def test_drafts_may_have_gaps_and_submitted_sheets_may_not(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project = c.members[0], c.projects[0]
    c.declare(member, project)
    first, second, *rest = (k.id for k in c.rules.rubric.criteria)
    call = {"project_id": project.id, "actor": member, "now": REVIEW}
    assert commands.save_sheet(lines={first: {"value": 5, "reason": "მოკლე"}}, **call) == 1  # type: ignore[arg-type]
    with pytest.raises(Problems) as caught:
        commands.submit_sheet(**call)  # type: ignore[arg-type]
    found = {(p.code, p.field) for p in caught.value.problems}
    gaps = {("missing_line", f"{key}.value") for key in (second, *rest)}
    assert found == gaps | {("reason_needed", f"{first}.reason")}
    wrong = {first: {"value": 6}, second: {"value": 3, "reason": "ა" * 2001}}
    with pytest.raises(Problems) as caught:
        commands.save_sheet(lines=wrong, **call)  # type: ignore[arg-type]
    assert {p.code for p in caught.value.problems} == {"out_of_scale", "too_long"}
    with pytest.raises(Invalid, match="unknown_criterion"):
        commands.save_sheet(lines={"beauty": {"value": 3}}, **call)  # type: ignore[arg-type]
    ones = {k: {"value": 1, "reason": REASON} for k in (first, second, *rest)}
    commands.submit_sheet(lines=ones, **call)  # type: ignore[arg-type]


def test_two_windows_never_overwrite_each_other(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project = c.members[0], c.projects[0]
    c.declare(member, project)
    key = c.rules.rubric.criteria[0].id
    call = {"project_id": project.id, "actor": member, "now": REVIEW}
    assert commands.save_sheet(lines={key: {"value": 3}}, version=0, **call) == 1  # type: ignore[arg-type]
    assert commands.save_sheet(lines={key: {"value": 3}}, version=0, **call) == 1  # type: ignore[arg-type]  # sent twice
    assert commands.save_sheet(lines={key: {"value": 4}}, version=1, **call) == 2  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="changed_meanwhile"):
        commands.save_sheet(lines={key: {"value": 2}}, version=1, **call)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="changed_meanwhile"):
        commands.submit_sheet(lines=c.lines(2), version=1, **call)  # type: ignore[arg-type]
    sheet = queries.own_sheet(project.id, member.account_id or 0)
    assert sheet is not None
    assert [line.value for line in sheet.lines] == [4]


def test_submitted_sheets_never_change(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project = c.members[0], c.projects[0]
    sheet_id = c.submit(member, project)
    assert c.submit(member, project) == sheet_id  # sent twice
    refused("sheet_submitted", project_id=project.id, lines=c.lines(4), actor=member)
    for statement in (
        update(ScoreLine).values(value=5),
        delete(ScoreLine),
        update(ScoreSheet).values(state="draft"),
        delete(ScoreSheet),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)
    kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds == ["ConflictDeclared", "SheetSubmitted"]
    assert not db.session.scalars(select(Event.id).where(Event.is_public)).all()


def test_a_late_conflict_voids_a_submitted_sheet(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project = c.members[0], c.projects[0]
    c.submit(member, project)
    commands.declare_conflict(
        project_id=project.id, kind="employment", details="იქ ვმუშაობ შარშანდელიდან.", actor=member,
        now=REVIEW + timedelta(hours=1),
    )  # fmt: skip
    sheet = queries.own_sheet(project.id, member.account_id or 0)
    assert sheet is not None
    assert (sheet.state, sheet.void_reason) == ("void", "employment")
    assert queries.submitted(c.world.cycle.id) == {}
    with pytest.raises(Refused, match="recused"):
        commands.submit_sheet(project_id=project.id, lines=c.lines(), actor=member, now=REVIEW)


def test_a_declaration_freezes_what_the_worker_has_not(app: Flask) -> None:
    c = Commission(app, projects=0)
    project = frozen_project(c.world, 1, state="handed_in")
    c.submit(c.members[0], project)
    assert db.session.get(Project, project.id).state == "frozen"  # type: ignore[union-attr]


@pytest.mark.parametrize(("kind", "details"), [("family", "ძმა"), ("cousin", "ბიძაშვილი არის ის")])
def test_a_conflict_needs_a_known_kind_and_details(sqlite_app: Flask, kind: str, details: str) -> None:
    c = Commission(sqlite_app, projects=1)
    with pytest.raises(Invalid):
        commands.declare_conflict(
            project_id=c.projects[0].id, kind=kind, details=details, actor=c.members[0], now=REVIEW
        )
