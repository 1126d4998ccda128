"""Filing: who may, until when, what is kept; examining: who may, what follows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from pb.accounts.queries import actor_by_id
from pb.appeals import commands, queries
from pb.appeals.commands import Attachment
from pb.appeals.models import Objection
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.core.phases import Gate, Phase
from pb.cycles.models import PhaseHold
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.ideas.commands import withdraw_idea
from pb.ideas.models import Idea
from pb.messages.models import InboxMessage
from pb.policy import Role
from pb.review.commands_eligibility import record_check
from pb.review.commands_refusals import let_refusals_stand, refusals_due
from pb.review.models import EligibilityCheck
from tests.appeals.making import ANSWER, CHECKED, LAST, TOO_LATE, WORDS, decide, filed, refused
from tests.factories import make_citizen, make_staff, make_world, moment

JULY = datetime(2026, 7, 2, 8, tzinfo=UTC)


def state(idea: Idea) -> str:
    return db.session.scalar(select(Idea.state).where(Idea.id == idea.id)) or ""


def told() -> list[str]:
    return list(db.session.scalars(select(InboxMessage.kind).order_by(InboxMessage.id)))


def test_filed_it_has_a_number_a_term_and_holds_the_next_phase(app: Flask) -> None:
    r = refused(app)
    row = r.file()
    assert (row.number, row.state, row.due) == (1, "filed", date(2026, 5, 28))  # 26 May is a holiday
    assert row.rests_on[0]["id"] == r.failed[0]
    assert (
        commands.file_objection(objection_id=row.id, actor=r.author, now=CHECKED).number == 1
    )  # pressed twice
    assert db.session.scalar(select(func.count()).select_from(PhaseHold)) == 1
    event = db.session.scalars(select(Event).where(Event.kind == "ObjectionFiled")).one()
    assert (event.is_public, event.subject_id, event.data["number"]) == (True, r.idea.id, "TE-2026-S001")
    assert "objection_filed" in told()
    before = here_by_id(r.cycle_id, now=moment(9, 6)).status
    after = here_by_id(r.cycle_id, now=moment(9, 8)).status
    assert before is not None
    assert before.is_open
    assert after is not None
    assert (after.phase, after.waiting_for) == (Phase.REVIEW, (Gate.OBJECTIONS_SETTLED,))
    decide(row.id, "rejected", r.other, CHECKED)
    after = here_by_id(r.cycle_id, now=moment(9, 8)).status
    assert after is not None
    assert after.is_open


def test_the_last_day_is_in_time_and_the_next_is_not(app: Flask) -> None:
    r = refused(app)
    objection_id = r.begin(now=LAST)
    with pytest.raises(Closed, match="objection_too_late"):
        filed(objection_id, r.author, TOO_LATE)
    assert queries.by_id(r.cycle_id, objection_id).row.words == WORDS  # type: ignore[union-attr]  # typed, kept
    filed(objection_id, r.author, LAST)
    other = refused(app, world=r.world)
    with pytest.raises(Closed, match="objection_too_late"):
        other.begin(now=TOO_LATE)


def test_who_may_not_file(app: Flask) -> None:
    r = refused(app)
    stranger = actor_by_id(make_citizen().id)
    for actor in (stranger, r.officer, r.world.actor(Role.ADMINISTRATOR), r.world.actor(Role.CHAIR)):
        with pytest.raises(Refused):
            r.begin(actor)
    objection_id = r.begin()
    with pytest.raises(Refused):
        commands.save_text(objection_id=objection_id, words=WORDS, actor=stranger, now=CHECKED)
    with pytest.raises(Refused):
        commands.file_objection(objection_id=objection_id, actor=r.world.actor(Role.OPERATOR), now=CHECKED)
    row = filed(objection_id, r.author, CHECKED)
    for act in (commands.withdraw, commands.file_objection):
        with pytest.raises(Refused):
            act(objection_id=row.id, actor=stranger, now=CHECKED)  # type: ignore[operator]


def test_what_is_chosen_and_written_is_checked_and_kept(app: Flask) -> None:
    r = refused(app)
    with pytest.raises(Problems) as caught:
        r.begin(ground="anger", points=["unknown"])
    assert {p.code for p in caught.value.problems} == {"choose_ground", "choose_points"}
    objection_id = r.begin()
    assert r.begin(ground="rules", points=r.failed) == objection_id  # chosen again: the same draft
    commands.save_text(objection_id=objection_id, words="მოკლე", actor=r.author, now=CHECKED)
    with pytest.raises(Invalid, match="text_too_short"):
        commands.file_objection(objection_id=objection_id, actor=r.author, now=CHECKED)
    with pytest.raises(Invalid, match="too_long"):
        commands.save_text(objection_id=objection_id, words="ა" * 4001, actor=r.author, now=CHECKED)
    row = queries.by_id(r.cycle_id, objection_id).row  # type: ignore[union-attr]
    assert (row.words, row.ground, row.points) == ("მოკლე", "rules", list(r.failed))


def test_two_tabs_never_overwrite_each_other(app: Flask) -> None:
    r = refused(app)
    objection_id = r.begin()
    version = queries.by_id(r.cycle_id, objection_id).row.version  # type: ignore[union-attr]
    call = {"objection_id": objection_id, "actor": r.author, "now": CHECKED, "version": version}
    commands.save_text(words="პირველი ფანჯრის ტექსტი, რომელიც დარჩა.", **call)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="changed_meanwhile"):
        commands.save_text(words="მეორე ფანჯრის სხვა ტექსტი.", **call)  # type: ignore[arg-type]
    row = filed(objection_id, r.author, CHECKED)
    with pytest.raises(Closed, match="objection_filed"):
        commands.save_text(objection_id=row.id, words="სხვა", actor=r.author, now=CHECKED)
    assert r.begin(ground="rules") == row.id  # the first screen of a tab that was left open


def test_at_most_three_files_each_once(app: Flask) -> None:
    r = refused(app)
    objection_id = r.begin()
    files = [Attachment("pdf", f"{n}.pdf", b"%PDF-1.4 " + str(n).encode()) for n in range(4)]
    call = {"objection_id": objection_id, "actor": r.author, "now": CHECKED}
    commands.attach(files=files[:2], **call)  # type: ignore[arg-type]
    commands.attach(files=files[:2], **call)  # type: ignore[arg-type]  # sent again
    with pytest.raises(Invalid, match="too_many_files"):
        commands.attach(files=files[2:], **call)  # type: ignore[arg-type]
    given = queries.files_of(objection_id)
    assert [one.name for one in given] == ["0.pdf", "1.pdf"]
    commands.detach(file_id=given[0].id, **call)  # type: ignore[arg-type]
    commands.attach(files=files[2:], **call)  # type: ignore[arg-type]
    assert len(queries.files_of(objection_id)) == 3


def test_upheld_the_idea_is_admitted_and_both_findings_are_kept(app: Flask) -> None:
    r = refused(app)
    row = r.file()
    decide(row.id, "upheld", r.other, CHECKED)
    assert state(r.idea) == "eligible"
    checks = db.session.scalars(select(EligibilityCheck).order_by(EligibilityCheck.id)).all()
    assert [(c.outcome, c.objection_id) for c in checks] == [("ineligible", None), ("eligible", row.id)]
    assert all(line["passed"] for line in checks[1].lines)
    assert told()[-1] == "objection_upheld"
    with pytest.raises(Closed, match="objection_decided"):
        decide(row.id, "rejected", r.other, CHECKED)


def test_in_part_the_refusal_stands_on_the_rest(app: Flask) -> None:
    r = refused(app)
    row = r.file(points=r.failed)
    with pytest.raises(Problems, match="choose_accepted"):
        decide(row.id, "partly", r.other, CHECKED, accepted=r.failed)
    decide(row.id, "partly", r.other, CHECKED, accepted=r.failed[:1])
    assert state(r.idea) == "ineligible_final"
    last = db.session.scalars(select(EligibilityCheck).order_by(EligibilityCheck.id.desc()).limit(1)).one()
    assert [line["check"] for line in last.lines if line["passed"] is False] == [r.failed[1]]
    assert last.public_reason == ANSWER
    assert queries.contested(
        here_by_id(r.cycle_id, now=CHECKED), "idea", r.idea.number or 0, CHECKED
    ).decision_id == (row.decision_id)  # type: ignore[union-attr]  # nothing new to object to


def test_rejected_the_refusal_is_final(app: Flask) -> None:
    r = refused(app)
    row = r.file()
    with pytest.raises(Problems, match="reason_too_short"):
        decide(row.id, "rejected", r.other, CHECKED, answer="არა.")
    decide(row.id, "rejected", r.other, CHECKED)
    assert state(r.idea) == "ineligible_final"
    assert r.begin() == row.id  # once is once


def test_who_decided_or_was_at_work_does_not_examine(app: Flask) -> None:
    r = refused(app)
    row = r.file()
    for actor in (r.officer, r.author, r.world.actor(Role.CHAIR), r.world.actor(Role.OBSERVER)):
        with pytest.raises(Refused):
            decide(row.id, "upheld", actor, CHECKED)
    foreign = make_world(app, slug="khoni")
    with pytest.raises(Refused):
        decide(row.id, "upheld", foreign.actor(Role.OFFICER), CHECKED)
    with pytest.raises(Missing):
        decide(row.id + 99, "upheld", r.other, CHECKED)
    assert state(r.idea) == "ineligible"
    decide(row.id, "upheld", r.world.actor(Role.ADMINISTRATOR), CHECKED)


def test_withdrawn_nothing_waits_and_another_may_be_filed(app: Flask) -> None:
    r = refused(app)
    draft = r.begin()
    commands.withdraw(objection_id=draft, actor=r.author, now=CHECKED)
    assert db.session.get(Objection, draft) is None
    row = r.file()
    commands.withdraw(objection_id=row.id, actor=r.author, now=CHECKED)
    commands.withdraw(objection_id=row.id, actor=r.author, now=CHECKED)  # pressed twice
    with pytest.raises(Closed, match="objection_withdrawn"):
        decide(row.id, "upheld", r.other, CHECKED)
    assert queries.open_numbers(r.cycle_id) == []
    assert here_by_id(r.cycle_id, now=moment(9, 8)).status.is_open  # type: ignore[union-attr]
    assert r.file().number == 2


def test_without_an_objection_in_time_the_refusal_stands(app: Flask) -> None:
    r = refused(app)
    assert let_refusals_stand(cycle_id=r.cycle_id, now=LAST) == 0
    r.begin(now=LAST)  # a draft keeps nothing open
    other = refused(app, world=r.world)
    other.file(now=LAST)
    assert refusals_due(now=TOO_LATE) == 1
    assert (state(r.idea), state(other.idea)) == ("ineligible_final", "ineligible")
    assert refusals_due(now=TOO_LATE) == 0


def test_a_returned_idea_goes_back_into_the_check_of_somebody_else(app: Flask) -> None:
    r = refused(app)
    idea = refused_to_returned(r)
    objection_id = commands.begin(
        cycle_id=r.cycle_id, thing="idea", number=idea.number or 0, ground="rules", points=[], actor=r.author,
        now=CHECKED,
    )  # fmt: skip
    row = filed(objection_id, r.author, CHECKED)
    decide(row.id, "upheld", r.other, CHECKED)
    assert state(idea) == "in_check"
    with pytest.raises(Refused, match="objection_not_yours"):
        record_check(idea_id=idea.id, outcome="eligible", findings={}, actor=r.officer, now=CHECKED)


def refused_to_returned(r) -> Idea:  # type: ignore[no-untyped-def]
    from pb.review.checking import Finding
    from tests.ideas.making import handed_in

    rules = here_by_id(r.cycle_id, now=CHECKED).rules
    idea = handed_in(r.world, r.author, now=CHECKED)
    record_check(
        idea_id=idea.id, outcome="returned", findings={c.id: Finding(passed=True) for c in rules.checklist},
        notes={"title": "დააზუსტეთ სათაური."}, actor=r.officer, now=CHECKED,
    )  # fmt: skip
    return idea


def test_an_answer_to_a_return_stands_whatever_becomes_of_the_objection(app: Flask) -> None:
    r = refused(app)
    idea = refused_to_returned(r)
    row = filed(
        commands.begin(
            cycle_id=r.cycle_id, thing="idea", number=idea.number or 0, ground="rules", points=[],
            actor=r.author, now=CHECKED,
        ), r.author, CHECKED,
    )  # fmt: skip
    withdraw_idea(idea_id=idea.id, actor=r.author, now=CHECKED)
    decide(row.id, "upheld", r.other, CHECKED)
    assert state(idea) == "withdrawn"


def test_an_operator_files_for_somebody_with_a_signed_paper(app: Flask) -> None:
    r = refused(app)
    operator = r.world.actor(Role.OPERATOR)
    with pytest.raises(Problems, match="slip_needed"):
        r.begin(operator)
    objection_id = r.begin(operator, slip="ცენტრი, საქაღალდე 3")
    colleague = actor_by_id(make_staff(r.world.town, Role.OPERATOR).id)
    with pytest.raises(Refused):
        commands.save_text(objection_id=objection_id, words=WORDS, actor=colleague, now=CHECKED)
    row = filed(objection_id, operator, CHECKED)
    assert (row.helper_id, row.filed_by) == (operator.account_id, operator.account_id)


def test_what_was_filed_and_decided_is_never_changed(app: Flask) -> None:
    r = refused(app)
    row = r.file()
    for statement in (
        update(Objection).values(words="სხვა ტექსტი, რომელიც აქ არასდროს იდგა."),
        update(Objection).values(due=date(2027, 1, 1)),
        delete(Objection),
        delete(PhaseHold),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)
    decide(row.id, "rejected", r.other, CHECKED)
    for change in ({"outcome": "upheld"}, {"answer": ANSWER + "!"}):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(update(Objection).values(**change))


def test_a_paused_contest_takes_no_right_away(app: Flask) -> None:
    r = refused(app)
    from pb.cycles.models import CycleAct

    with writing() as session:
        session.add(
            CycleAct(
                cycle_id=r.cycle_id, kind="pause", payload={}, reason="ტექნიკური მიზეზის გამო შეჩერდა.",
                proposed_by=r.officer.account_id, proposed_at=CHECKED, decided_by=r.other.account_id,
                decided_at=CHECKED, outcome="approved",
            )
        )  # fmt: skip
    row = r.file()
    decide(row.id, "upheld", r.other, CHECKED)
    assert state(r.idea) == "eligible"
