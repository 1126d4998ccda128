"""Acts of the roll, the round and the box, as the log records them. Casting has none, on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class RollImported(Act):
    """A list of voters was read in; not in force before another person approves it."""

    subject: ClassVar[str] = "roll"
    size: int
    refused: int


@dataclass(frozen=True)
class RollDiscarded(Act):
    """An import was thrown away and its entries erased."""

    subject: ClassVar[str] = "roll"
    size: int


@dataclass(frozen=True)
class RollApproved(Act):
    """The list of voters is in force. ``fingerprint``: SHA-256 over the sorted hashed numbers with their
    units.
    """

    subject: ClassVar[str] = "roll"
    public: ClassVar[bool] = True
    size: int
    fingerprint: str


@dataclass(frozen=True)
class RoundPrepared(Act):
    """What is on the ballot, and to whose keys ballots are sealed. ``fingerprint`` covers both."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    projects: int
    fingerprint: str


@dataclass(frozen=True)
class TrialOpened(Act):
    """A trial ballot was sealed, and opened by each pair of custodians."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    pairs: int
    fingerprint: str


@dataclass(frozen=True)
class BoxClosed(Act):
    """The vote is over: ``count`` sealed ballots are in the box, as many as slots were used."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    count: int


@dataclass(frozen=True)
class BoxOpened(Act):
    """All ballots were opened: ``count`` in all, ``invalid`` of them not as the rulebook asks."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    count: int
    invalid: int


@dataclass(frozen=True)
class PaperBatchMade(Act):
    """Ballots of paper were drawn up for a centre."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    batch: int
    size: int


@dataclass(frozen=True)
class PaperHandled(Act):
    """An operator issued a paper, replaced a spoilt one or took one back. ``kind``: the deed."""

    subject: ClassVar[str] = "voting_round"
    kind: str
    batch: int


@dataclass(frozen=True)
class PaperCounted(Act):
    """The box of paper of a centre was counted, and waits for a second signature."""

    subject: ClassVar[str] = "voting_round"
    centre: int
    in_box: int
    missing: int


@dataclass(frozen=True)
class PaperSigned(Act):
    """A second person signed the protocol of a centre."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    centre: int
    in_box: int


@dataclass(frozen=True)
class PaperBoxed(Act):
    """All keyed ballots of paper were put into the box: ``count``; ``invalid`` sheets hold none that counts."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    count: int
    invalid: int


@dataclass(frozen=True)
class CustodianAppointed(Act):
    """Somebody was appointed to hold one of the three keys: a public office, named in public."""

    subject: ClassVar[str] = "custodian"
    public: ClassVar[bool] = True
    number: int
    name: str
    office: str


@dataclass(frozen=True)
class CustodianKeyHandedIn(Act):
    """A custodian's public key is here. ``fingerprint``: of the key, as people compare it."""

    subject: ClassVar[str] = "custodian"
    public: ClassVar[bool] = True
    number: int
    fingerprint: str


@dataclass(frozen=True)
class CustodianKeyConfirmed(Act):
    """The custodian has read the fingerprint back."""

    subject: ClassVar[str] = "custodian"
    public: ClassVar[bool] = True
    number: int
    fingerprint: str


@dataclass(frozen=True)
class BoxStepProposed(Act):
    """A step on the box waits for a second person. ``kind``: box_close, box_open …"""

    subject: ClassVar[str] = "box_act"
    public: ClassVar[bool] = True
    kind: str


@dataclass(frozen=True)
class BoxStepDecided(Act):
    """A second person has decided, or the first has taken the step back."""

    subject: ClassVar[str] = "box_act"
    public: ClassVar[bool] = True
    kind: str
    outcome: str


@dataclass(frozen=True)
class BallotVoided(Act):
    """Two custodians opened one link, and the ballot that it names does not count. Which one, the board says."""

    subject: ClassVar[str] = "void_case"
    public: ClassVar[bool] = True


@dataclass(frozen=True)
class LinksDestroyed(Act):
    """Link key, sealed links and slots' values are gone: whose a ballot was cannot be told any more."""

    subject: ClassVar[str] = "voting_round"
    public: ClassVar[bool] = True
    slots: int
    links: int


@dataclass(frozen=True)
class WitnessRegistered(Act):
    """Somebody keeps the heads of the board from now on."""

    subject: ClassVar[str] = "witness"
    public: ClassVar[bool] = True
    name: str


@dataclass(frozen=True)
class WitnessRemoved(Act):
    """A witness was taken off the list."""

    subject: ClassVar[str] = "witness"
    public: ClassVar[bool] = True
    name: str
