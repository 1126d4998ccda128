"""The moments of a count by sequential Phragmén: who could be bought next, and who was.

Exact: a voter's load is the price of the last turn in which the voter paid. All loads stand over one common
denominator, and their sums per project are whole numbers of voters times whole numerators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from pb.core.counting.outcome import Reason
from pb.core.counting.parameters import Parameters
from pb.core.counting.phragmen_loads import Loads, loads_of
from pb.core.counting.pot_ballots import ballots_of
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.threshold import off_the_list
from pb.core.counting.ties import TieKey, tie_keys

#: By the turn in which voters had paid last (0: never), how many of them named each project.
Moved = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True)
class Race:
    """What a count of one pot depends on; ``candidates`` are members that are not off the list."""

    profile: Profile
    pot: Pot
    parameters: Parameters
    loads: Loads
    keys: tuple[TieKey, ...]
    off: Mapping[int, Reason]
    candidates: tuple[int, ...]

    def cost(self, position: int) -> int:
        return self.profile.projects[position].cost

    def rivals(self, position: int) -> frozenset[int]:
        return self.parameters.rivals.get(position, frozenset())


class Sums:
    """What the supporters of some projects have paid together, over one denominator that grows."""

    def __init__(self, positions: Iterable[int]) -> None:
        self.values = dict.fromkeys(positions, 0)
        self.denominator = 1
        self._prices = [0]

    def pay(self, load: int, voters: int, moved: Moved) -> None:
        """After one more turn its payers have paid ``load`` / (denominator * ``voters``) each in all."""
        common = gcd(load, voters)
        load, factor = load // common, voters // common
        self.denominator *= factor
        self._prices = [*(price * factor for price in self._prices), load]
        values = {position: value * factor for position, value in self.values.items()}
        for before, named in moved.items():
            more = load - self._prices[before]
            for position, number in named.items():
                if position in values:
                    values[position] += number * more
        self.values = values


@dataclass(frozen=True, slots=True)
class Round:
    """One moment of the count: who would be bought next.

    ``tied``: those that make the lowest load, in the order of ties (none when nobody is left); that load is
    ``load`` / (``denominator`` * ``voters``) with the supporters of ``taken``, who was bought (at the end
    None, and the supporters are those of the first in the tie); ``moved``: its supporters by the turn in
    which they had paid before, as ``Loads.pay`` gives them; ``left``: money of the pot before.
    """

    tied: tuple[int, ...]
    taken: int | None
    load: int
    voters: int
    denominator: int
    moved: Moved
    left: int

    @property
    def price(self) -> Fraction:
        """The lowest load."""
        return Fraction(self.load, self.denominator * self.voters)

    @property
    def paid_before(self) -> int:
        """Supporters of the project bought who had paid for something before."""
        taken = self.taken
        if taken is None:
            return 0
        return sum(named.get(taken, 0) for before, named in self.moved.items() if before)


@dataclass
class Run:
    """A whole count. ``excluded``: the funded rival by project; ``sums``: at the end, of those not funded."""

    sums: Sums
    rounds: list[Round] = field(default_factory=list)
    excluded: dict[int, int] = field(default_factory=dict)

    @property
    def winners(self) -> tuple[int, ...]:
        return tuple(one.taken for one in self.rounds if one.taken is not None)


def race_of(profile: Profile, pot: Pot, parameters: Parameters) -> Race:
    """Take those off the list that cannot win, among them projects that no voter of the pot named."""
    loads = loads_of(profile, ballots_of(profile, pot))
    off = off_the_list(
        profile, pot.members, money=pot.money, minimum=parameters.minimum, elsewhere=parameters.elsewhere
    )
    for position in pot.members:
        if position not in off and not loads.supporters[position]:
            off[position] = Reason.NO_VOTES
    candidates = tuple(position for position in pot.members if position not in off)
    return Race(profile, pot, parameters, loads, tie_keys(profile, parameters.ties), off, candidates)


def run_of(race: Race, first: tuple[int, int] | None = None) -> Run:
    """The rule itself. ``first``: (turn from 0, project): that one is taken first of its tie."""
    race.loads.reset()
    sums, left = Sums(race.candidates), race.pot.money
    run = Run(sums)
    running = list(race.candidates)
    for earlier in sorted(race.pot.earlier):
        running = _without_rivals(race, run, running, earlier)
    while True:
        tied = sorted(_lowest(race, running, sums), key=race.keys.__getitem__)
        turn = len(run.rounds)
        taken = first[1] if first and first[0] == turn else tied[0] if tied else None
        load = race.cost(taken) * sums.denominator + sums.values[taken] if taken is not None else 0
        voters = race.loads.supporters[taken] if taken is not None else 1
        if taken is None or any(race.cost(position) > left for position in tied):
            run.rounds.append(Round(tuple(tied), None, load, voters, sums.denominator, {}, left))
            return run
        moved = race.loads.pay(taken, turn + 1)
        run.rounds.append(Round(tuple(tied), taken, load, voters, sums.denominator, moved, left))
        del sums.values[taken]
        sums.pay(load, voters, moved)
        left -= race.cost(taken)
        running.remove(taken)
        running = _without_rivals(race, run, running, taken)


def _without_rivals(race: Race, run: Run, running: list[int], funded: int) -> list[int]:
    shut_out = race.rivals(funded).intersection(running)
    run.excluded.update(dict.fromkeys(shut_out, funded))
    return [position for position in running if position not in shut_out] if shut_out else running


def _lowest(race: Race, running: list[int], sums: Sums) -> list[int]:
    """Those that would make the lowest load: fractions compared by multiplying crosswise."""
    supporters, values, denominator = race.loads.supporters, sums.values, sums.denominator
    tied: list[int] = []
    best = voters = 0
    for position in running:
        load, number = race.cost(position) * denominator + values[position], supporters[position]
        above = load * voters - best * number if tied else -1
        if above < 0:
            tied, best, voters = [position], load, number
        elif above == 0:
            tied.append(position)
    return tied
