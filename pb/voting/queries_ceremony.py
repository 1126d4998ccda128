"""Reading the ceremony: steps of two persons, and cases of suspected fraud."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.db import db
from pb.voting.models_ceremony import BoxAct, VoidCase


def box_acts(round_id: int) -> list[BoxAct]:
    """Every step that was proposed, newest first."""
    return list(
        db.session.scalars(select(BoxAct).where(BoxAct.round_id == round_id).order_by(BoxAct.id.desc()))
    )


def box_act_of(round_id: int, act_id: int) -> BoxAct | None:
    """A step of this round, else None."""
    return db.session.execute(
        select(BoxAct).where(BoxAct.id == act_id, BoxAct.round_id == round_id)
    ).scalar_one_or_none()


def pending(round_id: int, now: datetime) -> list[BoxAct]:
    """The steps that wait for a second person and have not expired, oldest first."""
    return [act for act in reversed(box_acts(round_id)) if act.outcome is None and act.expires_at > now]


def approved(round_id: int, kind: str) -> list[BoxAct]:
    """The approved steps of a kind, in the order of their decisions."""
    query = select(BoxAct).where(
        BoxAct.round_id == round_id, BoxAct.kind == kind, BoxAct.outcome == "approved"
    )
    return list(db.session.scalars(query.order_by(BoxAct.decided_at, BoxAct.id)))


def void_cases(round_id: int) -> list[VoidCase]:
    """The cases of a round, in the order in which they were opened."""
    return list(
        db.session.scalars(select(VoidCase).where(VoidCase.round_id == round_id).order_by(VoidCase.id))
    )


def voided(round_id: int) -> set[str]:
    """The commitments of the ballots that were voided."""
    return {case.commitment for case in void_cases(round_id) if case.commitment is not None}
