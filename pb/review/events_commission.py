"""What the log keeps of the commission: declarations, sheets, the opening, decisions. Never a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class ConflictDeclared(Act):
    """A member said, before the sheet, whether a conflict of interest stands in the way.

    ``kind``: the code of its label, "conflict_family".
    """

    subject: ClassVar[str] = "project"
    number: str
    kind: str


@dataclass(frozen=True)
class SheetSubmitted(Act):
    """A member sealed a sheet."""

    subject: ClassVar[str] = "project"
    number: str


@dataclass(frozen=True)
class SheetVoided(Act):
    """A sheet counts no more because its member is in conflict; it is kept."""

    subject: ClassVar[str] = "project"
    number: str
    kind: str


@dataclass(frozen=True)
class ScoresUnsealed(Act):
    """The chair opened the sealed scores; the ranking was computed."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    projects: int
    sheets: int
    fingerprint: str


@dataclass(frozen=True)
class RankingRecomputed(Act):
    """The ranking was computed anew after the opening, because a sheet became void or came in late."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    snapshot: int
    fingerprint: str


@dataclass(frozen=True)
class DecisionRecorded(Act):
    """The commission's decision on a project; sealed until all decisions are published."""

    subject: ClassVar[str] = "project"
    number: str
    outcome: str
    departs: bool


@dataclass(frozen=True)
class RankingFollowed(Act):
    """The proposal of the shortlist rule was taken over for all projects that had no decision."""

    subject: ClassVar[str] = "cycle"
    projects: int


@dataclass(frozen=True)
class ProjectListed(Act):
    """The preliminary list became public, with the project's place on it (``outcome``: code of its label)."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    outcome: str


@dataclass(frozen=True)
class ListConfirmed(Act):
    """The list became final after the term for objections; the ballot is locked with it."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    on_ballot: int
    reserve: int
    not_shortlisted: int
    minutes: str


@dataclass(frozen=True)
class CommissionDecided(Act):
    """The decisions became public, and with them what stands on the ballot."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    on_ballot: int
    reserve: int
    not_shortlisted: int
    minutes: str
    fingerprint: str
