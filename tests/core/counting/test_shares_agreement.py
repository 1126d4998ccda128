"""Our equal shares against the field's reference library; docs/counting-agreement.md says where the two
differ and why. Some examples every day, thousands in the long run.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.core.counting.parameters import COMPLETIONS, UTILITIES, check
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.registry import RULES, count
from pb.core.counting.shares import contest_of
from pb.core.counting.shares_run import Run
from tests.core.counting.oracle import INSTALLED, Election, require_oracle
from tests.core.counting.samples import TIE_ORDERS, approvals, examples, profiles
from tests.core.counting.test_agreement import QUICK, real, towns
from tests.core.counting.test_elections import ALL

if INSTALLED:
    from pabutools.election import Instance
    from pabutools.fractions import frac
    from pabutools.rules import (
        BudgetAllocation,
        completion_by_rule_combination,
        greedy_utilitarian_welfare,
        method_of_equal_shares,
        popularity_comparison,
    )
    from pabutools.rules.mes.mes_rule import method_of_equal_shares_scheme

TAKES = RULES["equal-shares"].takes


class Library:
    """The library's equal shares for the projects that may win here and cost something."""

    def __init__(self, profile: Profile, chosen: dict[str, Any]) -> None:
        self.election = Election(profile, chosen)
        self.chosen, self.profile = chosen, profile
        tally = profile.tally
        rows = zip(self.election.projects, tally.scores, tally.votes, strict=True)
        listed = [p for p, score, votes in rows if score > 0 and votes and 0 < p.cost <= profile.budget]
        self.listed = {project.name for project in listed}
        self.instance = Instance(listed, budget_limit=profile.budget)
        self.worth = self.election.satisfaction(times_cost=chosen["utility"] == "cost")

    def run(self, raises: int) -> list[Any]:
        """One run, with an endowment of our choice."""
        ballots = self.election.ballots
        share = frac(self.profile.budget, self.profile.voters) + raises * self.chosen["step"]
        sats = ballots.as_sat_profile(sat_class=self.worth)
        empty = BudgetAllocation()
        ties = self.election.ties
        return list(method_of_equal_shares_scheme(self.instance, ballots, sats, share, empty, ties))

    def add1(self, *_args: Any, **_more: Any) -> Any:
        """The rule as towns use it: the last outcome that the money allows, built from the library's runs."""
        outcome, raises = self.run(0), 0
        while len(outcome) < len(self.instance):
            raises += 1
            further = self.run(raises)
            if sum(project.cost for project in further) > self.profile.budget:
                break
            outcome = further
        return BudgetAllocation(outcome)

    def own_add1(self) -> set[str]:
        """The library's own way, which ends as soon as nothing more would fit."""
        return self.names(
            method_of_equal_shares(
                self.instance,
                self.election.ballots,
                sat_class=self.worth,
                tie_breaking=self.election.ties,
                voter_budget_increment=self.chosen["step"],
            )
        )

    def by_votes(self, _instance: Any = None, _ballots: Any = None, **more: Any) -> Any:
        return greedy_utilitarian_welfare(
            self.instance,
            self.election.ballots,
            sat_class=self.election.satisfaction(times_cost=True),
            tie_breaking=self.election.ties,
            **more,
        )

    def winners(self) -> list[set[str]]:
        """The outcomes that the library allows."""
        completion, ballots = self.chosen["completion"], self.election.ballots
        if not self.profile.voters:
            return [set()]
        if completion == "none":
            return [self.names(self.run(0))]
        if completion == "add1":
            return [self.names(self.add1())]
        first = self.add1 if completion != "utilitarian" else lambda *_, **__: BudgetAllocation(self.run(0))
        if completion == "comparison":
            number = self.election.satisfaction(times_cost=False)
            both = popularity_comparison(self.instance, ballots, number, [first, self.by_votes])
            return [self.names(outcome) for outcome in both]
        filled = completion_by_rule_combination(self.instance, ballots, [first, self.by_votes])
        return [self.names(filled)]

    def names(self, projects: Any) -> set[str]:
        return {project.name for project in projects}


def agree(profile: Profile, chosen: dict[str, Any]) -> None:
    library = Library(profile, chosen)
    ours = count(profile, "equal-shares", chosen)
    # Outcomes that are equally popular: the library gives both, and here equal shares stays.
    assert set(ours.winners) & library.listed == library.winners()[0]


@st.composite
def samples(draw: st.DrawFn) -> tuple[Profile, dict[str, Any]]:
    profile = draw(st.one_of(profiles(), towns()))
    chosen = dict(draw(st.sampled_from(list(TIE_ORDERS))))
    chosen["utility"] = draw(st.sampled_from(UTILITIES))
    chosen["completion"] = draw(st.sampled_from(COMPLETIONS))
    chosen["step"] = draw(st.integers(1, 3)) * max(1, profile.budget // 30)
    return profile, chosen


@examples(150)
@given(samples())
def test_random_elections(sample: tuple[Profile, dict[str, Any]]) -> None:
    require_oracle()
    agree(*sample)


@pytest.mark.slow
@settings(max_examples=6_000, deadline=None)
@given(samples())
def test_thousands_of_random_elections(sample: tuple[Profile, dict[str, Any]]) -> None:
    require_oracle()
    agree(*sample)


@examples(100)
@given(samples())
def test_its_own_add1_is_ours_with_an_earlier_end(sample: tuple[Profile, dict[str, Any]]) -> None:
    """The first of our runs to which nothing could be added, if there is one before the last."""
    require_oracle()
    profile, chosen = sample
    chosen["completion"] = "add1"
    library = Library(profile, chosen)
    ours = count(profile, "equal-shares", chosen)
    if not profile.voters or not library.listed:
        return
    (facts,) = ours.facts
    raises = facts.to_data(int, int)["raises"]
    pot = Pot("", profile.budget, tuple(range(len(profile.projects))))
    contest = contest_of(profile, pot, check(profile, chosen, TAKES))
    for number in range(raises + 1):
        funded = {profile.projects[one].id for one in Run(contest, number).winners() or []} & library.listed
        spent = sum(project.cost for project in library.instance if project.name in funded)
        others = [project.cost for project in library.instance if project.name not in funded]
        if all(spent + cost > profile.budget for cost in others):
            break
    assert library.own_add1() == funded


def choices() -> list[dict[str, Any]]:
    return [{"utility": u, "completion": c} for u in UTILITIES for c in ("none", "utilitarian")]


@pytest.mark.parametrize("name", [name for name in ALL if any(part in name for part in QUICK)])
@pytest.mark.parametrize("chosen", choices(), ids=lambda chosen: "-".join(chosen.values()))
def test_real_elections(name: str, chosen: dict[str, Any]) -> None:
    agree(real(name), {**chosen, "step": 1})


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if not any(part in name for part in QUICK)])
@pytest.mark.parametrize("chosen", choices(), ids=lambda chosen: "-".join(chosen.values()))
def test_large_real_elections(name: str, chosen: dict[str, Any]) -> None:
    agree(real(name), {**chosen, "step": 1})


def wieliczka() -> tuple[Profile, set[str], Library]:
    require_oracle()
    name = "Poland_Wieliczka_2023_Green_Budget.pb"
    if name not in ALL:
        pytest.skip("the folder of real elections is not here (test_elections says how to get it)")
    profile = real(name)
    chosen = {"utility": "cost", "completion": "add1", "step": 1}
    return profile, set(count(profile, "equal-shares", chosen).winners), Library(profile, chosen)


def test_add1_of_a_real_election() -> None:
    """Wieliczka: the library's runs give the 30 projects of the town."""
    profile, ours, library = wieliczka()
    assert library.names(library.run(164)) == ours
    further = library.run(165)
    assert sum(project.cost for project in further) > profile.budget


@pytest.mark.slow
def test_the_library_s_own_add1_gives_another_set_than_the_town_funded() -> None:
    """Two projects in the place of one: it ends at the first outcome to which nothing could be added."""
    _, ours, library = wieliczka()
    own = library.own_add1()
    assert own - ours == {"66", "67"}
    assert ours - own == {"46"}


def test_a_free_project_is_worth_nothing_to_the_library_when_utility_is_cost() -> None:
    require_oracle()
    profile = approvals(5, {"a": 5, "free": 0}, ("a free", 1))
    chosen: dict[str, Any] = {"utility": "cost", "completion": "none", "step": 1}
    election = Election(profile)
    worth = election.satisfaction(times_cost=True)
    theirs = method_of_equal_shares(election.instance, election.ballots, sat_class=worth)
    assert {project.name for project in theirs} == {"a"}
    assert set(count(profile, "equal-shares", chosen).winners) == {"a", "free"}
    assert count(profile, "equal-shares", chosen).steps[0].to_data(int, int)["effective_votes"] == "1.00"
