"""The member adjustment: what is taken off the sheets of a member who is milder than the others, exact.

Only where members score some projects each and the rulebook announces it. The raw mean is always shown beside it. Where
everybody scores everything it changes no rank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from pb.core.panel import MemberId, ProjectId


def member_offsets(scores: Mapping[ProjectId, Mapping[MemberId, Fraction]]) -> dict[MemberId, Fraction]:
    """How far each member's sheets lie, on average, above (below: negative) the mean of the same projects, in points.

    A member who scored only alone is left as is. Additive, with the project's mean as the yardstick: a spreadsheet can
    do it. Over all sheets the offsets sum to nought.
    """
    apart: dict[MemberId, list[Fraction]] = defaultdict(list)
    for sheets in scores.values():
        mean = sum(sheets.values(), Fraction(0)) / len(sheets) if sheets else Fraction(0)
        for member, score in sheets.items():
            apart[member].append(score - mean)
    return {member: sum(rows, Fraction(0)) / len(rows) for member, rows in apart.items()}
