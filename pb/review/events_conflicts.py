"""What the log keeps of challenges: never who challenged, never the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class MemberChallenged(Act):
    """Somebody challenged a member on a project."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str


@dataclass(frozen=True)
class ChallengeDecided(Act):
    """Who presides decided on a challenge. ``outcome``: the code of its label, "challenge_upheld"."""

    subject: ClassVar[str] = "project"
    public: ClassVar[bool] = True
    number: str
    outcome: str
