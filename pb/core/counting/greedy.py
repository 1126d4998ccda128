"""Greedy rules: projects in the order of their scores, each funded while the money lasts.

They differ in the order (by score, or by score for the money), in what ends the count, and in whether the
votes of a project have to pay its cost.
"""

from __future__ import annotations

from collections.abc import Sequence

from pb.core.counting.explain import explain
from pb.core.counting.outcome import PotOutcome, Reason, Step, Told
from pb.core.counting.parameters import Parameters
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.scan import Scene, Turn, Way, losers_of_tie, refused_in, scene, tied_groups
from pb.core.counting.ties import Tie, settled_by


def greedy(profile: Profile, pot: Pot, parameters: Parameters) -> PotOutcome:
    """By score; what does not fit is skipped."""
    return _count(scene(profile, pot, parameters, Way()))


def greedy_no_skip(profile: Profile, pot: Pot, parameters: Parameters) -> PotOutcome:
    """By score; the first that does not fit ends the count (Wrocław, Gdynia)."""
    return _count(scene(profile, pot, parameters, Way(no_skip=True)))


def greedy_per_cost(profile: Profile, pot: Pot, parameters: Parameters) -> PotOutcome:
    """By score for the money; what does not fit is skipped (Poti ranks by votes per 1,000 lari)."""
    return _count(scene(profile, pot, parameters, Way(per_cost=True)))


def price_per_vote(profile: Profile, pot: Pot, parameters: Parameters) -> PotOutcome:
    """Each vote is worth the price: by votes, those whose votes are worth their cost, within the money
    (Ozurgeti); what does not fit is skipped.
    """
    return _count(scene(profile, pot, parameters, Way(price=parameters.price)))


def _count(scene: Scene) -> PotOutcome:
    turns = list(scene.scan(scene.candidates))
    winners = tuple(turn.position for turn in turns if turn.reason is None)
    return PotOutcome(winners, lambda: Told(ties(scene, turns), _steps(scene, turns), explain(scene, turns)))


def _steps(scene: Scene, turns: Sequence[Turn]) -> tuple[Step, ...]:
    steps = []
    for turn in turns:
        project = scene.profile.projects[turn.position]
        after = turn.left - project.cost if turn.reason is None else turn.left
        steps.append(
            Step(
                pot=scene.pot.name,
                project=project.id,
                score=scene.profile.tally.scores[turn.position],
                cost=project.cost,
                left=turn.left,
                spent=scene.pot.money - after,
                funded=turn.reason is None,
                reason=turn.reason,
            )
        )
    return tuple(steps)


def ties(scene: Scene, turns: Sequence[Turn]) -> tuple[Tie, ...]:
    """Every tie among candidates as data."""
    return tuple(
        Tie(
            pot=scene.pot.name,
            score=scene.profile.tally.scores[group[0].position],
            projects=tuple(scene.profile.projects[turn.position].id for turn in group),
            settled_by=settled_by([turn.position for turn in group], scene.keys, scene.parameters.ties),
            decisive=_decisive(scene, turns, group),
        )
        for group in tied_groups(scene, turns)
    )


def _decisive(scene: Scene, turns: Sequence[Turn], group: Sequence[Turn]) -> bool:
    """Whether some other order of the group funds another set.

    It does exactly if a refused member that could have been taken at the beginning of the group is put
    first, or, without skipping, if a refused member put first would end the count before a member that is
    funded now.
    """
    if group[0].reason is Reason.STOPPED:
        return False
    if losers_of_tie(scene, turns, group):
        return True
    stops = scene.way.no_skip and bool(refused_in(scene, turns, group))
    return stops and any(turn.reason is None for turn in group)
