"""Reading who sits on a commission: seats in their order, who presides, which substitutes were called in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from pb.accounts.models import Account, RoleGrant
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Role
from pb.review.models_panel import Seat, SubstituteCall

FUNCTIONS = ("chair", "vice_chair", "member", "substitute", "secretary", "observer")
REPRESENTS = ("municipality", "council", "civil_society", "expert", "youth")
VOTING = ("chair", "vice_chair", "member")  # who scores and decides; substitutes once they are called in
# The role in the town that a seat needs, so that its pages open.
ROLE_OF = {
    "chair": Role.CHAIR,
    "vice_chair": Role.CHAIR,
    "member": Role.MEMBER,
    "substitute": Role.MEMBER,
    "secretary": Role.SECRETARY,
    "observer": Role.OBSERVER,
}
_ORDER = case({name: place for place, name in enumerate(FUNCTIONS)}, value=Seat.function)


def seats(cycle_id: int, *functions: str) -> list[Seat]:
    """The seats in force (of these functions), chair first, then in the order of appointment."""
    query = (
        select(Seat)
        .where(Seat.cycle_id == cycle_id, Seat.ended_at.is_(None))
        .options(joinedload(Seat.account))
        .order_by(_ORDER, Seat.id)
    )
    if functions:
        query = query.where(Seat.function.in_(functions))
    return list(db.session.scalars(query))


def all_seats(cycle_id: int, now: datetime) -> list[Seat]:
    """Every seat filled by ``now``, ended ones among them, in the same order."""
    query = (
        select(Seat)
        .where(Seat.cycle_id == cycle_id, Seat.appointed_at <= now)
        .options(joinedload(Seat.account))
        .order_by(_ORDER, Seat.id)
    )
    return list(db.session.scalars(query))


def seat_of(cycle_id: int, account_id: int | None) -> Seat | None:
    """The person's seat in force."""
    return db.session.execute(
        select(Seat).where(Seat.cycle_id == cycle_id, Seat.account_id == account_id, Seat.ended_at.is_(None))
    ).scalar_one_or_none()


def seat_in_cycle(cycle_id: int, seat_id: int) -> Seat | None:
    """A seat of this cycle that is in force, by its id."""
    seat = db.session.get(Seat, seat_id)
    return seat if seat is not None and seat.cycle_id == cycle_id and seat.ended_at is None else None


def seat_for_update(seat_id: int) -> Seat:
    """A seat, locked and read again. Raises Missing."""
    query = select(Seat).where(Seat.id == seat_id).with_for_update(of=Seat)
    seat = db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if seat is None:
        raise Missing("no_such_page")
    return seat


def calls(cycle_id: int) -> dict[int, SubstituteCall]:
    """The calls of substitutes, by seat id."""
    rows = db.session.scalars(
        select(SubstituteCall).join(Seat, Seat.id == SubstituteCall.seat_id).where(Seat.cycle_id == cycle_id)
    )
    return {row.seat_id: row for row in rows}


def members_and_substitutes(cycle_id: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Accounts that score, with the substitutes called in; and the substitutes that wait, in their order."""
    called = calls(cycle_id)
    rows = seats(cycle_id, *VOTING, "substitute")
    regular = [s.account_id for s in rows if s.function != "substitute" or s.id in called]
    waiting = [s.account_id for s in rows if s.function == "substitute" and s.id not in called]
    return tuple(regular), tuple(waiting)


def who_can_be_seated(here: Here) -> list[Account]:
    """The town's staff without a seat in force on this commission, by account."""
    seated = select(Seat.account_id).where(Seat.cycle_id == here.the_cycle.id, Seat.ended_at.is_(None))
    query = (
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.town_id == here.town.id, RoleGrant.revoked_at.is_(None), Account.id.not_in(seated))
        .order_by(Account.id)
        .distinct()
    )
    return list(db.session.scalars(query))
