"""Who shares the money of a pot, and what each of them gives to its projects."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from pb.core.counting.columns import Columns, above_nothing, with_entries
from pb.core.counting.pot_ballots import ballots_of
from pb.core.counting.profile import Ballot, Pot, Profile


@dataclass(frozen=True, eq=False, slots=True)
class Electorate:
    """The voters of a pot, those who named nothing included.

    ``columns``: every entry is a voter's utility of a project in points, at least 1 (None: every choice
    counts one). ``said``: the same with the points that are nothing or less, which are no utility but count
    when outcomes are compared.
    """

    voters: int
    columns: Columns
    said: Columns


def electorate_of(profile: Profile, pot: Pot) -> Electorate:
    """The voters of a pot (``pot_ballots``) and their utilities."""
    ballots = ballots_of(profile, pot)
    everybody = ballots is profile.ballots
    if profile.default_score:
        said = _with_default(profile, ballots)
    else:
        said = profile.columns if everybody else profile.columns_of(ballots)
    voters = profile.voters if everybody else sum(ballot.weight for ballot in ballots)
    return Electorate(voters, above_nothing(said), said)


def _with_default(profile: Profile, ballots: Sequence[Ballot]) -> Columns:
    """A project that a voter left out has the default score (Pabulib's default_score) from that voter."""
    rows = []
    for ballot in ballots:
        given = dict.fromkeys(range(len(profile.projects)), profile.default_score)
        given |= dict(zip(ballot.choices, ballot.points, strict=True))
        rows.append(list(given.items()))
    return with_entries(array("q", (ballot.weight for ballot in ballots)), rows)
