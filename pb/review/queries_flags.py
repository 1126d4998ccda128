"""Which projects are flagged for discussion. Flags stay as the opened sheets raised them: a second sheet, which answers
a flag, never takes one away from the others.
"""

from __future__ import annotations

from collections import defaultdict

from pb.core.flags import Flag
from pb.cycles.queries import Here
from pb.review import panel_view, queries_commission, queries_ranking


def flags_of(here: Here) -> dict[int, list[Flag]]:
    """The flags of the cycle's opened sheets, by the number of the project. Only behind the opening."""
    projects = queries_commission.scored_projects(here)
    sheets = queries_ranking.counted_sheets(here.the_cycle.id, first=True)
    ranked = queries_ranking.ranked_of(here, projects, sheets)
    raised = panel_view.panel_flags(queries_ranking.panel_sheets(projects, sheets), ranked, here.rules)
    found: dict[int, list[Flag]] = defaultdict(list)
    for flag in raised:
        found[int(flag.project_id)].append(flag)
    return dict(found)


def flagged(here: Here) -> frozenset[int]:
    """Numbers of the flagged projects; empty while the scores are sealed."""
    if not queries_ranking.is_open(here.the_cycle.id):
        return frozenset()
    return frozenset(flags_of(here))
