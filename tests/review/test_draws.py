"""Members drawn, lots, what settles ties: the commands on a real database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.core.rulebook import ScoringRules
from pb.core.shortlist import Shortlist
from pb.db import db, writing
from pb.policy import Actor, Role
from pb.review import commands_draws, queries_ranking, queries_scoring
from pb.review.models import ScoreSheet
from pb.review.models_feasibility import CostCard
from pb.review.models_scoring import AcceptedGap, Assignment, AssignmentRound, LotDrawn, LotEntry, TieLot
from tests.factories import make_town, rulebook
from tests.review.commission_making import REVIEW, Commission, frozen_project

LATER = REVIEW + timedelta(days=2)
WHY = "კრიტერიუმი სხდომაზე ცალკე განიხილება."
SOURCE = "ლატარიის 26 სექტემბრის გათამაშების რიცხვები"


def entry(c: Commission, number: int = 1) -> dict[str, Any]:
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    return queries_ranking.entries_of(snapshot)[number]


def drawn_commission(app: Flask, members: int = 6, projects: int = 4, **scoring: Any) -> Commission:
    town = make_town("khoni")
    rules = rulebook(town, scoring=ScoringRules(members_per_project=3, **scoring))
    return Commission(app, projects=projects, members=members, rules=rules)


def draw(c: Commission, seed: str = "7 12 19", actor: Actor | None = None) -> dict[int, tuple[int, ...]]:
    commands_draws.assign_members(cycle_id=c.world.cycle.id, seed=seed, actor=actor or c.chair, now=REVIEW)
    return queries_scoring.assigned(c.world.cycle.id)


def test_members_are_drawn_and_only_they_score(app: Flask) -> None:
    c = drawn_commission(app)
    project = c.projects[0]
    with pytest.raises(Refused, match="no_seat"):
        c.submit(c.members[0], project)  # nobody is drawn yet
    drawn = draw(c)
    assert {len(members) for members in drawn.values()} == {3}
    assert sorted(sum(a.account_id in m for m in drawn.values()) for a in c.members) == [2] * 6
    assert draw(c) == drawn  # the same seed, the same draw
    outside = next(a for a in c.members if a.account_id not in drawn[project.id])
    with pytest.raises(Refused, match="no_seat"):
        c.submit(outside, project)
    for actor in c.members:
        for each in c.projects:
            if actor.account_id in drawn[each.id]:
                c.submit(actor, each)
    with pytest.raises(Closed, match="sheets_begun"):
        draw(c, "another")
    c.open()
    assert entry(c)["quorum"] == 3


def test_nobody_is_drawn_for_what_they_wrote_or_checked(app: Flask) -> None:  # S4
    c = drawn_commission(app, members=5, projects=1)
    c.projects.append(frozen_project(c.world, 2, unit=1, author=c.accounts[0], checker=c.accounts[1]))
    db.session.rollback()
    drawn = draw(c)
    assert drawn[c.projects[1].id] == tuple(sorted(a.id for a in c.accounts[2:]))


def test_a_recusal_fills_only_the_vacant_place(app: Flask) -> None:
    c = drawn_commission(app)
    before = draw(c)
    project = c.projects[1]
    gone = next(a for a in c.members if a.account_id in before[project.id])
    c.declare(gone, project, "employment")
    after = queries_scoring.assigned(c.world.cycle.id)
    assert {p: m for p, m in after.items() if p != project.id} == {
        p: m for p, m in before.items() if p != project.id
    }
    assert gone.account_id not in after[project.id]
    assert len(set(before[project.id]) & set(after[project.id])) == 2
    rounds = list(db.session.scalars(select(AssignmentRound).order_by(AssignmentRound.number)))
    assert [(row.number, row.seed) for row in rounds] == [(1, "7 12 19"), (2, "7 12 19")]


def test_an_adjusted_ranking_has_the_raw_mean_beside(app: Flask) -> None:
    c = drawn_commission(app, adjust=True)
    drawn = draw(c)
    for n, actor in enumerate(c.members):
        for project in c.projects:
            if actor.account_id in drawn[project.id]:
                c.submit(actor, project, 2 + n % 3)
    c.open()
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    document = queries_ranking.document_of(snapshot)
    assert document["letters"] == "stable"
    assert len(document["offsets"]) == 6
    assert any(row["raw_hundredths"] != row["score_hundredths"] for row in document["projects"])
    assert document["assignment"]["seed"] == "7 12 19"


def test_where_everybody_scores_nobody_is_drawn(app: Flask) -> None:
    c = Commission(app, projects=1)
    with pytest.raises(Closed, match="nothing_drawn"):
        draw(c)


def tied(app: Flask, **changes: Any) -> Commission:
    """Two projects equal in everything (units with nothing further up), one behind."""
    town = make_town("khoni")
    rules = rulebook(town, shortlist=Shortlist(kind="best_n", n=1), **changes)
    c = Commission(app, projects=3, members=3, rules=rules)
    c.score_all({3: 2})
    c.open()
    return c


def fix(
    c: Commission, actor: Actor | None = None, source: str = SOURCE, on: date | None = date(2026, 9, 26)
) -> int:
    return commands_draws.fix_lot(
        cycle_id=c.world.cycle.id, source=source, source_on=on, actor=actor or c.chair, now=REVIEW
    )


def enter(lot_id: int, number: str, actor: Actor, now: Any = LATER) -> bool:
    return commands_draws.enter_lot_number(lot_id=lot_id, number=number, actor=actor, now=now)


def test_a_lot_settles_a_shared_rank(app: Flask) -> None:
    c = tied(app)
    secretary = c.world.actor(Role.SECRETARY)
    assert [entry(c, n)["rank"] for n in (1, 2, 3)] == [1, 1, 3]
    assert [entry(c, n)["proposal"] for n in (1, 2)] == ["on_ballot", "on_ballot"]
    lot_id = fix(c)
    with pytest.raises(Closed, match="lot_pending"):
        fix(c)
    with pytest.raises(Invalid, match="number_not_yet"):
        enter(lot_id, "7 12 19", c.chair, REVIEW)
    assert not enter(lot_id, "7 12 19", c.chair)
    assert not enter(lot_id, "7 12 19", c.chair)  # one person twice is one person
    assert not enter(lot_id, "7 12 18", secretary)  # mistyped
    assert enter(lot_id, "7, 12, 19", secretary)
    with pytest.raises(Closed, match="lot_drawn"):
        enter(lot_id, "7 12 19", secretary)
    lot = queries_scoring.lots(c.world.cycle.id)[0]
    first, second = lot.order
    assert (entry(c, first)["rank"], entry(c, second)["rank"]) == (1, 2)
    assert entry(c, second)["proposal"] == "reserve"
    kinds = {e.kind: e for e in db.session.scalars(select(Event)) if e.kind in ("LotFixed", "LotWasDrawn")}
    assert all(event.is_public for event in kinds.values())
    assert kinds["LotFixed"].data["fingerprint"] == lot.lot.fingerprint
    assert lot.lot.salt not in str([e.data for e in db.session.scalars(select(Event))])
    with pytest.raises(Closed, match="nothing_tied"):
        fix(c)


def test_a_number_that_somebody_may_know_already_draws_nothing(app: Flask) -> None:
    c = tied(app)
    for on, code in (
        (date(2026, 9, 24), "number_not_later"),
        (date(2026, 9, 1), "number_not_later"),
        (None, "required"),
    ):
        with pytest.raises(Invalid, match=code):
            fix(c, on=on)
    with pytest.raises(Invalid, match="too_short"):
        fix(c, source="ლოტო")
    for role in (Role.MEMBER, Role.ADMINISTRATOR, Role.OFFICER):
        with pytest.raises(Refused):
            fix(c, c.world.actor(role))


@pytest.mark.parametrize("table", [AcceptedGap, AssignmentRound, Assignment, TieLot, LotEntry, LotDrawn])
def test_what_was_accepted_and_drawn_is_never_changed(app: Flask, table: Any) -> None:  # S6
    c = tied(app)
    lot_id = fix(c)
    enter(lot_id, "1 2", c.chair)
    enter(lot_id, "1 2", c.world.actor(Role.SECRETARY))
    account, project = c.chair.account_id, c.projects[0]
    sheet = db.session.scalars(select(ScoreSheet.id).limit(1)).one()
    with writing() as session:
        session.add(AcceptedGap(sheet_id=sheet, reason=WHY, by=account, at=REVIEW))
        row = AssignmentRound(
            cycle_id=c.world.cycle.id, number=1, seed="1", fingerprint="f", by=account, at=REVIEW
        )
        session.add(row)
        session.flush()
        session.add(Assignment(round_id=row.id, project_id=project.id, member_id=account))
    column = {AcceptedGap: "reason", Assignment: "member_id", TieLot: "source"}.get(table, "seed")
    for statement in (update(table).values({column: 1 if column == "member_id" else WHY}), delete(table)):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)


def test_a_lower_running_cost_goes_before_a_lot(app: Flask) -> None:
    c = Commission(app, projects=3, members=3)
    with writing() as session:
        for project, running in zip(c.projects, (900, 100, 500), strict=True):
            session.add(
                CostCard(
                    project_id=project.id, number=1, estimate_tetri=1_000_000, author_tetri=1_000_000,
                    running_tetri=running, ground="ფასები", changes=[], due=date(2026, 9, 20),
                    made_by=c.world.staff[Role.OFFICER].id, at=REVIEW,
                )
            )  # fmt: skip
    c.score_all()
    c.open()
    assert [(entry(c, n)["rank"], entry(c, n)["running_cost_tetri"]) for n in (2, 3, 1)] == [
        (1, 100),
        (2, 500),
        (3, 900),
    ]
    assert entry(c, 1)["settled_by"] == "running_cost"
