"""Going down a ranked list while the money lasts: what the greedy rules and their explanations share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pb.core.counting.outcome import Reason
from pb.core.counting.parameters import Parameters
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.threshold import off_the_list
from pb.core.counting.ties import TieKey, tie_keys


class Turn(NamedTuple):
    """A project's turn. ``left``: money before it. ``by``: the rival, or who stopped the scan."""

    position: int
    left: int
    reason: Reason | None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a greedy count of one pot depends on; ``order`` ranks all members, best first;
    ``candidates`` are those of them that are not off the list."""

    profile: Profile
    pot: Pot
    parameters: Parameters
    no_skip: bool
    keys: tuple[TieKey, ...]
    order: tuple[int, ...]
    off: Mapping[int, Reason]
    candidates: tuple[int, ...]

    def scan(self, candidates: Iterable[int]) -> Iterator[Turn]:
        """The rule itself: go down the list and fund what fits."""
        left = self.pot.money
        funded = set(self.pot.earlier)
        stopped: int | None = None
        projects = self.profile.projects
        for position in candidates:
            cost = projects[position].cost
            rival = self.rival(position, funded)
            if stopped is not None:
                yield Turn(position, left, Reason.STOPPED, stopped)
            elif rival is not None:
                yield Turn(position, left, Reason.EXCLUDED, rival)
            elif cost > left:
                yield Turn(position, left, Reason.DOES_NOT_FIT)
                stopped = position if self.no_skip else None
            else:
                yield Turn(position, left, None)
                funded.add(position)
                left -= cost

    def rival(self, position: int, funded: Collection[int]) -> int | None:
        """The funded project that excludes this one; the first of the list, if there are several."""
        rivals = self.parameters.rivals.get(position)
        return min(rivals.intersection(funded), default=None) if rivals else None


def scene(profile: Profile, pot: Pot, parameters: Parameters, *, no_skip: bool) -> Scene:
    """Rank the members of a pot and take those off the list that cannot win."""
    keys = tie_keys(profile, parameters.ties)
    scores = profile.tally.scores
    order = tuple(sorted(pot.members, key=lambda position: (-scores[position], keys[position])))
    off = off_the_list(
        profile, pot.members, money=pot.money, minimum=parameters.minimum, elsewhere=parameters.elsewhere
    )
    candidates = tuple(position for position in order if position not in off)
    return Scene(profile, pot, parameters, no_skip, keys, order, off, candidates)


def tied_groups(scene: Scene, turns: Sequence[Turn]) -> list[list[Turn]]:
    """Runs of two or more candidates with equal scores."""
    scores = scene.profile.tally.scores
    groups: list[list[Turn]] = []
    for turn in turns:
        if groups and scores[groups[-1][0].position] == scores[turn.position]:
            groups[-1].append(turn)
        else:
            groups.append([turn])
    return [group for group in groups if len(group) > 1]


def losers_of_tie(scene: Scene, turns: Sequence[Turn], group: Sequence[Turn]) -> list[int]:
    """Refused members of a tied group that would have been funded, had they been first in it."""
    if group[0].reason is Reason.STOPPED:
        return []
    left = group[0].left
    return [
        position
        for position in refused_in(scene, turns, group)
        if scene.profile.projects[position].cost <= left
    ]


def refused_in(scene: Scene, turns: Sequence[Turn], group: Sequence[Turn]) -> list[int]:
    """Refused members of a tied group that nothing funded before the group excludes."""
    before = scene.pot.earlier.union(
        turn.position for turn in turns[: turns.index(group[0])] if turn.reason is None
    )
    return [t.position for t in group if t.reason is not None and scene.rival(t.position, before) is None]
