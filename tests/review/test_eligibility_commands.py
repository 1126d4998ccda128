"""The eligibility check's commands, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.core.rulebook import Rulebook
from pb.db import db
from pb.ideas import commands as ideas
from pb.ideas.models import Idea
from pb.policy import Actor, Role
from pb.review import commands_eligibility as commands
from pb.review import queries_eligibility as queries
from pb.review.checking import Finding, due_on
from pb.review.models import EligibilityCheck
from tests.factories import World, make_staff, make_town, make_world
from tests.ideas.making import author, handed_in
from tests.ideas.test_races import at_once
from tests.projects.making import IDEAS, REVIEW, rules_of

LATER = IDEAS + timedelta(days=30)
REASON = "მიწის ნაკვეთი კერძო საკუთრებაშია, ამიტომ თანხა ვერ დაიხარჯება."


def answers(rules: Rulebook, *failing: str, **changes: Finding) -> dict[str, Finding]:
    return {c.id: Finding(c.id not in failing) for c in rules.checklist} | changes


def check(world: World, idea: Idea, outcome: str, actor: Actor | None = None, **values: Any) -> int:
    return commands.record_check(
        idea_id=idea.id, outcome=outcome, actor=actor or world.actor(Role.OFFICER), now=IDEAS,
        **{"findings": answers(rules_of(world)), **values},
    )  # fmt: skip


def correctable(rules: Rulebook, wanted: bool) -> str:
    return next(c.id for c in rules.checklist if c.correctable is wanted)


def the(idea: Idea) -> Idea:
    found = db.session.get(Idea, idea.id, populate_existing=True)
    assert found is not None
    return found


def codes(caught: pytest.ExceptionInfo[Problems]) -> set[str]:
    return {problem.code for problem in caught.value.problems}


def test_eligible(app: Flask) -> None:
    world = make_world(app)
    idea = handed_in(world, now=IDEAS)
    check(world, idea, "eligible", revision=1)
    assert the(idea).state == "eligible"
    row = queries.last_check(idea.id, LATER)
    assert row is not None
    assert (row.outcome, row.rulebook_id, row.officer_id) == (
        "eligible", world.cycle.rulebook_id, world.staff[Role.OFFICER].id,
    )  # fmt: skip
    assert all(line["passed"] for line in row.lines)
    assert queries.checkers_of(idea.id) == {row.officer_id}


def test_ineligible_needs_a_failure_and_a_reason(app: Flask) -> None:
    world = make_world(app)
    rules = rules_of(world)
    idea = handed_in(world, now=IDEAS)
    with pytest.raises(Problems) as caught:
        check(world, idea, "ineligible", public_reason="მოკლე")
    assert codes(caught) == {"ineligible_without_failure", "reason_too_short"}
    with pytest.raises(Problems) as caught:
        check(world, idea, "ineligible", findings={}, public_reason=REASON)
    assert codes(caught) == {"check_unanswered", "ineligible_without_failure"}
    assert the(idea).state == "submitted", "a refused finding moves nothing"
    check(world, idea, "ineligible", findings=answers(rules, rules.checklist[0].id), public_reason=REASON)
    assert (the(idea).state, the(idea).public_reason) == ("ineligible", REASON)


def test_admitted_only_when_everything_is_met(app: Flask) -> None:
    world = make_world(app)
    rules = rules_of(world)
    idea = handed_in(world, now=IDEAS)
    with pytest.raises(Problems) as caught:
        check(world, idea, "eligible", findings=answers(rules, rules.checklist[1].id))
    assert codes(caught) == {"eligible_with_failures"}


def test_returned_for_what_can_be_corrected(app: Flask) -> None:
    world = make_world(app)
    rules = rules_of(world)
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS)
    with pytest.raises(Problems) as caught:
        check(world, idea, "returned")
    assert codes(caught) == {"nothing_to_correct"}
    with pytest.raises(Problems) as caught:
        check(world, idea, "returned", findings=answers(rules, correctable(rules, False)))
    assert codes(caught) == {"not_correctable"}
    name = correctable(rules, True)
    check(
        world, idea, "returned", notes={"problem": "დააზუსტეთ ადგილი"},
        findings={name: Finding(False, "იხილეთ დადგენილება")},
    )  # fmt: skip
    idea = the(idea)
    assert idea.state == "returned"
    assert idea.notes["problem"] == "დააზუსტეთ ადგილი"
    assert rules.check(name).failing["ka"] in idea.notes[""]
    assert "იხილეთ დადგენილება" in idea.notes[""]


def test_at_most_twice_and_the_difference_is_shown(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS)
    for n in (1, 2):
        check(world, idea, "returned", notes={"title": "ზუსტი სათაური დაწერეთ"})
        ideas.edit_idea(idea_id=idea.id, changes={"title": f"სათაური {n}"}, actor=citizen, now=IDEAS)
        ideas.answer_return(idea_id=idea.id, actor=citizen, now=IDEAS + timedelta(days=n))
    with pytest.raises(Problems) as caught:
        check(world, idea, "returned", notes={"title": "კიდევ ერთხელ"})
    assert codes(caught) == {"returned_enough"}
    last, text = queries.last_check(idea.id, LATER), queries.last_revision(idea.id)
    assert last is not None
    assert text is not None
    before = queries.revision_by_id(last.revision_id)
    assert before is not None
    found = queries.changes(before, text)
    assert [(c.field, c.before, c.after) for c in found] == [("title", "სათაური 1", "სათაური 2")]
    (row,) = queries.queue(world.cycle.id, now=LATER)
    assert row.since == IDEAS + timedelta(days=2), "the term runs anew from the author's answer"


def test_the_text_must_be_the_one_that_was_read(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS)
    ideas.edit_idea(idea_id=idea.id, changes={"title": "სხვა სათაური"}, actor=citizen, now=IDEAS)
    with pytest.raises(Closed, match="text_changed"):
        check(world, idea, "eligible", revision=1)
    check(world, idea, "eligible", revision=2)


def test_taken_up_the_author_waits(app: Flask) -> None:
    world = make_world(app)
    citizen, officer = author(), world.actor(Role.OFFICER)
    idea = handed_in(world, citizen, now=IDEAS)
    commands.take_up(idea_id=idea.id, actor=officer, now=IDEAS)
    commands.take_up(idea_id=idea.id, actor=officer, now=IDEAS)
    assert queries.taken_up_by(idea.id, LATER) == officer.account_id
    with pytest.raises(Closed):
        ideas.edit_idea(idea_id=idea.id, changes={"title": "ა"}, actor=citizen, now=IDEAS)


def test_two_officers_at_once(app: Flask) -> None:
    world = make_world(app)
    rules = rules_of(world)
    second = actor_by_id(make_staff(world.town, Role.OFFICER).id)
    first = world.actor(Role.OFFICER)
    idea_id = handed_in(world, now=IDEAS).id
    good, bad = answers(rules), answers(rules, rules.checklist[0].id)
    db.session.rollback()

    def act(actor: Actor, outcome: str, findings: dict[str, Finding]) -> int:
        return commands.record_check(
            idea_id=idea_id, outcome=outcome, findings=findings, actor=actor, now=IDEAS, public_reason=REASON
        )

    results = at_once(app, [lambda: act(first, "eligible", good), lambda: act(second, "ineligible", bad)])
    lost = [r for r in results if isinstance(r, Closed)]
    assert [error.code for error in lost] == ["already_checked"]
    assert db.session.scalar(select(func.count()).select_from(EligibilityCheck)) == 1


def test_who_may_not(app: Flask) -> None:
    world = make_world(app)
    officer = world.actor(Role.OFFICER)
    own, other = handed_in(world, officer, now=IDEAS), handed_in(world, now=IDEAS)
    with pytest.raises(Refused):
        check(world, own, "eligible")
    with pytest.raises(Refused):
        commands.take_up(idea_id=own.id, actor=officer, now=IDEAS)
    strangers = [actor_by_id(make_staff(make_town("khoni"), Role.OFFICER).id), author()]
    for actor in (*strangers, *(world.actor(r) for r in (Role.ADMINISTRATOR, Role.OBSERVER, Role.CHAIR))):
        with pytest.raises(Refused):
            check(world, other, "eligible", actor)
        with pytest.raises(Refused):
            commands.show_contact(idea_id=other.id, reason="ნომრის დაზუსტება", actor=actor, now=IDEAS)
    with pytest.raises(Closed, match="wrong_phase"):
        commands.take_up(idea_id=other.id, actor=officer, now=REVIEW)


def test_contact_data_are_given_only_with_a_logged_reason(app: Flask) -> None:
    world = make_world(app)
    officer = world.actor(Role.OFFICER)
    idea = handed_in(world, author("ნინო სანიმუშო"), now=IDEAS)
    with pytest.raises(Invalid, match="reason_too_short"):
        commands.show_contact(idea_id=idea.id, reason=" მოკლე ", actor=officer, now=IDEAS)
    assert db.session.scalar(select(func.count()).where(Event.kind == "ContactDataShown")) == 0
    (contact,) = commands.show_contact(
        idea_id=idea.id, reason="ადგილმდებარეობის დაზუსტება", actor=officer, now=IDEAS
    )
    assert contact.name == "ნინო სანიმუშო"
    assert contact.phone.startswith("+9955")
    event = db.session.scalars(select(Event).where(Event.kind == "ContactDataShown")).one()
    assert (event.is_public, event.actor_id) == (False, officer.account_id)
    assert event.data["reason"] == "ადგილმდებარეობის დაზუსტება"
    assert contact.phone not in str(event.data)
    assert contact.name not in str(event.data)


def test_what_is_late_stands_first(app: Flask) -> None:
    world = make_world(app)
    early = handed_in(world, now=IDEAS - timedelta(days=16))
    fresh = handed_in(world, now=IDEAS)
    rows = queries.queue(world.cycle.id, now=IDEAS)
    assert [(row.idea.id, row.late) for row in rows] == [(early.id, True), (fresh.id, False)]
    assert queries.late_count(world.cycle.id, IDEAS) == 1
    assert queries.counts(world.cycle.id)["waiting"] == 2
    # 26 May is a holiday: ten working days after Wednesday 20 May end on Thursday 4 June
    assert rows[1].due == due_on(IDEAS)
    assert due_on(IDEAS).isoformat() == "2026-06-04"
    assert queries.queue(world.cycle.id, now=IDEAS, unit="unit-3") == []
