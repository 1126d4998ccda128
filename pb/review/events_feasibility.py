"""What the log keeps of opinions, answers to notes, and cost cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class OpinionAsked(Act):
    """The office asked a department or the mayor's representative about an idea."""

    subject: ClassVar[str] = "idea"
    number: str
    department: str


@dataclass(frozen=True)
class OpinionGiven(Act):
    """The opinion came in. ``verdict``: the code of its label, "opinion_for"."""

    subject: ClassVar[str] = "idea"
    public: ClassVar[bool] = True
    number: str
    department: str
    verdict: str


@dataclass(frozen=True)
class NotesAnswered(Act):
    """The author answered notes of the check one by one."""

    subject: ClassVar[str] = "idea"
    number: str
    answers: int


@dataclass(frozen=True)
class CostCardMade(Act):
    """The office put its estimate beside the author's figure; the author may answer until ``due``."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    card: int
    estimate_tetri: int
    author_tetri: int


@dataclass(frozen=True)
class CostAnswered(Act):
    """The author accepted or refused the estimate. ``answer``: the code of its label, "cost_accepted"."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    card: int
    answer: str
