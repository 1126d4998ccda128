"""Why each project is in or out under a greedy rule, and how many votes would have turned it: computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from pb.core.canonical import LARGEST_INT
from pb.core.counting.outcome import Explanation, Reason
from pb.core.counting.profile import APPROVAL_KINDS
from pb.core.counting.scan import Scene, Turn, losers_of_tie, tied_groups


def explain(scene: Scene, turns: Sequence[Turn]) -> tuple[Explanation, ...]:
    """One record per member of the pot, in the order of the ranking."""
    course = Course(scene, turns)
    lost = {loser for group in tied_groups(scene, turns) for loser in losers_of_tie(scene, turns, group)}
    records = []
    for rank, position in enumerate(scene.order, 1):
        turn = course.turn(position)
        reason = scene.off.get(position) if turn is None else turn.reason
        records.append(_record(course, position, rank, Reason.LOST_TIE if position in lost else reason))
    return tuple(records)


class Course:
    """What happened: every turn by its place, and those alone that paid for something or ended the count."""

    def __init__(self, scene: Scene, turns: Sequence[Turn]) -> None:
        self.scene = scene
        self.turns = turns
        self.places = {turn.position: place for place, turn in enumerate(turns)}
        self.decided = [turn for turn in turns if turn.reason is None or self.ends(turn)]

    def turn(self, position: int) -> Turn | None:
        """The turn of a project; None for one off the list."""
        place = self.places.get(position)
        return None if place is None else self.turns[place]

    def ends(self, turn: Turn) -> bool:
        """Whether a turn ends the count."""
        return self.scene.way.no_skip and turn.reason is Reason.DOES_NOT_FIT

    def without(self, position: int) -> Iterable[Turn]:
        """The turns of a count without the project that can keep it from being funded, in their order.

        A refused project changes nothing for the others unless it ended the count; and what came before a
        funded one left it its money.
        """
        turn = self.turn(position)
        if turn is None or (turn.reason is not None and not self.ends(turn)):
            return self.decided
        place = self.places[position]
        rest = (later.position for later in self.turns[place + 1 :])
        further = self.scene.scan(rest, self.turns[:place])
        return further if turn.reason is None else chain(self.turns[:place], further)


def _record(course: Course, position: int, rank: int, reason: Reason | None) -> Explanation:
    scene, turn = course.scene, course.turn(position)
    project = scene.profile.projects[position]
    score = scene.profile.tally.scores[position]
    funded = reason is None
    left = spent = by = None
    if turn is not None:
        left = turn.left
        spent = scene.pot.money - left + (project.cost if funded else 0)
        by = None if turn.by is None else scene.profile.projects[turn.by].id
    votes = scene.profile.tally.votes[position]
    least = least_score(course, position)
    if least is not None and votes == 0:
        # Without any vote it cannot win, whatever points voters are taken to have given by default.
        least = max(least, score + 1)
    if least is not None and least - score > LARGEST_INT:
        # More than there could ever be, and more than the JSON of a result holds.
        least = None
    return Explanation(
        project=project.id,
        name=project.name,
        pot=scene.pot.name,
        rank=rank,
        score=score,
        votes=votes,
        cost=project.cost,
        funded=funded,
        reason=reason,
        left=left,
        spent=spent,
        by=by,
        votes_needed=None if funded or least is None else least - score,
        votes_to_spare=score - least if funded and least is not None else None,
    )


def least_score(course: Course, position: int) -> int | None:
    """The smallest score with which a project is funded, all else equal; None if no score is enough.

    Going up the list can only help: fewer have been paid, fewer can exclude it and nobody stops the scan
    sooner. So the count is run without the project up to the first candidate after which it could not be
    taken any more, and the score is the one that just puts it before that one.
    """
    scene = course.scene
    project = scene.profile.projects[position]
    if project.id in scene.parameters.elsewhere or project.cost > scene.pot.money:
        return None
    blocked_by = _first_block(course, position)
    if blocked_by is not None and blocked_by == position:
        return None
    floor = scene.floor(position)
    if blocked_by is None:
        return floor
    needed = _score_to_precede(scene, position, blocked_by)
    return None if needed is None else max(floor, needed)


def _first_block(course: Course, position: int) -> int | None:
    """The candidate that has to come after the project, or it cannot be funded; None if none has to.

    The project itself, if it cannot be funded even as the first.
    """
    scene = course.scene
    if scene.rival(position, scene.pot.earlier) is not None:
        return position
    rivals = scene.parameters.rivals.get(position, frozenset())
    cost = scene.profile.projects[position].cost
    together = scene.candidates_cost + (cost if position in scene.off else 0)
    if together <= scene.pot.money and not rivals:
        return None
    for turn in course.without(position):
        if turn.reason is None:
            after = turn.left - scene.profile.projects[turn.position].cost
            if after < cost or turn.position in rivals:
                return turn.position
        elif course.ends(turn):
            return turn.position
    return None


def _score_to_precede(scene: Scene, position: int, other: int) -> int | None:
    """The smallest score with which the project goes before a candidate; None if no score is enough."""
    theirs = scene.profile.tally.scores[other]
    if not scene.way.per_cost:
        return theirs if _wins_tie(scene, position, other, theirs) else theirs + 1
    cost, their_cost = scene.profile.projects[position].cost, scene.profile.projects[other].cost
    if cost and not their_cost:
        return None
    if their_cost and not cost:
        return 1
    if not cost:
        # Both cost nothing, so that every score ties; more votes help only where the order asks for votes.
        votes = scene.profile.tally.votes[other]
        return next((s for s in (1, votes, votes + 1) if _wins_tie(scene, position, other, s)), None)
    least, over = divmod(theirs * cost, their_cost)
    if over:
        return least + 1
    return least if _wins_tie(scene, position, other, least) else least + 1


def _wins_tie(scene: Scene, position: int, other: int, score: int) -> bool:
    """Whether the project goes before the other when its score makes the two equal."""
    mine, theirs = list(scene.keys[position]), list(scene.keys[other])
    if "votes" in scene.parameters.ties.criteria:
        place = scene.parameters.ties.criteria.index("votes")
        if scene.profile.kind in APPROVAL_KINDS:
            # With approvals the number of voters is the score.
            mine[place] = -score
        else:
            # Points come from somebody: a project that gains its first ones is named by one voter at least.
            mine[place] = -max(1, scene.profile.tally.votes[position])
    return mine < theirs
