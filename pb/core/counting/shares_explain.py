"""Why each project is in or out under equal shares: what its supporters paid, for what, and what they kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter

from pb.core.counting.completions import Chosen
from pb.core.counting.outcome import Reason
from pb.core.counting.shares_records import SharesExplanation, SharesStep, Spending
from pb.core.counting.shares_run import Contest, Round, Run


@dataclass(frozen=True, eq=False, slots=True)
class Payment:
    """A round of the run that decided. ``tied``: as in ``shares_run.Round``; ``left_before``: what all
    supporters had left; ``amounts``: by project, what its supporters paid here, in the account's parts."""

    project: int
    tied: tuple[int, ...]
    price: Fraction
    effective_votes: Fraction
    paid_less: int
    left_before: Fraction
    amounts: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Account:
    """The run that decided, payment by payment. Amounts are whole multiples of 1 / ``parts`` of a minor
    unit; ``share``: everybody's endowment in them."""

    contest: Contest
    parts: int
    share: int
    payments: tuple[Payment, ...]

    @property
    def funded(self) -> tuple[int, ...]:
        """In the order of selection."""
        return tuple(payment.project for payment in self.payments)

    def left(self, project: int) -> int:
        """What the supporters of a project have left at the end."""
        had = self.contest.purses.voters[project] * self.share
        return had - sum([one.amounts[project] for one in self.payments])

    def spent_on(self, project: int) -> tuple[Spending, ...]:
        """What the supporters of a project paid for which, the biggest sum first."""
        found = [(one.amounts[project], one.project) for one in self.payments if one.amounts[project]]
        found.sort(key=itemgetter(0), reverse=True)
        listed = self.contest.profile.projects
        return tuple(Spending(listed[position].id, self.whole(amount)) for amount, position in found)

    def whole(self, amount: int) -> int:
        """An amount of at least 0 in minor units, rounded down. Their numbers have hundreds of digits: the
        first ones tell, unless two neighbouring results are both possible."""
        over = max(0, self.parts.bit_length() - 128)
        start, parts = amount >> over, self.parts >> over
        least = start // (parts + 1)
        return least if (start + 1) // parts == least else amount // self.parts


def follow(contest: Contest, raises: int) -> Account:
    """Run once more at the endowment that decided, and write down who paid what."""
    run = Run(contest, raises)
    notes: list[tuple[Round, Fraction, Sequence[int], Sequence[int], Sequence[tuple[int, int, int]]]] = []
    while (done := run.step()) is not None:
        parts, claim = run.ledger.denominator, done.claim
        if claim is None:
            # Nobody pays for a free project.
            notes.append((done, Fraction(run.left(done.project), parts), [], [], []))
        else:
            left = run.ledger.left(*claim.rich_points()) + run.ledger.left(
                claim.poor_voters, claim.poor_points
            )
            funded = [project for project, _, _ in run.ledger.prices]
            notes.append((done, Fraction(left, parts), claim.rich_parts(), *claim.poor_parts(funded)))
        run.settle()
    prices, parts = run.ledger.fractions(), run.ledger.denominator
    whole = {project: int(price * parts) for project, price in prices.items()}
    share = int(contest.share(raises) * parts)
    payments: list[Payment] = []
    nothing = [0] * len(contest.divisors)
    for done, left_before, rich, voters, points in notes:
        before = [whole[one.project] for one in payments]
        price_here = whole[done.project]
        amounts = [price_here * a + share * b for a, b in zip(rich, voters, strict=True)] or nothing
        for number, project, given in points:
            amounts[project] -= before[number] * given
        cost, price = contest.profile.projects[done.project].cost, prices[done.project]
        votes = cost * price**-1 if price else Fraction(contest.purses.points[done.project])
        less = 0 if done.claim is None else done.claim.short
        payments.append(Payment(done.project, done.tied, price, votes, less, left_before, tuple(amounts)))
    return Account(contest, parts, share, tuple(payments))


def steps(account: Account, chosen: Chosen) -> tuple[SharesStep, ...]:
    """The winners in the order of selection."""
    contest, spent, made = account.contest, 0, []
    payments = {payment.project: payment for payment in account.payments}
    for number, position in enumerate(chosen.winners):
        paid = payments.get(position) if number < len(chosen.shares) else None
        project = contest.profile.projects[position]
        spent += project.cost
        made.append(
            SharesStep(
                pot=contest.pot.name,
                project=project.id,
                score=contest.profile.tally.scores[position],
                cost=project.cost,
                price=None if paid is None else paid.price,
                effective_votes=None if paid is None else paid.effective_votes,
                supporters=contest.purses.voters[position],
                paid_less=None if paid is None else paid.paid_less,
                left_before=None if paid is None else paid.left_before,
                spent=spent,
                by=chosen.by if paid is None else "shares",
            )
        )
    return tuple(made)


def explained(account: Account, chosen: Chosen) -> tuple[SharesExplanation, ...]:
    """One record per member of the pot, in the order of the ranking."""
    contest = account.contest
    scores, projects = contest.profile.tally.scores, contest.profile.projects
    # A comparison that chose the greedy outcome leaves nothing for money in purses to explain.
    paying = bool(chosen.shares) or chosen.by != "greedy"
    left = {position: account.left(position) for position in contest.listed} if paying else {}
    by_step = {one.project: one for one in steps(account, chosen)}

    def refused_rank(position: int) -> tuple[object, ...]:
        for_cost = Fraction(left.get(position, 0), max(1, projects[position].cost))
        return position in contest.off, -for_cost, -scores[position], contest.keys[position]

    refused = sorted((p for p in contest.pot.members if p not in chosen.winners), key=refused_rank)
    records = []
    for rank, position in enumerate([*chosen.winners, *refused], 1):
        project = projects[position]
        step = by_step.get(project.id)
        reason, rival = (None, None) if step else _refusal(contest, chosen, position)
        kept = account.whole(left[position]) if position in left else None
        missing = None if step or kept is None or kept >= project.cost else project.cost - kept
        records.append(
            SharesExplanation(
                project=project.id,
                name=project.name,
                pot=contest.pot.name,
                rank=rank,
                score=scores[position],
                votes=contest.profile.tally.votes[position],
                cost=project.cost,
                funded=step is not None,
                reason=reason,
                by=None if rival is None else projects[rival].id,
                price=None if step is None else step.price,
                effective_votes=None if step is None else step.effective_votes,
                supporters_left=kept,
                missing=missing,
                spent_on=account.spent_on(position) if position in left else (),
                spent=None if step is None else step.spent,
            )
        )
    return tuple(records)


def _refusal(contest: Contest, chosen: Chosen, position: int) -> tuple[Reason, int | None]:
    """Why a project is not funded, and the rival, if that is why."""
    if position in contest.off:
        return contest.off[position], None
    rivals = contest.parameters.rivals.get(position, frozenset())
    rival = min(rivals.intersection(contest.pot.earlier.union(chosen.winners)), default=None)
    if rival is not None:
        return Reason.EXCLUDED, rival
    by_votes = chosen.by in ("utilitarian", "add1u", "greedy")
    return (Reason.DOES_NOT_FIT if by_votes else Reason.SUPPORTERS_LACK_MONEY), None
