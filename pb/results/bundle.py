"""The published box as one file: everything that a stranger needs to check the vote and count it again.

One canonical JSON object a line, gzip; the exact description is docs/verification.md. This file alone writes it.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pb.core.ballots import BALLOT_LENGTH, commitment
from pb.core.canonical import canonical_json
from pb.cycles.queries import Here
from pb.voting import receipts
from pb.voting.models import VotingRound
from pb.voting.queries import opened_choices
from pb.voting.queries_board import all_entries, commitments, heads

FORMAT = "pb-bundle-1"
BALLOTS, TOTALS = "ballots", "totals"  # what a bundle contains


@dataclass(frozen=True)
class Shown:
    """A ballot as the bundle shows it: its commitment (hex), what was opened (b"" for a void one), its fault."""

    commitment: str
    opened: bytes
    fault: str = ""
    void: bool = False


@dataclass(frozen=True)
class Box:
    """A published vote as plain data. ``rulebook`` and ``result``: canonical JSON; ``heads``: text and signature."""

    label: str
    public_key: bytes
    rulebook: str
    result: str
    heads: Collection[tuple[str, str]]
    entries: Iterable[str]
    size: int  # number of entries
    ballots: Collection[Shown]


def read_box(here: Here, row: VotingRound, result: str) -> Box:
    """The box of a published vote; ``result``: the document of its count. Entries are read while they are written."""
    version = here.the_cycle.rulebook_version
    assert version is not None  # there is no vote without
    signed = heads(row.id, row.label)
    size = signed[-1].head.size if signed else 0
    ballots = [Shown(one.commitment, one.ballot, one.fault) for one in opened_choices(row.cycle_id)]
    opened = {one.commitment for one in ballots}
    void = sorted(commitments(row.id) - opened)  # of the board, and never opened
    return Box(
        label=row.label,
        public_key=receipts.public_key(),
        rulebook=version.document,
        result=result,
        heads=[(one.head.signed_bytes().decode(), one.signature) for one in signed],
        entries=(entry.content for entry in all_entries(row.id, size)),
        size=size,
        ballots=[*ballots, *(Shown(one, b"", void=True) for one in void)],
    )


def lines(box: Box, contains: str) -> Iterator[bytes]:
    """The lines without their ends: bundle, rulebook, result, heads, entries, ballots.

    ``contains``: BALLOTS, or TOTALS, in which ballots stand by their commitments alone.
    """
    first = {
        "is": "bundle", "format": FORMAT, "contains": contains, "round": box.label,
        "public_key": box.public_key.hex(),
        "heads": len(box.heads), "entries": box.size, "ballots": len(box.ballots),
    }  # fmt: skip
    yield canonical_json(first)
    for what, document in (("rulebook", box.rulebook), ("result", box.result)):
        # Both are canonical as they are kept, and so is a line around them.
        yield b'{"document":%b,"is":"%b"}' % (document.encode(), what.encode())
    for signed, signature in box.heads:
        yield canonical_json({"is": "head", "signed": signed, "signature": signature})
    for entry in box.entries:
        yield canonical_json({"is": "entry", "entry": entry})
    for ballot in box.ballots:
        yield canonical_json(_ballot(ballot, contains))


def _ballot(ballot: Shown, contains: str) -> dict[str, Any]:
    state = "void" if ballot.void else "invalid" if ballot.fault else "counted"
    line: dict[str, Any] = {"is": "ballot", "commitment": ballot.commitment, "state": state}
    if ballot.fault:
        line["fault"] = ballot.fault
    if contains == BALLOTS:
        line["content"] = None if ballot.void else _content(ballot)
    return line


def _content(ballot: Shown) -> str | None:
    """The text that hashes to the commitment when blanks pad it; None where nothing that was opened does."""
    content = ballot.opened.rstrip(b" ")
    if commitment(content.ljust(BALLOT_LENGTH, b" ")).hex() != ballot.commitment:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def packed(made: Iterable[bytes]) -> bytes:
    """The file: each line with its end, compressed, with no name or time in it."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=6, mtime=0, filename="") as out:
        for line in made:
            out.write(line + b"\n")
    return buffer.getvalue()
