"""Acts on the roll: import, approval by a second person, discarding. Personal numbers are hashed and
forgotten.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import delete, insert, select, update

from pb.accounts.personal import keyed_hash, seal
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.core.georgian import TBILISI
from pb.core.phases import Gate, Phase
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.places.models import Unit
from pb.policy import Action, Actor, authorise
from pb.voting.events import RollApproved, RollDiscarded, RollImported
from pb.voting.models_people import Roll, RollEntry
from pb.voting.roll_rows import Checker, Report, Voter, read_rows, unit_names

BATCH = 1000
PERSON = "person"  # the purpose under which personal numbers are hashed
Progress = Callable[[int], None]  # told the number of rows read so far


@dataclass
class _Reading:
    """One pass over a file: what was found, and the hashes seen (32 bytes a person; no rows are kept)."""

    checker: Checker
    slugs: dict[int, str]
    seen: dict[bytes, int] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        return self.checker.report

    def rows(self, source: BinaryIO, progress: Progress | None) -> Iterator[tuple[str, Voter]]:
        """(hashed personal number, voter) of every row that is kept. The first of equal numbers is kept."""
        for number, cells in read_rows(source):
            if progress is not None and self.report.rows % BATCH == 0:
                progress(self.report.rows)
            voter = self.checker.check(number, cells)
            if voter is None:
                continue
            person = keyed_hash(PERSON, voter.personal_number)
            key = bytes.fromhex(person)
            if key in self.seen:
                self.report.refuse(number, "roll_duplicate")
                continue
            self.seen[key] = voter.unit_id
            self.checker.accept(voter)
            yield person, voter
        if progress is not None:
            progress(self.report.rows)

    def fingerprint(self) -> str:
        """SHA-256 over the sorted lines "hash unit"."""
        digest = hashlib.sha256()
        for key in sorted(self.seen):
            digest.update(f"{key.hex()} {self.slugs[self.seen[key]]}\n".encode())
        return digest.hexdigest()

    def unit_sizes(self) -> dict[str, int]:
        """Voters by unit slug; every unit is named."""
        found = Counter(self.seen.values())
        return {slug: found[unit_id] for unit_id, slug in self.slugs.items()}


def _reading(here: Here) -> _Reading:
    assert here.calendar is not None
    start = here.calendar.starts.get(Phase.VOTING)
    if start is None or not here.rules.votes_held:
        raise Closed("no_voting")
    units = list(db.session.scalars(select(Unit).where(Unit.town_id == here.town.id).order_by(Unit.position)))
    checker = Checker(
        units=unit_names({u.id: (u.slug, u.name) for u in units}),
        voting_day=start.astimezone(TBILISI).date(),
        min_age=here.rules.min_age_vote,
    )
    return _Reading(checker, {u.id: u.slug for u in units})


def check_roll(
    *, cycle_id: int, source: BinaryIO, actor: Actor, now: datetime, progress: Progress | None = None
) -> Report:
    """The dry run: read the whole file, store nothing. Raises as ``import_roll``."""
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.IMPORT_ROLL, town_id=here.town.id, status=here.status)
    reading = _reading(here)
    for _ in reading.rows(source, progress):
        pass
    return reading.report


@command
def import_roll(
    *, cycle_id: int, source: BinaryIO, actor: Actor, now: datetime, progress: Progress | None = None
) -> int:
    """Store the good rows of a CSV file as a roll that waits for approval; give its id.

    Of a person are kept: the personal number as a keyed hash, the unit, the phone encrypted. Writes
    RollImported. Raises Refused, Closed("wrong_phase" | "roll_in_force" | "no_voting"), Invalid on ``file``:
    roll_not_text, roll_not_csv, roll_columns, roll_empty.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.IMPORT_ROLL, town_id=here.town.id, status=here.status)
    _refuse_second(cycle_id)
    reading = _reading(here)
    roll = Roll(
        cycle_id=cycle_id, imported_by=actor.account_id, imported_at=now,
        fingerprint="", size=0, unit_sizes={}, report={},
    )  # fmt: skip
    db.session.add(roll)
    db.session.flush()
    batch: list[dict[str, Any]] = []
    for person, voter in reading.rows(source, progress):
        batch.append(
            {
                "roll_id": roll.id,
                "person_hash": person,
                "unit_id": voter.unit_id,
                "phone_sealed": seal(voter.mobile) if voter.mobile else None,
            }
        )
        if len(batch) == BATCH:
            db.session.execute(insert(RollEntry), batch)
            batch.clear()
    if batch:
        db.session.execute(insert(RollEntry), batch)
    report = reading.report
    if not report.accepted:
        raise Invalid("roll_empty", field="file")
    roll.fingerprint, roll.size = reading.fingerprint(), report.accepted
    roll.unit_sizes, roll.report = reading.unit_sizes(), report.to_json()
    record(
        RollImported(report.accepted, report.refused.total()),
        subject_id=roll.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return roll.id


@command
def approve_roll(*, roll_id: int, actor: Actor, now: datetime) -> None:
    """Put a roll into force, by another administrator than the one who imported it; passes ROLL_APPROVED.

    Other imports that wait are erased. Writes RollApproved (public). Raises Refused("same_person_roll"),
    Closed("roll_in_force" | "roll_discarded" | "wrong_phase"), Missing.
    """
    roll, here = _waiting(roll_id, now)
    authorise(actor, Action.APPROVE_ROLL, town_id=here.town.id, status=here.status)
    if roll.imported_by == actor.account_id:
        raise Refused("same_person_roll")
    roll.approved_by, roll.approved_at = actor.account_id, now
    others = db.session.scalars(
        select(Roll.id).where(Roll.cycle_id == roll.cycle_id, Roll.id != roll.id, Roll.discarded_at.is_(None))
    ).all()
    for other in others:
        _erase(other, now)
    pass_gate(cycle_id=roll.cycle_id, gate=Gate.ROLL_APPROVED, actor=actor, now=now)
    record(
        RollApproved(roll.size, roll.fingerprint),
        subject_id=roll.id, by=actor, at=now, town_id=here.town.id, cycle_id=roll.cycle_id,
    )  # fmt: skip


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
