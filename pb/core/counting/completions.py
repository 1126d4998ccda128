"""What equal shares does with the money that one run leaves: larger shares, then votes, then a comparison."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pb.core.counting.parameters import STEPPING
from pb.core.counting.shares_records import Preference
from pb.core.counting.shares_run import Contest, Run
from pb.core.errors import Invalid

#: A step that needs more runs is a mistake: nobody wants to wait for it.
MOST_RUNS = 100_000


@dataclass(frozen=True, eq=False, slots=True)
class Chosen:
    """The outcome of a pot. ``shares``: funded by the run after so many ``raises`` of the endowment, in the
    order of selection; ``added``: funded by score afterwards or instead; ``by``: what those are called."""

    raises: int
    runs: int
    shares: tuple[int, ...]
    added: tuple[int, ...] = ()
    by: str = "greedy"
    preference: Preference | None = None

    @property
    def winners(self) -> tuple[int, ...]:
        return self.shares + self.added


@dataclass(frozen=True, eq=False, slots=True)
class Raised:
    """``run``: the one that decided, after so many ``raises`` of the endowment; ``runs``: how many it takes to
    know, if each endowment is tried."""

    run: Run
    raises: int
    runs: int

    @property
    def funded(self) -> tuple[int, ...]:
        """In the order of selection."""
        return tuple([done.project for done in self.run.rounds])


def raised(contest: Contest) -> Raised:
    """Raise the endowment as the completion says. Raises Invalid ``step_too_small``."""
    run = Run(contest, 0)
    winners = run.winners() or []
    if contest.parameters.completion not in STEPPING:
        return Raised(run, 0, 1)
    raises, runs = 0, 1
    # The cost does not always rise with the endowment, so no step is left out that could change the outcome.
    while not _everything(contest, winners):
        raises = same_until(contest, run, raises)
        if runs > MOST_RUNS:
            found = contest.profile.money(contest.parameters.step)
            raise Invalid("step_too_small", "step", expected=f"at most {MOST_RUNS} runs", found=found)
        next_run = Run(contest, raises + 1)
        further = next_run.winners(contest.pot.money)
        if further is None:
            return Raised(run, raises, raises + 2)
        run, winners, raises, runs = next_run, further, raises + 1, runs + 1
    return Raised(run, raises, raises + 1)


def same_until(contest: Contest, run: Run, raises: int) -> int:
    """A number of raises up to which every endowment, from that of a finished run on, surely funds the same.

    If nobody lacked money for a part, every price was the least there is, cost / points, and stays that. So
    another outcome needs a project that was not funded, and it needs to be paid for: while its supporters
    together have less than its cost, with purses that nobody has touched, it is not. Where its least measure
    is above those of all that were funded, it can only come after them, and is not paid for while its
    supporters have less than its cost then; it never comes if a funded one excludes it.
    """
    if any(done.short for done in run.rounds):
        return raises
    funded = [done.project for done in run.rounds]
    costs = [project.cost for project in contest.profile.projects]
    points, voters = contest.purses.points, contest.purses.voters
    floor = max((Fraction(costs[one], points[one] * contest.divisors[one]) for one in funded), default=None)
    until: list[int] = []
    for one in contest.candidates:
        if one in run.gone and one in funded:
            continue
        more = voters[one] * contest.parameters.step
        last = raises + _steps_below(costs[one] - voters[one] * contest.share(raises), more)
        if floor is None or Fraction(costs[one], points[one] * contest.divisors[one]) > floor:
            if one in run.gone:
                continue
            if last < min(until, default=last + 1):
                left = Fraction(run.left(one), run.ledger.denominator)
                last = max(last, raises + _steps_below(costs[one] - left, more))
        until.append(last)
    return max(raises, min(until, default=raises))


def _steps_below(missing: Fraction, step: int) -> int:
    """How many steps stay below a sum that is missing: the most k with k * step < missing; -1 for none."""
    return -(-missing.numerator // (missing.denominator * step)) - 1 if missing > 0 else -1


def completed(contest: Contest, raises: int, runs: int, shares: tuple[int, ...]) -> Chosen:
    """The outcome of the pot from what the run with so many raises funded."""
    completion = contest.parameters.completion
    if completion in ("utilitarian", "add1u"):
        return Chosen(raises, runs, shares, filled(contest, shares), completion)
    if completion != "comparison":
        return Chosen(raises, runs, shares, by=completion)
    greedy = filled(contest, ())
    # All voters are asked, those who have nothing under one of the two as well.
    ours, theirs = set(shares), set(greedy)
    more, less = contest.purses.preferring(ours - theirs, theirs - ours)
    preference = Preference(shares=more, greedy=less, kept=less <= more)
    if preference.kept:
        return Chosen(raises, runs, shares, by=completion, preference=preference)
    return Chosen(raises, runs, (), greedy, "greedy", preference)


def filled(contest: Contest, funded: Collection[int], first: int | None = None) -> tuple[int, ...]:
    """What is funded by score with the money that the others leave, what does not fit being skipped.
    ``first`` goes before all that have its score."""
    return tuple(by_score(contest, funded, first))


def by_score(contest: Contest, funded: Collection[int], first: int | None = None) -> Iterator[int]:
    """See ``filled``."""
    projects, scores = contest.profile.projects, contest.profile.tally.scores
    rivals = contest.parameters.rivals
    left = contest.pot.money - sum(projects[position].cost for position in funded)
    taken = set(funded) | contest.pot.earlier

    def rank(position: int) -> tuple[object, ...]:
        return -scores[position], position != first, contest.keys[position]

    for position in sorted(contest.listed, key=rank):
        if position in taken or projects[position].cost > left:
            continue
        if taken.isdisjoint(rivals.get(position, ())):
            yield position
            taken.add(position)
            left -= projects[position].cost


def _everything(contest: Contest, winners: Collection[int]) -> bool:
    """Whether every candidate with supporters is funded or excluded by one that is."""
    rivals: Mapping[int, frozenset[int]] = contest.parameters.rivals
    funded = set(winners)
    return all(
        position in funded or not funded.isdisjoint(rivals.get(position, ()))
        for position in contest.candidates
    )
