"""`box-check` at each gate: where an invariant is broken, the gate stays shut and says why. Reads only.

The gates: the last act before the vote can begin (trial opening, approval of the roll), the close, the destruction of
the link key, the opening, the publication of the result.
"""

from __future__ import annotations

import logging

from pb.core.errors import Closed
from pb.voting.checking import check_box
from pb.voting.models import VotingRound

log = logging.getLogger(__name__)


def refuse_broken(row: VotingRound) -> None:
    """Check every invariant of the round as it stands, within the command that passes the gate.

    Some 0.2 ms a ballot, and 10 µs a voter of the roll. Raises Closed("broken_b1" … "broken_b13" | "broken_paper")
    for the first broken one, with the ``names`` of all, and as ``check_box``. A round that was brought in from
    elsewhere never had a sealed box here.
    """
    if not row.custodians:
        return
    broken = [finding for finding in check_box(row.cycle_id) if not finding.holds]
    for finding in broken:
        log.error("box-check of %s: %s is broken: %s", row.label, finding.name, finding.detail)
    if broken:
        raise Closed(f"broken_{broken[0].name.lower()}", names=", ".join(finding.name for finding in broken))
