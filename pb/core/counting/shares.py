"""The Method of Equal Shares (Peters, Pierczyński, Skowron 2021): every voter of the pot has the same money."""

from __future__ import annotations

import sys
from functools import partial

from pb.core.counting.completions import Chosen, completed, raised
from pb.core.counting.electorate import Electorate, electorate_of
from pb.core.counting.outcome import PotOutcome, Told
from pb.core.counting.parameters import STEPPING, Parameters
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.shares_account import Account
from pb.core.counting.shares_explain import explained, steps
from pb.core.counting.shares_purses import PlainPurses, Purses
from pb.core.counting.shares_records import SharesFacts
from pb.core.counting.shares_run import Contest, Run
from pb.core.counting.shares_ties import ties_of
from pb.core.counting.threshold import off_the_list
from pb.core.counting.ties import tie_keys

#: From so many entries of ballots numpy repays its import: in one run, and in many (or once it is there).
FROM = {False: 20_000, True: 1_000}
TAKES = frozenset({"utility", "completion", "step"})


def equal_shares(profile: Profile, pot: Pot, parameters: Parameters) -> PotOutcome:
    """By the money of a project's supporters, with the utility and the completion of the parameters."""
    contest = contest_of(profile, pot, parameters)
    decided = raised(contest)
    chosen = completed(contest, decided.raises, decided.runs, decided.funded)
    return PotOutcome(chosen.winners, partial(_told, contest, decided.run, chosen))


def _told(contest: Contest, run: Run, chosen: Chosen) -> Told:
    if run.raises != chosen.raises or contest.purses.holder is not run:
        # Other runs came after it: the same once more, for what is in the purses at its end.
        run = Run(contest, chosen.raises)
        run.winners()
    account = Account(run)
    made = steps(account, chosen)
    return Told(
        steps=made,
        projects=explained(account, chosen, made),
        ties=ties_of(account, chosen),
        facts=_facts(contest, chosen),
    )


def contest_of(profile: Profile, pot: Pot, parameters: Parameters) -> Contest:
    """The voters of a pot with their empty purses, and the projects that may win."""
    electorate = electorate_of(profile, pot)
    purses = purses_of(electorate, len(profile.projects), many=parameters.completion in STEPPING)
    off = off_the_list(
        profile, pot.members, money=pot.money, minimum=parameters.minimum, elsewhere=parameters.elsewhere
    )
    listed = tuple(position for position in pot.members if position not in off)
    free = [one for one in listed if pot.earlier.isdisjoint(parameters.rivals.get(one, ()))]
    cardinality = parameters.utility == "cardinality"
    return Contest(
        profile=profile,
        pot=pot,
        parameters=parameters,
        voters=electorate.voters,
        purses=purses,
        off=off,
        listed=listed,
        candidates=tuple(position for position in free if purses.points[position]),
        divisors=tuple(1 if cardinality else max(1, project.cost) for project in profile.projects),
        keys=tie_keys(profile, parameters.ties),
    )


def purses_of(electorate: Electorate, projects: int, *, many: bool) -> Purses:
    """Purses by numpy where that is faster, if it is installed and the numbers are within what it holds."""
    if len(electorate.columns.choices) >= FROM[many or "numpy" in sys.modules]:
        try:
            from pb.core.counting.fast.purses import FastPurses

            return FastPurses(electorate, projects)
        except (ImportError, OverflowError):
            pass
    return PlainPurses(electorate, projects)


def _facts(contest: Contest, chosen: Chosen) -> SharesFacts:
    return SharesFacts(
        pot=contest.pot.name,
        voters=contest.voters,
        share=contest.share(0),
        raises=chosen.raises,
        endowment=contest.share(chosen.raises),
        runs=chosen.runs,
        preference=chosen.preference,
    )
