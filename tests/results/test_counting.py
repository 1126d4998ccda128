"""Counting and publishing: what is stored, once, and by whom."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from pb import clock as the_clock
from pb.audit.models import Event
from pb.core.counting.pabulib import read
from pb.core.counting.pabulib_rules import file_rule
from pb.core.counting.registry import count as engine
from pb.core.counting_terms import amount_text
from pb.core.errors import Closed, Refused
from pb.core.rulebook import CountingRules
from pb.cycles.models import PassedGate
from pb.db import db, writing
from pb.policy import Role
from pb.projects.models import Project
from pb.results import commands, counting, profile, queries
from pb.results.models import CountResult, ResultPublished
from tests.conftest import FrozenClock
from tests.results.making import BALLOTS, at, counted, make_box, published, without_vote


def test_the_count_follows_the_rulebook(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    result = db.session.get_one(CountResult, counted(vote))
    outcome = queries.outcome_of(result)
    names = {code: record.votes for code, record in outcome.records.items()}
    assert names == {"TE-2026-0001": 6, "TE-2026-0002": 12, "TE-2026-0003": 7, "TE-2026-0004": 4}
    # 40,000: 2 takes 20,000, 3 takes 15,000, 1 needs 10,000 of the 5,000 left, 4 is below the minimum.
    assert outcome.winners == ("TE-2026-0002", "TE-2026-0003")
    assert (outcome.budget_tetri, outcome.spent_tetri, outcome.left_tetri) == (4_000_000, 3_500_000, 500_000)
    assert outcome.voters == len(BALLOTS)
    assert outcome.records["TE-2026-0001"].reason == "does_not_fit"
    assert outcome.records["TE-2026-0004"].reason == "below_minimum"


def test_the_stored_bytes_are_what_was_counted(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    result_id = counted(vote)
    result = db.session.get_one(CountResult, result_id)
    text, document = queries.texts_of(result_id)
    assert hashlib.sha256(text.encode()).hexdigest() == result.inputs_fingerprint
    assert hashlib.sha256(document.encode()).hexdigest() == result.fingerprint
    rules = CountingRules(rule="greedy", minimum_votes=5, ties=("cost", "lot"))
    assert counting.count_bytes(text.encode(), rules).document == document.encode()
    # By the field's own file alone, without anything of ours: the same winners.
    opened = read(text.encode()).profile
    rule, given = file_rule(opened)
    assert (rule, given) == ("greedy", {"minimum": "5"})
    assert engine(opened, rule, given).winners == queries.outcome_of(result).winners
    meta = opened.meta
    assert (meta["budget"], meta["currency"], meta["vote_type"]) == ("40000", "GEL", "approval")
    assert len(meta["tie_seed"]) == 64
    assert text.count("\nVOTES\n") == 1
    assert "unit" not in text.split("VOTES\n")[1].splitlines()[0]


def test_counting_twice_gives_the_same_row(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    first = counted(vote)
    at(clock, 10, 28)
    assert counted(vote) == first
    assert db.session.scalar(select(func.count()).select_from(CountResult)) == 1
    kinds = db.session.scalars(select(Event.kind).where(Event.kind.in_(["ResultCounted"]))).all()
    assert kinds == ["ResultCounted"]


def test_nobody_counts_a_closed_box(app: Flask, clock: FrozenClock) -> None:
    from tests.voting.making import make_vote

    vote = make_vote(app, clock)
    with pytest.raises(Closed, match="wrong_phase"):
        counted(vote)
    at(clock, 10, 27)
    with pytest.raises(Closed, match="box_not_opened"):
        counted(vote)
    with pytest.raises(Closed, match="not_counted"):
        commands.publish_result(cycle_id=vote.cycle_id, actor=vote.admin, now=the_clock.now())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_count_and_publish(sqlite_app: Flask, clock: FrozenClock, role: Role) -> None:
    vote = make_box(sqlite_app, clock, BALLOTS[:3])
    actor = vote.world.actor(role)
    for act in (commands.order_count, commands.publish_result):
        with pytest.raises(Refused):
            act(cycle_id=vote.cycle_id, actor=actor, now=the_clock.now())


def test_publishing_moves_the_projects_and_passes_the_gate(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    published(vote)
    states = dict(db.session.execute(select(Project.number, Project.state)).all())
    assert states == {1: "not_selected", 2: "selected", 3: "selected", 4: "not_selected"}
    gates = db.session.scalars(select(PassedGate.gate).where(PassedGate.cycle_id == vote.cycle_id)).all()
    assert "result_published" in gates
    event = db.session.execute(select(Event).where(Event.kind == "ResultPublished")).scalar_one()
    assert event.is_public
    assert event.data["winners"] == 2
    assert event.data["spent_tetri"] == 3_500_000
    with pytest.raises(Closed, match="already_published_result"):
        commands.publish_result(cycle_id=vote.cycle_id, actor=vote.admin, now=the_clock.now())


def test_it_is_published_from_its_moment_on(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    counted(vote)
    now = the_clock.now()
    commands.publish_result(cycle_id=vote.cycle_id, actor=vote.admin, now=now)
    assert queries.published(vote.cycle_id, now) is not None
    assert queries.published(vote.cycle_id, now - timedelta(seconds=1)) is None
    assert queries.latest_count(vote.cycle_id, now - timedelta(days=1)) is None


def test_results_are_never_changed(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock, BALLOTS[:6])
    published(vote)
    for statement in (
        update(CountResult).values(rule="x"), delete(CountResult),
        update(ResultPublished).values(published_by=None), delete(ResultPublished),
    ):  # fmt: skip
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)


def test_units_have_their_own_sums(app: Flask, clock: FrozenClock) -> None:
    """Projects 2, 3, 4 belong to units 3, 1, 2; project 1 to the whole town."""
    sums = {"unit-1": 1_000_000, "unit-2": 500_000, "unit-3": 2_000_000}
    vote = make_box(
        app, clock, pot_tetri=4_500_050, unit_sums=sums, town_wide_tetri=1_000_050,
        counting=CountingRules(rule="greedy", ties=("cost", "lot"), leftover="town"),
    )  # fmt: skip
    result = db.session.get_one(CountResult, counted(vote))
    outcome = queries.outcome_of(result)
    assert outcome.winners == ("TE-2026-0004", "TE-2026-0002", "TE-2026-0001")
    pots = {pot.name: (pot.sum_tetri, pot.brought_tetri, pot.left_tetri) for pot in outcome.pots}
    assert pots == {
        "unit-1": (1_000_000, 0, 1_000_000), "unit-2": (500_000, 0, 0), "unit-3": (2_000_000, 0, 0),
        "": (1_000_050, 1_000_000, 1_000_050),
    }  # fmt: skip
    assert outcome.records["TE-2026-0003"].reason == "over_pot"
    text, _ = queries.texts_of(result.id)
    assert "unit_sum.unit-1;10000\n" in text
    assert "town_sum;10000.50\n" in text


def test_a_rule_that_is_not_there_is_refused(sqlite_app: Flask, clock: FrozenClock) -> None:
    strange = CountingRules(rule="no-such-rule", ties=("lot",))
    vote = make_box(sqlite_app, clock, BALLOTS[:3], counting=strange)
    with pytest.raises(Closed, match="rule_not_available"):
        counted(vote)


def test_without_a_vote_the_decisions_are_the_result(app: Flask, clock: FrozenClock) -> None:
    from tests.factories import make_world
    from tests.voting.making import make_ballot

    world = make_world(app, **without_vote())
    make_ballot(world)
    with writing() as session:
        for number, state in enumerate(("selected", "decided", "reserve", "not_shortlisted"), start=1):
            session.execute(update(Project).where(Project.number == number).values(state=state))
    at(clock, 10, 27)
    admin = world.actor(Role.ADMINISTRATOR)
    with pytest.raises(Closed, match="no_vote_held"):
        commands.order_count(cycle_id=world.cycle.id, actor=admin, now=the_clock.now())
    with pytest.raises(Closed, match="decisions_missing"):
        commands.publish_result(cycle_id=world.cycle.id, actor=admin, now=the_clock.now())
    with writing() as session:
        session.execute(update(Project).where(Project.number == 2).values(state="on_ballot"))
    commands.publish_result(cycle_id=world.cycle.id, actor=admin, now=the_clock.now())
    states = dict(db.session.execute(select(Project.number, Project.state)).all())
    assert states == {1: "selected", 2: "selected", 3: "reserve", 4: "not_shortlisted"}
    found = queries.published(world.cycle.id, the_clock.now())
    assert found is not None
    assert found.outcome is None


def test_amounts_have_decimals_only_where_they_need_them() -> None:
    assert [amount_text(t) for t in (0, 100, 1_250_000, 1_250_050, 105)] == [
        "0", "1", "12500", "12500.50", "1.05",
    ]  # fmt: skip


def test_the_seed_of_the_lot_does_not_depend_on_the_order_of_the_box() -> None:
    assert profile.seed_of(["b" * 64, "a" * 64]) == profile.seed_of(["a" * 64, "b" * 64])


@pytest.mark.parametrize("price", [500_00, 1_000_50])
def test_a_price_of_votes_goes_from_the_rulebook_to_the_count(
    app: Flask, clock: FrozenClock, price: int
) -> None:
    """Votes 6, 12, 7, 4 at 500 lari pay 3,000, 6,000, 3,500, 2,000: nothing. At 1,000.50 the second pays no
    20,000 either, the fourth no 5,000."""
    rules = CountingRules(rule="price-per-vote", price_per_vote_tetri=price, ties=("cost", "lot"))
    vote = make_box(app, clock, counting=rules)
    result = db.session.get_one(CountResult, counted(vote))
    outcome = queries.outcome_of(result)
    assert outcome.winners == ()
    text, document = queries.texts_of(result.id)
    assert f"price_per_vote;{amount_text(price)}\n" in text
    assert counting.count_bytes(text.encode(), rules).document == document.encode()


def test_a_rulebooks_words_become_the_engines_once() -> None:
    from pb.core import counting_terms as terms
    from pb.core.counting.parameters import LEFTOVERS
    from pb.core.rulebook_checks import LEFTOVERS as OURS

    assert set(terms.LEFTOVERS) == set(OURS)
    assert set(terms.LEFTOVERS.values()) == set(LEFTOVERS)
    assert [terms.leftover_of(word) for word in LEFTOVERS] == ["keep", "town"]
    assert "price" not in terms.parameters(CountingRules(rule="greedy"))
    assert terms.parameters(CountingRules(rule="price-per-vote"))["price"] == "100"
