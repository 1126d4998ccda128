"""What sequential Phragmén did with each project, and how many more voters would have turned it: computed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from pb.core.canonical import LARGEST_INT
from pb.core.counting.outcome import Reason
from pb.core.counting.phragmen_records import PhragmenExplanation, PhragmenStep
from pb.core.counting.phragmen_run import Race, Round, Run, Sums


def steps(race: Race, run: Run) -> tuple[PhragmenStep, ...]:
    """One record per project that was bought."""
    made = []
    for one in run.rounds:
        if one.taken is None:
            break
        project = race.profile.projects[one.taken]
        made.append(
            PhragmenStep(
                pot=race.pot.name,
                project=project.id,
                score=race.profile.tally.scores[one.taken],
                cost=project.cost,
                price=one.price,
                effective_votes=_effective(race, one.taken, one.price),
                supporters=one.voters,
                paid_less=one.paid_before,
                loads_before=one.price * one.voters - project.cost,
                spent=race.pot.money - one.left + project.cost,
            )
        )
    return tuple(made)


def records(race: Race, run: Run) -> tuple[PhragmenExplanation, ...]:
    """One record per member of the pot, in the order of the ranking."""
    bought = {one.taken: one for one in run.rounds if one.taken is not None}
    last = run.rounds[-1]
    scores = race.profile.tally.scores
    prices = {position: _price(race, run, position) for position in run.sums.values}
    refused = sorted(prices, key=lambda position: (prices[position], race.keys[position]))
    off = sorted(race.off, key=lambda position: (-scores[position], race.keys[position]))
    needed = votes_needed(race, run, [*refused, *off])
    stopper = next((position for position in last.tied if race.cost(position) > last.left), None)
    return tuple(
        _record(
            race,
            position,
            rank,
            one=bought.get(position),
            price=bought[position].price if position in bought else prices.get(position),
            why=(None, None) if position in bought else _why(race, run, position, stopper),
            left=last.left,
            needed=needed.get(position),
        )
        for rank, position in enumerate([*run.winners, *refused, *off], 1)
    )


def _record(
    race: Race,
    position: int,
    rank: int,
    *,
    one: Round | None,
    price: Fraction | None,
    why: tuple[Reason | None, int | None],
    left: int,
    needed: int | None,
) -> PhragmenExplanation:
    project = race.profile.projects[position]
    reason, by = why
    if one is not None:
        left = one.left
    supporters = race.loads.supporters[position]
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
        supporters=supporters,
        loads_before=None if price is None else price * supporters - project.cost,
        left=left if reason in (None, Reason.DOES_NOT_FIT, Reason.STOPPED) else None,
        spent=None if one is None else race.pot.money - one.left + project.cost,
        votes_needed=needed,
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


def _price(race: Race, run: Run, position: int) -> Fraction:
    """The load that a refused project would have given its supporters at the end."""
    load = race.cost(position) * run.sums.denominator + run.sums.values[position]
    return Fraction(load, run.sums.denominator * race.loads.supporters[position])


def _effective(race: Race, position: int, price: Fraction) -> Fraction:
    cost = race.cost(position)
    return cost / price if cost else Fraction(race.loads.supporters[position])


def votes_needed(race: Race, run: Run, refused: Iterable[int]) -> dict[int, int]:
    """For refused projects the least number of more voters, who choose it alone, with which one is funded.

    Until it is bought such voters have paid nothing and so change nothing else: every moment of the count
    stays as it was up to the first at which the project makes the lowest load. That moment comes the sooner
    the more they are, and the sooner the more money is left. So the number is the smallest that is enough at
    some moment at which the project still fits and no rival is funded. A project is left out if no number
    would do.
    """
    elsewhere, earlier = race.parameters.elsewhere, race.pot.earlier
    listed = race.profile.projects
    sums = Sums(p for p in refused if listed[p].id not in elsewhere and not race.rivals(p) & earlier)
    least: dict[int, int] = {}
    for one in run.rounds:
        sums.values = {p: value for p, value in sums.values.items() if race.cost(p) <= one.left}
        for position, value in sums.values.items():
            enough = _enough_at(race, one, position, value)
            if enough is not None:
                least[position] = min(enough, least.get(position, enough))
        if one.taken is None:
            break
        for rival in race.rivals(one.taken):
            sums.values.pop(rival, None)
        sums.pay(one.load, one.voters, one.moved)
    supporters, scores = race.loads.supporters, race.profile.tally.scores
    needed = {
        position: max(1, enough - supporters[position], race.parameters.minimum - scores[position])
        for position, enough in least.items()
    }
    # No election has more voters, and the JSON of a result no larger numbers.
    return {position: number for position, number in needed.items() if number <= LARGEST_INT}


def _enough_at(race: Race, one: Round, position: int, paid: int) -> int | None:
    """With so many supporters the project is bought at this moment or sooner; None if no number will do.

    ``paid``: what its supporters have paid by then, over the denominator of that moment.
    """
    load = race.cost(position) * one.denominator + paid
    others = [other for other in one.tied if other != position]
    if not others or (one.load and not load):
        return 1
    if not one.load:
        return _enough_for_nothing(race, others, position) if not load else None
    enough, over = divmod(load * one.voters, one.load)
    if over:
        return enough + 1
    # Just as low as the others: they may end the count here, or go first.
    blocked = any(race.cost(other) > one.left for other in others)
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
