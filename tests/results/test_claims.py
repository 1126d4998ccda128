"""What the sentences on a result claim, taken from their words alone and recomputed from the ballots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pb.core.counting.profile import BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import count
from pb.core.errors import Invalid
from pb.results.outcome import Outcome, Record, parse_outcome
from pb.results.sentences import Why, why
from pb.results.sentences_shares import pot_words

GREEDY = ("greedy", "greedy-no-skip", "greedy-per-cost", "price-per-vote")
PRICE = 4_000  # tetri a vote
OFF = ("no_votes", "below_minimum", "over_pot", "excluded")


@dataclass(frozen=True)
class Election:
    """Costs in tetri of projects called a, b, c …; each ballot names some of them."""

    costs: tuple[int, ...]
    money: int
    ballots: tuple[frozenset[int], ...]
    minimum: int

    def profile(self, ballots: list[frozenset[int]] | None = None) -> Profile:
        names = "abcdefgh"
        return make_profile(
            kind=BallotKind.APPROVAL,
            projects=[Project(names[place], cost) for place, cost in enumerate(self.costs)],
            budget=self.money,
            ballots=[
                RawBallot([names[place] for place in sorted(chosen)])
                for chosen in (self.ballots if ballots is None else ballots)
            ],
            decimals=2,
        )

    def counted(self, rule: str, ballots: list[frozenset[int]] | None = None, **more: object) -> Outcome:
        given = {"minimum": self.minimum, "ties": ["cost", "order"], **more}
        if rule == "price-per-vote":
            given["price"] = PRICE
        return parse_outcome(count(self.profile(ballots), rule, given).to_json().decode())


@st.composite
def elections(draw: st.DrawFn) -> Election:
    size = draw(st.integers(2, 5))
    costs = tuple(draw(st.lists(st.integers(100, 30_000), min_size=size, max_size=size)))
    ballots = draw(st.lists(st.frozensets(st.integers(0, size - 1)), min_size=1, max_size=14))
    return Election(costs, draw(st.integers(5_000, 60_000)), tuple(ballots), draw(st.integers(0, 3)))


COMMON = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def english(sqlite_app: Flask) -> Iterator[None]:
    with force_locale("en"):
        yield


def said(record: Record, outcome: Outcome) -> tuple[str, str]:
    """Both sentences without markup, blanks plain."""
    found: Why = why(record, outcome, {})
    return tuple(
        re.sub("<[^>]+>", "", str(text)).replace("\xa0", " ") for text in (found.sentence, found.what_if)
    )  # type: ignore[return-value]


def tetri(text: str) -> int:
    return int(Decimal(text.replace(",", "")) * 100)


def numbers(text: str) -> list[str]:
    """The numbers of a sentence in either language, as plain decimals, sorted."""
    found = re.findall(r"\d[\d \u00a0,.]*\d|\d", re.sub("[„“”][^„“”]*[“”]", "", text))
    plain = [re.sub("[ \u00a0]", "", one) for one in found]
    return sorted(plain)


def place_of(record: Record) -> int:
    return "abcdefgh".index(record.project)


@COMMON
@given(election=elections(), rule=st.sampled_from(GREEDY))
def test_with_so_many_votes_more_it_wins_and_with_one_fewer_it_does_not(
    english: None, election: Election, rule: str
) -> None:
    outcome = election.counted(rule)
    for record in outcome.records.values():
        _sentence, what_if = said(record, outcome)
        place = place_of(record)
        if found := re.search(r"would have won with ([\d,]+) votes? more", what_if):
            more = int(found[1].replace(",", ""))
            for extra, wins in ((more, True), (more - 1, False)):
                again = election.counted(rule, [*election.ballots, *[frozenset({place})] * extra])
                assert (record.project in again.winners) is wins, (what_if, extra)
        elif found := re.search(r"Even with ([\d,]+) votes? less", what_if) or re.search(
            "any less()", what_if
        ):
            spare = int(found[1].replace(",", "") or 0)
            for fewer, wins in ((spare, True), (spare + 1, False)):
                again = election.counted(rule, without(election, place, fewer))
                assert (record.project in again.winners) is wins, (what_if, fewer)
        else:
            assert what_if in ("", "No number of votes would have been enough.")
            if what_if:
                plenty = [*election.ballots, *[frozenset({place})] * 300]
                assert record.project not in election.counted(rule, plenty).winners


def without(election: Election, place: int, fewer: int) -> list[frozenset[int]]:
    """The ballots after so many voters did not choose the project."""
    ballots = []
    for chosen in election.ballots:
        if place in chosen and fewer:
            chosen, fewer = chosen - {place}, fewer - 1
        ballots.append(chosen)
    return ballots


@COMMON
@given(election=elections(), rule=st.sampled_from(GREEDY))
def test_the_money_of_a_turn_is_what_the_winners_before_it_left(
    english: None, election: Election, rule: str
) -> None:
    outcome = election.counted(rule)
    for record in outcome.records.values():
        sentence, _ = said(record, outcome)
        if found := re.search(r"([\d,.]+) lari was left of the ([\d,.]+) lari it needed", sentence):
            before = [one for one in outcome.records.values() if one.funded and one.rank < record.rank]
            left = election.money - sum(one.cost_tetri for one in before)
            assert (tetri(found[1]), tetri(found[2])) == (left, election.costs[place_of(record)])
            assert left < tetri(found[2])
        if found := re.search(r"are worth ([\d,.]+) lari", sentence):
            votes = sum(place_of(record) in chosen for chosen in election.ballots)
            assert tetri(found[1]) == votes * PRICE


@COMMON
@given(
    election=elections(),
    utility=st.sampled_from(["cost", "cardinality"]),
    completion=st.sampled_from(["none", "add1", "add1u", "utilitarian", "comparison"]),
)
def test_what_supporters_paid_and_kept_adds_up(
    english: None, election: Election, utility: str, completion: str
) -> None:
    try:
        outcome = election.counted("equal-shares", utility=utility, completion=completion, step=100)
    except Invalid:
        return
    share = endowment(outcome, election)
    for record in outcome.records.values():
        sentence, what_if = said(record, outcome)
        assert what_if == ""
        place = place_of(record)
        cost = election.costs[place]
        voters = sum(place in chosen for chosen in election.ballots)
        if found := re.search(r"its ([\d,]+) supporters paid for it together, ([\d,.]+) lari each", sentence):
            assert int(found[1].replace(",", "")) == voters
            less = re.search(r"; ([\d,]+) of them had less left", sentence)
            full = voters - (int(less[1].replace(",", "")) if less else 0)
            price = tetri(found[2])  # cut off to whole tetri
            assert price * full <= cost
            assert price <= share
            if less is None:
                assert cost < (price + 1) * voters
            makes = re.search(r"makes ([\d,.]+) effective", sentence)
            assert (makes is None) is (less is None)
            if makes is not None:
                effective = Decimal(makes[1].replace(",", ""))
                assert abs(effective * (price + Decimal("0.5")) - cost) <= effective + price + 1
        if found := re.search(r"had ([\d,.]+) lari left together, and it costs ([\d,.]+) lari", sentence):
            missing = re.search(r": ([\d,.]+) lari were missing", sentence)
            assert missing is not None
            assert tetri(found[2]) == cost
            assert tetri(found[1]) + tetri(missing[1]) == cost
            spent = sum(amount for _code, amount in record.spent_on)
            # Each sum is cut off to a tetri, and so is the share.
            assert voters * (share + 1) - spent - tetri(found[1]) >= 0
            assert voters * share - spent - tetri(found[1]) <= len(record.spent_on) + 1
            assert tetri(found[1]) < cost


def endowment(outcome: Outcome, election: Election) -> int:
    """Everybody's share in tetri, cut off, from the sentences on the pot."""
    words = [text.replace("\xa0", " ") for text in pot_words(outcome.facts[0], outcome)]
    first = re.search(r"among ([\d,]+) voters?: ([\d,.]+) lari for each", words[0])
    assert first is not None
    voters = int(first[1].replace(",", ""))
    assert voters == len(election.ballots)
    assert tetri(first[2]) == election.money // voters
    raised = re.search(r"raised by ([\d,.]+) lari, ([\d,]+) times over, to ([\d,.]+) lari", " ".join(words))
    if raised is None:
        return tetri(first[2])
    times = int(raised[2].replace(",", ""))
    assert tetri(raised[3]) == tetri(first[2]) + times * tetri(raised[1])
    return tetri(raised[3])


@COMMON
@given(election=elections())
def test_one_step_more_would_have_overspent(english: None, election: Election) -> None:
    """Said only where it is so: with a step more for everybody the funded projects cost more than there is."""
    voters = len(election.ballots)
    money = max(election.money, *election.costs)  # no project is dearer, each share is whole
    election = replace(election, money=money + -money % voters)
    outcome = election.counted("equal-shares", step=100)
    words = " ".join(pot_words(outcome.facts[0], outcome))
    if "one step more" in words:
        richer = replace(election, money=(endowment(outcome, election) + 100) * voters)
        assert richer.counted("equal-shares", completion="none").spent_tetri > election.money
    if "nothing more to fund" in words:
        assert all(record.funded or record.reason in OFF for record in outcome.records.values())


@COMMON
@given(election=elections())
def test_more_voters_who_chose_it_alone_would_have_had_it_bought(english: None, election: Election) -> None:
    outcome = election.counted("phragmen")
    for record in outcome.records.values():
        sentence, what_if = said(record, outcome)
        if found := re.search(r"won with ([\d,]+) more voters? who chose it alone", what_if):
            more = int(found[1].replace(",", ""))
            for extra, wins in ((more, True), (more - 1, False)):
                ballots = [*election.ballots, *[frozenset({place_of(record)})] * extra]
                assert (record.project in election.counted("phragmen", ballots).winners) is wins
        if found := re.search(r"its ([\d,]+) supporters had its cost together", sentence):
            chosen = sum(place_of(record) in ballot for ballot in election.ballots)
            assert int(found[1].replace(",", "")) == chosen


@COMMON
@given(election=elections(), rule=st.sampled_from((*GREEDY, "equal-shares", "phragmen")))
def test_both_languages_say_the_same_numbers(sqlite_app: Flask, election: Election, rule: str) -> None:
    outcome = election.counted(rule)
    for record in outcome.records.values():
        with force_locale("en"):
            english = [one.replace(",", "") for text in said(record, outcome) for one in numbers(text)]
        with force_locale("ka"):
            georgian = [one.replace(",", ".") for text in said(record, outcome) for one in numbers(text)]
        assert sorted(one.rstrip(".") for one in english) == sorted(one.rstrip(".") for one in georgian)
