"""What the log keeps of trainings and mentors: topics, numbers and sums, never who sat there or what was remarked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class TrainingAnnounced(Act):
    """A training was arranged. ``topic``: in both languages; ``begins``: the moment, ISO in UTC."""

    subject: ClassVar[str] = "training"
    public: ClassVar[bool] = True
    topic: dict[str, str]
    begins: str
    seats: int


@dataclass(frozen=True)
class TrainingChanged(Act):
    """Its topic, time, place or seats were changed."""

    subject: ClassVar[str] = "training"
    public: ClassVar[bool] = True
    topic: dict[str, str]
    begins: str
    seats: int


@dataclass(frozen=True)
class TrainingCancelled(Act):
    """It does not take place. ``reason``: words of the municipality, public."""

    subject: ClassVar[str] = "training"
    public: ClassVar[bool] = True
    topic: dict[str, str]
    reason: str


@dataclass(frozen=True)
class TrainingMaterialsChanged(Act):
    """Papers were put to it or taken away; ``number``: how many there are now."""

    subject: ClassVar[str] = "training"
    topic: dict[str, str]
    number: int


@dataclass(frozen=True)
class TrainingSignedUp(Act):
    """Somebody got a seat or a place in the queue (``waiting``); ``helped``: an operator wrote it down."""

    subject: ClassVar[str] = "training"
    waiting: bool
    helped: bool


@dataclass(frozen=True)
class TrainingSeatLeft(Act):
    """Somebody cancelled; ``moved_up``: how many of those who waited got a seat by it."""

    subject: ClassVar[str] = "training"
    moved_up: int


@dataclass(frozen=True)
class AttendanceMarked(Act):
    """Whether somebody on the list (by the row's id) was there; None: the mark was taken back."""

    subject: ClassVar[str] = "training"
    sign_up: int
    attended: bool | None


@dataclass(frozen=True)
class MentorAssigned(Act):
    """A project got a mentor."""

    subject: ClassVar[str] = "mentoring"
    public: ClassVar[bool] = True
    number: str


@dataclass(frozen=True)
class MentorReleased(Act):
    """A mentor no longer works with the project; the bar from scoring stays."""

    subject: ClassVar[str] = "mentoring"
    public: ClassVar[bool] = True
    number: str


@dataclass(frozen=True)
class MentorAsked(Act):
    """An author asked a mentor. ``due``: the last day to answer, ISO."""

    subject: ClassVar[str] = "mentoring"
    number: str
    due: str


@dataclass(frozen=True)
class MentorAnswered(Act):
    """A mentor answered; ``days_late``: working days beyond the term."""

    subject: ClassVar[str] = "mentoring"
    number: str
    days_late: int


@dataclass(frozen=True)
class RemarkWritten(Act):
    """A mentor remarked on a part of the text of this revision."""

    subject: ClassVar[str] = "mentoring"
    number: str
    field: str
    revision: int


@dataclass(frozen=True)
class RemarkMarked(Act):
    """An author marked a remark (by its id) as done, or as still to do."""

    subject: ClassVar[str] = "mentoring"
    number: str
    remark: int
    done: bool


@dataclass(frozen=True)
class OwnProjectAssessed(Act):
    """An author looked at the own project with the rubric; what was chosen stays with the author."""

    subject: ClassVar[str] = "mentoring"
    number: str
    stage: str


@dataclass(frozen=True)
class LessonAnswered(Act):
    """Somebody answered the quiz of a lesson."""

    subject: ClassVar[str] = "lesson"
    lesson: str
    version: int
    passed: bool
