"""Sheets that leave criteria out, a longer term, members drawn, the lot: the commands on a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.core.phases import Window
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.policy import Actor, Role
from pb.projects.models import Project
from pb.review import commands_commission as commands
from pb.review import commands_scoring, queries_ranking
from pb.review import queries_commission as queries
from pb.review.models import ScoreLine
from pb.review.models_scoring import AcceptedGap
from tests.factories import calendar, moment
from tests.review.commission_making import REVIEW, Commission

LATER = REVIEW + timedelta(days=2)
WHY = "კრიტერიუმი სხდომაზე ცალკე განიხილება."
SOURCE = "ლატარიის 26 სექტემბრის გათამაშების რიცხვები"


def gap_lines(c: Commission, *left_out: str, value: int = 4) -> dict[str, dict[str, Any]]:
    return {
        key: {**line, "value": None, "cannot_judge": True} if key in left_out else {**line, "value": value}
        for key, line in c.lines().items()
    }


def submit_gap(c: Commission, actor: Actor, project: Project, *left_out: str, value: int = 4) -> int:
    c.declare(actor, project)
    lines = gap_lines(c, *left_out, value=value)
    return commands.submit_sheet(project_id=project.id, lines=lines, actor=actor, now=REVIEW)


def accept(c: Commission, sheet_id: int, actor: Actor | None = None, reason: str = WHY) -> None:
    commands_scoring.accept_gap(sheet_id=sheet_id, reason=reason, actor=actor or c.chair, now=REVIEW)


def entry(c: Commission, number: int = 1) -> dict[str, Any]:
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    return queries_ranking.entries_of(snapshot)[number]


def test_a_sheet_with_a_gap_counts_only_once_it_is_accepted(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)  # quorum three
    project = c.projects[0]
    ids = [criterion.id for criterion in c.rules.rubric.criteria]
    for actor in c.members[1:3]:
        c.submit(actor, project, 3)
    sheet = submit_gap(c, c.members[0], project, ids[-1])
    c.submit(c.members[3], project, 3)
    assert queries.submitted(c.world.cycle.id)[project.id] == {a.account_id for a in c.members[1:]}
    assert queries.handed_in(c.world.cycle.id)[project.id] == {a.account_id for a in c.members}
    accept(c, sheet)
    accept(c, sheet)  # twice is one act
    c.open()
    found = entry(c)
    assert found["sheets"] == 4
    assert found["judged"] == {key: 3 if key == ids[-1] else 4 for key in ids}
    # three sheets of 60 and one of 80 over the weights that it judges
    assert found["score_hundredths"] == 6500
    assert found["means_hundredths"][ids[-1]] == 300
    event = db.session.scalars(select(Event).where(Event.kind == "GapAccepted")).one()
    assert event.data["reason"] == WHY


def test_without_acceptance_it_is_missing_and_not_nought(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0], 3)
    submit_gap(c, c.members[0], c.projects[0], "need", value=0)
    c.open()
    assert entry(c)["sheets"] == 3
    assert entry(c)["score_hundredths"] == 6000


def test_it_fills_no_quorum_before(app: Flask) -> None:
    c = Commission(app, projects=1, members=3)
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0], 3)
    sheet = submit_gap(c, c.members[0], c.projects[0], "need")
    with pytest.raises(Problems) as caught:
        c.open()
    assert [p.code for p in caught.value.problems] == ["project_below_quorum"]
    accept(c, sheet)
    with pytest.raises(Problems) as caught:  # three sheets, but two of them on "need"
        c.open()
    assert [(p.code, p.params["number"]) for p in caught.value.problems] == [
        ("criterion_below_quorum", "TE-2026-0001")
    ]


def test_what_cannot_be_left_out(app: Flask) -> None:
    c = Commission(app, projects=1, members=3)
    project, actor = c.projects[0], c.members[0]
    ids = [criterion.id for criterion in c.rules.rubric.criteria]
    with pytest.raises(Problems) as caught:
        submit_gap(c, actor, project, *ids[:3])  # 70 of the 100 weights
    assert [(p.code, p.field) for p in caught.value.problems] == [("too_little_judged", f"{ids[0]}.value")]
    lines = gap_lines(c, ids[0])
    lines[ids[0]]["reason"] = "არ ვიცი"
    with pytest.raises(Problems) as caught:
        commands.submit_sheet(project_id=project.id, lines=lines, actor=actor, now=REVIEW)
    assert [p.code for p in caught.value.problems] == ["reason_needed"]


def test_who_accepts_and_what(app: Flask) -> None:
    c = Commission(app, projects=2, members=4)
    sheet = submit_gap(c, c.members[0], c.projects[0], "need")
    own = submit_gap(c, c.chair, c.projects[0], "need")
    whole = c.submit(c.members[1], c.projects[0])
    for actor in (c.members[0], c.world.actor(Role.SECRETARY), c.world.actor(Role.ADMINISTRATOR)):
        with pytest.raises(Refused):
            accept(c, sheet, actor)
    with pytest.raises(Refused, match="not_presiding"):
        accept(c, own)  # nobody the own one
    with pytest.raises(Missing):
        accept(c, whole)
    with pytest.raises(Invalid, match="reason_too_short"):
        accept(c, sheet, reason="კარგი")
    assert not db.session.scalars(select(AcceptedGap)).all()


def test_an_acceptance_after_the_opening_computes_anew(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0], 3)
    sheet = submit_gap(c, c.members[0], c.projects[0], "need")
    c.open()
    accept(c, sheet)
    assert [row.number for row in queries_ranking.snapshots(c.world.cycle.id)] == [1, 2]
    assert entry(c)["sheets"] == 4


def extend(c: Commission, until: Any, actor: Actor | None = None, reason: str = WHY) -> None:
    commands_scoring.extend_scoring(
        cycle_id=c.world.cycle.id, until=until, reason=reason, actor=actor or c.chair, now=REVIEW
    )


def test_the_chair_extends_the_term_while_a_quorum_is_missing(app: Flask) -> None:
    dates = calendar()
    dates.windows["scoring"] = Window(moment(9, 20), moment(9, 25))  # type: ignore[index]
    dates.windows["objections"] = Window(moment(10, 1), moment(10, 9))  # type: ignore[index]
    c = Commission(app, projects=1, members=4, dates=dates)
    for actor in c.members[:2]:
        c.submit(actor, c.projects[0])
    with pytest.raises(Refused):
        extend(c, moment(9, 28), c.members[0])
    for until, code in (
        (moment(9, 24), "not_an_extension"),
        (moment(10, 2), "extension_too_far"),
        (None, "required"),
    ):
        with pytest.raises(Invalid, match=code):
            extend(c, until)
    with pytest.raises(Invalid, match="reason_too_short"):
        extend(c, moment(9, 28), reason="ცოტა")
    extend(c, moment(9, 28))
    here = here_by_id(c.world.cycle.id, now=REVIEW)
    assert here.calendar is not None
    assert here.calendar.window("scoring").closes == moment(9, 28)
    assert here.calendar.window("objections").opens == moment(10, 1)
    event = db.session.scalars(select(Event).where(Event.kind == "ScoringExtended")).one()
    assert event.is_public
    c.submit(c.members[2], c.projects[0])
    with pytest.raises(Closed, match="quorum_is_there"):
        extend(c, moment(9, 29))


def test_a_line_that_is_not_judged_has_no_level(app: Flask) -> None:  # S1
    c = Commission(app, projects=1, members=3)
    c.declare(c.members[0], c.projects[0])
    commands.save_sheet(
        project_id=c.projects[0].id, lines=gap_lines(c, "need"), actor=c.members[0], now=REVIEW
    )
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(update(ScoreLine).where(ScoreLine.cannot_judge).values(value=3))
