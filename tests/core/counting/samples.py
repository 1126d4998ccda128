"""Small elections for the tests of counting: written out, drawn by hypothesis, and files as text."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from pb.core.counting.profile import BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import RULES

#: `make test-long` sets it; every day a third of the examples is drawn, others each time.
LONG = bool(os.environ.get("PB_LONG_TESTS"))

TIE_ORDERS = (
    {"ties": ["order"]},
    {"ties": ["cost", "votes", "lot"], "seed": "4711"},
    {"ties": ["lot"], "seed": "another"},
    {"ties": ["votes", "cost", "order"]},
)


def examples(number: int) -> settings:
    """So many examples in the long run, a third of them every day."""
    return settings(max_examples=number if LONG else max(1, number // 3), deadline=None)


def approvals(budget: int, costs: Mapping[str, int], *ballots: tuple[str, int], **more: Any) -> Profile:
    """An approval profile; a ballot is ("a b", how many voters)."""
    return make_profile(
        kind=BallotKind.APPROVAL,
        projects=[Project(name, cost) for name, cost in costs.items()],
        budget=budget,
        ballots=[RawBallot(names.split(), weight=weight) for names, weight in ballots],
        **more,
    )


def votes(budget: int, projects: Mapping[str, tuple[int, int]], **more: Any) -> Profile:
    """A profile in which each project has (cost, votes), all from different voters."""
    ballots = [(name, count) for name, (_, count) in projects.items() if count]
    return approvals(budget, {name: cost for name, (cost, _) in projects.items()}, *ballots, **more)


def with_ballots(profile: Profile, ballots: Sequence[RawBallot]) -> Profile:
    """The same election with other ballots."""
    made = make_profile(
        kind=profile.kind, projects=profile.projects, budget=profile.budget, ballots=ballots, max_length=3
    )
    return replace(made, max_length=profile.max_length)


def raw(profile: Profile) -> list[RawBallot]:
    """Every voter's ballot on its own."""
    return [
        RawBallot(
            [profile.projects[choice].id for choice in ballot.choices], list(ballot.points), ballot.unit
        )
        for ballot in profile.ballots
        for _ in range(ballot.weight)
    ]


@st.composite
def ballots_of(draw: st.DrawFn, kind: BallotKind, names: Sequence[str]) -> RawBallot:
    longest = {BallotKind.CHOOSE_ONE: 1, BallotKind.ORDINAL: 3}.get(kind, len(names))
    choices = draw(st.lists(st.sampled_from(names), unique=True, max_size=longest))
    points: list[int] = []
    if kind in (BallotKind.CUMULATIVE, BallotKind.SCORING):
        lowest = -2 if kind is BallotKind.SCORING else 0
        points = [draw(st.integers(lowest, 5)) for _ in choices]
    return RawBallot(choices, points)


@st.composite
def profiles(draw: st.DrawFn, kinds: Sequence[BallotKind] = tuple(BallotKind)) -> Profile:
    """Tiny elections with many ties: up to 6 projects and 10 voters, some projects dearer than the budget."""
    kind = draw(st.sampled_from(list(kinds)))
    names = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    projects = [Project(name, draw(st.integers(0, 12))) for name in names]
    ballots = draw(st.lists(ballots_of(kind, names), max_size=10))
    return make_profile(
        kind=kind, projects=projects, budget=draw(st.integers(0, 20)), ballots=ballots, max_length=3
    )


@st.composite
def parameters(
    draw: st.DrawFn, profile: Profile, ties: Sequence[dict[str, Any]] = TIE_ORDERS
) -> dict[str, Any]:
    names = [project.id for project in profile.projects]
    given: dict[str, Any] = dict(draw(st.sampled_from(list(ties))))
    given["minimum"] = draw(st.integers(0, 3))
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    given["exclusive"] = draw(st.lists(pairs, max_size=2)) if len(names) > 1 else []
    given["funded_elsewhere"] = draw(st.lists(st.sampled_from(names), max_size=1))
    return given


GREEDY_FAMILY = ("greedy", "greedy-no-skip", "greedy-per-cost", "price-per-vote")


@st.composite
def counts(
    draw: st.DrawFn,
    profile: Profile,
    rules: Sequence[str] = GREEDY_FAMILY,
    ties: Sequence[dict[str, Any]] = TIE_ORDERS,
) -> tuple[str, dict[str, Any]]:
    """One of the rules that is defined for the ballots, and parameters for it."""
    rule = draw(st.sampled_from([rule for rule in rules if profile.kind in RULES[rule].kinds]))
    given = draw(parameters(profile, ties))
    if rule == "price-per-vote":
        given["price"] = draw(st.integers(1, 5))
    return rule, given


FILE = """META
key;value
description;A village
budget;100
vote_type;approval
num_projects;3
num_votes;4
PROJECTS
project_id;cost;name
a;50;Road
b;60;"Lamps; eight"
c;40;Court
VOTES
voter_id;vote
1;a,b
2;a
3;
4;c,a
"""
