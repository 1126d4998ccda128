"""What the log keeps of sheets with gaps, extended terms, draws of members, and lots. Never a level, and of a lot never
which projects are equal: that would tell of the ranking before its publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class GapAccepted(Act):
    """Who presides accepted that a sheet leaves criteria out; from now on it counts."""

    subject: ClassVar[str] = "project"
    number: str
    criteria: int
    reason: str


@dataclass(frozen=True)
class ScoringExtended(Act):
    """The term for scoring was extended because a quorum is missing. ``until``: ISO, UTC."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    until: str
    reason: str


@dataclass(frozen=True)
class MembersDrawn(Act):
    """It was drawn, or after a recusal drawn anew, who scores which project."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    round: int
    seed: str
    fingerprint: str


@dataclass(frozen=True)
class LotFixed(Act):
    """The list of equal projects was fixed; the public number named here will draw."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    lot: int
    fingerprint: str
    source: str
    source_on: str


@dataclass(frozen=True)
class LotNumberEntered(Act):
    """A person entered the public number of a lot; another one has to enter the same."""

    subject: ClassVar[str] = "cycle"
    lot: int


@dataclass(frozen=True)
class LotWasDrawn(Act):
    """Two persons entered the same public number, and the lot was drawn from it."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    lot: int
    seed: str
