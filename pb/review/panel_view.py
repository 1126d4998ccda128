"""What the commission sees beside the mean once the scores are open: other ways of counting, and flags. Pure;
it describes and never changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pb.core.flags import Flag, flags
from pb.core.panel import PanelSheet, flips
from pb.core.rulebook import Rulebook
from pb.core.scoring import rounded_hundredths, sheet_score, statistics
from pb.review.ranking_document import RankedProject, proposed, rank_rows


@dataclass(frozen=True)
class Beside:
    """The same sheets looked at in other ways, in hundredths of a point; ``leave_one_out`` from the lowest
    to the highest mean that is left when one sheet is taken away.
    """

    trimmed: int
    median: int
    spread: int
    leave_one_out: tuple[int, int] | None


def beside(project: RankedProject, rules: Rulebook) -> Beside:
    """Trimmed mean, median, spread and leave-one-out of a project's counted sheets (at least one)."""
    found = statistics([sheet_score(s.values, rules.rubric) for s in project.sheets])
    left = sorted(rounded_hundredths(value) for value in found.leave_one_out)
    return Beside(
        trimmed=rounded_hundredths(found.trimmed),
        median=rounded_hundredths(found.median),
        spread=rounded_hundredths(found.spread),
        leave_one_out=(left[0], left[-1]) if left else None,
    )


def panel_flags(
    sheets: Sequence[PanelSheet], projects: Sequence[RankedProject], rules: Rulebook
) -> tuple[Flag, ...]:
    """All reasons to talk about a project; projects by number, members by account id."""
    rows = rank_rows(projects, rules)
    ranked = {row.project_id for row in rows}

    def chosen(scores: Mapping[int | str, Fraction]) -> set[int | str]:
        rounded = {number: rounded_hundredths(score) for number, score in scores.items()}
        ordered = sorted(rows, key=lambda row: (-rounded[row.project_id], row.rank))
        places = [rounded[row.project_id] for row in ordered]
        moved = [
            replace(row, score_hundredths=score, rank=places.index(score) + 1)
            for row, score in zip(ordered, places, strict=True)
        ]
        return set(proposed(moved, projects, rules))

    counted = [sheet for sheet in sheets if sheet.project_id in ranked]
    return flags(counted, rules.rubric, flips(counted, rules.rubric, chosen))
