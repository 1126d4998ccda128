"""What a panel's sheets look like beside the mean; this file describes and raises flags, it never changes a
number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pb.core.errors import Invalid
from pb.core.rubrics import Rubric, sheet_score

ProjectId = int | str
MemberId = int | str

WIDE_RANGE = 3  # levels between the highest and the lowest value on one criterion
AWAY_FROM_PANEL = 1  # levels between a member's mean and the panel's
HASTY_SECONDS = 120


def mean(values: Sequence[Fraction]) -> Fraction:
    """The exact mean. Raises Invalid("no_sheets") when there is nothing."""
    if not values:
        raise Invalid("no_sheets")
    return sum(values, Fraction(0)) / len(values)


@dataclass(frozen=True)
class Statistics:
    """Other ways of looking at the same sheets, exact; ``leave_one_out`` in the order of the sheets."""

    mean: Fraction
    trimmed: Fraction
    median: Fraction
    leave_one_out: tuple[Fraction, ...]
    spread: Fraction


def statistics(sheets: Sequence[Fraction]) -> Statistics:
    """From the scores of the counted sheets of one project, at least one.

    Trimmed: without one highest and one lowest from three sheets on. Spread: highest less lowest.
    """
    plain = mean(sheets)
    ordered = sorted(sheets)
    count, middle = len(ordered), len(ordered) // 2
    return Statistics(
        mean=plain,
        trimmed=mean(ordered[1:-1]) if count > 2 else plain,
        median=ordered[middle] if count % 2 else (ordered[middle - 1] + ordered[middle]) / 2,
        leave_one_out=tuple((plain * count - score) / (count - 1) for score in sheets) if count > 1 else (),
        spread=ordered[-1] - ordered[0],
    )


@dataclass(frozen=True)
class PanelSheet:
    """One counted sheet. ``seconds``: how long it was worked on, None when not known."""

    project_id: ProjectId
    member_id: MemberId
    lines: Mapping[str, int]
    seconds: int | None = None


@dataclass(frozen=True)
class Flag:
    """A reason to talk about a project or with a member: code and what it is about."""

    code: str
    project_id: ProjectId | None = None
    member_id: MemberId | None = None
    criterion_id: str | None = None


def flags(
    sheets: Sequence[PanelSheet],
    rubric: Rubric,
    proposed: Callable[[Mapping[ProjectId, Fraction]], Collection[ProjectId]] | None = None,
) -> tuple[Flag, ...]:
    """wide_range (project, criterion), hasty (project, member), away_from_panel and zero_variance (member),
    flips (project).

    ``proposed`` says which projects would be in for given scores; a project that is in by the mean and out by
    the trimmed mean, the median or without one of the members (or the other way round) flips. Only criteria
    that give points are looked at.
    """
    scored = {criterion.id for criterion in rubric.scored}
    sheets = [
        replace(sheet, lines={key: value for key, value in sheet.lines.items() if key in scored})
        for sheet in sheets
    ]
    by_project: dict[ProjectId, list[PanelSheet]] = defaultdict(list)
    by_member: dict[MemberId, list[PanelSheet]] = defaultdict(list)
    for sheet in sheets:
        by_project[sheet.project_id].append(sheet)
        by_member[sheet.member_id].append(sheet)
    found = [
        Flag("wide_range", project, criterion_id=criterion.id)
        for project, rows in by_project.items()
        for criterion in rubric.scored
        if (values := [row.lines[criterion.id] for row in rows if criterion.id in row.lines])
        and max(values) - min(values) >= WIDE_RANGE
    ]
    found += [
        Flag("hasty", sheet.project_id, sheet.member_id)
        for sheet in sheets
        if sheet.seconds is not None and sheet.seconds < HASTY_SECONDS
    ]
    for member, rows in by_member.items():
        own = [value for row in rows for value in row.lines.values()]
        others = [v for row in rows for peer in by_project[row.project_id] for v in peer.lines.values()]
        if abs(Fraction(sum(own), len(own)) - Fraction(sum(others), len(others))) >= AWAY_FROM_PANEL:
            found.append(Flag("away_from_panel", member_id=member))
        if len(own) > 1 and len(set(own)) == 1:
            found.append(Flag("zero_variance", member_id=member))
    if proposed is not None:
        found += [Flag("flips", project) for project in _flips(by_project, by_member, rubric, proposed)]
    return tuple(found)


def _flips(
    by_project: Mapping[ProjectId, Sequence[PanelSheet]],
    by_member: Collection[MemberId],
    rubric: Rubric,
    proposed: Callable[[Mapping[ProjectId, Fraction]], Collection[ProjectId]],
) -> list[ProjectId]:
    scores = {
        project: {row.member_id: sheet_score(row.lines, rubric, partial=True) for row in rows}
        for project, rows in by_project.items()
    }
    summaries = {project: statistics(list(values.values())) for project, values in scores.items()}
    ways = [
        {project: summary.trimmed for project, summary in summaries.items()},
        {project: summary.median for project, summary in summaries.items()},
    ]
    for member in by_member:
        # Without this member; a project that nobody else scored keeps its mean.
        ways.append(
            {
                project: mean([score for key, score in values.items() if key != member] or [*values.values()])
                for project, values in scores.items()
            }
        )
    usual = set(proposed({project: summary.mean for project, summary in summaries.items()}))
    flipped: set[ProjectId] = set()
    for way in ways:
        flipped |= usual ^ set(proposed(way))
    return [project for project in by_project if project in flipped]
