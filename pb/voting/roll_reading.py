"""One pass over a town's list of voters: checked, hashed, held against itself. Stores nothing in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from pb.accounts.personal import hasher, sealer
from pb.core.georgian import TBILISI
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.db import db
from pb.places.models import Unit
from pb.voting.people import PERSON, PHONE
from pb.voting.roll_files import read_rows
from pb.voting.roll_rows import Checker, Report, unit_names
from pb.voting.roll_seen import SeenPeople

EVERY = 1000  # rows between two words of progress
Progress = Callable[[int], None]  # told the number of rows read so far


@dataclass
class Reading:
    """What is found is counted in ``report``; rows that are kept wait in ``seen``, outside of memory."""

    checker: Checker
    slugs: dict[int, str]
    seen: SeenPeople
    people_per_phone: int

    @property
    def report(self) -> Report:
        return self.checker.report

    def run(self, source: BinaryIO, progress: Progress, *, keep: bool) -> None:
        """Read the whole file; ``keep``: for an import. The first of equal numbers is kept.

        Raises as ``roll_files.read_rows``, and what ``progress`` raises.
        """
        person_hash, phone_hash, seal = hasher(PERSON), hasher(PHONE), sealer()
        checker, report, seen = self.checker, self.report, self.seen
        for number, cells in read_rows(source):
            if report.rows % EVERY == 0:
                progress(report.rows)
            voter = checker.check(number, cells)
            if voter is None:
                continue
            person = person_hash(voter.personal_number)
            if not seen.add(person, voter.unit_id):
                report.refuse(number, "roll_duplicate")
                continue
            checker.accept(voter)
            phone = phone_hash(voter.mobile) if voter.mobile else None
            if phone is not None and seen.share(phone) > self.people_per_phone:
                report.warn(number, "roll_phone_shared")
            if keep:
                sealed = seal(voter.mobile) if voter.mobile else None
                seen.keep((person, voter.unit_id, sealed, phone, voter.very_old))
        progress(report.rows)


def reading_of(here: Here, seen: SeenPeople) -> Reading:
    """A reading by the contest's calendar, rulebook and units."""
    assert here.calendar is not None
    units = list(db.session.scalars(select(Unit).where(Unit.town_id == here.town.id).order_by(Unit.position)))
    checker = Checker(
        units=unit_names({u.id: (u.slug, u.name) for u in units}),
        voting_day=here.calendar.starts[Phase.VOTING].astimezone(TBILISI).date(),
        min_age=here.rules.min_age_vote,
    )
    return Reading(checker, {u.id: u.slug for u in units}, seen, here.rules.voters.people_per_phone)
