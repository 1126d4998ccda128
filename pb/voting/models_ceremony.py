"""The ceremony: custodians, trial ballots, steps of two persons, cases of suspected fraud."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime
from pb.schema import forbid


class Custodian(Base):
    """One of the three who can open the box, two together. Of the key the public half alone."""

    __tablename__ = "custodian"
    __table_args__ = (
        CheckConstraint("number IN (1, 2, 3)", name="number"),
        CheckConstraint("confirmed_at IS NULL OR public_key IS NOT NULL", name="confirmed"),
        UniqueConstraint("cycle_id", "public_key"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    office: Mapped[str]
    act: Mapped[str]  # by which they were appointed
    appointed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    appointed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    public_key: Mapped[str | None]  # X25519, hex
    handed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the fingerprint was read back


class TrialBallot(Base):
    """A ballot for a trial opening by one pair, sealed to these two alone; what it says was forgotten.

    Whoever knows the content that hashes to the commitment has opened it.
    """

    __tablename__ = "trial_ballot"

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    pair: Mapped[str] = mapped_column(primary_key=True)  # "1-2", "1-3", "2-3"
    commitment: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BoxAct(Base):
    """A step on the box: proposed by one administrator, decided by another, never changed in between."""

    __tablename__ = "box_act"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('close', 'explain', 'void', 'keep', 'reopen', 'destroy', 'open')", name="kind"
        ),
        CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR outcome = 'withdrawn'", name="two"
        ),
        CheckConstraint(
            "outcome IN ('approved', 'rejected', 'withdrawn', 'expired') OR outcome IS NULL", name="outcome"
        ),
        CheckConstraint("(outcome IS NULL OR outcome = 'expired') = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        Index(
            "uq_box_act_open",
            "round_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), index=True)
    kind: Mapped[str]
    # what just this step is about: the new code, the number of a case, the fingerprint of an opened file
    subject: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None]


class VoidCase(Base):
    """A vote that is suspected of fraud, by its slot: judged while all choices are sealed.

    ``slot`` is erased when the slots are. ``commitment``: of the ballot that does not count, once two custodians
    have opened the one link.
    """

    __tablename__ = "void_case"
    __table_args__ = (UniqueConstraint("round_id", "slot"), UniqueConstraint("round_id", "commitment"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), index=True)
    slot: Mapped[str | None]
    reason: Mapped[str]  # published with the void: no name, no number in it
    state: Mapped[str]  # proposed, approved, dropped, voided
    commitment: Mapped[str | None]
    pair: Mapped[str | None]  # who opened the link, "1-2"
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Witness(Base):
    """Somebody who keeps the heads of the board outside the site. The name is public, an e-mail address is not."""

    __tablename__ = "witness"
    __table_args__ = (CheckConstraint("email_sealed IS NOT NULL OR contact <> ''", name="reachable"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    name: Mapped[str]
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact: Mapped[str]  # a web address or a telephone, public: where the witness shows what was kept
    language: Mapped[str]
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_size: Mapped[int] = mapped_column(default=0)  # of the last head that was sent


forbid("box_act", "DELETE")
forbid(
    "box_act",
    "UPDATE",
    when=(
        "OLD.outcome IS NOT NULL OR NEW.round_id <> OLD.round_id OR NEW.kind <> OLD.kind "
        "OR NEW.subject <> OLD.subject OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by "
        "OR NEW.proposed_at <> OLD.proposed_at OR NEW.expires_at <> OLD.expires_at"
    ),
)
forbid("void_case", "DELETE")
forbid("void_case", "UPDATE OF round_id, reason, commitment, pair, voided_at", when="OLD.state = 'voided'")
