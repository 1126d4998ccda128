"""The public board of a round: its entries and signed heads. Nothing here holds a time finer than a day."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, CanonicalText
from pb.schema import append_only


class BoardEntry(Base):
    """One entry. Ballots stand in the order in which the flush shuffled them."""

    __tablename__ = "board_entry"
    __table_args__ = (UniqueConstraint("round_id", "commitment"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1; the leaf of the tree is number - 1
    kind: Mapped[str]  # pb.core.board.Kind, as in the content
    content: Mapped[str] = mapped_column(CanonicalText)  # the very bytes of the leaf
    # the hashes of the perfect subtrees that end with this entry, level 0 (its own) first, 32 bytes each
    subtrees: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[str | None]  # of a ballot, so that it is found; as in the content


class BoardHead(Base):
    """A signed head: the root over the first ``size`` entries, and the day on which it was signed."""

    __tablename__ = "board_head"

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    root: Mapped[str]
    day: Mapped[str]  # "2026-10-14", in Tbilisi
    signature: Mapped[str]


append_only("board_entry")
append_only("board_head")
