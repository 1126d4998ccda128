"""Claims to the roll: somebody is missing on it, or a mobile number is wrong. Erased once decided or applied."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class RollClaim(Base):
    """A citizen's claim. Number, name, address stand sealed until the decision; what is to be applied, until the
    approval.
    """

    __tablename__ = "roll_claim"
    __table_args__ = (
        CheckConstraint("kind IN ('missing', 'phone')", name="kind"),
        CheckConstraint("state IN ('open', 'accepted', 'refused', 'applied')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    handed_in_at: Mapped[datetime] = mapped_column(UTCDateTime)
    told_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary
    )  # what was typed, to be checked by an officer
    person_hash: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[str | None]
    very_old: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(default="")

    @property
    def author_ids(self) -> tuple[int, ...]:
        """For the policy: an author decides nothing of the own."""
        return (self.author_id,)
