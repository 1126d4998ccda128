"""The roll: which rows are good, what is stored of a person, two people, and size."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import openpyxl
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from pb.accounts.personal import keyed_hash, unseal
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.core.phases import Gate
from pb.cycles.gates import pass_gate
from pb.cycles.models import PassedGate
from pb.db import db
from pb.policy import Role
from pb.voting import commands_roll, roll_files
from pb.voting.commands_roll import approve_roll, check_roll, discard_roll, import_roll
from pb.voting.models_people import Roll, RollEntry
from pb.voting.queries_people import roll_in_force, rolls_of
from pb.voting.roll_files import read_rows
from pb.voting.roll_rows import Checker, faults_csv, read_date, unit_names
from tests import factories
from tests.factories import World
from tests.voting.making import HEAD, REVIEW, number, roll_file, second_administrator, voter_rows

GOOD = "01000000011,ნიმუშაძე,ანა,1988-03-14,სოფელი 1,,+995555000011"


@pytest.fixture
def world(app: Flask) -> World:
    return factories.make_world(app)


def given_file(world: World, source: io.BytesIO) -> dict[str, Any]:
    return {
        "cycle_id": world.cycle.id, "source": source, "actor": world.actor(Role.ADMINISTRATOR), "now": REVIEW,
    }  # fmt: skip


def entries(roll_id: int) -> list[RollEntry]:
    return list(
        db.session.scalars(select(RollEntry).where(RollEntry.roll_id == roll_id).order_by(RollEntry.id))
    )


def test_every_bad_row_is_named_with_its_reason(world: World) -> None:
    rows = [
        GOOD,
        "0100000001,ნიმუშაძე,ანა,1988-03-14,სოფელი 1,,",  # row 3: Excel took a zero
        "01000000011,ნიმუშაძე,ანა,1988-03-14,სოფელი 2,,",  # 4: the number of row 2
        "01000000028,ა,ბ,2012-10-13,სოფელი 1,,",  # 5: 13 years old on 12 October 2026
        "01000000035,ა,ბ,1915-10-12,სოფელი 1,,",  # 6: 111 years old that day
        "01000000042,ა,ბ,1990-01-01,ჩხოროწყუ,,",  # 7
        "01000000059,ა,ბ,1990-01-01,სოფელი 3,,12345",  # 8: kept without the phone
        "01000000066,ა,ბ,30.02.1990,სოფელი 1,,",  # 9
        "01000000073,ა,ბ,1990-01-01,სოფელი 1",  # 10: cells are missing
        "",
        "01000000080,ა,ბ,01.02.1990,SOFELI,,".replace("SOFELI", "unit-2"),  # 12: by the unit's address
    ]
    report = check_roll(**given_file(world, roll_file(rows)))
    assert (report.rows, report.accepted, report.with_phone) == (10, 3, 1)
    assert report.listed == [
        (3, "roll_bad_number"), (4, "roll_duplicate"), (5, "roll_under_age"), (6, "roll_too_old"),
        (7, "roll_unknown_unit"), (8, "roll_bad_mobile"), (9, "roll_bad_date"), (10, "roll_wrong_length"),
    ]  # fmt: skip
    assert rolls_of(world.cycle.id) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_excels_ways_of_writing_csv(world: World, encoding: str, delimiter: str) -> None:
    head, row = HEAD.replace(",", delimiter), GOOD.replace(",", delimiter)
    report = check_roll(**given_file(world, roll_file([row], head, encoding)))
    assert (report.accepted, report.with_phone) == (1, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEAD.replace("birth_date", "born").encode() + b"\n", "roll_columns"),
        (b"", "roll_columns"),
        ((HEAD + "\n" + GOOD).encode("utf-16"), "roll_not_text"),
        ((HEAD + "\n" + GOOD.replace("ანა", "\x00\r\x00")).encode(), "roll_empty"),
        ((HEAD + "\n").encode(), "roll_empty"),
    ],
)
def test_files_that_are_none(world: World, content: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code) as caught:
        import_roll(**given_file(world, io.BytesIO(content)))
    assert caught.value.field == "file"
    assert rolls_of(world.cycle.id) == []


def test_of_a_person_are_kept_a_keyed_hash_the_unit_and_the_sealed_phone(world: World) -> None:
    roll_id = import_roll(**given_file(world, roll_file([GOOD])))
    entry = entries(roll_id)[0]
    assert entry.person_hash == keyed_hash("person", "01000000011")
    assert unseal(entry.phone_sealed) == "+995555000011"
    assert {c.name for c in RollEntry.__table__.columns} == {
        "id", "roll_id", "person_hash", "unit_id", "phone_sealed", "phone_hash", "next_phone_sealed",
        "next_phone_hash", "next_phone_from", "very_old",
    }  # fmt: skip
    roll = db.session.get_one(Roll, roll_id)
    assert roll.unit_sizes == {"unit-1": 1, "unit-2": 0, "unit-3": 0}
    stored = f"{roll.report} {[e.data for e in db.session.scalars(select(Event))]}"
    for secret in ("01000000011", "555000011", "ნიმუშაძე", "1988"):
        assert secret not in stored


def test_the_fingerprint_does_not_depend_on_the_order_of_rows(world: World) -> None:
    rows = voter_rows(30)
    one = import_roll(**given_file(world, roll_file(rows)))
    two = import_roll(**given_file(world, roll_file(list(reversed(rows)))))
    three = import_roll(**given_file(world, roll_file(rows[1:])))
    prints = [db.session.get_one(Roll, roll).fingerprint for roll in (one, two, three)]
    assert prints[0] == prints[1] != prints[2]


def test_two_people_put_a_roll_into_force(world: World) -> None:
    roll_id = import_roll(**given_file(world, roll_file(voter_rows(3))))
    waiting = import_roll(**given_file(world, roll_file(voter_rows(2))))
    with pytest.raises(Refused, match="same_person_roll"):
        approve_roll(roll_id=roll_id, actor=world.actor(Role.ADMINISTRATOR), now=REVIEW)
    for role in (Role.OFFICER, Role.OBSERVER, Role.CHAIR):
        with pytest.raises(Refused):
            approve_roll(roll_id=roll_id, actor=world.actor(role), now=REVIEW)
    second = second_administrator(world)
    approve_roll(roll_id=roll_id, actor=second, now=REVIEW)
    roll = roll_in_force(world.cycle.id)
    assert roll is not None
    assert roll.id == roll_id
    assert db.session.scalar(select(PassedGate.gate)) == "roll_approved"
    said = db.session.scalars(select(Event).where(Event.kind == "RollApproved")).one()
    assert said.is_public
    assert said.data == {"size": 3, "fingerprint": roll.fingerprint}
    assert entries(waiting) == []  # what was not approved is erased
    with pytest.raises(Closed, match=r"roll_discarded|roll_in_force"):
        approve_roll(roll_id=waiting, actor=second, now=REVIEW)
    with pytest.raises(Closed, match="roll_in_force"):
        import_roll(**given_file(world, roll_file(voter_rows(2))))
    with pytest.raises(Closed, match="roll_in_force"):
        discard_roll(roll_id=roll_id, actor=second, now=REVIEW)


def test_a_discarded_import_is_erased(world: World) -> None:
    roll_id = import_roll(**given_file(world, roll_file(voter_rows(3))))
    discard_roll(roll_id=roll_id, actor=world.actor(Role.ADMINISTRATOR), now=REVIEW)
    assert entries(roll_id) == []
    assert rolls_of(world.cycle.id) == []


def test_the_roll_is_closed_once_the_vote_is_open(world: World) -> None:
    asked = {**given_file(world, roll_file([GOOD])), "now": REVIEW.replace(day=14)}
    # The first day has come, but the phase waits for the roll: it can still be brought.
    assert check_roll(**asked).accepted == 1
    for gate in (Gate.BALLOT_LOCKED, Gate.ROLL_APPROVED, Gate.TRIAL_OPENED):
        pass_gate(cycle_id=world.cycle.id, gate=gate, actor=None, now=REVIEW)
    with pytest.raises(Closed, match="wrong_phase"):
        check_roll(**asked)


def test_a_workbook_is_read_like_csv(world: World) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.split(","))
    sheet.append(["01000000011", "ა", "ბ", date(1988, 3, 14), "სოფელი 1", None, 555000011])
    sheet.append([1000000028, "ა", "ბ", "14.03.1988", "სოფელი 2", None, None])  # a number: its zero is lost
    sheet.append([None] * 7)
    sheet.append(
        [
            21000000035,
            "ა",
            "ბ",
            datetime(1988, 3, 14, tzinfo=UTC).replace(tzinfo=None),
            "სოფელი 2",
            None,
            None,
        ]
    )
    source = io.BytesIO()
    book.save(source)
    report = check_roll(**given_file(world, source))
    assert (report.rows, report.accepted, report.with_phone) == (3, 2, 1)
    assert report.listed == [(3, "roll_lost_zero")]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500])
def test_a_broken_workbook_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(Invalid, match="roll_not_xlsx"):
        check_roll(**given_file(world, io.BytesIO(content)))


def test_a_workbook_that_would_fill_the_memory_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll_files, "MOST_UNPACKED", 1000)
    book, source = openpyxl.Workbook(), io.BytesIO()
    book.save(source)
    with pytest.raises(Invalid, match="roll_xlsx_large"):
        check_roll(**given_file(world, source))


def test_a_phone_of_more_people_than_the_rulebook_allows_is_named(world: World) -> None:
    rows = [f"{number(n)},ა,ბ,1980-01-01,სოფელი 1,,555000001" for n in range(1, 7)]
    roll_id = import_roll(**given_file(world, roll_file(rows)))
    report = db.session.get_one(Roll, roll_id).report
    assert report["accepted"] == 6
    assert report["warned"] == {"roll_phone_shared": 2}
    assert report["listed"] == [[6, "roll_phone_shared"], [7, "roll_phone_shared"]]
    assert len({entry.phone_hash for entry in entries(roll_id)}) == 1


def test_a_file_full_of_faults_is_reported_to_its_last_row(world: World) -> None:
    roll_id = import_roll(**given_file(world, roll_file(["123,ა,ბ,1990-01-01,სოფელი 1,,"] * 1000 + [GOOD])))
    roll = db.session.get_one(Roll, roll_id)
    assert len(roll.report["listed"]) == 300
    lines = b"".join(faults_csv(roll.faults or b"", str, ("row", "reason"))).decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("row,reason", "2,roll_bad_number", "1001,roll_bad_number")
    assert len(lines) == 1001


def test_a_reading_that_breaks_leaves_no_voter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_roll, "BATCH", 10)
    stored: list[int] = []

    def breaking(roll_id: int, rows: Any) -> None:
        stored.append(len(list(rows)))
        if len(stored) == 2:
            raise OSError("no space left on the device")

    with monkeypatch.context() as patch:
        patch.setattr(commands_roll, "store_entries", breaking)
        with pytest.raises(OSError, match="no space"):
            import_roll(**given_file(world, roll_file(voter_rows(25))))
    assert stored == [10, 10]
    broken = io.BytesIO(roll_file(voter_rows(25)).getvalue() + b"\xff\xfe")
    with pytest.raises(Invalid, match="roll_not_text"):
        import_roll(**given_file(world, broken))
    assert db.session.scalar(select(func.count()).select_from(RollEntry)) == 0
    assert rolls_of(world.cycle.id) == []
    assert import_roll(**given_file(world, roll_file(voter_rows(25))))


def test_the_very_old_are_marked_by_the_rulebooks_day(world: World) -> None:
    rows = [
        f"{number(n)},ა,ბ,{born},სოფელი 1,," for n, born in enumerate(["1941-10-12", "1941-10-13"], start=1)
    ]
    roll_id = import_roll(**given_file(world, roll_file(rows)))
    assert [entry.very_old for entry in entries(roll_id)] == [True, False]


@pytest.mark.slow
def test_a_million_rows_in_flat_memory(world: World, tmp_path: Path) -> None:
    """The time is measured by hand (docs/benchmarks.md); memory must not grow with the file."""
    peaks = []
    for count in (20_000, 1_000_000):
        path = tmp_path / f"{count}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(HEAD + "\n")
            for n in range(count):
                file.write(f"{n:011d},ა,ბ,1980-01-01,სოფელი {n % 3 + 1},,5{n % 10**8:08d}\n")
        with path.open("rb") as source:
            tracemalloc.start()
            roll_id = import_roll(**given_file(world, source))  # type: ignore[arg-type]
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert db.session.get_one(Roll, roll_id).size == count
    assert peaks[1] < peaks[0] + 2_000_000, peaks


def test_thirty_thousand_rows_within_thirty_seconds_and_flat_memory(world: World) -> None:
    source = roll_file(voter_rows(30_000))
    seen: list[int] = []
    started = monotonic()
    roll_id = import_roll(**given_file(world, source), progress=seen.append)
    took = monotonic() - started
    assert db.session.scalar(select(func.count()).where(RollEntry.roll_id == roll_id)) == 30_000
    assert seen[-1] == 30_000
    assert len(seen) > 20
    assert took < 30
    tracemalloc.start()
    check_roll(**given_file(world, source))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000  # bytes: a batch of rows; the hashes stand in a temporary file


def checker() -> Checker:
    return Checker(
        units=unit_names({1: ("chkhari", {"ka": "ჩხარი", "en": "Chkhari"})}),
        voting_day=date(2026, 10, 12),
        min_age=14,
    )


@given(st.dictionaries(st.sampled_from(["personal_number", "birth_date", "unit", "mobile"]), st.text()))
def test_no_row_breaks_the_reading(cells: dict[str, str]) -> None:
    found = checker()
    row = {"personal_number": "", "birth_date": "", "unit": "", "mobile": "", **cells}
    assert found.check(2, row) is None or found.report.refused.total() == 0
    assert found.report.rows == 1


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
def test_age_counts_on_the_first_day_of_the_vote(born: date) -> None:
    found = checker()
    cells = {"personal_number": number(1), "birth_date": born.isoformat(), "unit": "ჩხარი", "mobile": ""}
    accepted = found.check(2, cells) is not None
    age = 2026 - born.year - ((born.month, born.day) > (10, 12))
    assert accepted == (14 <= age <= 110)


def test_units_are_found_under_their_usual_names() -> None:
    names = unit_names(
        {
            1: ("terjola", {"ka": "ქალაქი თერჯოლა", "en": "Terjola (town)"}),
            2: ("akhali-terjola", {"ka": "ახალი თერჯოლა", "en": "Akhali Terjola"}),
        }
    )
    found = Checker(units=names, voting_day=date(2026, 10, 12), min_age=14)
    for said, unit in (
        ("ქალაქი თერჯოლა", 1), ("თერჯოლა", 1), ("ქ. თერჯოლა", None), ("Terjola", 1), ("ახალი თერჯოლა", 2),
        ("ახალი  თერჯოლა თემი", 2), ("terjola", 1), ("თერ", None),
    ):  # fmt: skip
        cells = {"personal_number": number(1), "birth_date": "1990-01-01", "unit": said, "mobile": ""}
        voter = found.check(2, cells)
        assert (voter.unit_id if voter else None) == unit, said


def test_dates() -> None:
    assert read_date("1988-03-14") == read_date("14.03.1988") == read_date("14/3/1988") == date(1988, 3, 14)
    for bad in ("", "1988", "31.02.1988", "03-14-1988", "1988-3-14 00:00"):
        assert read_date(bad) is None


def test_the_sample_of_the_documentation_is_read() -> None:
    rows = list(read_rows(roll_file([GOOD, "", GOOD])))
    assert [n for n, _ in rows] == [2, 4]
