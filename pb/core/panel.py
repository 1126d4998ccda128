"""What a panel's sheets look like beside the mean; this file describes, it never changes a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pb.core.errors import Invalid

ProjectId = int | str
MemberId = int | str


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
