"""The books of a run of equal shares that has ended: who paid what, rounded down where pages say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cmp_to_key

from pb.core.counting.shares_history import exact, sure
from pb.core.counting.shares_records import Spending
from pb.core.counting.shares_run import Run


class Account:
    """Made of the run that decided, while its purses hold its balances. Amounts are found near enough first,
    and exactly where that leaves open what they are when rounded down, or how they are ordered."""

    def __init__(self, run: Run) -> None:
        self.contest, self.rounds = run.contest, tuple(run.rounds)
        self.prices: Mapping[int, Fraction] = run.ledger.fractions()
        self._parts = run.ledger.denominator
        self._share, prices = run.ledger.parts()
        self._order = [done.project for done in self.rounds if not done.free]
        self._place = {project: place for place, project in enumerate(self._order)}
        self._prices = [prices[project] for project in self._order]
        costs = [self.contest.profile.projects[project].cost for project in self._order]
        self._history = run.purses.history()
        self._spent = self._history.spent(self._share, self._prices, costs, self._parts)
        #: The purses at the end of the run.
        self.state = run.purses.state()
        self._exact: dict[int, tuple[dict[int, int], int]] = {}

    @property
    def funded(self) -> tuple[int, ...]:
        """In the order of selection."""
        return tuple([done.project for done in self.rounds])

    def left(self, project: int) -> int:
        """What the supporters of a project have left at the end."""
        found = sure(self._history, *self._spent.left[project])
        return self._exactly(project)[1] // self._parts if found is None else found

    def left_before(self, project: int) -> int:
        """What the supporters of a funded project had left before they paid for it."""
        place = self._place.get(project)
        had = self.contest.purses.voters[project] * self._share
        if place is None:
            # What costs nothing comes before anybody has paid.
            return had // self._parts
        found = self._spent.before[place]
        if found is not None:
            return found
        paid = sum([part for at, part in self._exactly(project)[0].items() if at < place])
        return (had - paid) // self._parts

    def spent_on(self, project: int) -> tuple[Spending, ...]:
        """What the supporters of a project paid for which, the biggest sum first."""
        listed, order = self.contest.profile.projects, self._order
        paid = self._spent.paid[project]
        if paid is not None:
            return tuple([Spending(listed[order[place]].id, amount) for place, amount in paid])
        amounts = [(part, place) for place, part in self._exactly(project)[0].items() if part]
        amounts.sort(key=lambda one: -one[0])
        return tuple(Spending(listed[order[place]].id, part // self._parts) for part, place in amounts)

    def by_need(self, projects: Iterable[int]) -> list[int]:
        """Projects that were not funded: first those whose supporters have most left for their cost; where
        it is equal, in the order given."""
        listed = self.contest.profile.projects
        left = self._spent.left

        def compare(one: int, other: int) -> int:
            a, b = max(1, listed[one].cost), max(1, listed[other].cost)
            near, slack = left[one][0] * b - left[other][0] * a, left[one][1] * b + left[other][1] * a
            if abs(near) <= slack * 2:
                near = self._exactly(one)[1] * b - self._exactly(other)[1] * a
            return -1 if near > 0 else 1 if near < 0 else 0

        return sorted(projects, key=cmp_to_key(compare))

    def _exactly(self, project: int) -> tuple[dict[int, int], int]:
        if project not in self._exact:
            self._exact[project] = exact(self._history, project, self._share, self._prices)
        return self._exact[project]
