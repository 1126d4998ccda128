"""The public board: what an entry and a head say, and their exact bytes. Pure; published in docs/verification.md.

An entry's bytes are its canonical JSON; they are the leaf of the tree (pb.core.merkle). Entries of ballots hold no
time, and a head only a day: what is written beside a ballot must not tell when it was cast.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.errors import Invalid
from pb.core.workdays import TBILISI

HEAD_KIND = "pb-board-head-v1"
_HASH = re.compile("[0-9a-f]{64}")


class Kind(StrEnum):
    """What an entry is about."""

    PREPARED = "prepared"  # what is on the ballot, with the fingerprints of rules, roll and code
    CUSTODIANS = "custodians"  # the public keys to which ballots are sealed
    TRIAL_OPENED = "trial_opened"  # one for each pair of custodians
    LETTERS_MADE = "letters_made"  # a batch of printed codes
    VOTING_OPENED = "voting_opened"
    BALLOT = "ballot"
    PAUSED = "paused"
    RESUMED = "resumed"
    HALTED = "halted"
    EXTENDED = "extended"
    CODE_CHANGED = "code_changed"
    CLOSED = "closed"
    PAPER_BATCH = "paper_batch"  # ballots of paper for a centre, with the order that was drawn for them
    PAPER_BALLOT = "paper_ballot"  # one keyed from paper, after the close
    PAPER_PROTOCOL = "paper_protocol"  # of a centre: what was issued, and what lay in its box of paper
    PROTOCOL_REOPENED = "protocol_reopened"  # a centre is counted anew, by two people; what stood before
    CASE_GIVEN_UP = "case_given_up"  # a ballot counts after all, since nobody could open its link
    VOIDED = "voided"  # a ballot that does not count, by two people and two custodians
    DESTROYED = "destroyed"  # link key, links and slots' values: from here on ballots may be opened
    BOX_OPENED = "box_opened"
    RESULT = "result"


_STATE = frozenset({"ballot", "code", "roll", "rulebook"})
_STOP = frozenset({"at", "reason"})
_SEALED = frozenset({"commitment", "sealed", "signature"})
#: The fields of each kind, beside "kind" and "round", which every entry has.
FIELDS: dict[Kind, frozenset[str]] = {
    Kind.PREPARED: _STATE | {"at", "projects"},
    Kind.CUSTODIANS: frozenset({"at", "custodians"}),
    Kind.TRIAL_OPENED: frozenset({"at", "ballot", "pair"}),
    Kind.LETTERS_MADE: frozenset({"at", "batch", "fingerprint", "letters"}),
    Kind.VOTING_OPENED: _STATE | {"closes", "opens"},
    Kind.BALLOT: _SEALED,
    Kind.PAUSED: _STOP,
    Kind.RESUMED: _STOP,
    Kind.HALTED: _STOP,
    Kind.EXTENDED: _STOP | {"phase", "until"},
    Kind.CODE_CHANGED: _STOP | {"after", "before"},
    Kind.CLOSED: _STATE | {"at", "ballots"},
    Kind.PAPER_BATCH: frozenset({"at", "batch", "centre", "order", "size", "unit"}),
    Kind.PAPER_BALLOT: _SEALED,
    Kind.PAPER_PROTOCOL: frozenset(
        {"at", "centre", "in_box", "invalid", "issued", "missing", "note", "returned", "spoilt"}
    ),
    Kind.PROTOCOL_REOPENED: _STOP | {"centre", "in_box", "missing", "note"},
    Kind.CASE_GIVEN_UP: _STOP,
    Kind.VOIDED: _STOP | {"pair", "voided"},
    Kind.DESTROYED: frozenset({"at"}),
    Kind.BOX_OPENED: frozenset({"at", "ballots", "invalid"}),
    Kind.RESULT: frozenset({"at", "inputs", "result", "rule", "version"}),
}


def entry_bytes(kind: Kind, round_label: str, **fields: Any) -> bytes:
    """The canonical bytes of an entry. ValueError unless the fields are just those of the kind."""
    if fields.keys() != FIELDS[kind]:
        raise ValueError(f"an entry {kind.value} has the fields {sorted(FIELDS[kind])}, not {sorted(fields)}")
    return canonical_json({"kind": kind.value, "round": round_label, **fields})


def ballot_entry(
    round_label: str, commitment: str, sealed: bytes, signature: str, *, on_paper: bool = False
) -> bytes:
    """The entry of a sealed ballot: its commitment (hex), the hash of what is sealed, the receipt's signature."""
    return entry_bytes(
        Kind.PAPER_BALLOT if on_paper else Kind.BALLOT,
        round_label,
        commitment=commitment,
        sealed=hashlib.sha256(sealed).hexdigest(),
        signature=signature,
    )


def parse_entry(data: bytes) -> dict[str, Any]:
    """The fields of an entry. Raises Invalid("bad_entry") for bytes that ``entry_bytes`` does not make."""
    try:
        found = json.loads(data.decode())
        fields = {name: value for name, value in found.items() if name not in ("kind", "round")}
        again = entry_bytes(Kind(found["kind"]), found["round"], **fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("bad_entry") from error
    if again != data:
        raise Invalid("bad_entry")
    return dict(found)


def minute(moment: datetime) -> str:
    """A moment as entries of acts write it: "2026-10-06T07:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def day_of(moment: datetime) -> str:
    """The day in Tbilisi on which a head is signed: nothing finer stands beside ballots."""
    return moment.astimezone(TBILISI).date().isoformat()


@dataclass(frozen=True)
class Head:
    """What is signed of the board: how many entries it has, and the root over them (hex), on which day."""

    round_label: str
    size: int
    root: str
    day: str

    def signed_bytes(self) -> bytes:
        """Canonical JSON, as it is signed."""
        return canonical_json(
            {
                "day": self.day,
                "kind": HEAD_KIND,
                "root": self.root,
                "round": self.round_label,
                "size": self.size,
            }
        )


def read_head(data: bytes) -> Head:
    """The inverse of ``Head.signed_bytes``. Raises Invalid("bad_head")."""
    try:
        found = json.loads(data.decode())
        head = Head(found["round"], found["size"], found["root"], found["day"])
        texts = isinstance(head.round_label, str) and isinstance(head.day, str)
        good = texts and head.signed_bytes() == data and _HASH.fullmatch(head.root) is not None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid("bad_head") from error
    if not good or type(head.size) is not int or head.size < 0:
        raise Invalid("bad_head")
    return head


def code_print(files: Iterable[tuple[str, bytes]]) -> str:
    """The fingerprint (hex) of a program: over the names of its files and their SHA-256, sorted by name."""
    listed = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in files)
    return hashlib.sha256(canonical_json([list(one) for one in listed])).hexdigest()
