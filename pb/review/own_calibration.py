"""How a member's sheets lie beside those of the others, for that member alone: the own numbers and means of the
rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm

from pb.core.bundles import letters_stable
from pb.core.rubrics import Criterion, Rubric
from pb.core.tally import half_up
from pb.cycles.queries import Here
from pb.review import queries_ranking


@dataclass(frozen=True)
class Line:
    """A criterion: the member's mean level and that of the others on the same projects, in hundredths of a level."""

    criterion: Criterion
    own: int
    others: int

    @property
    def apart(self) -> int:
        """Above the others: positive."""
        return self.own - self.others


def lines_of(
    sheets: Mapping[int, Sequence[tuple[int, Mapping[str, int]]]], member: int, rubric: Rubric
) -> list[Line]:
    """From (member, levels) by project, over the projects that the member and somebody else scored. The others' mean is
    that of each project's others, averaged over these projects, so that a large panel weighs no more than a small one.
    """
    found = []
    for criterion in rubric.criteria:
        own, others, projects = 0, [], 0
        for rows in sheets.values():
            mine = [levels[criterion.id] for who, levels in rows if who == member and criterion.id in levels]
            theirs = [
                levels[criterion.id] for who, levels in rows if who != member and criterion.id in levels
            ]
            if mine and theirs:
                own, projects = own + mine[0], projects + 1
                others.append((sum(theirs), len(theirs)))
        if projects:
            below = lcm(*(count for _, count in others))
            above = sum(total * (below // count) for total, count in others)
            found.append(
                Line(criterion, half_up(own * 100, projects), half_up(above * 100, below * projects))
            )
    return found


@dataclass(frozen=True)
class OwnReport:
    """The lines, and how many of the member's sheets count."""

    lines: list[Line]
    sheets: int


def report(here: Here, account_id: int) -> OwnReport:
    """The report of one member, from the counted sheets."""
    counted = queries_ranking.counted_sheets(here.the_cycle.id, stable=letters_stable(here.rules))
    sheets = {key: [(s.member_id, s.values) for s in rows] for key, rows in counted.items()}
    own = sum(who == account_id for rows in sheets.values() for who, _ in rows)
    return OwnReport(lines_of(sheets, account_id, here.rules.rubric), own)
