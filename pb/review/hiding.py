"""What the opened scores still keep from a member: everything on the projects the member is recused from, until all of
it is public. Every page that shows opened scores asks here first.
"""

from __future__ import annotations

from pb import clock
from pb.cycles.queries import Here
from pb.review import queries_commission, queries_ranking


def hidden_from(here: Here, account_id: int | None) -> frozenset[int]:
    """Numbers of the projects whose opened scores the person must not see: recusals, and what the person wrote.

    Empty once the decisions are published: then everybody reads them.
    """
    if account_id is None or queries_ranking.is_published(here.the_cycle.id, clock.now()):
        return frozenset()
    panel = queries_commission.panel_of(here)
    return frozenset(
        project.number
        for project in queries_commission.scored_projects(here)
        if panel.kind(account_id, project.id) or account_id in project.author_ids
    )
