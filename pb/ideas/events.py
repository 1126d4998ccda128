"""What the log keeps of ideas. ``number`` is the public one (TJ-2026-0042); no texts, no names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class IdeaAct(Act):
    """Base: an act on an idea that anybody may know of."""

    subject: ClassVar[str] = "idea"
    public: ClassVar[bool] = True

    number: str


@dataclass(frozen=True)
class IdeaHandedIn(IdeaAct):
    channel: str


@dataclass(frozen=True)
class IdeaChanged(IdeaAct):
    revision: int


class IdeaPictureChanged(IdeaAct):
    """Photos came or went."""


class IdeaDocumentsChanged(IdeaAct):
    """Documents came or went."""


@dataclass(frozen=True)
class IdeaAnswered(IdeaAct):
    revision: int


@dataclass(frozen=True)
class HelpGiven(Act):
    """An operator handed it in for somebody. For officials alone."""

    subject: ClassVar[str] = "idea"

    number: str
    channel: str
    consent: str


class IdeaWithdrawn(IdeaAct):
    """By its author."""


class IdeaTakenUp(IdeaAct):
    """An officer began the check."""


@dataclass(frozen=True)
class IdeaReturned(IdeaAct):
    times: int


class IdeaLapsed(IdeaAct):
    """No answer in time."""


class IdeaAdmitted(IdeaAct):
    """Found eligible."""


class IdeaRefused(IdeaAct):
    """Found ineligible; the reason stands on the idea's page."""


class IdeaAdmittedOnObjection(IdeaAct):
    """Another officer examined it anew."""


class IdeaRefusalConfirmed(IdeaAct):
    """Another officer examined it anew, with the same outcome."""


class IdeaRefusalFinal(IdeaAct):
    """Nobody objected in time."""


class IdeaReopened(IdeaAct):
    """An objection brought it back into the check."""


@dataclass(frozen=True)
class IdeaMerged(IdeaAct):
    other: str


@dataclass(frozen=True)
class IdeaFoundDuplicate(IdeaAct):
    other: str


@dataclass(frozen=True)
class JoiningProposed(IdeaAct):
    """``number``: the idea under which the ``others`` would go on."""

    others: str


class JoiningEnded(IdeaAct):
    """An author did not agree, or whoever proposed it called it off."""


@dataclass(frozen=True)
class JoiningAnswered(Act):
    """One author's word. For officials alone."""

    subject: ClassVar[str] = "idea"

    number: str
    answer: str
    how: str


@dataclass(frozen=True)
class IdeaSplitOff(IdeaAct):
    """Out of the joint idea again, to be checked anew."""

    other: str


class IdeaSplitOffAdmitted(IdeaSplitOff):
    """The same, of an idea that had been admitted before."""


class IdeaInvited(IdeaAct):
    """Its author is invited to work it out as a project."""


@dataclass(frozen=True)
class DraftsPurged(Act):
    subject: ClassVar[str] = "idea"

    count: int


@dataclass(frozen=True)
class AuthorsAct(Act):
    """Somebody was asked, or answered. For officials alone; ``number`` is empty for a draft."""

    subject: ClassVar[str] = "idea"

    number: str


class CoAuthorInvited(AuthorsAct):
    """A number was asked to join."""


class CoAuthorConfirmed(AuthorsAct):
    """Somebody joined as author."""


class CoAuthorDeclined(AuthorsAct):
    """Whoever was asked said no."""


class CoAuthorCalledBack(AuthorsAct):
    """The invitation was taken back."""


class CoAuthorLeft(AuthorsAct):
    """An author left the idea to the others."""


@dataclass(frozen=True)
class GuardianAsked(AuthorsAct):
    waiting: int


@dataclass(frozen=True)
class GuardianAnswered(AuthorsAct):
    answer: str
    how: str


@dataclass(frozen=True)
class ImportAct(Act):
    """Base: an act on a spreadsheet of ideas. For officials alone; the ideas' own acts are public."""

    subject: ClassVar[str] = "idea_import"


@dataclass(frozen=True)
class IdeaTableChecked(ImportAct):
    rows: int


@dataclass(frozen=True)
class IdeasImported(ImportAct):
    count: int


class IdeaTableDropped(ImportAct):
    """Erased unused."""
