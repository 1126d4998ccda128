"""Ties of equal shares, and of the votes that fill up after it: each as data, with whether it decided."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from pb.core.counting.completions import Chosen, filled
from pb.core.counting.shares_account import Account
from pb.core.counting.shares_run import Contest, Run
from pb.core.counting.ties import Tie, settled_by

#: Whether a tie decided is found by counting again; beyond so many counts it is taken to have done so.
MOST_RERUNS = 50


def ties_of(account: Account, chosen: Chosen) -> tuple[Tie, ...]:
    """Every tie: of the run that decided, with the endowment that it had, then of the scores."""
    contest = account.contest
    ties = _of_run(account, chosen) if chosen.shares or chosen.by != "greedy" else []
    return (
        (*ties, *_of_scores(contest, chosen))
        if chosen.by not in ("none", "add1", "comparison")
        else tuple(ties)
    )


def _of_run(account: Account, chosen: Chosen) -> list[Tie]:
    contest = account.contest
    ties: list[Tie] = []
    seen: list[frozenset[int]] = []
    reruns = 0
    # The same run once more, which is left where the ties are.
    run = Run(contest, chosen.raises)
    for number, done in enumerate(account.rounds):
        group = done.tied
        if len(group) < 2 or any(before.issuperset(group) for before in seen):
            continue
        if done.free and not _rivals_in(contest, group):
            # Free projects take nothing from one another.
            continue
        seen.append(frozenset(group))
        decisive = reruns + len(group) > MOST_RERUNS
        if not decisive:
            while len(run.rounds) < number:
                run.step()
                run.settle()
            here = contest.purses.state()
            for other in group[1:]:
                decisive = decisive or _changed(account, chosen, run.fork({number: other}))
                contest.purses.go_back(here)
        reruns += len(group)
        ties.append(_tie(contest, group, decisive))
    return ties


def _changed(account: Account, chosen: Chosen, other: Run) -> bool:
    """Whether the same endowment funds another set when a round takes another of the tied projects.

    It does not if the two runs come together: once the same projects are funded at the same prices, and the
    same voters have given all they had, everybody has the same left.
    """
    contest = account.contest
    #: Funded by one of the two alone.
    apart: set[int] = set()
    same = True
    while other.step() is not None:
        done = other.rounds[-1]
        numerator, denominator = other.price(done.project)
        other.settle()
        if other.spent > contest.pot.money:
            return True
        at = len(other.rounds)
        apart ^= {done.project}
        if at <= len(account.rounds):
            apart ^= {account.rounds[at - 1].project}
        theirs = account.prices.get(done.project)
        if theirs is None or numerator * theirs.denominator != theirs.numerator * denominator:
            same = False
        if not apart and same and contest.purses.spent_as(account.state, other.places - 1):
            return False
    funded = [done.project for done in other.rounds]
    added = filled(contest, funded) if chosen.by in ("add1u", "utilitarian") else ()
    return set(funded).union(added) != set(chosen.winners)


def _of_scores(contest: Contest, chosen: Chosen) -> Iterable[Tie]:
    scores = contest.profile.tally.scores
    open_ones = [position for position in contest.listed if position not in chosen.shares]
    open_ones.sort(key=lambda position: (-scores[position], contest.keys[position]))
    reruns = 0
    for _, run in groupby(open_ones, key=lambda position: scores[position]):
        group = tuple(run)
        if len(group) > 1:
            reruns += len(group)
            others = (filled(contest, chosen.shares, first) for first in group[1:])
            decisive = reruns > MOST_RERUNS or any(set(other) != set(chosen.added) for other in others)
            yield _tie(contest, group, decisive)


def _rivals_in(contest: Contest, group: Iterable[int]) -> bool:
    members = frozenset(group)
    return any(not members.isdisjoint(contest.parameters.rivals.get(one, ())) for one in members)


def _tie(contest: Contest, group: tuple[int, ...], decisive: bool) -> Tie:
    return Tie(
        pot=contest.pot.name,
        score=contest.profile.tally.scores[group[0]],
        projects=tuple(contest.profile.projects[position].id for position in group),
        settled_by=settled_by(group, contest.keys, contest.parameters.ties),
        decisive=decisive,
    )
