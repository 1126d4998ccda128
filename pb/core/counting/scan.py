"""Going down a ranked list while the money lasts: what the greedy rules and their explanations share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, cmp_to_key
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


@dataclass(frozen=True)
class Way:
    """What tells the greedy rules apart. ``no_skip``: the first that does not fit ends the count;
    ``per_cost``: ranked by score for the money, not by score; ``price``: the money that a vote is worth,
    where the votes of a project have to pay its cost.
    """

    no_skip: bool = False
    per_cost: bool = False
    price: int | None = None


@dataclass(frozen=True)
class Scene:
    """Everything that a greedy count of one pot depends on; ``order`` ranks all members, best first;
    ``candidates`` are those of them that are not off the list."""

    profile: Profile
    pot: Pot
    parameters: Parameters
    way: Way
    keys: tuple[TieKey, ...]
    order: tuple[int, ...]
    off: Mapping[int, Reason]
    candidates: tuple[int, ...]

    def scan(self, candidates: Iterable[int], before: Sequence[Turn] = ()) -> Iterator[Turn]:
        """The rule itself: go down the list and fund what fits. ``before``: turns that have been already, none
        of which ended the count."""
        paid = [turn.position for turn in before if turn.reason is None]
        left = self.pot.money - sum(self.profile.projects[position].cost for position in paid)
        funded = set(self.pot.earlier).union(paid)
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
                stopped = position if self.way.no_skip else None
            else:
                yield Turn(position, left, None)
                funded.add(position)
                left -= cost

    def rival(self, position: int, funded: Collection[int]) -> int | None:
        """The funded project that excludes this one; the first of the list, if there are several."""
        rivals = self.parameters.rivals.get(position)
        return min(rivals.intersection(funded), default=None) if rivals else None

    @cached_property
    def candidates_cost(self) -> int:
        """What all candidates cost together."""
        return sum(self.profile.projects[position].cost for position in self.candidates)

    def floor(self, position: int) -> int:
        """The least score with which a project is a candidate: votes, the minimum, a price that pays."""
        least = max(1, self.parameters.minimum)
        if self.way.price is None:
            return least
        return max(least, -(-self.profile.projects[position].cost // self.way.price))


def scene(profile: Profile, pot: Pot, parameters: Parameters, way: Way) -> Scene:
    """Rank the members of a pot and take those off the list that cannot win."""
    keys = tie_keys(profile, parameters.ties)
    scores = profile.tally.scores
    if way.per_cost:
        order = _by_score_per_cost(profile, pot.members, keys)
    else:
        order = tuple(sorted(pot.members, key=lambda position: (-scores[position], keys[position])))
    off = off_the_list(
        profile, pot.members, money=pot.money, minimum=parameters.minimum, elsewhere=parameters.elsewhere
    )
    if way.price is not None:
        for position in pot.members:
            if position not in off and scores[position] * way.price < profile.projects[position].cost:
                off[position] = Reason.VOTES_DO_NOT_PAY
    candidates = tuple(position for position in order if position not in off)
    return Scene(profile, pot, parameters, way, keys, order, off, candidates)


def _by_score_per_cost(profile: Profile, members: Iterable[int], keys: Sequence[TieKey]) -> tuple[int, ...]:
    """Most score for the money first, what costs nothing before all; then those without a score."""

    def compare(one: int, other: int) -> int:
        return _more_per_cost(profile, one, other) or (-1 if keys[one] < keys[other] else 1)

    scores = profile.tally.scores
    scored = [position for position in members if scores[position] > 0]
    rest = [position for position in members if scores[position] <= 0]
    rest.sort(key=lambda position: (-scores[position], keys[position]))
    return (*sorted(scored, key=cmp_to_key(compare)), *rest)


def _more_per_cost(profile: Profile, one: int, other: int) -> int:
    """Below 0 if one has more score for its cost than the other, 0 if as much. Both scores above 0.

    By multiplying crosswise: exact, and a cost of nothing comes out as more than any other.
    """
    scores, projects = profile.tally.scores, profile.projects
    return scores[other] * projects[one].cost - scores[one] * projects[other].cost


def tied_groups(scene: Scene, turns: Sequence[Turn]) -> list[list[Turn]]:
    """Runs of two or more candidates with equal scores, or as much score for their cost."""
    scores = scene.profile.tally.scores

    def equal(one: int, other: int) -> bool:
        if scene.way.per_cost:
            return _more_per_cost(scene.profile, one, other) == 0
        return scores[one] == scores[other]

    groups: list[list[Turn]] = []
    for turn in turns:
        if groups and equal(groups[-1][0].position, turn.position):
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
