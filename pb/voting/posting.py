"""Writing onto the public board: this file alone adds entries and signs heads.

An act calls ``catch_up`` in its own transaction, when it has changed the round: what happened and does not stand on
the board yet is written, in the order of the vote, under one new head. So an entry is never without its act, an act
never without its entry, and nothing is written twice. Casting writes nothing here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select

from pb.core.board import Head, Kind, ballot_entry, day_of, entry_bytes, minute
from pb.core.merkle import leaf_hash
from pb.core.phases import Phase
from pb.cycles.queries import acts_of, here_by_id
from pb.db import command, db, one_at_a_time
from pb.voting import receipts
from pb.voting.models import BoxBallot, OpenedBallot, VotingRound
from pb.voting.models_board import BoardEntry, BoardHead
from pb.voting.models_letters import LetterBatch
from pb.voting.own_code import own_code
from pb.voting.posting_paper import paper_batches, paper_protocols, reopened_protocols
from pb.voting.queries_board import Entry, acts, frontier, size_of
from pb.voting.queries_ceremony import approved, void_cases
from pb.voting.queries_people import roll_in_force
from pb.voting.rounds import round_of
from pb.voting.trial import trial_ballots

BATCH = 500
log = logging.getLogger(__name__)
New = tuple[Kind, bytes, str | None]  # kind, content, commitment of a ballot

_STOPS = {"pause": Kind.PAUSED, "resume": Kind.RESUMED, "halt": Kind.HALTED, "extend": Kind.EXTENDED}


def catch_up(row: VotingRound, now: datetime, *, voting: bool = False) -> int:
    """Write what the board lacks of the round, within a command; gives the number of entries.

    ``voting``: the vote is open, or was; without it that shows by the first ballot or the close. A round that
    was brought in from elsewhere has no custodians and no board.
    """
    one_at_a_time(f"board {row.id}")
    return _append(row, _missing(row, voting), now)


def post_due(*, now: datetime) -> int:
    """Write onto the boards what no act writes by itself (the worker, every second): that a vote has begun, was
    paused, goes on, was extended. Gives the number of boards. A round that fails is logged and keeps no other's
    board waiting.
    """
    query = select(VotingRound.cycle_id).where(
        VotingRound.trial_opened_at.is_not(None), VotingRound.closed_at.is_(None)
    )
    posted = 0
    for cycle_id in db.session.scalars(query.order_by(VotingRound.id)).all():
        try:
            posted += _post_if_behind(cycle_id, now)
        except Exception as error:
            db.session.rollback()
            log.error("the board of contest %s was not written: %s", cycle_id, type(error).__name__)
    return posted


def _post_if_behind(cycle_id: int, now: datetime) -> bool:
    row = round_of(cycle_id)
    if row is None or next(_missing(row, _is_open(cycle_id, now)), None) is None:
        return False
    _post(cycle_id=cycle_id, now=now)
    return True


@command
def _post(*, cycle_id: int, now: datetime) -> None:
    row = round_of(cycle_id)
    assert row is not None
    catch_up(row, now, voting=_is_open(cycle_id, now))


def _is_open(cycle_id: int, now: datetime) -> bool:
    status = here_by_id(cycle_id, now=now).status
    return status is not None and status.phase is Phase.VOTING and status.is_open


@command
def post_result(*, cycle_id: int, rule: str, version: str, inputs: str, result: str, now: datetime) -> None:
    """Write the published result; the calling command has decided. Nothing where a vote has no board."""
    row = round_of(cycle_id)
    if row is None or not row.custodians:
        return
    catch_up(row, now)
    content = entry_bytes(
        Kind.RESULT, row.label, at=minute(now), inputs=inputs, result=result, rule=rule, version=version
    )
    _append(row, [(Kind.RESULT, content, None)], now)


def state_of(row: VotingRound) -> dict[str, Any]:
    """What a vote rests on, as fingerprints: ballot, rulebook, roll (None before it is approved), code."""
    roll, version = roll_in_force(row.cycle_id), here_by_id(row.cycle_id).the_cycle.rulebook_version
    return {
        "ballot": row.fingerprint,
        "rulebook": version.fingerprint if version else None,
        "roll": {"fingerprint": roll.fingerprint, "size": roll.size} if roll else None,
        "code": own_code(),
    }


def _missing(row: VotingRound, voting: bool) -> Iterator[New]:
    if not row.custodians:
        return
    found = acts(row.id)
    kinds = {entry.kind for entry in found}
    yield from _before_the_vote(row, found)
    yield from _letters(row, sum(entry.kind == Kind.LETTERS_MADE for entry in found))
    posted = size_of(row.id) - len(found)
    boxed = db.session.scalar(select(func.max(BoxBallot.position)).where(BoxBallot.round_id == row.id)) or 0
    if Kind.VOTING_OPENED not in kinds and (voting or boxed or row.closed_at is not None):
        calendar = here_by_id(row.cycle_id).calendar
        assert calendar is not None  # a round stands in a published cycle
        opens, closes = minute(calendar.starts[Phase.VOTING]), minute(calendar.closes(Phase.VOTING))
        yield _act(row, Kind.VOTING_OPENED, **state_of(row), opens=opens, closes=closes)
    yield from _explained(row, found)
    if row.trial_opened_at is not None:
        yield from _stops(row, found, row.trial_opened_at)
    yield from paper_batches(row, found)
    yield from _ballots(row, posted, boxed)
    if row.closed_at is not None and Kind.CLOSED not in kinds:
        yield _act(row, Kind.CLOSED, **state_of(row), at=minute(row.closed_at), ballots=boxed)
    yield from reopened_protocols(row, found)
    yield from paper_protocols(row, found)
    yield from _given_up(row, found)
    yield from _voids(row, found)
    if row.destroyed_at is not None and Kind.DESTROYED not in kinds:
        yield _act(row, Kind.DESTROYED, at=minute(row.destroyed_at))
    if row.opened_at is not None and Kind.BOX_OPENED not in kinds:
        numbers = select(func.count(), func.count().filter(OpenedBallot.fault != ""))
        opened, invalid = db.session.execute(numbers.where(OpenedBallot.round_id == row.id)).one()
        yield _act(row, Kind.BOX_OPENED, at=minute(row.opened_at), ballots=opened, invalid=invalid)


def _ballots(row: VotingRound, posted: int, boxed: int) -> Iterator[New]:
    """The ballots of the box from position ``posted + 1`` on: the board has them in the order of the box."""
    for after in range(posted, boxed, BATCH):
        rows = db.session.execute(
            select(BoxBallot.commitment, BoxBallot.sealed, BoxBallot.signature, BoxBallot.on_paper)
            .where(
                BoxBallot.round_id == row.id, BoxBallot.position > after, BoxBallot.position <= after + BATCH
            )
            .order_by(BoxBallot.position)
        ).all()
        for ballot in rows:
            content = ballot_entry(
                row.label, ballot.commitment, ballot.sealed, ballot.signature, on_paper=ballot.on_paper
            )
            yield Kind.PAPER_BALLOT if ballot.on_paper else Kind.BALLOT, content, ballot.commitment


def _before_the_vote(row: VotingRound, found: list[Entry]) -> Iterator[New]:
    prepared = [entry.fields for entry in found if entry.kind == Kind.PREPARED]
    if not prepared or prepared[-1]["ballot"] != row.fingerprint:
        at = minute(row.prepared_at)
        yield _act(row, Kind.PREPARED, **state_of(row), at=at, projects=row.projects)
        yield _act(row, Kind.CUSTODIANS, at=at, custodians=row.custodians)
    tried = [
        (entry.fields["ballot"], entry.fields["pair"]) for entry in found if entry.kind == Kind.TRIAL_OPENED
    ]
    for ballot in trial_ballots(row.id):
        both = [int(number) for number in ballot.pair.split("-")]
        if ballot.opened_at is not None and (row.fingerprint, both) not in tried:
            at = minute(ballot.opened_at)
            yield _act(row, Kind.TRIAL_OPENED, at=at, ballot=row.fingerprint, pair=both)


def _letters(row: VotingRound, posted: int) -> Iterator[New]:
    """Batches of letters that are not on the board yet: their numbers run from 1 on."""
    for batch in db.session.scalars(
        select(LetterBatch)
        .where(LetterBatch.cycle_id == row.cycle_id, LetterBatch.number > posted)
        .order_by(LetterBatch.number)
    ):
        yield _act(
            row, Kind.LETTERS_MADE, at=minute(batch.made_at), batch=batch.number, letters=batch.size,
            fingerprint=batch.fingerprint,
        )  # fmt: skip


def _stops(row: VotingRound, found: list[Entry], since: datetime) -> Iterator[New]:
    """Pauses, resumptions, halts and extensions approved since the trial opening, in their order.

    One act of a cycle is open at a time, so that the order of their ids is that of their decisions.
    """
    known = sum(entry.kind in _STOPS.values() for entry in found)
    approved = [
        act
        for act in reversed(acts_of(row.cycle_id))
        if act.outcome == "approved" and act.decided_at and act.decided_at >= since
    ]
    for act in approved[known:]:
        assert act.decided_at is not None
        fields: dict[str, Any] = {"at": minute(act.decided_at), "reason": act.reason}
        if act.kind == "extend":
            assert act.until is not None
            fields |= {"phase": act.payload["phase"], "until": minute(act.until)}
        yield _act(row, _STOPS[act.kind], **fields)


def _explained(row: VotingRound, found: list[Entry]) -> Iterator[New]:
    """Changes of the program that two people have explained: what they say, and from what to what it changed."""
    known = sum(entry.kind == Kind.CODE_CHANGED for entry in found)
    for act in approved(row.id, "explain")[known:]:
        assert act.decided_at is not None
        before, after = act.subject.split()
        yield _act(
            row, Kind.CODE_CHANGED, at=minute(act.decided_at), before=before, after=after, reason=act.reason
        )


def _given_up(row: VotingRound, found: list[Entry]) -> Iterator[New]:
    """Cases whose ballot counts after all, by two people, since no pair could open its link."""
    known = sum(entry.kind == Kind.CASE_GIVEN_UP for entry in found)
    for act in approved(row.id, "keep")[known:]:
        assert act.decided_at is not None
        yield _act(row, Kind.CASE_GIVEN_UP, at=minute(act.decided_at), reason=act.reason)


def _voids(row: VotingRound, found: list[Entry]) -> Iterator[New]:
    known = {entry.fields["voided"] for entry in found if entry.kind == Kind.VOIDED}
    for case in void_cases(row.id):
        if case.commitment is not None and case.commitment not in known:
            assert case.voided_at is not None
            assert case.pair is not None
            pair = [int(number) for number in case.pair.split("-")]
            yield _act(
                row,
                Kind.VOIDED,
                at=minute(case.voided_at),
                voided=case.commitment,
                reason=case.reason,
                pair=pair,
            )


def unexplained_code(row: VotingRound) -> tuple[str, str] | None:
    """The program that the board vouches for and the one that runs, where they differ before the close (B11).

    A round that has no board vouches for nothing.
    """
    found = acts(row.id)
    codes = [entry.fields.get("code") or entry.fields.get("after") for entry in found]
    before = next((code for code in reversed(codes) if code), own_code())
    return (before, own_code()) if before != own_code() and row.closed_at is None else None


def _act(row: VotingRound, kind: Kind, **fields: Any) -> New:
    return kind, entry_bytes(kind, row.label, **fields), None


def _append(row: VotingRound, new: Iterable[New], now: datetime) -> int:
    """Add entries and sign the head over them; gives their number. Of ``now`` the day alone is kept."""
    edge, remaining = frontier(row.id), iter(new)
    before = edge.size
    while batch := list(islice(remaining, BATCH)):
        rows = []
        for kind, content, commitment in batch:
            subtrees = b"".join(edge.add(leaf_hash(content)))
            rows.append(
                {
                    "round_id": row.id, "number": edge.size, "kind": kind.value,
                    "content": content.decode(), "subtrees": subtrees, "commitment": commitment,
                }
            )  # fmt: skip
        db.session.execute(insert(BoardEntry), rows)
    if edge.size > before:
        head = Head(row.label, edge.size, edge.root.hex(), day_of(now))
        db.session.execute(
            insert(BoardHead),
            [
                {
                    "round_id": row.id, "size": head.size, "root": head.root, "day": head.day,
                    "signature": receipts.sign_head(head),
                }
            ],
        )  # fmt: skip
    return edge.size - before
