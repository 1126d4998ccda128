"""The ballot box: rounds, slots, inbox, box. No row here refers to a person, and none of a ballot holds a
time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, Document, UTCDateTime
from pb.schema import append_only, forbid

# SQLite would number the rows in the order in which people voted; a table without row ids keeps no such
# order.
UNORDERED = {"sqlite_with_rowid": False}


class VotingRound(Base):
    """One vote of a cycle: what is on the ballot, frozen, and the public keys to which ballots are sealed."""

    __tablename__ = "voting_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), unique=True)
    # "terjola-2026": names the round inside ballots and slots
    label: Mapped[str] = mapped_column(unique=True)
    # [{id, code, title, cost_tetri, unit, what, lang}]; unit is a slug, or "" for the whole town
    projects: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    # three of {name (words), public_key (hex)}
    custodians: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    fingerprint: Mapped[str]  # SHA-256 over projects and custodians: what the trial opening has tried
    # the file of the round's link key (pb.voting.link_key); None where no vote was held here
    link_key_name: Mapped[str | None]
    prepared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    trial_opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # when the link key, the links and the slots' values were destroyed: nothing is opened before
    destroyed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class VotingSlot(Base):
    """That a person's one vote was used. The value tells nobody who; no time, no order, no reference."""

    __tablename__ = "voting_slot"
    __table_args__ = (
        CheckConstraint("state IN ('cast', 'issued', 'spoilt', 'returned')", name="state"),
        CheckConstraint("channel IN ('web', 'kiosk', 'paper')", name="channel"),
        UNORDERED,
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    channel: Mapped[str]
    state: Mapped[str]


class VotingLink(Base):
    """Which ballot a slot cast, sealed so that two custodians together can open it (pb.voting.links).

    No order, no time, no byte of the ballot's row. Never changed; destroyed before any ballot is opened.
    """

    __tablename__ = "voting_link"
    __table_args__ = (UNORDERED,)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)  # the slot's
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class InboxBallot(Base):
    """A sealed ballot that has just been cast, until the flush moves it into the box.

    Its key is the commitment, which is random and follows from the form's token: a repeated request names the
    same row. So neither an id nor a mark of the token is kept beside it.
    """

    __tablename__ = "inbox_ballot"
    __table_args__ = (UNORDERED,)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    commitment: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[str]


class BoxBallot(Base):
    """A ballot in the box, in an order that was shuffled at the flush. Those keyed from paper come after the close."""

    __tablename__ = "box_ballot"
    __table_args__ = (UniqueConstraint("round_id", "commitment"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    commitment: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[str]
    on_paper: Mapped[bool] = mapped_column(default=False, server_default=false())


class OpenedBallot(Base):
    """A ballot after the opening: its canonical bytes, which hash to the commitment, and its choices.

    ``fault`` is empty for a valid ballot; an invalid one is kept and counted as invalid, with the reason's
    code.
    """

    __tablename__ = "opened_ballot"
    __table_args__ = (UniqueConstraint("round_id", "commitment"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    commitment: Mapped[str]
    ballot: Mapped[bytes] = mapped_column(LargeBinary)
    choices: Mapped[list[str]] = mapped_column(Document)  # project ids as on the ballot
    unit_slug: Mapped[str] = mapped_column(default="")
    fault: Mapped[str] = mapped_column(default="")


forbid("voting_link", "UPDATE")
append_only("box_ballot")
append_only("opened_ballot")
forbid("voting_round", "DELETE")
forbid(
    "voting_round",
    "UPDATE OF cycle_id, label, projects, custodians, fingerprint, link_key_name",
    when="OLD.trial_opened_at IS NOT NULL",
)
