"""The public board held against itself, the box and what runs: every hash and signature anew. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from pb.core.board import Kind, ballot_entry, parse_entry
from pb.core.errors import Invalid
from pb.core.merkle import Frontier, leaf_hash
from pb.db import db
from pb.voting.models import BoxBallot, VotingRound
from pb.voting.models_board import BoardEntry
from pb.voting.posting import state_of
from pb.voting.queries_board import LINES, heads
from pb.voting.queries_people import fingerprint_as_it_is, roll_in_force
from pb.voting.receipts import is_genuine_head

Progress = Callable[[int], None]


@dataclass
class Board:
    """What a reading of the whole board found. ``faults``: in English, why it is not one growing tree."""

    size: int = 0
    heads: int = 0
    ballots: int = 0
    ballots_after_close: int = 0
    on_paper: int = 0
    acts: list[dict[str, Any]] = field(default_factory=list)  # the entries that are no ballots
    faults: list[str] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """How many entries of an act there are."""
        return sum(act["kind"] == kind for act in self.acts)


def read_board(row: VotingRound, progress: Progress | None = None) -> Board:
    """Every entry against its bytes and the kept hashes, every head against the tree of its size."""
    board, edge, closed = Board(), Frontier(), False
    signed = {one.head.size: one for one in heads(row.id, row.label)}
    board.heads, last = len(signed), max(signed, default=0)
    for entry in _rows(row.id):
        data = entry.content.encode()
        subtrees = b"".join(edge.add(leaf_hash(data)))
        if entry.number != edge.size:
            board.faults.append(f"entry {edge.size} is missing")
            return board
        if subtrees != entry.subtrees:
            board.faults.append(f"entry {entry.number} is not what its hash says")
        fields = _fields(data)
        if (fields.get("kind"), fields.get("round"), fields.get("commitment")) != (
            entry.kind, row.label, entry.commitment,
        ):  # fmt: skip
            board.faults.append(f"entry {entry.number} cannot be read as what it stands for")
        elif entry.kind == Kind.BALLOT:
            board.ballots += 1
            board.ballots_after_close += closed
        elif entry.kind == Kind.PAPER_BALLOT:
            board.on_paper += 1
            if not closed:
                board.faults.append(f"entry {entry.number} is of paper and stands before the close")
        else:
            board.acts.append(fields)
            closed = closed or entry.kind == Kind.CLOSED
        head = signed.pop(edge.size, None)
        if head is not None and head.head.root != edge.root.hex():
            board.faults.append(f"the head of size {edge.size} has another root")
        elif head is not None and not is_genuine_head(head.head, head.signature):
            board.faults.append(f"the head of size {edge.size} has no good signature")
        board.size = edge.size
        if progress is not None and edge.size % 500 == 0:
            progress(edge.size)
    if signed:
        board.faults.append(f"the head of size {max(signed)} has entries that are gone")
    elif board.size != last:
        board.faults.append("the last entries stand under no head")
    return board


def _rows(round_id: int) -> Iterator[Any]:
    """Every entry in order, read in parts."""
    entry, after = BoardEntry, 0
    columns = (entry.number, entry.kind, entry.content, entry.subtrees, entry.commitment)
    while True:
        rows = db.session.execute(
            select(*columns)
            .where(entry.round_id == round_id, entry.number > after)
            .order_by(entry.number)
            .limit(LINES)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].number


def _fields(data: bytes) -> dict[str, Any]:
    try:
        return parse_entry(data)
    except Invalid:
        return {}


def ballots_not_posted(row: VotingRound) -> int:
    """How many ballots of the box do not stand on the board just as they are."""
    query = (
        select(
            BoxBallot.commitment,
            BoxBallot.sealed,
            BoxBallot.signature,
            BoxBallot.on_paper,
            BoardEntry.content,
        )
        .outerjoin(
            BoardEntry,
            (BoardEntry.round_id == BoxBallot.round_id) & (BoardEntry.commitment == BoxBallot.commitment),
        )
        .where(BoxBallot.round_id == row.id)
    )
    return sum(
        content is None
        or content.encode() != ballot_entry(row.label, commitment, sealed, signature, on_paper=on_paper)
        for commitment, sealed, signature, on_paper, content in db.session.execute(query).yield_per(LINES)
    )


def unexplained_changes(row: VotingRound, board: Board) -> list[str]:
    """B11: in English, what of rules, roll, ballot and code differs from the opening without an entry that says so.

    Compared with the close where there was one, with what stands now before it.
    """
    opened = next((act for act in board.acts if act["kind"] == Kind.VOTING_OPENED), None)
    if opened is None:
        return []
    roll = roll_in_force(row.cycle_id)
    if roll is not None and fingerprint_as_it_is(roll.id) not in (None, roll.fingerprint):
        return ["the roll has other entries than those that were approved"]
    now = next((act for act in board.acts if act["kind"] == Kind.CLOSED), None) or state_of(row)
    changed = [name for name in ("ballot", "rulebook", "roll") if opened[name] != now[name]]
    code = opened["code"]
    for act in board.acts:
        if act["kind"] == Kind.CODE_CHANGED and act["before"] == code:
            code = act["after"]
    if code != now["code"]:
        changed.append("code")
    return [f"{name} is another than at the opening" for name in changed]
