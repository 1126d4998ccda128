"""Sessions of training, their materials, and who has a seat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.accounts.models import Account
from pb.cycles.models import Cycle
from pb.db import Base, UTCDateTime, Words

MOST_SEATS = 500


class TrainingSession(Base):
    """One training. ``topic``, ``agenda`` and ``place`` are typed by staff in Georgian, and in English if they like.

    It has a place, or a link (for those who have a seat alone), or both.
    """

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint(f"seats BETWEEN 1 AND {MOST_SEATS}", name="seats"),
        CheckConstraint("ends_at > begins_at", name="ends"),
        Index("ix_training_session_list", "cycle_id", "begins_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    topic: Mapped[dict[str, str]] = mapped_column(Words)
    agenda: Mapped[dict[str, str]] = mapped_column(Words)
    place: Mapped[dict[str, str]] = mapped_column(Words)
    link: Mapped[str] = mapped_column(default="")
    begins_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seats: Mapped[int]
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str] = mapped_column(default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    cycle: Mapped[Cycle] = relationship()
    trainer: Mapped[Account | None] = relationship()
    materials: Mapped[list[TrainingMaterial]] = relationship(order_by="TrainingMaterial.id")

    @property
    def trainer_ids(self) -> frozenset[int]:
        """Who holds it (for the policy)."""
        return frozenset() if self.trainer_id is None else frozenset((self.trainer_id,))


class TrainingMaterial(Base):
    """A PDF for those who come, public; looked into as documents of ideas are (pb.ideas.documents)."""

    __tablename__ = "training_material"
    __table_args__ = (UniqueConstraint("session_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    name: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    fingerprint: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignUp(Base):
    """Somebody on a session's list: with a ``seat``, waiting (no seat), or cancelled.

    A seat is a number from 1 to the session's seats, and no two people of a session have the same: no race can give
    away more seats than there are. ``person_hash``: the keyed hash of the phone, so that one person is on the list
    once, whoever wrote it down; a person without a phone has a random one. ``queued_at`` is the place in the queue.
    """

    __tablename__ = "training_sign_up"
    __table_args__ = (
        UniqueConstraint("session_id", "person_hash"),
        UniqueConstraint("session_id", "seat"),
        CheckConstraint(f"seat BETWEEN 1 AND {MOST_SEATS}", name="seat"),
        CheckConstraint("seat IS NULL OR cancelled_at IS NULL", name="seat_or_cancelled"),
        Index("ix_training_sign_up_person", "person_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    person_hash: Mapped[str]
    first_name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    surname_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: nobody to send a message to
    language: Mapped[str] = mapped_column(default="ka")
    seat: Mapped[int | None]
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_up_by: Mapped[int | None] = mapped_column(
        ForeignKey("account.id")
    )  # the operator, if there was one
    attended: Mapped[bool | None]
    marked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    marked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    certificate: Mapped[str | None] = mapped_column(
        unique=True
    )  # the check code, from the first „was there“ on

    session: Mapped[TrainingSession] = relationship()

    @property
    def state(self) -> str:
        """ "seat", "waiting" or "cancelled"."""
        if self.cancelled_at is not None:
            return "cancelled"
        return "waiting" if self.seat is None else "seat"
