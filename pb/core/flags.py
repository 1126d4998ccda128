"""Why a commission talks about a project once its scores are open. A flag is information: no number follows from it.

The reasons are those of the rules of scoring: members far apart on a criterion, a result that another way of counting
turns round, a member a level away from the panel, a member whose sheets are all alike, a sheet filled in in haste.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pb.core.panel import MemberId, PanelSheet, ProjectId
from pb.core.rubrics import Rubric

WIDE_RANGE = 3  # levels between the highest and the lowest value on one criterion
AWAY_FROM_PANEL = 1  # levels between a member's mean on a project and the panel's
HASTY_SECONDS = 120
CODES = (
    "wide_range",
    "flips",
    "away_from_panel",
    "zero_variance",
    "hasty",
)  # in the order in which pages say them


@dataclass(frozen=True)
class Flag:
    """A reason to talk about a project: its code, and the member or the criterion that it is about."""

    code: str
    project_id: ProjectId
    member_id: MemberId | None = None
    criterion_id: str | None = None


def flags(
    sheets: Sequence[PanelSheet], rubric: Rubric, flipping: Collection[ProjectId] = ()
) -> tuple[Flag, ...]:
    """Every flag on every project, projects in the order of their first sheet, codes in that of ``CODES``.

    wide_range (criterion): three levels or more between two members. flips: the project is in ``flipping``, which
    other ways of counting put on the other side of the line. away_from_panel (member): the mean of a member's levels
    on the project is a level or more from the mean of all levels given to it. zero_variance (member): the member gave
    one and the same level everywhere, on all sheets; raised on each project the member scored. hasty (member): the
    sheet was worked on for less than two minutes. Only criteria that give points are looked at.
    """
    scored = {criterion.id for criterion in rubric.scored}
    sheets = [
        replace(sheet, lines={key: value for key, value in sheet.lines.items() if key in scored})
        for sheet in sheets
    ]
    by_project: dict[ProjectId, list[PanelSheet]] = defaultdict(list)
    levels: dict[MemberId, list[int]] = defaultdict(list)
    for sheet in sheets:
        by_project[sheet.project_id].append(sheet)
        levels[sheet.member_id] += sheet.lines.values()
    flat = {member for member, given in levels.items() if len(given) > 1 and len(set(given)) == 1}
    found: list[Flag] = []
    for project, rows in by_project.items():
        found += [
            Flag("wide_range", project, criterion_id=criterion.id)
            for criterion in rubric.scored
            if (values := [row.lines[criterion.id] for row in rows if criterion.id in row.lines])
            and max(values) - min(values) >= WIDE_RANGE
        ]
        if project in flipping:
            found.append(Flag("flips", project))
        total, count = sum(sum(row.lines.values()) for row in rows), sum(len(row.lines) for row in rows)
        found += [Flag("away_from_panel", project, row.member_id) for row in rows if _away(row, total, count)]
        found += [Flag("zero_variance", project, row.member_id) for row in rows if row.member_id in flat]
        found += [
            Flag("hasty", project, row.member_id)
            for row in rows
            if row.seconds is not None and row.seconds < HASTY_SECONDS
        ]
    return tuple(found)


def _away(sheet: PanelSheet, total: int, count: int) -> bool:
    """Whether the mean of the sheet is a level or more from that of ``count`` levels with the sum ``total``."""
    own, given = sum(sheet.lines.values()), len(sheet.lines)
    return given > 0 and abs(own * count - total * given) >= AWAY_FROM_PANEL * given * count
