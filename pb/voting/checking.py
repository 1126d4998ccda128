"""The invariants of the box (design: the ballot), B1 to B13, checked at any time and at each gate. Reads only; says
what is wrong, repairs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from pb.core.ballots import commitment, parse_ballot
from pb.core.board import Kind
from pb.core.errors import Invalid
from pb.db import db
from pb.voting import link_key, paper
from pb.voting.checking_board import Board, ballots_not_posted, read_board, unexplained_changes
from pb.voting.checking_rights import rights_wrong
from pb.voting.checking_slots import SlotsFound, slots_wrong, unsigned
from pb.voting.models import BoxBallot, InboxBallot, OpenedBallot, VotingLink, VotingRound, VotingSlot
from pb.voting.models_ceremony import VoidCase
from pb.voting.models_people import ToldSlot
from pb.voting.opened import ballot_fault
from pb.voting.queries_ceremony import voided
from pb.voting.receipts import Receipt, is_genuine
from pb.voting.rounds import FrozenRound, freeze, the_round
from pb.voting.sealing import LINK_LENGTH, SEALED_LENGTH

Progress = Callable[[int], None]
#: Whether the published tally is that of the opened box, in whatever order, and in English what was compared; None
#: before there is a count. The results register theirs: they know the rules, we know the ballots.
Tally = Callable[[VotingRound], "tuple[bool, str] | None"]
_tallies: list[Tally] = []


def tally(function: Tally) -> Tally:
    """Register what holds the count against the box (a decorator)."""
    if function not in _tallies:
        _tallies.append(function)
    return function


@dataclass(frozen=True)
class Finding:
    """One invariant: its name, whether it holds, and in English what was compared. ``later``: there is nothing yet
    that could break it.
    """

    name: str
    holds: bool
    detail: str
    later: bool = False

    @property
    def word(self) -> str:
        return "BROKEN" if not self.holds else "later" if self.later else "holds"


def check_box(cycle_id: int, progress: Progress | None = None) -> tuple[Finding, ...]:
    """B1 to B13, in order, a line each. Raises Missing("no_round"), Refused("link_key_missing")."""
    row = the_round(cycle_id)
    found = list(_findings(row, freeze(row), progress))
    order = {f"B{number}": number for number in range(1, 14)}  # what has no number stands at the end
    return tuple(sorted(found, key=lambda finding: order.get(finding.name, len(order) + 1)))


def _findings(row: VotingRound, frozen: FrozenRound, progress: Progress | None) -> Iterator[Finding]:
    board = read_board(row, progress)
    waiting = _number(select(func.count()).where(InboxBallot.round_id == row.id))
    boxed = _number(select(func.count()).where(BoxBallot.round_id == row.id))
    slots = slots_wrong(row) if row.destroyed_at is None else None
    yield _persons(row, slots)
    bad, lost = _bad_receipts(row, progress), ballots_not_posted(row)
    promised = waiting == 0 or row.closed_at is None
    detail = f"{waiting} waiting for the box, {lost} in the box and not on the board as they are, "
    yield Finding("B2", promised and not bad and not lost, f"{detail}{bad} without a good signature")
    cast = (VotingSlot.round_id == row.id, VotingSlot.state == "cast", VotingSlot.channel != "paper")
    web = _number(select(func.count()).where(*cast))
    detail = f"{web} slots cast, {waiting} waiting + {board.ballots} on the board, {boxed} in the box"
    detail += f" ({board.on_paper} more of paper)" if board.on_paper else ""
    yield Finding("B3", web == waiting + board.ballots and boxed == board.ballots + board.on_paper, detail)
    if paper.batches(row.id):
        wrong = paper.faults(row)
        said = f"papers, protocols, sheets and {board.on_paper} ballots of paper add up"
        yield Finding("paper", not wrong, "; ".join(wrong[:3]) or said)

    detail = f"{board.size} entries and {board.heads} signed heads of one growing tree"
    yield Finding("B5", not board.faults, "; ".join(board.faults[:3]) or detail)
    yield _closed(row, board, waiting)
    yield from _opened(row, frozen, board, boxed, progress)
    yield _links(row, web, cast)
    yield _alike(row)
    changes = unexplained_changes(row, board)
    detail = "ballot, rulebook, roll and code are those of the opening, or an entry says that they changed"
    yield Finding("B11", not changes, "; ".join(changes) or detail)
    changeable, said = rights_wrong()
    yield Finding("B12", not changeable, said)
    if slots is not None:
        detail = f"{slots.strangers} of {slots.slots} slots are not just one voter's, {slots.unsigned} ballots unsigned"
        yield Finding("B13", not slots.any, detail)
    else:
        bare = unsigned(row)
        detail = f"{bare} ballots unsigned; the slots were held against the roll when the key was destroyed"
        yield Finding("B13", not bare and board.count(Kind.DESTROYED) == 1, detail)


def _persons(row: VotingRound, slots: SlotsFound | None) -> Finding:
    """B1. The key of the table allows one row for a slot; whose it is, only the link key tells."""
    if slots is None:
        used = _number(select(func.count()).where(VotingSlot.round_id == row.id))
        return Finding("B1", True, f"{used} slots used; whose they were cannot be told any more")
    detail = f"{slots.slots} slots used, {slots.voters} voters on the roll, {slots.strangers} slots of nobody"
    return Finding("B1", not slots.strangers and slots.slots <= slots.voters, detail)


def _closed(row: VotingRound, board: Board, waiting: int) -> Finding:
    """B6."""
    if row.closed_at is None:
        return Finding("B6", board.count(Kind.CLOSED) == 0, "the box is not closed yet", later=True)
    late, closes = board.ballots_after_close, board.count(Kind.CLOSED)
    detail = f"{waiting} ballots in the inbox and {late} on the board after the close, entered {closes} times"
    return Finding("B6", not waiting and not late and closes == 1, detail)


def _opened(
    row: VotingRound, frozen: FrozenRound, board: Board, boxed: int, progress: Progress | None
) -> Iterator[Finding]:
    """B4, B7, B8."""
    out = voided(row.id)
    posted = {act["voided"] for act in board.acts if act["kind"] == Kind.VOIDED}
    if row.opened_at is None:
        said = f"{len(out)} ballots voided, {len(posted)} on the board; the box is not opened yet"
        yield Finding("B4", out == posted, said, later=True)
        yield Finding("B7", True, "the box is not opened yet", later=True)
        yield Finding("B8", True, "nothing is counted yet", later=True)
        return
    opened = set(db.session.scalars(select(OpenedBallot.commitment).where(OpenedBallot.round_id == row.id)))
    right = len(opened) == boxed - len(out) and not opened & out and out == posted
    detail = f"{len(opened)} ballots opened, {boxed} in the box, {len(out)} of them voided, {len(posted)} on the board"
    yield Finding("B4", right, detail)
    faults = list(_opened_wrongly(row, frozen, progress))
    said = "; ".join(faults[:3]) or "every counted ballot hashes to its commitment and keeps the rulebook"
    yield Finding("B7", not faults, said)
    tallies = [found for one in _tallies if (found := one(row)) is not None]
    if not tallies:
        yield Finding("B8", True, "nothing is counted yet", later=True)
    for holds, said in tallies:
        yield Finding("B8", holds, said)


def _links(row: VotingRound, web: int, cast: Sequence[ColumnElement[bool]]) -> Finding:
    """B9: until the links are destroyed one for each slot that cast, afterwards nothing that joins."""
    of_round = VotingLink.round_id == row.id
    links = _number(select(func.count()).where(of_round))
    if row.destroyed_at is not None:
        key = link_key.is_there(row)
        named = _number(select(func.count()).where(VoidCase.round_id == row.id, VoidCase.slot.is_not(None)))
        told = _number(select(func.count()).where(ToldSlot.round_id == row.id))
        detail = f"{links} sealed links, {named} slots of cases and {told} of told people left after the destruction"
        said = f"{detail}, {'the file of the link key is STILL THERE' if key else 'no file of the link key'}"
        return Finding("B9", not (links or named or told or key), said)
    odd = _number(select(func.count()).where(of_round, func.length(VotingLink.sealed) != LINK_LENGTH))
    joined = select(func.count()).where(of_round, VotingLink.value == VotingSlot.value, *cast)
    stray = links - _number(joined)
    early = row.opened_at is not None
    detail = f"{links} sealed links for {web} slots cast, {stray} of no such slot, {odd} of another length"
    said = f"{detail}; the box was opened BEFORE they were destroyed" if early else detail
    return Finding("B9", links == web and not stray and not odd and not early, said)


def _alike(row: VotingRound) -> Finding:
    """B10, as far as stored things tell: sealed ballots of one length, and no choice in clear before the opening."""
    odd = sum(
        _number(
            select(func.count()).where(model.round_id == row.id, func.length(model.sealed) != SEALED_LENGTH)
        )
        for model in (InboxBallot, BoxBallot)
    )
    clear = (
        _number(select(func.count()).where(OpenedBallot.round_id == row.id)) if row.opened_at is None else 0
    )
    detail = f"{odd} sealed ballots of another length, {clear} ballots in clear before the opening"
    return Finding("B10", not odd and not clear, detail)


def _number(query: Select[Any]) -> int:
    return db.session.scalar(query) or 0


def _bad_receipts(row: VotingRound, progress: Progress | None) -> int:
    bad = done = 0
    for model in (InboxBallot, BoxBallot):
        rows = db.session.execute(
            select(model.commitment, model.signature, func.length(model.sealed)).where(
                model.round_id == row.id
            )
        )
        for hashed, signature, length in rows.yield_per(2000):
            bad += length != SEALED_LENGTH or not is_genuine(Receipt(row.label, hashed, signature))
            done += 1
            if progress is not None and done % 500 == 0:
                progress(done)
    return bad


def _opened_wrongly(row: VotingRound, frozen: FrozenRound, progress: Progress | None) -> Iterator[str]:
    query = (
        select(OpenedBallot, BoxBallot.signature)
        .outerjoin(
            BoxBallot,
            (BoxBallot.round_id == OpenedBallot.round_id) & (BoxBallot.commitment == OpenedBallot.commitment),
        )
        .where(OpenedBallot.round_id == row.id)
        .order_by(OpenedBallot.position)
    )
    for done, (opened, signature) in enumerate(
        db.session.execute(query.execution_options(yield_per=1000)), 1
    ):
        if progress is not None and done % 500 == 0:
            progress(done)
        if opened.fault:
            continue  # counted as invalid, and so not counted
        if signature is None:
            yield f"{opened.commitment[:16]} is not in the box"
        elif commitment(opened.ballot).hex() != opened.commitment:
            yield f"{opened.commitment[:16]} does not hash to its commitment"
        else:
            try:
                ballot = parse_ballot(opened.ballot)
            except Invalid:
                yield f"{opened.commitment[:16]} cannot be read"
                continue
            fault = ballot_fault(frozen, Receipt(row.label, opened.commitment, signature), ballot)
            if fault or list(ballot.choices) != opened.choices:
                yield f"{opened.commitment[:16]}: {fault or 'choices differ'}"
