"""How a commission in session decides: its quorum, and what a vote comes to. Pure, whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pb.core.panel import MemberId

FOR, AGAINST, ABSTAINED = "for", "against", "abstained"
CHOICES = (FOR, AGAINST, ABSTAINED)


def session_quorum(members: int) -> int:
    """How many must be there for a session of ``members`` voting members: more than half of them, and at least one.

    On a project the base is the members not recused from it.
    """
    return members // 2 + 1


@dataclass(frozen=True)
class Count:
    """A counted vote. ``by_casting_vote``: for and against were equal, and who presides made the difference."""

    in_favour: int
    against: int
    abstained: int
    carried: bool
    by_casting_vote: bool


def count(votes: Mapping[MemberId, str], presiding: MemberId | None) -> Count:
    """Carried when more are for than against. When they are equal, the vote of who presides decides; who presides and
    abstains, or did not vote, carries nothing.
    """
    found = {choice: sum(vote == choice for vote in votes.values()) for choice in CHOICES}
    casting = (
        found[FOR] == found[AGAINST] and presiding is not None and votes.get(presiding) in (FOR, AGAINST)
    )
    carried = (
        votes.get(presiding) == FOR if casting and presiding is not None else found[FOR] > found[AGAINST]
    )
    return Count(found[FOR], found[AGAINST], found[ABSTAINED], carried, casting)
