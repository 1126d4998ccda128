"""Authors hear of every act on their idea by one text message, in its transaction and in their language."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed
from pb.core.workflow import IdeaState
from pb.cycles.models import CycleAct
from pb.db import db, writing
from pb.ideas import commands, commands_review
from pb.ideas.models import Idea, IdeaAuthor
from pb.messages.commands import deliver_due, untold
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.projects.commands import freeze_projects, hand_in_project, save_revision, set_outcome
from pb.projects.commands_invite import invite_project
from pb.review.checking import Finding
from pb.review.commands_eligibility import record_check
from tests.conftest import FrozenClock
from tests.factories import World, make_citizen, make_world
from tests.ideas.making import author, handed_in
from tests.projects.making import BUDGET, DEVELOPMENT, FIELDS, IDEAS, REVIEW, TIMELINE, rules_of

REASON = "მიწის ნაკვეთი კერძო საკუთრებაშია, ამიტომ თანხა ვერ დაიხარჯება."


@pytest.fixture
def sent(app: Flask, tmp_path: Path) -> Path:
    """The file to which messages are delivered."""
    path = tmp_path / "sent.jsonl"
    app.extensions["pb_settings"] = replace(app.extensions["pb_settings"], sms_target=str(path))
    return path


def delivered(path: Path, now: datetime) -> list[tuple[str, str]]:
    """(number, text) of what goes out now."""
    before = len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0
    deliver_due(now=now)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(line["to"], line["body"]) for line in map(json.loads, lines[before:])]


def kinds() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(OutgoingMessage.kind).order_by(OutgoingMessage.id)))


def check(world: World, idea: Idea, outcome: str, at: datetime, **values: Any) -> None:
    checks = rules_of(world).checklist
    bad = checks[0].id if outcome == "ineligible" else ""
    record_check(
        idea_id=idea.id, outcome=outcome, findings={c.id: Finding(c.id != bad) for c in checks},
        actor=world.actor(Role.OFFICER), now=at, **values,
    )  # fmt: skip


def test_from_the_idea_to_the_result(app: Flask, sent: Path) -> None:
    world = make_world(app)
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS)
    ((to, text),) = delivered(sent, IDEAS)
    assert to.startswith("+9955")
    assert f"{world.town.number_prefix}-2026-0001" in text
    assert text.endswith("http://localhost/terjola/2026/ideas/1")
    check(world, idea, "returned", IDEAS, notes={"title": "დააზუსტეთ"})
    ((_, text),) = delivered(sent, IDEAS)
    assert "04.06.2026" in text, "20 May and ten working days; 26 May is a holiday"
    commands.answer_return(idea_id=idea.id, actor=citizen, now=IDEAS + timedelta(days=1))
    assert delivered(sent, IDEAS + timedelta(days=1)) == [], "the author knows what the author did"
    check(world, idea, "eligible", IDEAS + timedelta(days=2))
    project_id = invite_project(
        idea_ids=[idea.id], actor=world.actor(Role.OFFICER), now=IDEAS + timedelta(days=2)
    )
    assert len(delivered(sent, IDEAS + timedelta(days=2))) == 2
    save_revision(
        project_id=project_id, fields=FIELDS, timeline=TIMELINE, budget=BUDGET, actor=citizen, now=DEVELOPMENT
    )
    hand_in_project(project_id=project_id, actor=citizen, now=DEVELOPMENT)
    ((_, text),) = delivered(sent, DEVELOPMENT)
    assert "რედაქცია 2, საკონტროლო ჯამი" in text, "a receipt"
    freeze_projects(cycle_id=world.cycle.id, now=REVIEW)
    assert delivered(sent, REVIEW) == []
    for act, count in (("decide", 0), ("place_on_ballot", 1), ("select", 1), ("begin_implementation", 0)):
        set_outcome(project_id=project_id, act=act, actor=None, now=REVIEW)
        assert len(delivered(sent, REVIEW)) == count, act
    assert kinds() == [
        "idea_received", "idea_returned", "idea_admitted", "project_invited", "project_handed_in",
        "project_on_ballot", "project_selected",
    ]  # fmt: skip


def test_all_authors_with_a_phone_in_their_language(app: Flask, sent: Path) -> None:
    world = make_world(app)
    idea = handed_in(world, now=IDEAS)
    other = make_citizen("ლელა სანიმუშო")
    with writing():
        other.language = "en"
        for account_id in (other.id, world.staff[Role.MEMBER].id):  # the second has no phone
            db.session.add(IdeaAuthor(idea_id=idea.id, account_id=account_id, name_sealed=b""))
    delivered(sent, IDEAS)
    check(world, idea, "ineligible", IDEAS, public_reason=REASON)
    first, second = delivered(sent, IDEAS)
    assert {first[0], second[0]} == {phone_of(idea, 0), phone_of(idea, 1)}
    assert "გასაჩივრების" in first[1]
    assert "how to object" in second[1]
    assert all(name not in first[1] + second[1] for name in ("ნინო", "სანიმუშო", "ლელა"))


def phone_of(idea: Idea, n: int) -> str:
    from pb.accounts.queries import phone_of as phone

    ids = [
        row.account_id
        for row in db.session.query(IdeaAuthor).filter_by(idea_id=idea.id).order_by(IdeaAuthor.id)
    ]
    return phone(ids[n])


def test_no_message_for_an_act_that_was_refused_or_done_already(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    idea = handed_in(world, citizen, now=IDEAS)
    assert commands.submit_idea(idea_id=idea.id, consent=True, actor=citizen, now=IDEAS).id == idea.id
    check(world, idea, "eligible", IDEAS)
    with pytest.raises(Closed):
        check(world, idea, "ineligible", IDEAS, public_reason=REASON)
    assert kinds() == ["idea_received", "idea_admitted"]


def test_seeded_years_tell_nobody(app: Flask) -> None:
    world = make_world(app)
    with untold():
        idea = handed_in(world, now=IDEAS)
    assert kinds() == []
    check(world, idea, "eligible", IDEAS)
    assert kinds() == ["idea_admitted"]


TERM_OVER = datetime(2026, 6, 4, 20, 0, tzinfo=UTC)  # midnight in Tbilisi after 4 June


def returned(world: World) -> Idea:
    idea = handed_in(world, now=IDEAS)
    check(world, idea, "returned", IDEAS, notes={"title": "დააზუსტეთ"})
    return idea


def state_of(idea: Idea) -> str:
    db.session.rollback()
    return db.session.get_one(Idea, idea.id).state


def test_a_returned_idea_lapses_when_its_term_is_over_and_once(app: Flask) -> None:
    world = make_world(app)
    idea, answered = returned(world), returned(world)
    commands.answer_return(
        idea_id=answered.id, actor=actor_by_id(min(answered.author_ids)), now=IDEAS + timedelta(days=1)
    )
    assert commands_review.lapse_due(now=TERM_OVER - timedelta(seconds=1)) == 0
    assert commands_review.lapse_due(now=TERM_OVER) == 1
    assert commands_review.lapse_due(now=TERM_OVER) == 0
    assert state_of(idea) == IdeaState.LAPSED
    assert state_of(answered) == IdeaState.SUBMITTED
    assert kinds().count("idea_lapsed") == 1
    with pytest.raises(Closed):
        commands.answer_return(idea_id=idea.id, actor=actor_by_id(min(idea.author_ids)), now=TERM_OVER)


def test_the_term_never_runs_while_the_contest_is_paused_and_begins_anew_after(app: Flask) -> None:
    world = make_world(app)
    idea = returned(world)
    paused, resumed = IDEAS + timedelta(days=5), IDEAS + timedelta(days=30)
    with writing() as session:
        for kind, at in (("pause", paused), ("resume", resumed)):
            session.add(
                CycleAct(
                    cycle_id=world.cycle.id,
                    kind=kind,
                    payload={},
                    reason="სატესტო მიზეზი, საკმარისად გრძელი",
                    proposed_by=world.staff[Role.ADMINISTRATOR].id,
                    proposed_at=at,
                    decided_by=world.staff[Role.CHAIR].id,
                    decided_at=at,
                    outcome="approved",
                )
            )
    assert commands_review.lapse_due(now=TERM_OVER) == 0
    assert commands_review.lapse_due(now=resumed + timedelta(days=1)) == 0
    assert commands_review.lapse_due(now=resumed + timedelta(days=20)) == 1
    assert state_of(idea) == IdeaState.LAPSED


def test_pages_say_until_when(app: Flask, clock: FrozenClock) -> None:
    world = make_world(app)
    idea = returned(world)
    clock.moment = IDEAS + timedelta(days=1)
    browser = app.test_client()
    day = "4 ივნის"
    assert day in browser.page(f"{world.url}/ideas/{idea.number}").html  # type: ignore[attr-defined]
    browser.sign_in_as(min(idea.author_ids))  # type: ignore[attr-defined]
    for path in ("mine", f"mine/{idea.id}/check"):
        assert day in browser.page(f"{world.url}/ideas/{path}").html, path  # type: ignore[attr-defined]
    browser.sign_in_as(world.staff[Role.OFFICER].id)  # type: ignore[attr-defined]
    assert day in browser.page(f"{world.url}/queue?shelf=returned").html  # type: ignore[attr-defined]
