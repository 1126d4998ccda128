"""Who votes over a pot: its ballots, empty ones included where nobody can say whose they are."""

from __future__ import annotations

from collections.abc import Sequence

from pb.core.counting.profile import Ballot, Pot, Profile


def ballots_of(profile: Profile, pot: Pot) -> Sequence[Ballot]:
    """The ballots of a pot's voters.

    The whole town's pot: all ballots. A unit's pot: the ballots of the unit, if ballots say their unit; else
    those that name one of its projects.
    """
    if not pot.name:
        return profile.ballots
    if any(ballot.unit for ballot in profile.ballots):
        return [ballot for ballot in profile.ballots if ballot.unit == pot.name]
    members = frozenset(pot.members)
    return [ballot for ballot in profile.ballots if not members.isdisjoint(ballot.choices)]
