"""Our greedy rules and Phragmén against the field's reference library; docs/counting-agreement.md says where
the two differ and why. Some examples every day, thousands in the long run.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.core.counting.pabulib import read
from pb.core.counting.profile import BallotKind, Profile, Project, make_profile
from pb.core.counting.registry import RULES, count
from tests.core.counting.oracle import Election, require_oracle
from tests.core.counting.samples import TIE_ORDERS, approvals, ballots_of, examples, profiles
from tests.core.counting.test_elections import ALL, FOLDER

COMPARED = ("greedy", "greedy-per-cost", "phragmen")
#: The library counts Phragmén on these within seconds.
QUICK = ("Ostatni_Grosz", "small", "Zawodzie", "Katedralna", "Swiecie", "Wawrzyszew", "Grochow", "Pelcowizna")


@st.composite
def towns(draw: st.DrawFn) -> Profile:
    """Larger than ``profiles``: up to 12 projects, budgets that fund several of them, ballots that repeat."""
    kind = draw(st.sampled_from(list(BallotKind)))
    names = [f"p{number}" for number in range(draw(st.integers(2, 12)))]
    costs = draw(st.sampled_from([st.integers(0, 6), st.integers(1, 40), st.integers(10**14, 10**14 + 9)]))
    projects = [Project(name, draw(costs)) for name in names]
    share = draw(st.integers(1, 10))
    ballots = draw(st.lists(ballots_of(kind, names), min_size=1, max_size=14))
    return make_profile(
        kind=kind,
        projects=projects,
        budget=sum(project.cost for project in projects) * share // 10,
        ballots=[*ballots, *ballots[: draw(st.integers(0, 3))]],
        max_length=3,
    )


def expected(profile: Profile, rule: str, chosen: dict[str, Any]) -> set[str]:
    """The library's winners without those that nobody wants: it fills up with them, we never fund them."""
    election = Election(profile, chosen)
    won = election.phragmen() if rule == "phragmen" else election.greedy(per_cost=rule == "greedy-per-cost")
    tally = profile.tally
    wanted = {
        p.id for p, s, v in zip(profile.projects, tally.scores, tally.votes, strict=True) if s > 0 and v
    }
    return wanted.intersection(won)


def agree(profile: Profile, rule: str, chosen: dict[str, Any]) -> None:
    ours = count(profile, rule, chosen)
    assert set(ours.winners) == expected(profile, rule, chosen)


def drawn(data: st.DataObject, rule: str) -> None:
    profile = data.draw(st.one_of(profiles(), towns()).filter(lambda one: one.kind in RULES[rule].kinds))
    agree(profile, rule, data.draw(st.sampled_from(list(TIE_ORDERS))))


@pytest.mark.parametrize("rule", COMPARED)
@examples(100)
@given(data=st.data())
def test_random_elections(rule: str, data: st.DataObject) -> None:
    require_oracle()
    drawn(data, rule)


@pytest.mark.slow
@pytest.mark.parametrize("rule", COMPARED)
@settings(max_examples=2_500)
@given(data=st.data())
def test_thousands_of_random_elections(rule: str, data: st.DataObject) -> None:
    require_oracle()
    drawn(data, rule)


def real(name: str) -> Profile:
    return read((FOLDER / name).read_bytes()).profile


@pytest.mark.parametrize("name", [name for name in ALL if any(part in name for part in QUICK)])
@pytest.mark.parametrize("rule", COMPARED)
def test_real_elections(name: str, rule: str) -> None:
    profile = real(name)
    if profile.kind in RULES[rule].kinds:
        agree(profile, rule, {})


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if not any(part in name for part in QUICK)])
@pytest.mark.parametrize("rule", COMPARED)
def test_large_real_elections(name: str, rule: str) -> None:
    profile = real(name)
    if profile.kind in RULES[rule].kinds:
        agree(profile, rule, {})


def test_what_nobody_wants_is_funded_by_the_library_and_not_by_us() -> None:
    profile = approvals(10, {"a": 4, "nobody": 5}, ("a", 1))
    election = Election(profile)
    for rule, theirs in (("greedy", election.greedy(per_cost=False)), ("phragmen", election.phragmen())):
        assert set(theirs) == {"a", "nobody"}
        assert count(profile, rule).winners == ("a",)
