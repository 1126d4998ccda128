"""Scores and votes: both ways of adding them up give the same, and what a loop over the voters gives."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given

from pb.core.counting import tally as tally_module
from pb.core.counting.fast.tally import tally as fast_tally
from pb.core.counting.profile import POINT_KINDS, BallotKind, Profile, Project, RawBallot, make_profile
from tests.core.counting.samples import approvals, examples, profiles, raw


def by_voter(profile: Profile) -> tuple[list[int], list[int]]:
    scores, votes = [0] * len(profile.projects), [0] * len(profile.projects)
    for ballot in raw(profile):
        for position, project in enumerate(profile.projects):
            if project.id not in ballot.choices:
                scores[position] += profile.default_score
                continue
            place = list(ballot.choices).index(project.id)
            points = 1
            if profile.kind in POINT_KINDS:
                points = ballot.points[place]
            elif profile.kind is BallotKind.ORDINAL:
                points = profile.longest - place
            scores[position] += points
            votes[position] += points > 0
    return scores, votes


@examples(200)
@given(profiles())
def test_both_ways_give_what_the_voters_said(profile: Profile) -> None:
    scores, votes = by_voter(profile)
    assert (list(profile.tally.scores), list(profile.tally.votes)) == (scores, votes)
    if not profile.default_score:
        assert fast_tally(profile.columns, len(profile.projects)) == (scores, votes)


def test_a_default_score_is_from_every_voter_who_left_the_project_out() -> None:
    profile = make_profile(
        kind=BallotKind.SCORING,
        projects=[Project("a", 1), Project("b", 1)],
        budget=2,
        ballots=[RawBallot(["a"], [4], weight=3), RawBallot(["b", "a"], [0, -1]), RawBallot([])],
        default_score=2,
    )
    assert (list(profile.tally.scores), list(profile.tally.votes)) == by_voter(profile)


def test_a_large_profile_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = approvals(5, {"a": 1, "b": 1}, ("a", 3), ("a b", 2))
    monkeypatch.setattr(tally_module, "LARGE", 1)
    with_numpy = tally_module.tally_of(profile)
    monkeypatch.setitem(sys.modules, "pb.core.counting.fast.tally", None)
    without = tally_module.tally_of(profile)
    assert with_numpy.scores == without.scores == (5, 2)
    assert with_numpy.votes == without.votes


def test_numbers_too_large_for_numpy_are_added_up_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = approvals(5, {"a": 1}, ("a", 2**60), ("", 2**70))
    monkeypatch.setattr(tally_module, "LARGE", 1)
    assert tally_module.tally_of(profile).scores == (2**60,)
    heavy = approvals(5, {"a": 1}, ("a", 2**60))
    assert fast_tally(heavy.columns, 1) is None
