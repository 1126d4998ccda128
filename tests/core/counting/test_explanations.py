"""What the explanations claim is tried out: with the votes named a project wins, with one fewer not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.outcome import Reason
from pb.core.counting.profile import APPROVAL_KINDS, BallotKind, Profile, RawBallot
from pb.core.counting.registry import count
from tests.core.counting.samples import counts, examples, profiles, raw, votes, with_ballots

MANY = 60


def with_more(profile: Profile, name: str, more: int) -> Profile:
    """The election in which a project has so many more votes or points, all else equal."""
    ballots = raw(profile)
    if profile.kind in APPROVAL_KINDS:
        return with_ballots(profile, [*ballots, *[RawBallot([name])] * more])
    for place, ballot in enumerate(ballots):
        for choice, points in zip(ballot.choices, ballot.points, strict=True):
            if choice == name and points > 0:
                given = [
                    p + more if c == name else p for c, p in zip(ballot.choices, ballot.points, strict=True)
                ]
                ballots[place] = replace(ballot, points=given)
                return with_ballots(profile, ballots)
    return with_ballots(profile, [*ballots, RawBallot([name], [more])] if more else ballots)


def with_fewer(profile: Profile, name: str, fewer: int) -> Profile:
    """The approval election in which so many supporters left a project out."""
    ballots = []
    for ballot in raw(profile):
        if fewer and name in ballot.choices:
            fewer -= 1
            ballot = RawBallot([choice for choice in ballot.choices if choice != name])
        ballots.append(ballot)
    return with_ballots(profile, ballots)


APPROVALS = sorted(APPROVAL_KINDS)


@examples(200)
@given(st.data())
def test_the_votes_needed_win_and_one_fewer_does_not(data: st.DataObject) -> None:
    profile = data.draw(profiles([*APPROVALS, BallotKind.CUMULATIVE]))
    rule, chosen = data.draw(counts(profile))
    for one in count(profile, rule, chosen).projects:
        if one.funded:
            assert one.votes_needed is None
            continue
        if one.votes_needed is None:
            assert one.project not in count(with_more(profile, one.project, MANY), rule, chosen).winners
            continue
        assert one.votes_needed >= 1
        enough = with_more(profile, one.project, one.votes_needed)
        assert one.project in count(enough, rule, chosen).winners
        if one.votes_needed > 1 or one.votes:
            short = with_more(profile, one.project, one.votes_needed - 1)
            assert one.project not in count(short, rule, chosen).winners


@examples(120)
@given(st.data())
def test_the_votes_to_spare_can_be_lost_and_not_one_more(data: st.DataObject) -> None:
    profile = data.draw(profiles(APPROVALS))
    rule, chosen = data.draw(counts(profile))
    for one in count(profile, rule, chosen).projects:
        if one.votes_to_spare is None:
            assert not one.funded
            continue
        still = with_fewer(profile, one.project, one.votes_to_spare)
        assert one.project in count(still, rule, chosen).winners
        lost = with_fewer(profile, one.project, one.votes_to_spare + 1)
        assert one.project not in count(lost, rule, chosen).winners


@examples(100)
@given(st.data(), st.integers(1, 4))
def test_more_votes_never_hurt(data: st.DataObject, more: int) -> None:
    profile = data.draw(profiles([*APPROVALS, BallotKind.CUMULATIVE]))
    rule, chosen = data.draw(counts(profile))
    for name in count(profile, rule, chosen).winners:
        assert name in count(with_more(profile, name, more), rule, chosen).winners


@examples(100)
@given(st.data())
def test_the_reason_is_what_happened(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile))
    result = count(profile, rule, chosen)
    won = set(result.winners)
    tied = {name for tie in result.ties if tie.decisive for name in tie.projects}
    rivals = {frozenset(pair) for pair in chosen["exclusive"]}
    for one in result.projects:
        match one.reason:
            case None:
                assert one.project in won
                assert one.votes > 0
            case Reason.NO_VOTES:
                assert one.score <= 0 or one.votes == 0
            case Reason.BELOW_MINIMUM:
                assert 0 < one.score < chosen["minimum"]
            case Reason.OVER_POT:
                assert one.cost > profile.budget
                assert one.votes_needed is None
            case Reason.DOES_NOT_FIT:
                assert one.missing is not None
                assert one.missing == one.cost - (one.left or 0) > 0
            case Reason.STOPPED:
                assert rule == "greedy-no-skip"
                assert one.by not in won
            case Reason.EXCLUDED:
                assert frozenset((one.project, one.by)) in rivals
                assert one.by in won
            case Reason.LOST_TIE:
                assert one.project in tied
                # What costs nothing has more votes for its cost than anything, however many they are.
                assert one.votes_needed == 1 or (rule == "greedy-per-cost" and one.cost == 0)
            case Reason.VOTES_DO_NOT_PAY:
                assert one.votes * chosen["price"] < one.cost <= profile.budget
                assert one.votes_needed is not None
            case Reason.FUNDED_ELSEWHERE:
                assert one.project in chosen["funded_elsewhere"]


def test_needed_and_left_of_the_design_page() -> None:
    result = count(votes(10_000, {"a": (6_900, 50), "b": (9_000, 17), "c": (1, 3)}), "greedy")
    b = result.projects[1]
    assert (b.rank, b.left, b.cost, b.missing, b.spent) == (2, 3_100, 9_000, 5_900, 6_900)
    assert b.votes_needed == 34
