"""The invariants of the box (design: the ballot), checked at any time. Reads only; says what is wrong,
repairs nothing.
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
from pb.voting import paper
from pb.voting.checking_board import ballots_not_posted, read_board, unexplained_changes
from pb.voting.commands_box import ballot_fault
from pb.voting.models import BoxBallot, InboxBallot, OpenedBallot, VotingLink, VotingRound, VotingSlot
from pb.voting.people import voters_of
from pb.voting.receipts import Receipt, is_genuine
from pb.voting.rounds import FrozenRound, freeze, the_round
from pb.voting.sealing import LINK_LENGTH, SEALED_LENGTH

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Finding:
    """One invariant: its name, whether it holds, and in English what was compared."""

    name: str
    holds: bool
    detail: str


def check_box(cycle_id: int, progress: Progress | None = None) -> tuple[Finding, ...]:
    """B1 to B7, B9 and B11 as far as they exist at this moment. Raises Missing("no_round")."""
    row = the_round(cycle_id)
    return tuple(_findings(row, freeze(row), progress))


def _findings(row: VotingRound, frozen: FrozenRound, progress: Progress | None) -> Iterator[Finding]:
    used = list(db.session.scalars(select(VotingSlot.value).where(VotingSlot.round_id == row.id)))
    entitled = {voter.slot for voter in voters_of(row.cycle_id)}
    stray = len(set(used) - entitled)
    detail = f"{len(used)} slots used, {len(entitled)} voters on the roll, {stray} slots of nobody"
    yield Finding("B1", not stray and len(set(used)) == len(used), detail)

    board = read_board(row, progress)
    waiting = _number(select(func.count()).where(InboxBallot.round_id == row.id))
    boxed = _number(select(func.count()).where(BoxBallot.round_id == row.id))
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
    if row.closed_at is not None:
        late, closes = board.ballots_after_close, board.count(Kind.CLOSED)
        detail = (
            f"{waiting} ballots in the inbox and {late} on the board after the close, entered {closes} times"
        )
        yield Finding("B6", not waiting and not late and closes == 1, detail)
    yield _links(row, web, cast)
    changes = unexplained_changes(row, board)
    detail = "ballot, rulebook, roll and code are those of the opening, or an entry says that they changed"
    yield Finding("B11", not changes, "; ".join(changes) or detail)
    if row.opened_at is not None:
        opened = _number(select(func.count()).where(OpenedBallot.round_id == row.id))
        yield Finding("B4", opened == boxed, f"{opened} ballots opened, {boxed} in the box")
        faults = list(_opened_wrongly(row, frozen, progress))
        said = "; ".join(faults[:3]) or "every counted ballot hashes to its commitment and keeps the rulebook"
        yield Finding("B7", not faults, said)


def _links(row: VotingRound, web: int, cast: Sequence[ColumnElement[bool]]) -> Finding:
    """B9: until the links are destroyed one for each slot that cast, afterwards none."""
    of_round = VotingLink.round_id == row.id
    links = _number(select(func.count()).where(of_round))
    if row.opened_at is not None:
        return Finding(
            "B9", links == 0, f"{links} sealed links from slots to ballots are left after the opening"
        )
    odd = _number(select(func.count()).where(of_round, func.length(VotingLink.sealed) != LINK_LENGTH))
    joined = select(func.count()).where(of_round, VotingLink.value == VotingSlot.value, *cast)
    stray = links - _number(joined)
    detail = f"{links} sealed links for {web} slots cast, {stray} of no such slot, {odd} of another length"
    return Finding("B9", links == web and not stray and not odd, detail)


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
