"""Acts on the roll: import, approval by a second person, discarding. Personal numbers are hashed and
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import delete, func, insert, select, update

from pb.accounts.personal import hasher, sealer
from pb.audit.log import record
from pb.core.errors import Closed, DomainError, Invalid, Missing, Refused
from pb.core.georgian import TBILISI
from pb.core.phases import Gate, Phase
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.places.models import Unit
from pb.policy import Action, Actor, authorise
from pb.voting.claims import apply_claims, claims_until, open_claims
from pb.voting.events import RollApproved, RollDiscarded, RollImported
from pb.voting.events_people import ClaimsApplied
from pb.voting.models_people import Roll, RollEntry
from pb.voting.people import PERSON, PHONE
from pb.voting.queries_people import fingerprint_as_it_is
from pb.voting.roll_files import read_rows
from pb.voting.roll_rows import Checker, Report, unit_names
from pb.voting.roll_seen import SeenPeople

BATCH = 20_000  # rows a transaction: each touches most pages of the indexes of a large roll
UNFINISHED = timedelta(hours=2)  # a reading that has not come to its end by then was cut off
Progress = Callable[[int], None]  # told the number of rows read so far


@dataclass
class _Reading:
    """One pass over a file: what was found. No rows are kept but those of a batch."""

    checker: Checker
    slugs: dict[int, str]
    seen: SeenPeople
    people_per_phone: int

    @property
    def report(self) -> Report:
        return self.checker.report

    def rows(self, source: BinaryIO, progress: Progress | None) -> Iterator[dict[str, Any]]:
        """Every row that is kept, as it is stored. The first of equal numbers is kept."""
        person_hash, phone_hash, seal = hasher(PERSON), hasher(PHONE), sealer()
        for number, cells in read_rows(source):
            if progress is not None and self.report.rows % 1000 == 0:
                progress(self.report.rows)
            voter = self.checker.check(number, cells)
            if voter is None:
                continue
            person = person_hash(voter.personal_number)
            if not self.seen.add(person, voter.unit_id):
                self.report.refuse(number, "roll_duplicate")
                continue
            self.checker.accept(voter)
            phone = phone_hash(voter.mobile) if voter.mobile else None
            if phone is not None and self.seen.share(phone) > self.people_per_phone:
                self.report.warn(number, "roll_phone_shared")
            yield {
                "person_hash": person, "unit_id": voter.unit_id, "very_old": voter.very_old,
                "phone_sealed": seal(voter.mobile) if voter.mobile else None, "phone_hash": phone,
            }  # fmt: skip
        if progress is not None:
            progress(self.report.rows)


def _reading(here: Here, seen: SeenPeople) -> _Reading:
    assert here.calendar is not None
    units = list(db.session.scalars(select(Unit).where(Unit.town_id == here.town.id).order_by(Unit.position)))
    checker = Checker(
        units=unit_names({u.id: (u.slug, u.name) for u in units}),
        voting_day=here.calendar.starts[Phase.VOTING].astimezone(TBILISI).date(),
        min_age=here.rules.min_age_vote,
    )
    return _Reading(checker, {u.id: u.slug for u in units}, seen, here.rules.voters.people_per_phone)


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

    Of a person are kept: the personal number as a keyed hash, the unit, the phone encrypted and as a keyed
    hash, whether 85 or older. In batches of a transaction each: nobody waits for a large file, and one that is
    cut off leaves nothing in force. Writes RollImported. Raises Refused, Closed("wrong_phase" |
    "roll_in_force" | "no_voting"), Invalid on ``file``: roll_empty, and as ``roll_files.read_rows``.
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
    keeps = roll.kind == "import"
    try:
        with SeenPeople() as seen:
            reading = _reading(here_by_id(roll.cycle_id, now=now), seen)
            batch: list[dict[str, Any]] = []
            for number, row in enumerate(reading.rows(source, progress), start=1):
                if keeps:
                    batch.append({"roll_id": roll_id, **row})
                if number % BATCH == 0:
                    _store(roll_id, batch, reading.report.rows)
                    batch.clear()
            _store(roll_id, batch, reading.report.rows)
            if keeps and not reading.report.accepted:
                raise Invalid("roll_empty", field="file")
            _finish(roll_id, reading, actor, now)
            return reading.report
    except DomainError as error:
        _give_up(roll_id, error.code, now)
        raise
    except BaseException:
        _give_up(roll_id, "roll_cut_off", now)
        raise


@command
def _store(roll_id: int, batch: list[dict[str, Any]], rows_read: int) -> None:
    roll = db.session.get_one(Roll, roll_id, with_for_update=True, populate_existing=True)
    if roll.discarded_at is not None:
        raise Closed("roll_discarded")
    roll.rows_read = rows_read
    if batch:
        db.session.execute(insert(RollEntry), batch)


@command
def _finish(roll_id: int, reading: _Reading, actor: Actor, now: datetime) -> None:
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
    "claims_not_over" | "roll_changed"), Missing.
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
