"""The acts on cycles that the log records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class CycleCreated(Act):
    subject: ClassVar[str] = "cycle"
    year: int


@dataclass(frozen=True)
class CycleRenamed(Act):
    """An unpublished contest got another name, or another year (``former``: the one before)."""

    subject: ClassVar[str] = "cycle"
    year: int
    former: int


@dataclass(frozen=True)
class CycleDiscarded(Act):
    """An unpublished contest was discarded."""

    subject: ClassVar[str] = "cycle"
    year: int


@dataclass(frozen=True)
class RulebookSaved(Act):
    """Public from the publication of the cycle on: ``RulebookChanged`` is the event that readers get."""

    subject: ClassVar[str] = "cycle"
    version: int
    fingerprint: str


@dataclass(frozen=True)
class RulebookChanged(Act):
    """A new version of a published rulebook."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    version: int
    fingerprint: str
    note: str


@dataclass(frozen=True)
class CalendarSaved(Act):
    subject: ClassVar[str] = "cycle"
    version: int


@dataclass(frozen=True)
class CyclePublished(Act):
    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    rulebook_version: int
    rulebook_fingerprint: str
    calendar_version: int


@dataclass(frozen=True)
class ActProposed(Act):
    """``act`` extend, pause, resume or halt; ``extends`` and ``until`` (ISO, UTC) of an extension."""

    subject: ClassVar[str] = "cycle_act"
    public: ClassVar[bool] = True
    act: str
    reason: str
    extends: str
    until: str


@dataclass(frozen=True)
class ActApproved(Act):
    subject: ClassVar[str] = "cycle_act"
    public: ClassVar[bool] = True
    act: str
    reason: str
    calendar_version: int | None


@dataclass(frozen=True)
class ActRejected(Act):
    subject: ClassVar[str] = "cycle_act"
    public: ClassVar[bool] = True
    act: str


@dataclass(frozen=True)
class ActWithdrawn(Act):
    subject: ClassVar[str] = "cycle_act"
    public: ClassVar[bool] = True
    act: str
