"""Who shares the money of a pot, and what each of them gives to its projects."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from pb.core.counting.columns import Columns, with_entries
from pb.core.counting.pot_ballots import ballots_of
from pb.core.counting.profile import Ballot, Pot, Profile


@dataclass(frozen=True, eq=False, slots=True)
class Electorate:
    """The voters of a pot, those who named nothing included. In ``columns`` every entry is a voter's utility
    of a project in points, at least 1 (None: every choice counts one)."""

    voters: int
    columns: Columns


def electorate_of(profile: Profile, pot: Pot) -> Electorate:
    """The voters of a pot (``pot_ballots``) and their utilities."""
    ballots = ballots_of(profile, pot)
    if ballots is profile.ballots:
        return Electorate(profile.voters, _utilities(profile, ballots))
    return Electorate(sum(ballot.weight for ballot in ballots), _utilities(profile, ballots))


def _utilities(profile: Profile, ballots: Sequence[Ballot]) -> Columns:
    """Columns with the points that are more than nothing; a project left out has the default score."""
    if profile.default_score > 0:
        return _with_default(profile, ballots)
    columns = profile.columns if ballots is profile.ballots else profile.columns_of(ballots)
    if columns.points is None or min(columns.points, default=1) > 0:
        return columns
    rows = []
    for row in range(len(columns.weights)):
        here = slice(columns.offsets[row], columns.offsets[row + 1])
        pairs = zip(columns.choices[here], columns.points[here], strict=True)
        rows.append([(choice, points) for choice, points in pairs if points > 0])
    return with_entries(columns.weights, rows, points=True)


def _with_default(profile: Profile, ballots: Sequence[Ballot]) -> Columns:
    rows = []
    for ballot in ballots:
        given = dict.fromkeys(range(len(profile.projects)), profile.default_score)
        given |= dict(zip(ballot.choices, ballot.points, strict=True))
        rows.append([(choice, points) for choice, points in given.items() if points > 0])
    return with_entries(array("q", (ballot.weight for ballot in ballots)), rows, points=True)
