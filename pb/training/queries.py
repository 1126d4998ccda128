"""Reading sessions of training and their lists. Names and numbers are unsealed here for those who may see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.accounts.queries import account_by_id
from pb.core.errors import Missing
from pb.db import db
from pb.training.models import SignUp, TrainingMaterial, TrainingSession


@dataclass(frozen=True)
class Listed:
    """A session, how many have a seat and how many wait."""

    session: TrainingSession
    taken: int
    waiting: int

    @property
    def free(self) -> int:
        """Seats that nobody has."""
        return max(0, self.session.seats - self.taken)


def sessions_of(cycle_id: int, now: datetime) -> list[Listed]:
    """The sessions of a cycle announced by ``now``, in the order of their beginning; two queries, whatever their
    number.
    """
    rows = db.session.scalars(
        select(TrainingSession)
        .where(TrainingSession.cycle_id == cycle_id, TrainingSession.created_at <= now)
        .options(joinedload(TrainingSession.trainer))
        .order_by(TrainingSession.begins_at, TrainingSession.id)
    ).all()
    counts = _counts([row.id for row in rows])
    return [Listed(row, *counts.get(row.id, (0, 0))) for row in rows]


def listed(session: TrainingSession) -> Listed:
    """The same of one session."""
    return Listed(session, *_counts([session.id]).get(session.id, (0, 0)))


def _counts(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(with a seat, on the list in all but the cancelled) by session, as (taken, waiting)."""
    rows = db.session.execute(
        select(SignUp.session_id, func.count(SignUp.seat), func.count())
        .where(SignUp.session_id.in_(ids), SignUp.cancelled_at.is_(None))
        .group_by(SignUp.session_id)
    )
    return {session_id: (taken, total - taken) for session_id, taken, total in rows}


def session_in_cycle(cycle_id: int, session_id: int, now: datetime) -> TrainingSession | None:
    """A session of this cycle, with its materials' names."""
    return db.session.execute(
        select(TrainingSession)
        .where(
            TrainingSession.id == session_id,
            TrainingSession.cycle_id == cycle_id,
            TrainingSession.created_at <= now,
        )
        .options(joinedload(TrainingSession.trainer), selectinload(TrainingSession.materials))
    ).scalar_one_or_none()


def session_for_update(session_id: int) -> TrainingSession:
    """A session, locked until the command ends: whoever takes or leaves a seat of it waits here. Raises Missing."""
    row = db.session.execute(
        select(TrainingSession)
        .where(TrainingSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_training")
    return row


def material(session_id: int, material_id: int) -> Any:
    """A row (name, data) of a paper of the session; None where there is none."""
    return db.session.execute(
        select(TrainingMaterial.name, TrainingMaterial.data).where(
            TrainingMaterial.id == material_id, TrainingMaterial.session_id == session_id
        )
    ).one_or_none()


def sign_ups(session_id: int, *, everybody: bool = False) -> list[SignUp]:
    """The list: seats by number of the queue, then those who wait in their order; cancelled ones only if asked."""
    query = (
        select(SignUp)
        .where(SignUp.session_id == session_id)
        .order_by(SignUp.seat.is_(None), SignUp.queued_at, SignUp.id)
    )
    if not everybody:
        query = query.where(SignUp.cancelled_at.is_(None))
    return list(db.session.scalars(query))


def sign_up_of(session_id: int, person_hash: str) -> SignUp | None:
    """Somebody's line on the list, cancelled or not."""
    return db.session.execute(
        select(SignUp).where(SignUp.session_id == session_id, SignUp.person_hash == person_hash)
    ).scalar_one_or_none()


def sign_up_in_session(session_id: int, sign_up_id: int) -> SignUp | None:
    """A line of this session's list."""
    row = db.session.get(SignUp, sign_up_id, populate_existing=True)
    return row if row is not None and row.session_id == session_id else None


def person_hash(account: Account) -> str:
    """By which an account is found on lists: the hash of its phone, so that an operator's entry is the same person."""
    return account.phone_hash or f"account {account.id}"


def own_sign_up(session_id: int, account_id: int | None) -> SignUp | None:
    """The line of whoever is signed in."""
    account = account_by_id(account_id) if account_id is not None else None
    return sign_up_of(session_id, person_hash(account)) if account else None


def own_sessions(cycle_id: int, account_id: int) -> dict[int, SignUp]:
    """A person's lines in the cycle by session, cancelled ones left out."""
    account = account_by_id(account_id)
    if account is None:
        return {}
    rows = db.session.scalars(
        select(SignUp)
        .join(TrainingSession)
        .where(
            TrainingSession.cycle_id == cycle_id,
            SignUp.person_hash == person_hash(account),
            SignUp.cancelled_at.is_(None),
        )
        .order_by(SignUp.id)
    )
    return {row.session_id: row for row in rows}


def full_name(row: SignUp) -> str:
    """„ნინო სანიმუშო“."""
    return f"{unseal(row.first_name_sealed)} {unseal(row.surname_sealed)}".strip()


def initialled(row: SignUp) -> str:
    """„ნინო ს.“: all that is shown of a person in public."""
    surname = unseal(row.surname_sealed)
    return (
        f"{unseal(row.first_name_sealed)} {surname[:1]}.".strip()
        if surname
        else unseal(row.first_name_sealed)
    )


def by_certificate(cycle_id: int, code: str) -> SignUp | None:
    """Whose certificate has this code; None where there is none, or the mark was taken back."""
    return db.session.execute(
        select(SignUp)
        .join(TrainingSession)
        .where(TrainingSession.cycle_id == cycle_id, SignUp.certificate == code, SignUp.attended.is_(True))
        .options(joinedload(SignUp.session))
    ).scalar_one_or_none()


def attended_any(cycle_id: int, account_ids: Collection[int]) -> bool:
    """Whether one of the accounts was at a training of the cycle."""
    hashes = [
        phone or f"account {account}"
        for account, phone in db.session.execute(
            select(Account.id, Account.phone_hash).where(Account.id.in_(account_ids))
        )
    ]
    query: Select[int] = (
        select(SignUp.id)
        .join(TrainingSession)
        .where(
            TrainingSession.cycle_id == cycle_id, SignUp.person_hash.in_(hashes), SignUp.attended.is_(True)
        )
    )
    return db.session.scalars(query.limit(1)).first() is not None


def due_for_reminding(first: datetime, last: datetime) -> list[int]:
    """Ids of sessions that begin from ``first`` up to ``last`` of which nobody was reminded."""
    return list(
        db.session.scalars(
            select(TrainingSession.id)
            .where(
                TrainingSession.begins_at >= first,
                TrainingSession.begins_at < last,
                TrainingSession.reminded_at.is_(None),
                TrainingSession.cancelled_at.is_(None),
            )
            .order_by(TrainingSession.id)
        )
    )
