"""What sequential Phragmén did with each project, and how many more voters would have turned it: computed."""

from __future__ import annotations

from fractions import Fraction

from pb.core.counting.outcome import Reason
from pb.core.counting.phragmen_records import PhragmenExplanation, PhragmenStep
from pb.core.counting.phragmen_run import Race, Round, Run


def steps(race: Race, run: Run) -> tuple[PhragmenStep, ...]:
    """One record per project that was bought."""
    made = []
    for one in run.rounds:
        if one.taken is None:
            break
        project = race.profile.projects[one.taken]
        price = _price(race, one, one.taken)
        made.append(
            PhragmenStep(
                pot=race.pot.name,
                project=project.id,
                score=race.profile.tally.scores[one.taken],
                cost=project.cost,
                price=price,
                effective_votes=_effective(race, one.taken, price),
                supporters=race.loads.supporters[one.taken],
                paid_less=one.paid_before,
                loads_before=Fraction(one.sums[one.taken], one.denominator),
                spent=race.pot.money - one.left + project.cost,
            )
        )
    return tuple(made)


def records(race: Race, run: Run) -> tuple[PhragmenExplanation, ...]:
    """One record per member of the pot, in the order of the ranking."""
    bought = {one.taken: one for one in run.rounds if one.taken is not None}
    last = run.rounds[-1]
    scores = race.profile.tally.scores
    refused = [position for position in race.candidates if position not in bought]
    refused.sort(key=lambda position: (_price(race, last, position), race.keys[position]))
    off = sorted(race.off, key=lambda position: (-scores[position], race.keys[position]))
    order = (*run.winners, *refused, *off)
    stopper = next((position for position in last.tied if race.cost(position) > last.left), None)
    return tuple(
        _record(race, run, position, rank, bought.get(position), stopper)
        for rank, position in enumerate(order, 1)
    )


def _record(
    race: Race, run: Run, position: int, rank: int, one: Round | None, stopper: int | None
) -> PhragmenExplanation:
    project = race.profile.projects[position]
    moment = run.rounds[-1] if one is None else one
    reason, by = (None, None) if one else _why(race, run, position, stopper)
    priced = position not in race.off
    price = _price(race, moment, position) if priced else None
    shown = one is not None or reason in (Reason.DOES_NOT_FIT, Reason.STOPPED)
    return PhragmenExplanation(
        project=project.id,
        name=project.name,
        pot=race.pot.name,
        rank=rank,
        score=race.profile.tally.scores[position],
        votes=race.profile.tally.votes[position],
        cost=project.cost,
        funded=one is not None,
        reason=reason,
        by=None if by is None else race.profile.projects[by].id,
        price=price,
        effective_votes=None if price is None else _effective(race, position, price),
        supporters=race.loads.supporters[position],
        loads_before=Fraction(moment.sums[position], moment.denominator) if priced else None,
        left=moment.left if shown else None,
        spent=None if one is None else race.pot.money - one.left + project.cost,
        votes_needed=None if one else votes_needed(race, run, position),
    )


def _why(race: Race, run: Run, position: int, stopper: int | None) -> tuple[Reason, int | None]:
    if position in race.off:
        return race.off[position], None
    if position in run.excluded:
        return Reason.EXCLUDED, run.excluded[position]
    last = run.rounds[-1]
    if position in last.tied and race.cost(position) > last.left:
        return Reason.DOES_NOT_FIT, None
    return Reason.STOPPED, stopper


def _price(race: Race, one: Round, position: int) -> Fraction:
    """The load that a project would give its supporters at that moment."""
    load = race.cost(position) * one.denominator + one.sums[position]
    return Fraction(load, one.denominator * race.loads.supporters[position])


def _effective(race: Race, position: int, price: Fraction) -> Fraction:
    cost = race.cost(position)
    return cost / price if cost else Fraction(race.loads.supporters[position])


def votes_needed(race: Race, run: Run, position: int) -> int | None:
    """The least number of more voters, who choose this project alone, with which it is funded.

    Until it is bought such voters have paid nothing and so change nothing else: every moment of the count
    stays as it was up to the first at which the project makes the lowest load. That moment comes the sooner
    the more they are, and the sooner the more money is left. So the number is the smallest that is enough at
    some moment at which the project still fits and no rival is funded.
    """
    project = race.profile.projects[position]
    if project.id in race.parameters.elsewhere or race.rivals(position) & race.pot.earlier:
        return None
    tally, supporters = race.profile.tally, race.loads.supporters[position]
    least: int | None = None
    for one in run.rounds:
        if project.cost > one.left:
            break
        needed = _enough_at(race, one, position)
        if needed is not None and (least is None or needed < least):
            least = needed
        if one.taken is not None and one.taken in race.rivals(position):
            break
    if least is None:
        return None
    return max(1, least - supporters, race.parameters.minimum - tally.scores[position])


def _enough_at(race: Race, one: Round, position: int) -> int | None:
    """With so many supporters the project is bought at this moment or sooner; None if no number will do."""
    load = race.cost(position) * one.denominator + one.sums[position]
    others = [other for other in one.tied if other != position]
    if not others:
        return 1
    other = others[0]
    theirs = race.cost(other) * one.denominator + one.sums[other]
    voters = race.loads.supporters[other]
    if not theirs:
        return _enough_for_nothing(race, others, position) if not load else None
    if not load:
        return 1
    enough, over = divmod(load * voters, theirs)
    if over:
        return enough + 1
    # Just as low as the others: they may end the count here, or go first.
    blocked = any(race.cost(position) > one.left for position in others)
    return enough + 1 if blocked or not _first(race, position, others, enough) else enough


def _enough_for_nothing(race: Race, others: list[int], position: int) -> int | None:
    """As ``_enough_at`` where all of them cost their supporters nothing."""
    votes = [race.profile.tally.votes[other] for other in others]
    tried = sorted({1, *votes, *(number + 1 for number in votes)})
    return next((number for number in tried if _first(race, position, others, number)), None)


def _first(race: Race, position: int, others: list[int], supporters: int) -> bool:
    """Whether the project goes before the others in the order of ties, if it has so many supporters."""
    mine = list(race.keys[position])
    criteria = race.parameters.ties.criteria
    if "votes" in criteria:
        more = supporters - race.loads.supporters[position]
        mine[criteria.index("votes")] = -(race.profile.tally.votes[position] + more)
    return all(tuple(mine) < race.keys[other] for other in others)
