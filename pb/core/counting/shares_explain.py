"""Why each project is in or out under equal shares: what its supporters paid, for what, and what they kept."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pb.core.counting.completions import Chosen
from pb.core.counting.outcome import Reason
from pb.core.counting.shares_account import Account
from pb.core.counting.shares_records import SharesExplanation, SharesStep
from pb.core.counting.shares_run import Contest


def steps(account: Account, chosen: Chosen) -> tuple[SharesStep, ...]:
    """The winners in the order of selection."""
    contest, spent, made = account.contest, 0, []
    rounds = {done.project: done for done in account.rounds}
    for number, position in enumerate(chosen.winners):
        paid = rounds.get(position) if number < len(chosen.shares) else None
        project = contest.profile.projects[position]
        price = None if paid is None else account.prices[position]
        votes = None
        if price is not None:
            votes = project.cost / price if price else Fraction(contest.purses.points[position])
        spent += project.cost
        made.append(
            SharesStep(
                pot=contest.pot.name,
                project=project.id,
                score=contest.profile.tally.scores[position],
                cost=project.cost,
                price=price,
                effective_votes=votes,
                supporters=contest.purses.voters[position],
                paid_less=None if paid is None else paid.short,
                left_before=None if paid is None else account.left_before(position),
                spent=spent,
                by=chosen.by if paid is None else "shares",
            )
        )
    return tuple(made)


def explained(account: Account, chosen: Chosen, made: Sequence[SharesStep]) -> tuple[SharesExplanation, ...]:
    """One record per member of the pot, in the order of the ranking; ``made``: the steps."""
    contest = account.contest
    scores, projects = contest.profile.tally.scores, contest.profile.projects
    # A comparison that chose the greedy outcome leaves nothing for money in purses to explain.
    paying = frozenset(contest.listed if chosen.shares or chosen.by != "greedy" else ())
    by_step = {one.project: one for one in made}
    won = frozenset(chosen.winners)
    refused = [position for position in contest.pot.members if position not in won]
    refused.sort(key=lambda position: (position in contest.off, -scores[position], contest.keys[position]))
    off = [position for position in refused if position in contest.off]
    listed = refused[: len(refused) - len(off)]
    refused = [*(account.by_need(listed) if paying else listed), *off]
    records = []
    for rank, position in enumerate([*chosen.winners, *refused], 1):
        project = projects[position]
        step = by_step.get(project.id)
        reason, rival = (None, None) if step else _refusal(contest, chosen, position)
        kept = account.left(position) if position in paying else None
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
                spent_on=account.spent_on(position) if position in paying else (),
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
