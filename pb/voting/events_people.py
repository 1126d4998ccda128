"""Acts that concern the people of the roll, as the log records them: no event names a voter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class RollErased(Act):
    """The voters of a contest were erased, as the rulebook says: so many there had been."""

    subject: ClassVar[str] = "roll"
    public: ClassVar[bool] = True
    size: int


@dataclass(frozen=True)
class ClaimHandedIn(Act):
    """A citizen made a claim to the roll. ``kind``: claim_missing or claim_phone."""

    subject: ClassVar[str] = "roll_claim"
    kind: str


@dataclass(frozen=True)
class ClaimRead(Act):
    """Somebody read the data of a claim, and why."""

    subject: ClassVar[str] = "roll_claim"
    reason: str


@dataclass(frozen=True)
class ClaimDecided(Act):
    """A claim was accepted or refused."""

    subject: ClassVar[str] = "roll_claim"
    state: str
    reason: str


@dataclass(frozen=True)
class ClaimsApplied(Act):
    """What was accepted came into the roll that was approved."""

    subject: ClassVar[str] = "roll"
    public: ClassVar[bool] = True
    claims: int


@dataclass(frozen=True)
class PhoneBound(Act):
    """An operator who saw the identity card bound a phone. ``kind``: phone_at_once or phone_later (after a day)."""

    subject: ClassVar[str] = "roll"
    kind: str


@dataclass(frozen=True)
class IdentifiedInPerson(Act):
    """An operator saw an identity card of somebody who may vote. ``kind``: in_person_kiosk or in_person_paper."""

    subject: ClassVar[str] = "voting_round"
    kind: str


@dataclass(frozen=True)
class PersonLookedUp(Act):
    """A number was typed at a desk or for a case, and the answer said something of its person. ``kind``: what."""

    subject: ClassVar[str] = "cycle"
    kind: str


@dataclass(frozen=True)
class BoxFileTaken(Act):
    """Somebody took a file of sealed things along, before the result was published. ``kind``: trial, links, ballots."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    kind: str
    fingerprint: str


@dataclass(frozen=True)
class LettersMade(Act):
    """A batch of letters with codes was made. ``fingerprint``: SHA-256 over the sorted hashes of the codes."""

    subject: ClassVar[str] = "letter_batch"
    public: ClassVar[bool] = True
    batch: int
    size: int
    fingerprint: str


@dataclass(frozen=True)
class LetterVoided(Act):
    """The code of a letter was made worthless."""

    subject: ClassVar[str] = "letter_batch"
    public: ClassVar[bool] = True
    serial: str
    reason: str


@dataclass(frozen=True)
class CodesPaused(Act):
    """Too many codes were wrong: no code is sent by text message until an administrator lifts the pause."""

    subject: ClassVar[str] = "code_pause"
    public: ClassVar[bool] = True
    wrong: int
    right: int


@dataclass(frozen=True)
class CodesResumed(Act):
    """An administrator looked into it and codes are sent again."""

    subject: ClassVar[str] = "code_pause"
    public: ClassVar[bool] = True
    reason: str
