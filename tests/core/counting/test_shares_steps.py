"""Steps of add1 that cannot change the outcome are passed over, and nothing else is different."""

from __future__ import annotations

import random

import pytest

from pb.core.counting import completions
from pb.core.counting.profile import BallotKind, Project, RawBallot, make_profile
from pb.core.counting.registry import count


def test_a_dear_project_of_one_voter_does_not_keep_a_village_from_its_count() -> None:
    # Everything fits; the default step of one lari is 221,429 steps away from the outcome.
    projects = [Project("road", 300_000_00), Project("hall", 250_000_00)]
    ballots = [RawBallot(["road"], weight=20), RawBallot(["hall"])]
    profile = make_profile(
        kind=BallotKind.APPROVAL, projects=projects, budget=600_000_00, ballots=ballots, decimals=2
    )
    result = count(profile, "equal-shares")
    assert result.winners == ("road", "hall")
    facts = result.to_data()["facts"][0]
    assert (facts["raises"], facts["endowment"]) == (221_429, "25000042.857142")


def test_the_same_bytes_as_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20261122)
    same_until, passed = completions.same_until, 0
    for _ in range(150):
        names = [f"p{number}" for number in range(chance.randint(1, 6))]
        projects = [Project(name, chance.choice([0, 6, 12, chance.randint(1, 60)])) for name in names]
        rows = [chance.sample(names, chance.randint(0, len(names))) for _ in range(chance.randint(1, 9))]
        profile = make_profile(
            kind=BallotKind.APPROVAL,
            projects=projects,
            budget=sum(project.cost for project in projects) * chance.choice([2, 3]) // 3,
            ballots=[RawBallot(row) for row in rows],
        )
        given = {"utility": chance.choice(["cost", "cardinality"]), "ties": ("votes",)}
        if len(names) > 1 and chance.random() < 0.4:
            given["exclusive"] = [chance.sample(names, 2)]
        monkeypatch.setattr(completions, "same_until", lambda contest, run, raises: raises)
        slowly = count(profile, "equal-shares", given)
        monkeypatch.setattr(completions, "same_until", same_until)
        assert count(profile, "equal-shares", given).to_json() == slowly.to_json()
        passed += slowly.to_data()["facts"][0]["raises"]
    assert passed > 500
