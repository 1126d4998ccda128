"""Who is off the list before a rule begins: funded elsewhere, no votes, below the minimum, over the pot."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pb.core.counting.outcome import Reason
from pb.core.counting.profile import Profile


def off_the_list(
    profile: Profile, members: Iterable[int], *, money: int, minimum: int, elsewhere: Collection[str]
) -> dict[int, Reason]:
    """Positions that take no part, each with its reason. ``minimum`` in scaled score, reached by equality."""
    scores, votes = profile.tally.scores, profile.tally.votes
    off: dict[int, Reason] = {}
    for position in members:
        project = profile.projects[position]
        if project.id in elsewhere:
            off[position] = Reason.FUNDED_ELSEWHERE
        elif votes[position] == 0 or scores[position] <= 0:
            off[position] = Reason.NO_VOTES
        elif scores[position] < minimum:
            off[position] = Reason.BELOW_MINIMUM
        elif project.cost > money:
            # A withdrawn project may carry a cost such as 999999999; it must not stop a no-skip scan.
            off[position] = Reason.OVER_POT
    return off
