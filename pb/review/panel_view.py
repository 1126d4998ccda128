"""What the commission sees beside the mean once the scores are open: other ways of counting, and flags. Pure;
it describes and never changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pb.core.flags import Flag, flags
from pb.core.panel import PanelSheet
from pb.core.rulebook import Rulebook
from pb.core.tally import Tally
from pb.review.ranking_document import RankedProject, build, panel_projects


@dataclass(frozen=True)
class Beside:
    """The same sheets looked at in other ways, in hundredths of a point; ``leave_one_out`` from the lowest
    to the highest mean that is left when one sheet is taken away.
    """

    trimmed: int
    median: int
    spread: int
    leave_one_out: tuple[int, int] | None


def besides(projects: Sequence[RankedProject], rules: Rulebook) -> dict[int, Beside]:
    """Trimmed mean, median, spread and leave-one-out of the ranked projects, by number; of the sheets as they are,
    without an adjustment.
    """
    ranked = panel_projects(projects, rules.rubric)
    tally, found = Tally(ranked, rules.rubric), {}
    for project in ranked:
        key = project.project_id
        left = [tally.without(key, member) for member in project.sheets]
        found[int(key)] = Beside(
            trimmed=tally.trimmed(key),
            median=tally.median(key),
            spread=tally.spread(key),
            leave_one_out=(min(left), max(left)) if len(left) > 1 else None,
        )
    return found


def panel_flags(
    sheets: Sequence[PanelSheet], projects: Sequence[RankedProject], rules: Rulebook
) -> tuple[Flag, ...]:
    """All reasons to talk about a project; projects by number, members by account id. Who flips is counted anew from
    these sheets.
    """
    document = build(
        town="", year=0, snapshot=0, opened_at="", rulebook_version=0, rules=rules, projects=projects
    )
    entries = {entry["number"]: entry for entry in document["projects"]}
    return document_flags(sheets, entries, document["ways"], rules)


def document_flags(
    sheets: Sequence[PanelSheet], entries: Mapping[int, Mapping[str, Any]], ways: int | None, rules: Rulebook
) -> tuple[Flag, ...]:
    """The same where the ranking's document knows already in how many ways of counting a project is in."""
    counted = [sheet for sheet in sheets if sheet.project_id in entries]
    flipping = {number for number, one in entries.items() if ways and 0 < one.get("within", 0) < ways}
    return flags(counted, rules.rubric, flipping)
