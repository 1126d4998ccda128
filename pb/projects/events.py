"""What the log keeps of a project. Texts stand in its revisions; events hold ids, states and sums (tetri)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class ProjectInvited(Act):
    """Admitted ideas became a project that their authors may work out."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    idea_ids: list[int]


@dataclass(frozen=True)
class ProjectRevised(Act):
    """An author saved a new text."""

    subject: ClassVar[str] = "project"
    revision: int
    fingerprint: str


@dataclass(frozen=True)
class ProjectHandedIn(Act):
    """The author declared the text final."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    revision: int
    cost_tetri: int
    fingerprint: str


@dataclass(frozen=True)
class ProjectReopened(Act):
    """The author changed the text after handing it in; what was handed in counts until it is done again."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str


@dataclass(frozen=True)
class ProjectFrozen(Act):
    """Development ended: this revision is the one that is scored."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    revision: int
    fingerprint: str


@dataclass(frozen=True)
class ProjectNotHandedIn(Act):
    """Development ended before the project was handed in."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str


@dataclass(frozen=True)
class ProjectWithdrawn(Act):
    """The author took it back; a reason, where one was given, stands beside the project for officials."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str


@dataclass(frozen=True)
class ProjectMoved(Act):
    """The project went on to another state: placed, selected, begun, finished, given up."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    act: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class ProjectMovedSealed(ProjectMoved):
    """The same while the commission's decisions are not published yet."""

    public: ClassVar[bool] = False


@dataclass(frozen=True)
class ProjectCostSettled(Act):
    """The office's estimate, accepted by the author, is what the project costs."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    before_tetri: int
    cost_tetri: int


@dataclass(frozen=True)
class ProjectDraftsPurged(Act):
    """Unsaved texts that nobody touched for long were deleted."""

    subject: ClassVar[str] = "project"
    count: int


@dataclass(frozen=True)
class ProjectReturned(Act):
    """The officer gave it back once, with so many notes; the notes themselves stand beside it."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    notes: int


@dataclass(frozen=True)
class ProjectNotesAnswered(Act):
    """An author answered so many of the officer's notes."""

    subject: ClassVar[str] = "project"
    number: str
    answers: int
