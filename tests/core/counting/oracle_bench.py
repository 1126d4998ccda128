"""What the field's reference library takes for a count; ``python -m pb bench-count`` runs this as a program.

``python -m tests.core.counting.oracle_bench FILE RULE STEP [as-read]`` prints seconds (of the processor) of
reading and of counting, peak memory (MB) and the winners, as JSON. Equal ballots are merged beforehand, which
the library gains from, unless it is to count them as its own reader gives them (approvals alone); its own
utilities are used where it has them.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import process_time
from typing import Any

from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

from pb.core.counting.pabulib import read
from pb.core.counting.profile import APPROVAL_KINDS
from tests.core.counting.oracle import Election


def main(path: str, rule: str, step: str, as_read: str = "") -> None:
    started = process_time()
    profile = read(Path(path).read_bytes()).profile
    election = Election(profile)
    if as_read:
        election.instance, election.ballots = parse_pabulib(path)
    # Its greedy rule divides what a project is worth by the cost: votes for the money are worth a vote each.
    by_cost = rule not in ("greedy-per-cost", "equal-shares-cardinality")
    own = Cost_Sat if by_cost else Cardinality_Sat
    worth = own if profile.kind in APPROVAL_KINDS else election.satisfaction(times_cost=by_cost)
    was_read = process_time()
    given: dict[str, Any] = {"tie_breaking": election.ties}
    if rule == "phragmen":
        won = sequential_phragmen(election.instance, election.ballots, **given)
    elif rule.startswith("greedy"):
        won = greedy_utilitarian_welfare(election.instance, election.ballots, sat_class=worth, **given)
    else:
        if rule == "equal-shares-add1":
            given["voter_budget_increment"] = int(step) * 10**profile.decimals
        won = method_of_equal_shares(election.instance, election.ballots, sat_class=worth, **given)
        if rule == "equal-shares-utilitarian":
            given["initial_budget_allocation"] = won
            by_votes = Cost_Sat if profile.kind in APPROVAL_KINDS else election.satisfaction(times_cost=True)
            won = greedy_utilitarian_welfare(election.instance, election.ballots, sat_class=by_votes, **given)
    counted = process_time()
    told = {
        "read": was_read - started,
        "count": counted - was_read,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "winners": len(won),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
