"""Sequential Phragmén: voters earn money at the same pace and buy a project as soon as they can pay for it.

Brill, Freeman, Janson and Lackner (2017) for committees; Los, Christoff and Grossi (2022) for projects with
costs. A voter's load is what the voter has paid; the supporters of a project that is bought all have the same
load afterwards, so the next one is the one that makes the lowest load: (cost + loads of its supporters) /
supporters. The count ends as soon as a project could be bought that costs more than is left, also if another
one with the same load would still fit: no order of ties carries it past that moment.
"""

from __future__ import annotations

from pb.core.counting.outcome import PotOutcome, Told
from pb.core.counting.parameters import Parameters
from pb.core.counting.phragmen_explain import records, steps
from pb.core.counting.phragmen_run import Race, Run, race_of, run_of
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.ties import Tie, settled_by

#: Whether a tie decides is found by counting again with another member first, at most so often a pot.
RERUNS = 50


def phragmen(profile: Profile, pot: Pot, parameters: Parameters) -> PotOutcome:
    """Sequential Phragmén over one pot."""
    race = race_of(profile, pot, parameters)
    run = run_of(race)
    return PotOutcome(run.winners, lambda: Told(_ties(race, run), steps(race, run), records(race, run)))


def _ties(race: Race, run: Run) -> tuple[Tie, ...]:
    """Rounds in which the order of ties chose between projects."""
    ties = []
    funded = set(run.winners)
    allowed = RERUNS
    for turn, one in enumerate(run.rounds):
        if one.taken is None or len(one.tied) < 2:
            continue
        decisive = False
        for other in one.tied[1:]:
            allowed -= 1
            if allowed < 0 or set(run_of(race, (turn, other)).winners) != funded:
                decisive = True
                break
        ties.append(
            Tie(
                pot=race.pot.name,
                score=race.profile.tally.scores[one.taken],
                projects=tuple(race.profile.projects[position].id for position in one.tied),
                settled_by=settled_by(one.tied, race.keys, race.parameters.ties),
                decisive=decisive,
            )
        )
    return tuple(ties)
