"""Which voters have paid up to which turn: the part of Phragmén's count that goes over ballots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Protocol

from pb.core.counting.profile import Ballot, Profile

#: From so many entries on ballots numpy repays the time that its import takes.
LARGE = 100_000


class Loads(Protocol):
    """Every voter's last turn, 0 for one who has not paid yet."""

    @property
    def supporters(self) -> Sequence[int]:
        """Per project the voters who named it."""
        ...

    def reset(self) -> None:
        """Nobody has paid."""
        ...

    def pay(self, project: int, turn: int) -> Mapping[int, Mapping[int, int]]:
        """The supporters of a project pay in this turn.

        By the turn in which they had paid last: how many of them, per project that they named.
        """
        ...


class PlainLoads:
    """With lists and dicts of the standard library."""

    def __init__(self, ballots: Sequence[Ballot], projects: int) -> None:
        self._weights = [ballot.weight for ballot in ballots]
        self._choices = [ballot.choices for ballot in ballots]
        self._rows: list[list[int]] = [[] for _ in range(projects)]
        for row, choices in enumerate(self._choices):
            for choice in choices:
                self._rows[choice].append(row)
        self.supporters = [sum(map(self._weights.__getitem__, rows)) for rows in self._rows]
        self.reset()

    def reset(self) -> None:
        self._last = [0] * len(self._weights)

    def pay(self, project: int, turn: int) -> Mapping[int, Mapping[int, int]]:
        last, weights, choices = self._last, self._weights, self._choices
        moved: dict[int, defaultdict[int, int]] = {}
        for row in self._rows[project]:
            before = last[row]
            last[row] = turn
            if before not in moved:
                moved[before] = defaultdict(int)
            named, weight = moved[before], weights[row]
            for choice in choices[row]:
                named[choice] += weight
        return moved


def loads_of(profile: Profile, ballots: Sequence[Ballot]) -> Loads:
    """By numpy where there are many ballots and it is installed."""
    projects = len(profile.projects)
    if sum(map(len, map(itemgetter(1), ballots))) >= LARGE:
        try:
            from pb.core.counting.fast.phragmen import FastLoads

            whole = ballots is profile.ballots
            return FastLoads(profile.columns if whole else profile.columns_of(ballots), projects)
        except (ImportError, OverflowError):
            pass
    return PlainLoads(ballots, projects)
