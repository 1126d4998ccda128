"""The protocol of 30 rounds that Wieliczka published in 2023: every cell follows from its votes."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import lru_cache

import pytest

from pb.core.counting import shares
from pb.core.counting.parameters import check
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.registry import count
from pb.core.counting.shares_records import SharesFacts, SharesStep, cut, rounded
from pb.core.counting.shares_run import Quote, Run
from tests.conftest import unavailable
from tests.core.counting.test_elections import FOLDER, HOW, election

PROTOCOL = FOLDER / "wieliczka_2023_rounds.json"
WIELICZKA = "Poland_Wieliczka_2023_Green_Budget.pb"
SWIECIE = "Poland_Swiecie_2023.pb"
RULE = {"utility": "cost", "completion": "add1"}


@lru_cache(maxsize=1)
def wieliczka() -> Profile:
    if not PROTOCOL.is_file():
        unavailable(f"the protocol of Wieliczka and its votes ({FOLDER})", HOW)
    return election(WIELICZKA)[1].profile


def whole_town(profile: Profile) -> Pot:
    return Pot("", profile.budget, tuple(range(len(profile.projects))))


def effective_votes(profile: Profile, project: int, quote: Quote | None) -> float:
    """As the protocol prints them, two decimals; 0 for a project that cannot be paid for any more."""
    if quote is None:
        return 0.0
    price = Fraction(quote.missing, quote.denominator * quote.points)
    return float(rounded(profile.projects[project].cost / price) or 0)


@pytest.mark.parametrize("large", [0, 10**9], ids=["numpy", "lists"])
def test_every_cell_of_the_protocol(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = wieliczka()
    protocol = json.loads(PROTOCOL.read_text("utf-8"))
    assert len(protocol) == 30
    monkeypatch.setattr(shares, "FROM", {True: large, False: large})
    contest = shares.contest_of(profile, whole_town(profile), check(profile, RULE, RULE))
    run = Run(contest, 164)
    chosen: dict[int, float] = {}
    cells = 0
    for number, winner, rows in protocol:
        for name, votes, money, taken in rows:
            project = profile.index[name]
            if project in chosen:
                assert (money, votes) == (profile.projects[project].cost, chosen[project])
            else:
                left = run.left(project) // run.ledger.denominator
                quote = run.quote(project)
                assert (number, name, left) == (number, name, money)
                assert effective_votes(profile, project, quote) == votes
            cells += 1
            assert taken == (project in chosen or name == winner)
        done = run.step()
        assert done is not None
        assert profile.projects[done.project].id == winner
        quote = run.quotes[done.project]
        chosen[done.project] = effective_votes(profile, done.project, quote)
        run.settle()
    assert cells > 1_000
    assert run.step() is None


def test_the_town_s_outcome_and_the_comparison_that_it_made() -> None:
    profile = wieliczka()
    official = {project.id for project in profile.projects if project.extra["selected"] == "1"}
    result = count(profile, "equal-shares", {"utility": "cost", "completion": "comparison"})
    assert set(result.winners) == official
    assert len(official) == 30
    (facts,) = result.facts
    assert isinstance(facts, SharesFacts)
    assert facts.preference is not None
    assert (facts.preference.shares, facts.preference.greedy, facts.preference.kept) == (1_615, 873, True)
    assert (facts.raises, cut(facts.endowment, 2)) == (164, "315.83")
    first = result.steps[0]
    assert isinstance(first, SharesStep)
    assert (first.project, first.supporters, first.paid_less) == ("24", 720, 0)


def test_the_outcome_of_swiecie() -> None:
    if not (FOLDER / SWIECIE).is_file():
        unavailable(f"the votes of Świecie ({FOLDER})", HOW)
    profile = election(SWIECIE)[1].profile
    official = {project.id for project in profile.projects if project.extra["selected"] == "1"}
    result = count(profile, "equal-shares", RULE)
    assert set(result.winners) == official
    assert len(official) == 17
