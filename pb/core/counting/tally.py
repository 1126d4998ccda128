"""Scores and votes of a profile: added up without numpy, or with it where that is sooner done."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from itertools import chain
from operator import itemgetter

from pb.core.counting.profile import APPROVAL_KINDS, POINT_KINDS, Profile, Tally

#: From so many different ballots numpy repays the time that its import takes, or, when it is there already,
#: that of handing the ballots over.
LARGE = 100_000
LARGE_ENOUGH = 1_000


def tally_of(profile: Profile) -> Tally:
    """Approvals counted, points summed, rankings by Borda; exact, whichever way is taken."""
    large = len(profile.ballots) >= (LARGE_ENOUGH if "numpy" in sys.modules else LARGE)
    scores, votes = (_large(profile) if large else None) or _small(profile)
    default = profile.default_score
    if default:
        # A project that a voter left out has the default score from that voter (Pabulib's default_score).
        named = _named(profile)
        scores = [s + default * (profile.voters - by) for s, by in zip(scores, named, strict=True)]
    return Tally(tuple(scores), tuple(votes))


def _large(profile: Profile) -> tuple[list[int], list[int]] | None:
    """The sums by numpy; None where it is not installed or a number is too large for it."""
    try:
        from pb.core.counting.fast.tally import tally

        return tally(profile.columns, len(profile.projects))
    except (ImportError, OverflowError):
        return None


def _small(profile: Profile) -> tuple[list[int], list[int]]:
    """Sums of weighted points (or weights), and of the voters who gave more than nothing."""
    scores = [0] * len(profile.projects)
    if profile.kind in APPROVAL_KINDS:
        for choice, voters in _mentions(profile).items():
            scores[choice] = voters
        return scores, scores
    votes = [0] * len(profile.projects)
    if profile.kind not in POINT_KINDS:
        return _ranked(profile, scores, votes)
    for ballot in profile.ballots:
        weight = ballot.weight
        for choice, points in zip(ballot.choices, ballot.points, strict=True):
            scores[choice] += weight * points
            if points > 0:
                votes[choice] += weight
    return scores, votes


def _ranked(profile: Profile, scores: list[int], votes: list[int]) -> tuple[list[int], list[int]]:
    """Borda: a place counts the same on every ballot, so ballots of one weight are counted place by place."""
    for weight, rows in _by_weight(profile).items():
        for place, worth in enumerate(range(profile.longest, 0, -1)):
            rows = [row for row in rows if len(row) > place]
            if not rows:
                break
            for choice, times in Counter(map(itemgetter(place), rows)).items():
                scores[choice] += weight * times * worth
                votes[choice] += weight * times
    return scores, votes


def _named(profile: Profile) -> list[int]:
    mentions = _mentions(profile)
    return [mentions[position] for position in range(len(profile.projects))]


def _mentions(profile: Profile) -> Counter[int]:
    """Voters by the project that they named; ballots of one weight are counted together, without a loop."""
    named: Counter[int] = Counter()
    for weight, rows in _by_weight(profile).items():
        for choice, times in Counter(chain.from_iterable(rows)).items():
            named[choice] += weight * times
    return named


def _by_weight(profile: Profile) -> dict[int, list[tuple[int, ...]]]:
    by_weight: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for _, choices, _, weight in profile.ballots:
        by_weight[weight].append(choices)
    return by_weight
