"""Opening, ranking, deciding and publishing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.core.phases import Window
from pb.core.shortlist import Shortlist
from pb.cycles.models import PassedGate
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.policy import Role
from pb.projects.commands import set_outcome
from pb.projects.models import Project
from pb.review import commands_commission as commands
from pb.review import commands_decision as deciding
from pb.review import queries_ranking
from pb.review.models import Decision, DecisionsPublished, RankingSnapshot, ScoresOpened
from tests.factories import calendar, make_staff, make_town, moment, rulebook
from tests.review.commission_making import LONG, REVIEW, Commission


def with_rules(app: Flask, projects: int = 3, **changes: object) -> Commission:
    """A commission whose rulebook differs from the starter in ``changes``."""
    town = make_town("khoni")
    return Commission(app, projects=projects, rules=rulebook(town, **changes))


def document(c: Commission) -> dict[int, dict[str, object]]:
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    return queries_ranking.entries_of(snapshot)


def decide(c: Commission, number: int, outcome: str, reason: str = "") -> int:
    return deciding.record_decision(
        project_id=c.projects[number - 1].id, outcome=outcome, reason=reason, actor=c.chair, now=REVIEW
    )


def states(c: Commission) -> dict[int, str]:
    rows = db.session.execute(select(Project.number, Project.state).order_by(Project.number))
    return {number: state for number, state in rows}  # noqa: C416


def test_opening_needs_the_quorum_of_every_project(app: Flask) -> None:
    c = Commission(app, projects=2, members=4)  # with the chair four: quorum three
    first, second = c.projects
    for actor in c.members[:3]:
        c.submit(actor, first)
    for actor in c.members[:2]:
        c.submit(actor, second)
    with pytest.raises(Problems) as caught:
        c.open()
    assert [(p.code, p.params) for p in caught.value.problems] == [
        ("project_below_quorum", {"number": "TE-2026-0002", "sheets": 2, "needed": 3})
    ]
    assert not queries_ranking.is_open(c.world.cycle.id)
    c.submit(c.members[2], second)
    snapshot_id = c.open()
    assert c.open() == snapshot_id  # pressed twice
    event = db.session.scalars(select(Event).where(Event.kind == "ScoresUnsealed")).one()
    assert event.is_public
    assert (event.data["projects"], event.data["sheets"]) == (2, 6)
    with pytest.raises(Closed, match="scores_opened"):
        c.submit(c.members[3], second)


def test_only_the_chair_opens_decides_and_publishes(app: Flask) -> None:
    c = Commission(app, projects=1)
    c.score_all()
    call = {"cycle_id": c.world.cycle.id, "now": REVIEW}
    for role in set(Role) - {Role.CHAIR}:
        actor = c.world.actor(role)
        with pytest.raises(Refused):
            deciding.open_scores(actor=actor, **call)  # type: ignore[arg-type]
        with pytest.raises(Refused):
            deciding.follow_ranking(actor=actor, **call)  # type: ignore[arg-type]
        with pytest.raises(Refused):
            deciding.publish_decisions(actor=actor, minutes="№ 4", **call)  # type: ignore[arg-type]
        with pytest.raises(Refused):
            deciding.record_decision(
                project_id=c.projects[0].id, outcome="on_ballot", actor=actor, now=REVIEW
            )


def test_recusal_shrinks_the_base(app: Flask) -> None:
    c = Commission(app, projects=1, members=6)  # quorum of six: four; of five: four; of four: three
    for actor in c.members[:3]:
        c.submit(actor, c.projects[0])
    with pytest.raises(Problems):
        c.open()
    for actor in c.members[3:5]:
        c.declare(actor, c.projects[0], "funding")
    c.open()
    assert document(c)[1]["members"] == 4


def test_the_window_is_not_cut_short(app: Flask) -> None:
    dates = calendar()
    dates.windows["scoring"] = Window(moment(9, 23), moment(10, 1))  # type: ignore[index]
    c = Commission(app, projects=1, members=4, dates=dates)
    for actor in c.members[:3]:
        c.submit(actor, c.projects[0])
    with pytest.raises(Closed, match="scoring_still_open"):
        c.open()
    deciding.open_scores(cycle_id=c.world.cycle.id, actor=c.chair, now=moment(10, 1))


def test_ranks_means_and_proposal(app: Flask) -> None:
    c = with_rules(app, shortlist=Shortlist(kind="best_n", n=1, minimum_score=5000))
    c.score_all({1: 3, 2: 4, 3: 2})
    c.open()
    found = document(c)
    assert [(n, e["rank"], e["score_hundredths"], e["proposal"], e["because"]) for n, e in found.items()] == [
        (2, 1, 8000, "on_ballot", "within"),
        (1, 2, 6000, "reserve", "beyond"),
        (3, 3, 4000, "not_shortlisted", "below_score"),
    ]
    assert set(found[2]["means_hundredths"].values()) == {400}  # type: ignore[attr-defined]
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    assert str(c.members[0].account_id) not in json.loads(snapshot.document)["projects"][0]["by_member"]


def test_following_departing_and_publishing(app: Flask) -> None:
    c = with_rules(app, shortlist=Shortlist(kind="best_n", n=1, minimum_score=5000))
    c.score_all({1: 3, 2: 4, 3: 2})
    with pytest.raises(Closed, match="scores_sealed"):
        decide(c, 1, "on_ballot", LONG)
    c.open()
    with pytest.raises(Invalid, match="departure_needs_reason"):
        decide(c, 1, "on_ballot", "უკეთესია.")
    decide(c, 1, "not_shortlisted", LONG)
    decide(c, 1, "on_ballot", LONG)  # the newest counts
    with pytest.raises(Problems, match="project_undecided"):
        c.publish()
    assert deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW) == 2
    assert deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW) == 0
    assert set(states(c).values()) == {"frozen"}  # sealed until published
    assert not db.session.scalars(
        select(Event.id).where(Event.kind == "DecisionRecorded", Event.is_public)
    ).all()
    counts = c.publish()
    assert counts == {"on_ballot": 2, "reserve": 0, "not_shortlisted": 1}
    assert c.publish() == counts  # pressed twice
    assert set(states(c).values()) == {"decided"}  # public, and not final
    assert db.session.scalars(select(PassedGate.gate)).all() == []
    event = db.session.scalars(select(Event).where(Event.kind == "CommissionDecided")).one()
    assert event.is_public
    with pytest.raises(Closed):
        decide(c, 1, "reserve", LONG)
    with pytest.raises(Closed, match="decisions_published"):
        c.declare(c.members[0], c.projects[0], "other")


def test_publishing_needs_minutes(app: Flask) -> None:
    c = Commission(app, projects=1)
    c.score_all()
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    with pytest.raises(Invalid, match="minutes_missing"):
        deciding.publish_decisions(cycle_id=c.world.cycle.id, minutes=" ", actor=c.chair, now=REVIEW)


def test_a_town_without_a_vote_selects(app: Flask) -> None:
    c = with_rules(app, votes_held=False, shortlist=Shortlist(kind="best_n", n=1, minimum_score=5000))
    c.score_all({1: 3, 2: 4, 3: 2})
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    assert set(states(c).values()) == {"decided"}
    c.confirm()
    assert states(c) == {1: "reserve", 2: "selected", 3: "not_selected"}


def test_without_a_vote_no_more_is_selected_than_there_is_money(app: Flask) -> None:
    c = with_rules(app, votes_held=False, shortlist=Shortlist(kind="all_pass"))
    with writing() as session:
        session.execute(update(Project).values(cost_tetri=4_000_000))
    c.score_all()
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    with pytest.raises(Invalid, match="over_pot"):
        c.publish()


def test_a_recused_chair_hands_over(app: Flask) -> None:
    c = Commission(app, projects=2, members=4)
    deputy = make_staff(c.world.town, Role.CHAIR)
    c.declare(c.chair, c.projects[0], "campaigner")
    second = actor_by_id(deputy.id)
    for project in c.projects:
        for actor in [*c.members[:-1], second]:
            c.submit(actor, project)
    c.submit(c.chair, c.projects[1])
    c.open()
    assert deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW) == 1
    with pytest.raises(Refused, match="recused_chair"):
        decide(c, 1, "on_ballot")
    deciding.record_decision(project_id=c.projects[0].id, outcome="on_ballot", actor=second, now=REVIEW)
    c.publish()


def test_a_conflict_after_the_opening_computes_the_ranking_anew(app: Flask) -> None:
    c = Commission(app, projects=2, members=5)
    for project in c.projects:
        for actor in c.members[1:]:
            c.submit(actor, project, 3)
        c.submit(c.members[0], project, 5 if project is c.projects[0] else 2)
    c.open()
    assert [n for n in document(c)] == [1, 2]  # noqa: C416
    decide(c, 1, "on_ballot")
    decide(c, 2, "not_shortlisted", LONG)
    c.declare(c.members[0], c.projects[0], "employment")
    rows = queries_ranking.snapshots(c.world.cycle.id)
    assert [row.number for row in rows] == [1, 2]
    assert document(c)[1]["score_hundredths"] == 6000
    assert document(c)[1]["sheets"] == 4
    here = here_by_id(c.world.cycle.id, now=REVIEW)
    assert {p.number for p in deciding.undecided(here, rows[-1])} == {1, 2}
    with pytest.raises(Closed, match="not_reconciled"):
        decide(c, 1, "on_ballot")
    c.reconcile()
    # the proposal is followed anew; a departure is thought over by the chair
    assert deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW) == 1
    with pytest.raises(Problems):
        c.publish()
    decide(c, 2, "not_shortlisted", LONG)
    c.publish()
    kinds = db.session.scalars(select(Event.kind).where(Event.is_public).order_by(Event.id)).all()
    assert "RankingRecomputed" in kinds


def test_a_quorum_lost_after_the_opening_can_be_filled(app: Flask) -> None:
    c = Commission(app, projects=1, members=5)  # four of five; of four: three; of three: three
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0])
    c.open()
    c.declare(c.members[1], c.projects[0], "property")
    c.declare(c.members[2], c.projects[0], "property")
    assert document(c) == {}
    c.reconcile()
    with pytest.raises(Closed, match="decide_below_quorum"):
        decide(c, 1, "on_ballot")
    with pytest.raises(Problems):
        c.publish()
    c.submit(c.members[0], c.projects[0])
    assert document(c)[1]["sheets"] == 3
    c.reconcile()
    decide(c, 1, "on_ballot")
    c.publish()


def test_a_withdrawn_project_needs_no_decision(app: Flask) -> None:
    c = Commission(app, projects=2)
    c.score_all()
    c.open()
    set_outcome(project_id=c.projects[1].id, act="withdraw", actor=None, now=REVIEW)
    assert deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW) == 1
    assert c.publish() == {"on_ballot": 1, "reserve": 0, "not_shortlisted": 0}


def test_phases_and_gates(app: Flask) -> None:
    c = Commission(app, projects=1)
    c.score_all()
    late = moment(10, 13)  # voting has come, and waits for the commission
    with pytest.raises(Closed, match="wrong_phase"):
        deciding.open_scores(cycle_id=c.world.cycle.id, actor=c.chair, now=moment(9, 1))
    c.open(late)
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=late + timedelta(hours=1))
    c.adjourn(late + timedelta(hours=2))
    deciding.publish_decisions(
        cycle_id=c.world.cycle.id, minutes="№ 5", actor=c.chair, now=late + timedelta(hours=2)
    )


def test_what_was_opened_and_decided_is_never_changed(app: Flask) -> None:
    c = Commission(app, projects=1)
    c.score_all()
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    for statement in (
        update(RankingSnapshot).values(fingerprint="x"),
        update(Decision).values(outcome="reserve"),
        delete(ScoresOpened),
        delete(DecisionsPublished),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)


def test_a_departure_is_held_by_the_database_too(app: Flask) -> None:
    c = Commission(app, projects=1)
    c.score_all()
    snapshot = c.open()
    row = Decision(
        project_id=c.projects[0].id, snapshot_id=snapshot, outcome="reserve", departs=True, reason="ასე.",
        decided_by=c.chair.account_id, at=REVIEW,
    )  # fmt: skip
    with pytest.raises(DBAPIError), writing() as session:
        session.add(row)


def test_aggregate_publishes_no_single_sheet(sqlite_app: Flask) -> None:
    c = with_rules(sqlite_app, scores_public="aggregate")
    c.score_all()
    c.open()
    assert all("by_member" not in entry for entry in document(c).values())


def test_a_minimum_of_a_criterion(sqlite_app: Flask) -> None:
    town = make_town("khoni")
    book = rulebook(town, shortlist=Shortlist(kind="all_pass"))
    first, *rest = book.rubric.criteria
    strict = replace(first, minimum_mean_hundredths=350)
    c = Commission(
        sqlite_app, projects=1, rules=replace(book, rubric=replace(book.rubric, criteria=(strict, *rest)))
    )
    c.score_all()
    c.open()
    assert document(c)[1]["because"] == "below_criterion"
    assert document(c)[1]["below_minimum"] == [first.id]


def test_commands_need_the_phase_of_their_own_cycle(sqlite_app: Flask) -> None:
    c = Commission(sqlite_app, projects=1)
    empty = Commission(sqlite_app, projects=0, slug="khoni")
    with pytest.raises(Closed, match="nothing_to_score"):
        empty.open()
    with pytest.raises(Closed, match="wrong_phase"):
        commands.declare_conflict(project_id=c.projects[0].id, actor=c.members[0], now=moment(8, 1))
