"""B8 of `box-check`: the count held against the opened box, ballots in another order too."""

from __future__ import annotations

from dataclasses import replace

from pb import clock
from pb.cycles.queries import here_by_id
from pb.results import counting, queries
from pb.results.boxes import profile_bytes
from pb.voting.checking import tally
from pb.voting.models import VotingRound


@tally
def tally_of(row: VotingRound) -> tuple[bool, str] | None:
    """Whether the last count is that of the ballots as they are stored, in this order and backwards."""
    here = here_by_id(row.cycle_id)
    stored = queries.latest_count(row.cycle_id, clock.now())
    if stored is None:
        return None
    counted = counting.count_bytes(profile_bytes(here, row), here.rules.counting)
    if counted.inputs_fingerprint != stored.inputs_fingerprint:
        return False, "the counted file is not what the opened box gives"
    if counted.fingerprint != stored.fingerprint:
        return False, "the stored result is not what these ballots give"
    turned = replace(counted.profile, ballots=tuple(reversed(counted.profile.ballots)))
    if counting.count_profile(turned, here.rules.counting).to_json() != counted.document:
        return False, "the result depends on the order of the ballots"
    return True, f"{counted.result.voters} ballots give the stored result, backwards too"
