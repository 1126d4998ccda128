"""The moments of a count by sequential Phragmén: who could be bought next, and who was.

Exact: a voter's load is the price of the last turn in which the voter paid. All loads stand over one common
denominator, and their sums per project are whole numbers of voters times whole numerators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import gcd

from pb.core.counting.outcome import Reason
from pb.core.counting.parameters import Parameters
from pb.core.counting.phragmen_loads import Loads, loads_of
from pb.core.counting.pot_ballots import ballots_of
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.threshold import off_the_list
from pb.core.counting.ties import TieKey, tie_keys


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


@dataclass(frozen=True, slots=True)
class Round:
    """One moment of the count: who would be bought next.

    ``sums``: per project the loads of its supporters together, over ``denominator``; ``tied``: those that
    make the lowest load, in the order of ties (none when nobody is left); ``taken``: who was bought, None at
    the end; ``paid_before``: those of its supporters who had paid something before; ``left``: money before.
    """

    sums: tuple[int, ...]
    denominator: int
    tied: tuple[int, ...]
    taken: int | None
    paid_before: int
    left: int


@dataclass
class Run:
    """A whole count; ``excluded``: the funded rival by project."""

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
    supporters, keys = race.loads.supporters, race.keys
    sums = [0] * len(race.profile.projects)
    prices, denominator, left = [0], 1, race.pot.money
    run = Run()
    running = list(race.candidates)
    for earlier in sorted(race.pot.earlier):
        running = _without_rivals(race, run, running, earlier)
    while True:
        tied = sorted(_lowest(race, running, sums, denominator), key=keys.__getitem__)
        turn = len(run.rounds)
        taken = first[1] if first and first[0] == turn else tied[0] if tied else None
        if taken is None or any(race.cost(position) > left for position in tied):
            run.rounds.append(Round(tuple(sums), denominator, tuple(tied), None, 0, left))
            return run
        moved = race.loads.pay(taken, turn + 1)
        paid_before = sum(named[taken] for before, named in moved.items() if before)
        run.rounds.append(Round(tuple(sums), denominator, tuple(tied), taken, paid_before, left))
        load, voters = race.cost(taken) * denominator + sums[taken], supporters[taken]
        common = gcd(load, voters)
        load, factor = load // common, voters // common
        denominator *= factor
        prices = [*(price * factor for price in prices), load]
        sums = [one * factor for one in sums]
        for before, named in moved.items():
            more = load - prices[before]
            for position, number in named.items():
                sums[position] += number * more
        left -= race.cost(taken)
        running.remove(taken)
        running = _without_rivals(race, run, running, taken)


def _without_rivals(race: Race, run: Run, running: list[int], funded: int) -> list[int]:
    shut_out = race.rivals(funded).intersection(running)
    run.excluded.update(dict.fromkeys(shut_out, funded))
    return [position for position in running if position not in shut_out] if shut_out else running


def _lowest(race: Race, running: list[int], sums: list[int], denominator: int) -> list[int]:
    """Those that would make the lowest load: fractions compared by multiplying crosswise."""
    supporters = race.loads.supporters
    tied: list[int] = []
    best = voters = 0
    for position in running:
        load, number = race.cost(position) * denominator + sums[position], supporters[position]
        above = load * voters - best * number if tied else -1
        if above < 0:
            tied, best, voters = [position], load, number
        elif above == 0:
            tied.append(position)
    return tied
