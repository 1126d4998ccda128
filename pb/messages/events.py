"""What messages write into the log: never an address, a number or a text that goes to one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class MessagesRead(Act):
    """Somebody marked messages of the own inbox as read."""

    subject: ClassVar[str] = "account"
    count: int


@dataclass(frozen=True)
class MessagesChosen(Act):
    """Somebody chose how to get messages."""

    subject: ClassVar[str] = "account"
    choices: dict[str, str]  # channel and rhythm by group


@dataclass(frozen=True)
class MailAddressGiven(Act):
    """Somebody gave an e-mail for messages; it is not confirmed yet."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class MailAddressConfirmed(Act):
    """It was confirmed by the mailed link."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class MailAddressRemoved(Act):
    """Somebody took the e-mail for messages away."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class MessagesRetried(Act):
    """Staff had messages sent again that had not been delivered."""

    subject: ClassVar[str] = "cycle"
    count: int


@dataclass(frozen=True)
class MessagePriceSet(Act):
    """What a part of a text message costs, in hundredths of a tetri."""

    subject: ClassVar[str] = "town"
    hundredths: int


@dataclass(frozen=True)
class MessageWordingChanged(Act):
    """The town's own words of a kind of message; version 0 of nothing: back to the standard."""

    subject: ClassVar[str] = "town"
    kind: str
    version: int
    standard: bool


@dataclass(frozen=True)
class BulkWritten(Act):
    """A message to a group was written; nothing was sent."""

    subject: ClassVar[str] = "bulk_message"
    kind: str  # the group


@dataclass(frozen=True)
class BulkDropped(Act):
    """It was given up unsent."""

    subject: ClassVar[str] = "bulk_message"
    kind: str  # the group


@dataclass(frozen=True)
class BulkSent(Act):
    """A message went to a group of people."""

    subject: ClassVar[str] = "bulk_message"
    public: ClassVar[bool] = True
    kind: str  # the group
    count: int
