"""What the log keeps of talking: numbers of things and comments, never a text nor a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class CommentAct(Act):
    """Base. ``number``: of the idea or project that was spoken of."""

    subject: ClassVar[str] = "comment"

    number: str


@dataclass(frozen=True)
class CommentPosted(CommentAct):
    kind: str
    held: bool


class CommentTakenBack(CommentAct):
    """By whoever wrote it."""


class CommentReported(CommentAct):
    """Somebody asked the staff to look at it."""


class CommentLetThrough(CommentAct):
    """Staff read a comment that was held for review, and it is shown."""


class CommentHidden(CommentAct):
    """Staff hid it; the reason stands where it stood."""

    public: ClassVar[bool] = True


class CommentRestored(CommentAct):
    """Staff showed it again."""

    public: ClassVar[bool] = True


class ReportsSettled(CommentAct):
    """Staff looked into the reports and left the comment as it is."""


@dataclass(frozen=True)
class SupportAct(Act):
    subject: ClassVar[str] = "support"

    number: str


class IdeaSupported(SupportAct):
    """One person more."""


class SupportTakenBack(SupportAct):
    """By the supporter alone."""


@dataclass(frozen=True)
class FollowAct(Act):
    subject: ClassVar[str] = "follow"

    number: str


class FollowBegun(FollowAct):
    """Somebody follows it."""


class FollowEnded(FollowAct):
    """Somebody follows it no more."""


@dataclass(frozen=True)
class FollowedRead(Act):
    """Somebody has read what was new."""

    subject: ClassVar[str] = "follow"


@dataclass(frozen=True)
class BlockedWordsAct(Act):
    subject: ClassVar[str] = "town"

    count: int


class WordsBlocked(BlockedWordsAct):
    """An administrator added words; how many, not which."""


class WordUnblocked(BlockedWordsAct):
    """An administrator took one away."""
