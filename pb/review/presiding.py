"""Who presides: the chair, and by rule the vice-chair where the chair may not or is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pb.core.errors import Refused
from pb.cycles.queries import Here
from pb.policy import Actor
from pb.review import queries_seats
from pb.review.panel_members import Panel
from pb.review.queries_commission import panel_of


@dataclass(frozen=True)
class Presiding:
    """The accounts of chair and vice-chair by function, and the panel with its recusals."""

    top: Mapping[str, int]
    panel: Panel

    def by(self, account_id: int | None, project_id: int | None = None, besides: int | None = None) -> bool:
        """Whether the person presides over the cycle's acts, or over those on one project.

        The chair does; the vice-chair where the chair is recused from the project, and for everything while the
        chair's seat is vacant. Whoever is recused from the project never does, nor ``besides``: whom the act
        itself is about.
        """
        in_turn = [
            self.top[name]
            for name in ("chair", "vice_chair")
            if name in self.top
            and self.top[name] != besides
            and (project_id is None or not self.panel.kind(self.top[name], project_id))
        ]
        return bool(in_turn) and in_turn[0] == account_id


def presiding(here: Here) -> Presiding:
    """Who presides over the commission of this cycle."""
    seats = queries_seats.seats(here.the_cycle.id, "chair", "vice_chair")
    return Presiding({seat.function: seat.account_id for seat in seats}, panel_of(here))


def require_presiding(here: Here, actor: Actor, project_id: int | None = None) -> None:
    """Raises Refused("recused_chair") for a chair in conflict, Refused("not_presiding") for anybody else."""
    found = presiding(here)
    if found.by(actor.account_id, project_id):
        return
    if project_id is not None and found.panel.kind(actor.account_id or 0, project_id):
        raise Refused("recused_chair")
    raise Refused("not_presiding")
