"""What the log keeps of objections, on the idea or project they are about. ``number`` is that of the objection; no
texts, no names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.appeals.kinds import IDEA
from pb.audit.log import Act


@dataclass(frozen=True)
class ObjectionAct(Act):
    """Base: an act on an objection that anybody may know of."""

    subject: ClassVar[str] = "idea"
    public: ClassVar[bool] = True

    number: str


@dataclass(frozen=True)
class ObjectionFiled(ObjectionAct):
    """``kind``: code of the label of the contested decision."""

    kind: str


@dataclass(frozen=True)
class ObjectionWithdrawn(ObjectionAct):
    """By its author."""


@dataclass(frozen=True)
class ObjectionDecided(ObjectionAct):
    """``outcome``: code of its label."""

    outcome: str


@dataclass(frozen=True)
class ProjectObjectionFiled(ObjectionFiled):
    subject: ClassVar[str] = "project"


@dataclass(frozen=True)
class ProjectObjectionWithdrawn(ObjectionWithdrawn):
    subject: ClassVar[str] = "project"


@dataclass(frozen=True)
class ProjectObjectionDecided(ObjectionDecided):
    subject: ClassVar[str] = "project"


def filed(thing: str, number: str, kind: str) -> ObjectionAct:
    """The event, on the thing that it is about."""
    made = ObjectionFiled if thing == IDEA else ProjectObjectionFiled
    return made(number, kind)


def withdrawn(thing: str, number: str) -> ObjectionAct:
    """The same of taking it back."""
    return (ObjectionWithdrawn if thing == IDEA else ProjectObjectionWithdrawn)(number)


def decided(thing: str, number: str, outcome: str) -> ObjectionAct:
    """The same of its outcome."""
    made = ObjectionDecided if thing == IDEA else ProjectObjectionDecided
    return made(number, outcome)
