"""One run of equal shares: project after project, the one that gives its payers most for their money.

A supporter i of project p who gave it u points pays min(what i has left, q * u), and q, the price, is the
smallest with which this sums up to the cost. Next comes the project with the least q per unit of utility:
q itself (cardinality), or q / cost (cost), whose inverse is the project's effective votes.

The search works with units of money (``Purses``), and every decision is exact. Balances in units are never
too low, so the prices found with them are lower bounds; prices only rise while money is spent, so a bound
stays one, and a heap of bounds needs to look again only at what lies on top. A project on top gets its exact
price (``exact_price``) and wins when no other bound reaches down to it; what does is made exact as well.
The slack: an endowment rounded up to units is less than 1 too high, and a payment rounded down makes the
payer's balance less than ``points`` of a unit more so; who pays everything has nothing in units, exactly.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from pb.core.counting.outcome import Reason
from pb.core.counting.parameters import Parameters
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.shares_ledger import Ledger
from pb.core.counting.shares_purses import Claim, Purses
from pb.core.counting.ties import TieKey

#: All balances together stay below 2 to this: sums of them are exact in doubles.
MONEY_BITS = 52
#: Bits behind the point of the keys by which projects are compared.
KEY_BITS = 128


@dataclass(frozen=True, eq=False)
class Contest:
    """What all runs of one pot have in common. ``off``: members off the list; ``listed``: those that may win;
    ``candidates``: those of them with supporters in the pot; ``divisors``: by project what q is divided by."""

    profile: Profile
    pot: Pot
    parameters: Parameters
    voters: int
    purses: Purses
    off: Mapping[int, Reason]
    listed: tuple[int, ...]
    candidates: tuple[int, ...]
    divisors: tuple[int, ...]
    keys: tuple[TieKey, ...]

    @cached_property
    def unpaid(self) -> list[tuple[int, int]]:
        """(key, project) of all candidates, in order, before anybody has paid: cost / points over divisor."""
        costs = {project: self.profile.projects[project].cost << KEY_BITS for project in self.candidates}
        points, divisors = self.purses.points, self.divisors
        return sorted((cost // (points[one] * divisors[one]), one) for one, cost in costs.items())

    def share(self, raises: int) -> Fraction:
        """Everybody's endowment, in minor units; nothing where nobody votes."""
        if not self.voters:
            return Fraction()
        return Fraction(self.pot.money + raises * self.parameters.step * self.voters, self.voters)


class Quote(NamedTuple):
    """An exact price, ``missing`` / (``denominator`` * ``points``), found when so many places had been paid
    for. It stands as long as none of the supporters has paid for another one."""

    missing: int
    points: int
    denominator: int
    places: int
    claim: Claim | None


@dataclass(frozen=True, eq=False, slots=True)
class Round:
    """A project that was funded. ``tied``: all whose measure was equal, in the order that settles it;
    ``short``: its supporters who had less left than their part; ``free``: it cost nothing."""

    project: int
    tied: tuple[int, ...]
    short: int
    free: bool


def shifted(value: int, bits: int) -> int:
    """``value * 2**bits``, rounded down."""
    return value << bits if bits >= 0 else value >> -bits


class Run:
    """A run at one endowment; ``step`` funds one project. ``forced``: by number of the round (from 0) a
    project to take there, among those that are tied."""

    def __init__(self, contest: Contest, raises: int, forced: Mapping[int, int] | None = None) -> None:
        self.contest, self.purses, self.raises = contest, contest.purses, raises
        self.purses.holder = self
        self.forced = forced or {}
        share = contest.share(raises)
        self.ledger = Ledger(share)
        self.bits = MONEY_BITS - int(share * contest.voters).bit_length()
        over = share.denominator << max(0, -self.bits)
        self.purses.begin(-(-(share.numerator << max(0, self.bits)) // over))
        self.slack = 1
        self.spent = 0
        self.rounds: list[Round] = []
        self.gone: set[int] = set()
        #: By project: a lower bound of its price in units, how many rounds had gone by when the balances
        #: settled that bound, and its exact price in this round.
        self.prices: dict[int, int] = {}
        self.settled: dict[int, int] = {}
        self.quotes: dict[int, Quote] = {}
        #: The last exact price found before this round, which may stand yet.
        self.earlier: dict[int, Quote] = {}
        self.places = 0
        # Sorted, and therefore a heap.
        self.heap: list[tuple[int, int]] = list(contest.unpaid)

    def step(self) -> Round | None:
        """Fund the next project; None when nobody's supporters can pay for one more."""
        tied = self._cheapest()
        if not tied:
            return None
        tied.sort(key=lambda project: self.contest.keys[project])
        chosen = self.forced.get(len(self.rounds), tied[0])
        for project in tied:
            if project != chosen:
                heapq.heappush(self.heap, (self._key(project), project))
        quote = self.quotes[chosen]
        claim = quote.claim
        done = Round(chosen, tuple(tied), claim.short if claim else 0, claim is None)
        self.rounds.append(done)
        return done

    def settle(self) -> None:
        """Let the supporters of the project that was funded last pay for it."""
        project = self.rounds[-1].project
        quote = self.quotes[project]
        self.spent += self._cost(project)
        self.gone |= {project} | self.contest.parameters.rivals.get(project, frozenset())
        if quote.claim is None:
            self.ledger.charge(project, 0, 1)
        else:
            price = shifted(quote.missing, self.bits) // (quote.denominator * quote.points)
            self.purses.pay(quote.claim, price)
            self.slack += self.purses.largest[project]
            missing = quote.missing * (self.ledger.denominator // quote.denominator)
            self.ledger.charge(project, missing, quote.points)
            self.places += 1
        self.earlier |= self.quotes
        self.quotes = {}

    def winners(self, limit: int | None = None) -> list[int] | None:
        """Fund all that can be; None as soon as more than ``limit`` is spent."""
        while self.step() is not None:
            self.settle()
            if limit is not None and self.spent > limit:
                return None
        return [done.project for done in self.rounds]

    def fork(self, forced: Mapping[int, int]) -> Run:
        """The same run up to here, whose next rounds may be forced; with the purses as they are, so that only
        one of the two can go on."""
        other = copy(self)
        other.forced, other.ledger = forced, self.ledger.copy()
        other.rounds, other.gone, other.heap = self.rounds[:], set(self.gone), self.heap[:]
        other.prices, other.settled = dict(self.prices), dict(self.settled)
        other.quotes, other.earlier = dict(self.quotes), dict(self.earlier)
        self.purses.holder = other
        return other

    def price(self, project: int) -> tuple[int, int]:
        """The exact price of a project that is funded next, as numerator and denominator."""
        quote = self.quotes[project]
        return quote.missing, quote.denominator * quote.points

    def left(self, project: int) -> int:
        """What the supporters of a project have left before they pay for it in this round, as a multiple of
        1 / the ledger's denominator."""
        claim = self.purses.claim(project, 0)
        voters, points = claim.rich_points()
        return self.ledger.left(voters, points)

    def quote(self, project: int) -> Quote | None:
        """The exact price at which the project could be funded now; None if its supporters lack money."""
        cost, denominator = self._cost(project), self.ledger.denominator
        if not cost:
            return Quote(0, self.purses.points[project], 1, self.places, None)
        claim = self.purses.claim(project, self._bound(project))
        while claim.rich:
            # Exact prices from below as well: the poor pay what they have and the others share the rest.
            missing = cost * denominator - self.ledger.left(claim.poor_voters, claim.poor_points)
            price = shifted(missing, self.bits) // (denominator * claim.rich)
            if claim.tighten(price):
                continue
            poorer = [
                doubt
                for doubt in claim.doubts(price + 1, self.slack)
                if self.ledger.one_left(doubt.history) * claim.rich < missing * doubt.points
            ]
            if not poorer:
                if not claim.poor_voters:
                    # Nobody pays less, so that the price has no part in what others paid before.
                    missing, denominator = cost, 1
                return Quote(missing, claim.rich, denominator, self.places, claim)
            for doubt in poorer:
                claim.move(doubt)
        return None

    def _cheapest(self) -> list[int]:
        """All candidates whose exact measure is the least, taken off the heap."""
        least: list[int] = []
        least_key = -1
        heap = self.heap
        while heap and (not least or heap[0][0] <= least_key):
            key, project = heapq.heappop(heap)
            if project in self.gone:
                continue
            if project in self.quotes:
                # Nothing on the heap is below it, so that its key is the least, or equal to the least.
                least_key = key
                least.append(project)
                continue
            if self._improve(project):
                heapq.heappush(heap, (self._key(project), project))
        best: list[int] = []
        for project in least:
            order = self._compare(project, best[0]) if best else 0
            losers = [project] if order > 0 else best if order < 0 else []
            for loser in losers:
                heapq.heappush(heap, (self._key(loser), loser))
            best = [project] if order < 0 else best if order > 0 else [*best, project]
        return best

    def _improve(self, project: int) -> bool:
        """Bring the bound of a project one stage further: what the balances tell, then the exact price.
        False when its supporters lack money."""
        rounds = len(self.rounds)
        cost = self._cost(project)
        known = self.earlier.pop(project, None)
        if known is not None and self.purses.untouched(project, known.places):
            self.quotes[project] = known
            return True
        if self.settled.get(project) == rounds or not cost:
            quote = self.quote(project)
            if quote is not None:
                self.quotes[project] = quote
            return quote is not None
        floor, ceiling = shifted(cost, self.bits), -shifted(-cost, self.bits)
        next_key = self.heap[0][0] if self.heap else self._key(project)
        enough = shifted((next_key + 1) * self.contest.divisors[project], self.bits - KEY_BITS) + 1
        price = self._bound(project)
        found = self.purses.bound(project, price, floor, ceiling, max(price, enough))
        if found is None:
            return False
        self.prices[project], settled = found
        if settled:
            self.settled[project] = rounds
        return True

    def _key(self, project: int) -> int:
        """What orders the heap: the measure, rounded down, of the exact price or else of its bound."""
        divisor = self.contest.divisors[project]
        quote = self.quotes.get(project)
        if quote is None:
            return shifted(self._bound(project), KEY_BITS - self.bits) // divisor
        return (quote.missing << KEY_BITS) // (quote.denominator * quote.points * divisor)

    def _compare(self, one: int, other: int) -> int:
        """Negative, 0 or positive as the exact measure of one is less than, equal to or above the other's."""
        a, b = self.quotes[one], self.quotes[other]
        divisors = self.contest.divisors
        mine, theirs = a.missing * b.points * divisors[other], b.missing * a.points * divisors[one]
        return (
            mine * b.denominator - theirs * a.denominator if a.denominator != b.denominator else mine - theirs
        )

    def _bound(self, project: int) -> int:
        """The best known lower bound of the price: at first what it would be if nobody lacked money."""
        known = self.prices.get(project)
        return (
            shifted(self._cost(project), self.bits) // self.purses.points[project] if known is None else known
        )

    def _cost(self, project: int) -> int:
        return self.contest.profile.projects[project].cost
