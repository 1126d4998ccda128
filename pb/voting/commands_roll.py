"""Acts on the roll: import, approval by a second person, discarding. Personal numbers are hashed and
forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import delete, func, select, update

from pb.audit.log import record
from pb.core.errors import Closed, DomainError, Invalid, Missing, Refused
from pb.core.phases import Gate, Phase
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.places.models import Unit
from pb.policy import Action, Actor, authorise
from pb.voting.claims import apply_claims, claims_until, open_claims
from pb.voting.events import RollApproved, RollDiscarded, RollImported
from pb.voting.events_people import ClaimsApplied
from pb.voting.gatekeeping import refuse_broken
from pb.voting.models_people import Roll, RollEntry
from pb.voting.queries_people import fingerprint_as_it_is
from pb.voting.roll_reading import Progress, Reading, reading_of
from pb.voting.roll_rows import Report
from pb.voting.roll_seen import SeenPeople
from pb.voting.roll_store import store_entries
from pb.voting.rounds import round_of

BATCH = 50_000  # rows a transaction: each touches most pages of the indexes of a large roll
NOTED = 20_000  # rows between two notes of how far a reading has come
UNFINISHED = timedelta(hours=2)  # a reading that has not come to its end by then was cut off


def check_roll(
    *, cycle_id: int, source: BinaryIO, actor: Actor, now: datetime, progress: Progress | None = None
) -> Report:
    """The dry run: read the whole file, store no voter. Raises as ``import_roll``."""
    roll_id = begin_reading(cycle_id=cycle_id, kind="check", actor=actor, now=now)
    return read_in(roll_id=roll_id, source=source, actor=actor, now=now, progress=progress)


def import_roll(
    *, cycle_id: int, source: BinaryIO, actor: Actor, now: datetime, progress: Progress | None = None
) -> int:
    """Store the good rows of a CSV or XLSX file as a roll that waits for approval; give its id.

    Of a person are kept: the personal number as a keyed hash, the unit, the phone encrypted and as a keyed hash,
    whether 85 or older. The file is read to its end first; then rows are stored in batches of a transaction each:
    nobody waits for a large file, and one that is cut off leaves nothing in force. Writes RollImported. Raises Refused,
    Closed("wrong_phase" | "roll_in_force" | "no_voting"), Invalid on ``file``: roll_empty, and as
    ``roll_files.read_rows``.
    """
    roll_id = begin_reading(cycle_id=cycle_id, kind="import", actor=actor, now=now)
    read_in(roll_id=roll_id, source=source, actor=actor, now=now, progress=progress)
    return roll_id


@command
def begin_reading(*, cycle_id: int, kind: str, actor: Actor, now: datetime) -> int:
    """Open a reading ("import" or "check") and give its id. Writes one Roll. Raises as ``import_roll``."""
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.IMPORT_ROLL, town_id=here.town.id, status=here.status)
    _refuse_second(cycle_id)
    if here.calendar is None or Phase.VOTING not in here.calendar.starts or not here.rules.votes_held:
        raise Closed("no_voting")
    roll = Roll(
        cycle_id=cycle_id, kind=kind, imported_by=actor.account_id, imported_at=now,
        fingerprint="", size=0, unit_sizes={}, report={},
    )  # fmt: skip
    db.session.add(roll)
    db.session.flush()
    return roll.id


def read_in(
    *, roll_id: int, source: BinaryIO, actor: Actor, now: datetime, progress: Progress | None = None
) -> Report:
    """Read a file into a reading that was begun. What fails is noted there, its voters erased, and raised again."""
    roll = db.session.get_one(Roll, roll_id)
    keeps, stored = roll.kind == "import", 0

    def advance(rows: int) -> None:
        if rows % NOTED == 0:
            _note_progress(roll_id, rows)
        if progress is not None:
            progress(rows)

    try:
        with SeenPeople() as seen:
            reading = reading_of(here_by_id(roll.cycle_id, now=now), seen)
            reading.run(source, advance, keep=keeps)
            _note_progress(roll_id, reading.report.rows)
            if keeps and not reading.report.accepted:
                raise Invalid("roll_empty", field="file")
            while keeps and stored < reading.report.accepted:
                _store(roll_id, seen, stored)
                stored += BATCH
            _finish(roll_id, reading, actor, now)
            return reading.report
    except DomainError as error:
        _give_up(roll_id, error.code, now)
        raise
    except BaseException:
        _give_up(roll_id, "roll_cut_off", now)
        raise


@command
def _note_progress(roll_id: int, rows_read: int) -> None:
    _reading_goes_on(roll_id).rows_read = rows_read


@command
def _store(roll_id: int, seen: SeenPeople, after: int) -> None:
    _reading_goes_on(roll_id)
    store_entries(roll_id, seen.kept(after, BATCH))


def _reading_goes_on(roll_id: int) -> Roll:
    roll = db.session.get_one(Roll, roll_id, with_for_update=True, populate_existing=True)
    if roll.discarded_at is not None:
        raise Closed("roll_discarded")
    return roll


@command
def _finish(roll_id: int, reading: Reading, actor: Actor, now: datetime) -> None:
    roll = db.session.get_one(Roll, roll_id, with_for_update=True, populate_existing=True)
    here = here_by_id(roll.cycle_id, now=now)
    report = reading.report
    roll.size, roll.finished_at = report.accepted, now
    roll.unit_sizes, roll.report = reading.seen.unit_sizes(reading.slugs), report.to_json()
    roll.faults = report.faults.packed()
    if roll.kind == "check":
        return
    roll.fingerprint = reading.seen.fingerprint(reading.slugs)
    record(
        RollImported(report.accepted, report.refused.total()),
        subject_id=roll.id, by=actor, at=now, town_id=here.town.id, cycle_id=roll.cycle_id,
    )  # fmt: skip


@command
def _give_up(roll_id: int, code: str, now: datetime) -> None:
    roll = db.session.get(Roll, roll_id)
    if roll is None:  # begun in the same transaction, which was rolled back
        return
    roll.failed = code
    _erase(roll_id, now)


def erase_unfinished(*, now: datetime) -> int:
    """Erase what readings left that were cut off, as by a power cut (the worker); gives their number."""
    ids = db.session.scalars(
        select(Roll.id).where(
            Roll.finished_at.is_(None), Roll.discarded_at.is_(None), Roll.imported_at < now - UNFINISHED
        )
    ).all()
    for roll_id in ids:
        _give_up(roll_id, "roll_cut_off", now)
    return len(ids)


@command
def approve_roll(*, roll_id: int, actor: Actor, now: datetime, seen: str | None = None) -> None:
    """Put a roll into force, by another administrator than the one who imported it; passes ROLL_APPROVED.

    Claims that were accepted come into it. Other imports that wait are erased. ``seen``: the fingerprint that the
    approving person looked at. Writes RollApproved (public), and ClaimsApplied where there were claims. Raises
    Refused("same_person_roll"), Closed("roll_in_force" | "roll_discarded" | "wrong_phase" | "claims_open" |
    "claims_not_over" | "roll_changed"), Missing, as ``refuse_broken``.
    """
    roll, here = _waiting(roll_id, now)
    if roll.kind != "import" or roll.finished_at is None:
        raise Missing("no_such_page")
    authorise(actor, Action.APPROVE_ROLL, town_id=here.town.id, status=here.status)
    if roll.imported_by == actor.account_id:
        raise Refused("same_person_roll")
    until, waiting = claims_until(roll.cycle_id, here), open_claims(roll.cycle_id)
    if until is not None and now < until:
        raise Closed("claims_not_over", until=until)
    if waiting:
        raise Closed("claims_open", number=waiting)
    if fingerprint_as_it_is(roll.id) != roll.fingerprint or seen not in (None, roll.fingerprint):
        raise Closed("roll_changed")
    applied = apply_claims(roll, here, now)
    if applied:
        _count_anew(roll)
    roll.approved_by, roll.approved_at = actor.account_id, now
    others = db.session.scalars(
        select(Roll.id).where(Roll.cycle_id == roll.cycle_id, Roll.id != roll.id, Roll.discarded_at.is_(None))
    ).all()
    for other in others:
        _erase(other, now)
    pass_gate(cycle_id=roll.cycle_id, gate=Gate.ROLL_APPROVED, actor=actor, now=now)
    vote = round_of(roll.cycle_id)
    if (
        vote is not None and vote.trial_opened_at is not None
    ):  # nothing but the calendar is before the vote now
        db.session.flush()
        refuse_broken(vote)
    if applied:
        record(
            ClaimsApplied(applied),
            subject_id=roll.id, by=actor, at=now, town_id=here.town.id, cycle_id=roll.cycle_id,
        )  # fmt: skip
    record(
        RollApproved(roll.size, roll.fingerprint),
        subject_id=roll.id, by=actor, at=now, town_id=here.town.id, cycle_id=roll.cycle_id,
    )  # fmt: skip


def _count_anew(roll: Roll) -> None:
    """Size, sizes of units and fingerprint, after claims were applied."""
    counted = dict(
        db.session.execute(
            select(Unit.slug, func.count())
            .join(RollEntry, RollEntry.unit_id == Unit.id)
            .where(RollEntry.roll_id == roll.id)
            .group_by(Unit.slug)
        ).all()
    )
    roll.unit_sizes = {slug: counted.get(slug, 0) for slug in roll.unit_sizes}
    roll.size = sum(roll.unit_sizes.values())
    roll.fingerprint = fingerprint_as_it_is(roll.id) or ""


@command
def discard_roll(*, roll_id: int, actor: Actor, now: datetime) -> None:
    """Erase an import that waits for approval. Writes RollDiscarded. Raises as ``approve_roll``."""
    roll, here = _waiting(roll_id, now)
    authorise(actor, Action.IMPORT_ROLL, town_id=here.town.id, status=here.status)
    _erase(roll.id, now)
    record(
        RollDiscarded(roll.size),
        subject_id=roll.id,
        by=actor,
        at=now,
        town_id=here.town.id,
        cycle_id=roll.cycle_id,
    )


def _waiting(roll_id: int, now: datetime) -> tuple[Roll, Here]:
    roll = db.session.execute(
        select(Roll).where(Roll.id == roll_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if roll is None:
        raise Missing("no_such_page")
    here = here_by_id(roll.cycle_id, now=now, lock=True)
    if roll.discarded_at is not None:
        raise Closed("roll_discarded")
    _refuse_second(roll.cycle_id)
    return roll, here


def _refuse_second(cycle_id: int) -> None:
    if db.session.scalar(select(Roll.id).where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None))):
        raise Closed("roll_in_force")


def _erase(roll_id: int, now: datetime) -> None:
    db.session.execute(delete(RollEntry).where(RollEntry.roll_id == roll_id))
    db.session.execute(update(Roll).where(Roll.id == roll_id).values(discarded_at=now))
