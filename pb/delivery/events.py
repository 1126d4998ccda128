"""What the log keeps of delivery. Titles and notes are words of the municipality about its works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class MilestoneAdded(Act):
    """A step was promised. ``due``: ISO date."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    title: str
    due: str


@dataclass(frozen=True)
class MilestoneRecorded(Act):
    """What happened to a step. ``done_on``: ISO date, "" while it is not done; ``paid_tetri`` for it so
    far.
    """

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    title: str
    done_on: str
    paid_tetri: int
    note: str


@dataclass(frozen=True)
class DeliveryImported(Act):
    """The milestones of a project of a former year were brought in."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    milestones: int
    paid_tetri: int
