"""What the log keeps of the commission's composition and of its calibration round. Never a level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class SeatFilled(Act):
    """Somebody was appointed to the commission. The name stands on the public page, not on the log.

    ``function`` and ``represents``: codes of their labels, "seat_chair", "side_council".
    """

    subject: ClassVar[str] = "seat"
    public: ClassVar[bool] = True
    function: str
    represents: str
    act: str


@dataclass(frozen=True)
class SeatVacated(Act):
    """A seat ended before the contest did."""

    subject: ClassVar[str] = "seat"
    public: ClassVar[bool] = True
    function: str
    reason: str


@dataclass(frozen=True)
class SubstituteCalled(Act):
    """The chair called a substitute in."""

    subject: ClassVar[str] = "seat"
    public: ClassVar[bool] = True
    reason: str


@dataclass(frozen=True)
class CalibrationArranged(Act):
    """Two projects of former years were chosen to try the rubric on."""

    subject: ClassVar[str] = "cycle"
    first: str
    second: str


@dataclass(frozen=True)
class CalibrationSheetHandedIn(Act):
    """A member handed in a sheet of the calibration round; it counts nowhere."""

    subject: ClassVar[str] = "cycle"
    place: int
