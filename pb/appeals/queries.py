"""Reading objections: one with who may do what with it, the public list, the queue, what is open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from pb.appeals.kinds import KINDS, Contested
from pb.appeals.models import Objection, ObjectionFile
from pb.appeals.terms import is_late, objections_until
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.db import db

OPEN = "filed"


@dataclass(frozen=True)
class Case:
    """An objection with who is who in it, for the policy. ``barred_ids``: who was at work on what it contests."""

    row: Objection
    author_ids: frozenset[int]
    barred_ids: frozenset[int]

    @property
    def state(self) -> str:
        return self.row.state

    @property
    def helper_ids(self) -> frozenset[int]:
        """The operator who wrote it down for somebody."""
        return frozenset({self.row.helper_id} if self.row.helper_id is not None else ())


def contested(here: Here, thing: str, number: int, now: datetime) -> Contested | None:
    """The decision that stands on an idea or project of the cycle and can, or could, be objected to."""
    for kind in KINDS.values():
        if kind.thing == thing and (found := kind.find(here, number, now)) is not None:
            return replace(found, until=objections_until(found.at, here.rules))
    return None


def case_of(row: Objection) -> Case:
    """The objection with its people."""
    kind = KINDS[row.kind]
    return Case(
        row, frozenset(kind.authors(row.thing_id)), frozenset(kind.at_work(row.thing_id, row.decision_id))
    )


def standing(kind: str, decision_id: int, *, lock: bool = False) -> Objection | None:
    """The objection to a decision that was not withdrawn."""
    query = select(Objection).where(
        Objection.kind == kind, Objection.decision_id == decision_id, Objection.state != "withdrawn"
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one_or_none()


def locked(objection_id: int) -> Objection:
    """The row, locked, as it stands now. Raises Missing."""
    query = select(Objection).where(Objection.id == objection_id).with_for_update()
    row = db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def by_id(cycle_id: int, objection_id: int) -> Case | None:
    """An objection of this cycle, draft or not."""
    row = db.session.scalar(
        select(Objection).where(Objection.id == objection_id, Objection.cycle_id == cycle_id)
    )
    return case_of(row) if row is not None else None


def by_number(cycle_id: int, number: int, now: datetime) -> Case | None:
    """An objection that was filed by ``now``."""
    row = db.session.scalar(
        select(Objection).where(
            Objection.number == number, Objection.cycle_id == cycle_id, Objection.filed_at <= now
        )
    )
    return case_of(row) if row is not None else None


def filed(cycle_id: int, now: datetime) -> list[Objection]:
    """All objections that were filed, by number."""
    query = select(Objection).where(Objection.cycle_id == cycle_id, Objection.filed_at <= now)
    return list(db.session.scalars(query.order_by(Objection.number)))


def state_at(row: Objection, now: datetime) -> str:
    """The state as it was at ``now``: a rehearsal clock may be turned back."""
    ended = row.decided_at or row.withdrawn_at
    return row.state if ended is None or ended <= now else OPEN


def outcome_at(row: Objection, now: datetime) -> str:
    """The outcome, once there is one."""
    return row.outcome or "" if state_at(row, now) == "decided" else ""


def waiting(cycle_id: int, now: datetime) -> list[Objection]:
    """The queue of who examines: what is open, first what is due first."""
    query = select(Objection).where(Objection.cycle_id == cycle_id, Objection.state == OPEN)
    return list(db.session.scalars(query.order_by(Objection.due, Objection.number)))


def late_count(cycle_id: int, now: datetime) -> int:
    """How many of them are past their day."""
    return sum(is_late(row.due, now) for row in waiting(cycle_id, now))


def open_numbers(cycle_id: int) -> list[int]:
    """The numbers of the open objections of a cycle."""
    query = select(Objection.number).where(Objection.cycle_id == cycle_id, Objection.state == OPEN)
    return [number for number in db.session.scalars(query.order_by(Objection.number)) if number is not None]


def of_thing(thing: str, thing_id: int, now: datetime) -> list[Objection]:
    """What was filed on an idea or project by ``now``, oldest first."""
    column = Objection.idea_id if thing == "idea" else Objection.project_id
    query = select(Objection).where(column == thing_id, Objection.filed_at <= now)
    return list(db.session.scalars(query.order_by(Objection.id)))


def granted(kind: str, decision_ids: Collection[int]) -> dict[int, Objection]:
    """The objections of this kind that were upheld, wholly or partly, by the decision that they contested."""
    query = select(Objection).where(
        Objection.kind == kind,
        Objection.decision_id.in_(decision_ids),
        Objection.outcome.in_(("upheld", "partly")),
    )
    return {row.decision_id: row for row in db.session.scalars(query.order_by(Objection.id))}


def helped_by(cycle_id: int, account_id: int) -> list[Objection]:
    """What an operator wrote down for others in this cycle, newest first."""
    query = select(Objection).where(Objection.cycle_id == cycle_id, Objection.helper_id == account_id)
    return list(db.session.scalars(query.order_by(Objection.id.desc()).limit(50)))


def next_number(cycle_id: int) -> int:
    """The number of the next objection that is filed (under the cycle's lock)."""
    return (
        db.session.scalar(select(func.max(Objection.number)).where(Objection.cycle_id == cycle_id)) or 0
    ) + 1


def files_of(objection_id: int) -> list[Row[Any]]:
    """(id, kind, name, size, fingerprint) of what is attached, in the order in which it was given."""
    columns: Any = (
        ObjectionFile.id, ObjectionFile.kind, ObjectionFile.name, ObjectionFile.size, ObjectionFile.fingerprint,
    )  # fmt: skip
    query = select(*columns).where(ObjectionFile.objection_id == objection_id).order_by(ObjectionFile.id)
    return list(db.session.execute(query))


def file_of(objection_id: int, file_id: int) -> Row[Any] | None:
    """(kind, name, data) of one of them."""
    columns: Any = (ObjectionFile.kind, ObjectionFile.name, ObjectionFile.data)
    query = select(*columns).where(ObjectionFile.id == file_id, ObjectionFile.objection_id == objection_id)
    return db.session.execute(query).one_or_none()


def file_row(objection_id: int, file_id: int) -> ObjectionFile | None:
    """The row, to be deleted."""
    return db.session.scalar(
        select(ObjectionFile).where(ObjectionFile.id == file_id, ObjectionFile.objection_id == objection_id)
    )
