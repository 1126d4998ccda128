"""Towns, administrative units, community centres."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.db import Base, Document, UTCDateTime, Words


class Town(Base):
    """A municipality that runs its contests on this installation."""

    __tablename__ = "town"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]] = mapped_column(Words)
    full_name: Mapped[dict[str, str]] = mapped_column(Words)
    genitive_ka: Mapped[str]
    number_prefix: Mapped[str] = mapped_column(unique=True)  # "TJ" in TJ-2026-0042
    accent: Mapped[str]
    hotline: Mapped[str] = mapped_column(default="")
    hotline_hours: Mapped[dict[str, str]] = mapped_column(Words)
    address: Mapped[dict[str, str]] = mapped_column(Words)
    protection_officer: Mapped[dict[str, Any]] = mapped_column(Document)  # name (words), mail, phone
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Roles that must use a second factor; None: as the installation's mode has it (accounts.obligation).
    second_factor_roles: Mapped[list[str] | None] = mapped_column(Document)

    units: Mapped[list[Unit]] = relationship(order_by="Unit.position", back_populates="town")
    centres: Mapped[list[Centre]] = relationship(order_by="Centre.id", back_populates="town")


class Unit(Base):
    """An administrative unit of a town: the town itself, a community of villages, or a village."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("town_id", "slug"), UniqueConstraint("town_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"))
    position: Mapped[int]
    slug: Mapped[str]
    kind: Mapped[str]
    name: Mapped[dict[str, str]] = mapped_column(Words)
    genitive_ka: Mapped[str]
    villages: Mapped[list[dict[str, str]]] = mapped_column(Document)  # [Words, …]; may be incomplete
    # Where it stands on the town's schematic plan (places.plan), in thousandths of its sides.
    plan_x: Mapped[int | None]
    plan_y: Mapped[int | None]

    town: Mapped[Town] = relationship(back_populates="units")


class Centre(Base):
    """A community centre where an operator helps people."""

    __tablename__ = "centre"

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[dict[str, str]] = mapped_column(Words)
    address: Mapped[dict[str, str]] = mapped_column(Words)
    hours: Mapped[dict[str, str]] = mapped_column(Words)
    phone: Mapped[str] = mapped_column(default="")

    town: Mapped[Town] = relationship(back_populates="centres")
