"""What the log keeps of the commission's sessions. Never a name, a level or, before the publication, a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class SessionCalled(Act):
    """A session was called, or its date or place changed."""

    subject: ClassVar[str] = "sitting"
    public: ClassVar[bool] = True
    session: int
    planned: str
    place: str


@dataclass(frozen=True)
class AgendaChanged(Act):
    """An item came onto the agenda, left it or moved."""

    subject: ClassVar[str] = "sitting"
    session: int
    items: int


@dataclass(frozen=True)
class SessionOpened(Act):
    """The chair opened the session; so many voting members were there."""

    subject: ClassVar[str] = "sitting"
    public: ClassVar[bool] = True
    session: int
    present: int
    needed: int


@dataclass(frozen=True)
class AttendanceNoted(Act):
    """Somebody came or left. ``kind``: the code of its label, "attended_came" or "attended_left"."""

    subject: ClassVar[str] = "sitting"
    session: int
    kind: str
    present: int


@dataclass(frozen=True)
class ItemTakenUp(Act):
    """An item was taken up; so many members were recused and left the room."""

    subject: ClassVar[str] = "sitting"
    session: int
    item: int
    recused: int


@dataclass(frozen=True)
class ItemFinished(Act):
    """An item was dealt with; whoever had left the room was called back."""

    subject: ClassVar[str] = "sitting"
    session: int
    item: int


@dataclass(frozen=True)
class MemberSteppedOut(Act):
    """A member turned out to be recused from the project that was on, and left the room."""

    subject: ClassVar[str] = "project"
    number: str


@dataclass(frozen=True)
class QuestionPut(Act):
    """A question was put to the vote."""

    subject: ClassVar[str] = "sitting"
    session: int
    item: int


@dataclass(frozen=True)
class VotesNoted(Act):
    """The secretary noted votes on a question that is still open."""

    subject: ClassVar[str] = "sitting"
    session: int
    votes: int


@dataclass(frozen=True)
class VoteCounted(Act):
    """A question was counted. ``outcome``: the code of its label, "vote_carried" or "vote_lost"."""

    subject: ClassVar[str] = "sitting"
    session: int
    in_favour: int
    against: int
    abstained: int
    outcome: str


@dataclass(frozen=True)
class SecondSheetHandedIn(Act):
    """A member handed in a second sheet after the discussion; both are kept, the second counts."""

    subject: ClassVar[str] = "project"
    number: str


@dataclass(frozen=True)
class DiscussionClosed(Act):
    """The chair closed the discussion: the decisions follow this ranking."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    snapshot: int
    second_sheets: int
    fingerprint: str


@dataclass(frozen=True)
class OpinionStated(Act):
    """A member put a minority opinion into the minutes."""

    subject: ClassVar[str] = "sitting"
    session: int
    item: int


@dataclass(frozen=True)
class SessionClosed(Act):
    """The chair closed the session."""

    subject: ClassVar[str] = "sitting"
    public: ClassVar[bool] = True
    session: int


@dataclass(frozen=True)
class MinutesFixed(Act):
    """The minutes of a session were fixed; from then on they never change."""

    subject: ClassVar[str] = "sitting"
    public: ClassVar[bool] = True
    session: int
    register: str
    fingerprint: str


@dataclass(frozen=True)
class SignedMinutesAdded(Act):
    """The signed minutes were scanned and put beside."""

    subject: ClassVar[str] = "sitting"
    public: ClassVar[bool] = True
    session: int
    fingerprint: str
