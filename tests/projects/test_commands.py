"""Acts on projects, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.core.phases import Phase
from pb.db import db
from pb.ideas.commands_joining import answer_joining, propose_joining
from pb.ideas.models import Idea
from pb.policy import Actor, Role
from pb.projects import commands, commands_invite, queries, text
from pb.projects.models import Project, ProjectIdea, ProjectRevision
from tests.factories import calendar, make_staff, make_town, make_world, moment, rulebook
from tests.ideas.making import author
from tests.ideas.test_races import at_once
from tests.projects.making import (
    BUDGET,
    DEVELOPMENT,
    FIELDS,
    IDEAS,
    REVIEW,
    TIMELINE,
    admitted,
    delivered,
    invited,
    the,
    written,
)


def kinds(project: Project) -> list[str]:
    return list(
        db.session.scalars(
            select(Event.kind)
            .where(Event.subject == "project", Event.subject_id == project.id)
            .order_by(Event.id)
        )
    )


def test_from_idea_to_frozen(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = invited(world, citizen, title="სანათები")
    assert (project.state, project.title, project.cost_tetri) == ("invited", "სანათები", 0)
    assert project.author_ids == {citizen.account_id}
    assert project.revision is not None
    assert project.revision.fields["what"] == "ექვსი ბოძი და ენერგოდამზოგი სანათები."
    assert db.session.get(Idea, project.links[0].idea_id).state == "invited"  # type: ignore[union-attr]

    number = commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, fields=FIELDS, timeline=TIMELINE, budget=BUDGET
    )
    project = the(project.id)
    assert (number, project.state, project.title) == (2, "developing", "სანათები")  # public words stay
    commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    project = the(project.id)
    cost = 14 * 42_000 + 301_928  # 850.5 metres at 3.55 are 3019.275, rounded half up
    assert (project.state, project.title, project.cost_tetri) == ("handed_in", FIELDS["title"], cost)
    assert queries.list_projects(world.cycle.id, queries.Filter(q="avtosadgur"))[1] == 1

    assert commands.freeze_projects(cycle_id=world.cycle.id, now=DEVELOPMENT) == 0
    assert commands.freeze_due(now=DEVELOPMENT) == 0
    assert commands.freeze_due(now=REVIEW) == 1
    assert commands.freeze_due(now=REVIEW) == 0
    project = the(project.id)
    assert (project.state, project.frozen_at) == ("frozen", REVIEW)
    assert project.revision_id == project.handed_in_revision_id
    assert kinds(project) == ["ProjectInvited", "ProjectRevised", "ProjectHandedIn", "ProjectFrozen"]
    with pytest.raises(Closed):
        commands.save_revision(project_id=project.id, actor=citizen, now=REVIEW, fields={"title": "სხვა"})


def test_only_a_changed_text_is_kept(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    for part in ({"fields": FIELDS}, {"timeline": TIMELINE}, {"budget": BUDGET}, {}):
        assert commands.save_revision(project_id=project.id, actor=citizen, now=DEVELOPMENT, **part) == 2  # type: ignore[arg-type]
    assert len(queries.revisions(the(project.id), everything=True)) == 2


def test_two_tabs(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)

    def save(base: int, **part: object) -> int:
        return commands.save_revision(
            project_id=project.id, actor=citizen, now=DEVELOPMENT, base=base, **part
        )  # type: ignore[arg-type]

    assert save(2, fields={"upkeep": "სოფელი უვლის"}) == 3
    assert save(2, timeline=TIMELINE[:1]) == 4, "another part than the one that changed"
    with pytest.raises(Invalid, match="changed_meanwhile"):
        save(2, fields={"upkeep": "მერია უვლის"})
    with pytest.raises(Invalid, match="changed_meanwhile"):
        commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT, base=2)
    assert queries.revision_by_number(project.id, 3).fields["upkeep"] == "სოფელი უვლის"  # type: ignore[union-attr]
    assert save(4, fields={"upkeep": "მერია უვლის"}) == 5


def test_reopened_and_not_handed_in_again_freezes_what_was_handed_in(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = delivered(world, citizen)
    commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, fields={"title": "ახალი სათაური"}
    )
    project = the(project.id)
    assert (project.state, project.title) == ("developing", FIELDS["title"])
    assert [r.number for r in queries.revisions(project, everything=False)] == [2, 1]
    commands.freeze_projects(cycle_id=world.cycle.id, now=REVIEW)
    project = the(project.id)
    assert project.state == "frozen"
    assert project.revision is not None
    assert project.revision.number == 2
    assert kinds(project)[-3:] == ["ProjectReopened", "ProjectRevised", "ProjectFrozen"]


def test_never_handed_in_is_abandoned(app: Flask) -> None:
    world = make_world(app)
    first, second = invited(world), written(world, author())
    assert commands.freeze_projects(cycle_id=world.cycle.id, now=REVIEW) == 0
    assert {the(first.id).state, the(second.id).state} == {"abandoned"}
    assert kinds(first)[-1] == "ProjectNotHandedIn"
    assert the(second.id).title != FIELDS["title"], "a text that was never handed in stays private"


def test_handing_in_asks_for_everything(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = invited(world, citizen)
    with pytest.raises(Problems) as caught:
        commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    assert {p.field for p in caught.value.problems} == {
        "land_owner", "land_permit", "upkeep", "upkeep_tetri", "timeline", "budget",
    }  # fmt: skip


@pytest.mark.parametrize(("cap", "floor", "code"), [(889_927, 0, "over_cap"), (0, 889_929, "under_floor")])
def test_cap_and_floor(app: Flask, cap: int, floor: int, code: str) -> None:
    town = make_town("khoni")
    rules = replace(rulebook(town), cost_cap_tetri=cap, cost_floor_tetri=floor)
    world = make_world(app, rules=rules)
    citizen = author()
    project = written(world, citizen)
    with pytest.raises(Problems) as caught:
        commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    assert [p.code for p in caught.value.problems] == [code]


def test_handing_in_twice_is_one_act(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = delivered(world, citizen)
    commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT + timedelta(hours=1))
    assert the(project.id).handed_in_at == DEVELOPMENT
    assert kinds(project).count("ProjectHandedIn") == 1


def test_who_may_not(app: Flask) -> None:
    world = make_world(app)
    citizen, officer = author(), world.actor(Role.OFFICER)
    idea = admitted(world, citizen)
    other = make_town("khoni")
    foreign = make_staff(other, Role.OFFICER)
    from pb.accounts.queries import actor_by_id

    for actor in (
        citizen,
        actor_by_id(foreign.id),
        world.actor(Role.ADMINISTRATOR),
        world.actor(Role.OBSERVER),
    ):
        with pytest.raises(Refused):
            commands_invite.invite_project(idea_ids=[idea.id], actor=actor, now=IDEAS)
    project_id = commands_invite.invite_project(idea_ids=[idea.id], actor=officer, now=IDEAS)
    for actor in (officer, author("სხვა ავტორი")):
        with pytest.raises(Refused):
            commands.save_revision(project_id=project_id, actor=actor, now=DEVELOPMENT, fields={"title": "ა"})
        with pytest.raises(Refused):
            commands.hand_in_project(project_id=project_id, actor=actor, now=DEVELOPMENT)
    with pytest.raises(Closed, match="wrong_phase"):
        commands.save_revision(project_id=project_id, actor=citizen, now=IDEAS, fields={"title": "ა"})


def test_an_officer_never_invites_the_own_idea(app: Flask) -> None:
    world = make_world(app)
    officer = world.actor(Role.OFFICER)
    second = make_staff(world.town, Role.OFFICER)
    from pb.accounts.queries import actor_by_id
    from pb.review.checking import Finding
    from pb.review.commands_eligibility import record_check
    from tests.ideas.making import handed_in
    from tests.projects.making import rules_of

    idea = handed_in(world, officer, now=IDEAS)
    passed = {check.id: Finding(True) for check in rules_of(world).checklist}
    with pytest.raises(Refused):
        record_check(idea_id=idea.id, outcome="eligible", findings=passed, actor=officer, now=IDEAS)
    record_check(
        idea_id=idea.id, outcome="eligible", findings=passed, actor=actor_by_id(second.id), now=IDEAS
    )
    with pytest.raises(Refused):
        commands_invite.invite_project(idea_ids=[idea.id], actor=officer, now=IDEAS)
    both = [idea.id, admitted(world).id]
    assert commands_invite.invite_all(cycle_id=world.cycle.id, idea_ids=both, actor=officer, now=IDEAS) == 1


def test_merging_needs_consent(app: Flask) -> None:
    world = make_world(app)
    officer = world.actor(Role.OFFICER)
    first, second = admitted(world), admitted(world)
    with pytest.raises(Invalid, match="consent_missing"):
        commands_invite.invite_project(idea_ids=[second.id, first.id], actor=officer, now=IDEAS)
    authors = [Actor(min(idea.author_ids)) for idea in (first, second)]
    joining = propose_joining(
        cycle_id=world.cycle.id, lead_id=first.id, idea_ids=[second.id], reason="ერთი და იგივეა",
        actor=authors[1], now=IDEAS,
    )  # fmt: skip
    answer_joining(joining_id=joining.id, agrees=True, actor=authors[0], now=IDEAS)
    project = the(commands_invite.invite_project(idea_ids=[first.id], actor=officer, now=IDEAS))
    assert project.number == first.number
    assert project.author_ids == frozenset(actor.account_id for actor in authors)
    assert [link.consent_at for link in project.links] == [None, IDEAS]


def test_two_officers_invite_at_once(app: Flask) -> None:
    world = make_world(app)
    officer = world.actor(Role.OFFICER)
    idea_id = admitted(world).id
    db.session.rollback()
    results = at_once(
        app,
        [lambda: commands_invite.invite_project(idea_ids=[idea_id], actor=officer, now=IDEAS)] * 4,
    )
    assert sum(isinstance(r, int) for r in results) == 1
    assert sum(isinstance(r, Closed) for r in results) == 3
    assert db.session.scalar(select(func.count()).select_from(ProjectIdea)) == 1


def test_saving_races_keep_every_text(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project_id = written(world, citizen).id
    db.session.rollback()

    def save(n: int) -> int:
        return commands.save_revision(
            project_id=project_id, actor=citizen, now=DEVELOPMENT, fields={"upkeep": f"ვარიანტი {n}"}
        )

    results = at_once(app, [(lambda n=n: save(n)) for n in range(5)])  # type: ignore[misc]
    assert sorted(results) == [3, 4, 5, 6, 7]  # type: ignore[type-var]
    rows = db.session.scalars(select(ProjectRevision.fields).where(ProjectRevision.project_id == project_id))
    assert {f"ვარიანტი {n}" for n in range(5)} <= {row["upkeep"] for row in rows}


def test_a_paused_cycle_freezes_nothing(app: Flask) -> None:
    from pb.cycles.models import CycleAct
    from pb.db import writing

    world = make_world(app)
    delivered(world)
    admin, second = world.staff[Role.ADMINISTRATOR], make_staff(world.town, Role.ADMINISTRATOR)
    with writing() as session:
        session.add(
            CycleAct(
                cycle_id=world.cycle.id, kind="pause", payload={}, reason="წყალდიდობა " * 10, proposed_by=admin.id,
                proposed_at=DEVELOPMENT, decided_by=second.id, decided_at=DEVELOPMENT, outcome="approved",
            )
        )  # fmt: skip
    assert commands.freeze_due(now=REVIEW) == 0


def test_a_later_development_ends_later(app: Flask) -> None:
    world = make_world(app, dates=calendar(**{Phase.REVIEW: moment(9, 14)}))  # type: ignore[arg-type]
    delivered(world)
    assert commands.freeze_due(now=REVIEW) == 0


def test_outcomes_move_through_the_table(app: Flask) -> None:
    world = make_world(app)
    project = delivered(world)
    commands.freeze_projects(cycle_id=world.cycle.id, now=REVIEW)
    for act, state in (("decide", "decided"), ("place_on_ballot", "on_ballot"), ("select", "selected")):
        assert commands.set_outcome(project_id=project.id, act=act, actor=None, now=REVIEW) == state
    with pytest.raises(Closed, match="not_from_this_state"):
        commands.set_outcome(project_id=project.id, act="decide", actor=None, now=REVIEW)
    public = db.session.scalars(
        select(Event.kind)
        .where(
            Event.subject == "project", Event.subject_id == project.id, Event.is_public, Event.at <= REVIEW
        )
        .order_by(Event.id)
    ).all()
    assert public == ["ProjectInvited", "ProjectHandedIn", "ProjectFrozen", "ProjectMoved", "ProjectMoved"]


def test_revisions_are_never_changed(app: Flask) -> None:
    from sqlalchemy.exc import DatabaseError

    from pb.db import writing

    world = make_world(app)
    project = written(world, author())
    row = queries.revision_by_number(project.id, 2)
    assert row is not None
    assert row.fingerprint == text.fingerprint(row.fields, row.timeline, row.budget)

    def change() -> None:
        with writing():
            row.cost_tetri = 1

    with pytest.raises(DatabaseError):
        change()


def test_an_author_withdraws_a_project_until_it_is_frozen(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = invited(world, citizen)
    commands.save_revision(project_id=project.id, fields=FIELDS, actor=citizen, now=DEVELOPMENT)
    with pytest.raises(Refused):
        commands.withdraw_project(project_id=project.id, actor=author("სხვა პირი"), now=DEVELOPMENT)
    with pytest.raises(Refused):
        commands.withdraw_project(project_id=project.id, actor=world.actor(Role.OFFICER), now=DEVELOPMENT)
    with pytest.raises(Invalid, match="too_long"):
        commands.withdraw_project(
            project_id=project.id, actor=citizen, now=DEVELOPMENT, reason="ა" * (text.REASON_LIMIT + 1)
        )
    for _ in range(2):
        commands.withdraw_project(
            project_id=project.id, actor=citizen, now=DEVELOPMENT, reason=" სხვა გზით  გაკეთდა "
        )
    row = the(project.id)
    assert (row.state, row.withdrawal_reason) == ("withdrawn", "სხვა გზით  გაკეთდა")
    happened = db.session.query(Event).filter_by(kind="ProjectWithdrawn", subject_id=project.id).all()
    assert [(event.actor_id, event.data) for event in happened] == [
        (citizen.account_id, {"number": "TE-2026-0001"})
    ], "once, and without the reason"
    with pytest.raises(Closed):
        commands.save_revision(project_id=project.id, fields={"title": "ა"}, actor=citizen, now=DEVELOPMENT)
    assert commands.freeze_projects(cycle_id=world.cycle.id, now=REVIEW) == 0
    assert the(project.id).state == "withdrawn"


def test_a_frozen_project_is_not_withdrawn(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = invited(world, citizen)
    commands.save_revision(
        project_id=project.id, fields=FIELDS, timeline=TIMELINE, budget=BUDGET, actor=citizen, now=DEVELOPMENT
    )
    commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    with pytest.raises(Closed, match="wrong_phase"):
        commands.withdraw_project(project_id=project.id, actor=citizen, now=REVIEW)
    commands.freeze_projects(cycle_id=world.cycle.id, now=REVIEW)
    with pytest.raises(Closed):
        commands.withdraw_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
