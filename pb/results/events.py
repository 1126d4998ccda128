"""What the log keeps of counts and results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class ResultCounted(Act):
    """The votes were counted; not public, for the result is not. Fingerprints: SHA-256, hex."""

    subject: ClassVar[str] = "cycle"
    rule: str
    version: str
    inputs_fingerprint: str
    fingerprint: str


@dataclass(frozen=True)
class ResultPublished(Act):
    """A count was made public, and with it the winners. ``fingerprint`` is that of result.json."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    winners: int
    spent_tetri: int
    rule: str
    inputs_fingerprint: str
    fingerprint: str


@dataclass(frozen=True)
class DecisionsTakenAsResult(Act):
    """There was no vote: what the commission decided is the result."""

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    winners: int
    spent_tetri: int


@dataclass(frozen=True)
class ElectionImported(Act):
    """A finished election came in from a file, with its result. ``inputs_fingerprint`` is that of the
    file.
    """

    subject: ClassVar[str] = "cycle"
    public: ClassVar[bool] = True
    projects: int
    ballots: int
    winners: int
    rule: str
    inputs_fingerprint: str
    fingerprint: str


@dataclass(frozen=True)
class BallotsTaken(Act):
    """An observer took the ballots one by one along, which the rulebook keeps from everybody else."""

    subject: ClassVar[str] = "cycle"
    name: str
    fingerprint: str
