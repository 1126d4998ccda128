"""Letters with a printed single-use code: made in batches by somebody who is no operator, voided, and proved.

A letter is addressed from a file of the clerk's own, whose names and addresses are printed and never stored. Its
code exists in the PDF alone; here is kept a keyed hash over code and person. It opens the ballot of that person and
no other, and that ballot can be cast once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, insert, select

from pb.accounts.personal import keyed_hash
from pb.audit.log import record
from pb.core.ballots import ALPHABET, read_signs
from pb.core.errors import Closed, Invalid, Refused
from pb.core.georgian import normal_personal_number
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, one_at_a_time
from pb.policy import NOBODY, Action, Actor, Role, authorise
from pb.voting.events_people import LettersMade, LetterVoided
from pb.voting.identify import allow_way
from pb.voting.models_letters import LetterBatch, LetterCode
from pb.voting.people import Voter, entry_of, person_of, voter_of_entry
from pb.voting.posting import catch_up
from pb.voting.roll_files import HEADINGS, read_rows
from pb.voting.rounds import round_of
from pb.voting.sightings import UNSEEN, Seen, note

SIGNS = 16
MOST = 500  # letters in a batch: what a PDF and a person at a folding table bear
SHORTEST_REASON = 10
COLUMNS = {
    "personal_number": HEADINGS["personal_number"],
    "name": ("name", "სახელი და გვარი", "სახელი, გვარი"),
    "address": ("address", "მისამართი"),
}
Print = Callable[[int, list["Letter"]], bytes]  # number of the batch, its letters -> the paper


@dataclass(frozen=True)
class Letter:
    """One letter as it is printed. It lives as long as the paper is made."""

    serial: str  # "3-0042": batch and place, by which it can be voided
    code: str
    name: str
    address: str


@dataclass(frozen=True)
class Made:
    """A batch that was made: its id and number, the paper, and the rows of the file that got no letter."""

    id: int
    number: int
    paper: bytes
    size: int
    left_out: list[tuple[int, str]]


def make_letters(*, cycle_id: int, source: BinaryIO, print_: Print, actor: Actor, now: datetime) -> Made:
    """Make a letter for each row of the clerk's file whose number is on the roll; give the paper, once.

    One batch, of at most MOST letters; larger files go in by ``make_in_parts``. Not a command to be nested: the paper
    is made outside of any transaction, and only then are the hashes stored, so that no code is good that was never
    printed. Writes a LetterBatch with its codes and LettersMade (public). Raises Refused("not_allowed" |
    "operator_makes_letters"), Closed("wrong_phase" | "way_not_chosen" | "no_roll"), Invalid on ``file``: as
    ``roll_files.read_rows``, letters_none, letters_many.
    """
    people, left_out = _addressed(_may_make(cycle_id, actor, now), source, most=MOST)
    return _make(cycle_id, people, print_, actor, now, left_out)


def make_in_parts(
    *,
    cycle_id: int,
    source: BinaryIO,
    print_: Print,
    actor: Actor,
    now: datetime,
    save: Callable[[Made, int], None],
) -> int:
    """The same for a file of any length: a batch for every MOST letters. ``save`` is handed each batch, with the number
    of all letters that there will be, before the next one is begun; gives that number.

    A batch whose paper was not saved can be voided letter by letter. Raises as ``make_letters``.
    """
    people, left_out = _addressed(_may_make(cycle_id, actor, now), source, most=None)
    for start in range(0, len(people), MOST):
        part = dict(list(people.items())[start : start + MOST])
        save(_make(cycle_id, part, print_, actor, now, left_out if start == 0 else []), len(people))
    return len(people)


def _make(
    cycle_id: int,
    people: dict[str, tuple[str, str]],
    print_: Print,
    actor: Actor,
    now: datetime,
    left_out: list[tuple[int, str]],
) -> Made:
    """One batch: paper first, then the hashes of its codes."""
    number = (
        db.session.scalar(select(func.max(LetterBatch.number)).where(LetterBatch.cycle_id == cycle_id)) or 0
    ) + 1
    db.session.rollback()  # nobody waits for the paper while a snapshot is held
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(SIGNS)) for _ in people]
    letters = [
        Letter(f"{number}-{place:04d}", "-".join(code[i : i + 4] for i in range(0, SIGNS, 4)), name, address)
        for place, (code, (name, address)) in enumerate(zip(codes, people.values(), strict=True), start=1)
    ]
    paper = print_(number, letters)
    hashes = [_hashed(cycle_id, person, code) for person, code in zip(people, codes, strict=True)]
    batch_id = _store(cycle_id=cycle_id, number=number, hashes=hashes, actor=actor, now=now)
    return Made(batch_id, number, paper, len(letters), left_out)


def _may_make(cycle_id: int, actor: Actor, now: datetime) -> Here:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.MAKE_LETTERS, town_id=here.town.id, status=here.status)
    if actor.has(here.town.id, Role.OPERATOR):
        raise Refused("operator_makes_letters")
    allow_way(here, "printed_code")
    return here


def _addressed(
    here: Here, source: BinaryIO, *, most: int | None
) -> tuple[dict[str, tuple[str, str]], list[tuple[int, str]]]:
    """Name and address by the keyed hash of the number, in the order of the file; and the rows that get no letter."""
    people: dict[str, tuple[str, str]] = {}
    left_out = []
    for row, cells in read_rows(source, COLUMNS):
        try:
            person = person_of(normal_personal_number(cells["personal_number"] if cells else ""))
        except Invalid:
            left_out.append((row, "roll_bad_number" if cells else "roll_wrong_length"))
            continue
        if person in people:
            left_out.append((row, "roll_duplicate"))
        elif entry_of(here.the_cycle.id, person) is None:
            left_out.append((row, "letter_not_on_roll"))
        else:
            assert cells is not None
            people[person] = (cells["name"][:120], cells["address"][:200])
        if most is not None and len(people) > most:
            raise Invalid("letters_many", field="file", most=most)
    if not people:
        raise Invalid("letters_none", field="file")
    return people, left_out


@command
def _store(*, cycle_id: int, number: int, hashes: list[str], actor: Actor, now: datetime) -> int:
    one_at_a_time(f"letters {cycle_id}")
    here = _may_make(cycle_id, actor, now)
    taken = db.session.scalar(
        select(LetterBatch.id).where(LetterBatch.cycle_id == cycle_id, LetterBatch.number == number)
    )
    if taken is not None:
        raise Closed("letters_at_once")
    fingerprint = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    assert actor.account_id is not None
    batch = LetterBatch(
        cycle_id=cycle_id, number=number, size=len(hashes), fingerprint=fingerprint,
        made_by=actor.account_id, made_at=now,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    db.session.execute(
        insert(LetterCode),
        [
            {
                "batch_id": batch.id,
                "place": place,
                "cycle_id": cycle_id,
                "code_hash": code,
                "state": "good",
                "reason": "",
            }
            for place, code in enumerate(hashes, start=1)
        ],
    )
    vote = round_of(cycle_id)
    if vote is not None and vote.closed_at is None:
        catch_up(vote, now)
    record(
        LettersMade(number, len(hashes), fingerprint),
        subject_id=batch.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return batch.id


@command
def void_letter(*, cycle_id: int, serial: str, reason: str, actor: Actor, now: datetime) -> None:
    """Make a letter's code worthless, because it was spoilt, lost or came back; a new one may then be made.

    Writes LetterVoided (public, with the reason: no personal data in it). Does nothing when it was voided
    before. Raises Refused, Closed("wrong_phase"), Invalid on ``serial``: bad_serial, no_letter; on
    ``reason``: reason_short.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.MAKE_LETTERS, town_id=here.town.id, status=here.status)
    batch, _, place = serial.strip().partition("-")
    if not (batch.isdecimal() and place.isdecimal() and len(batch + place) <= 12):
        raise Invalid("bad_serial", field="serial")
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Invalid("reason_short", field="reason", least=SHORTEST_REASON)
    row = db.session.execute(
        select(LetterCode)
        .join(LetterBatch, LetterBatch.id == LetterCode.batch_id)
        .where(
            LetterBatch.cycle_id == cycle_id,
            LetterBatch.number == int(batch),
            LetterCode.place == int(place),
        )
        .with_for_update(of=LetterCode)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise Invalid("no_letter", field="serial")
    if row.state == "void":
        return
    row.state, row.reason = "void", reason
    record(
        LetterVoided(f"{int(batch)}-{int(place):04d}", reason),
        subject_id=row.batch_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip


@command
def prove_letter(*, cycle_id: int, number: str, code: str, now: datetime, seen: Seen = UNSEEN) -> Voter:
    """Who may vote, by personal number and the code of a letter that was sent to that person.

    80 random bits need no count of tries. The letter stays good for its person until the vote is cast: a vote that
    was interrupted goes on. Raises Closed("wrong_phase" | "way_not_chosen"), Invalid on ``number``:
    bad_personal_number; on ``code``: bad_letter_code (its shape), letter_code_wrong (not on the roll, another's,
    voided, never made: alike).
    """
    here = here_by_id(cycle_id, now=now)
    authorise(NOBODY, Action.VOTE, town_id=here.town.id, status=here.status)
    allow_way(here, "printed_code")
    person = person_of(number)
    try:
        signs = read_signs(code, SIGNS)
    except Invalid:
        raise Invalid("bad_letter_code", field="code") from None
    row = db.session.execute(
        select(LetterCode)
        .where(LetterCode.cycle_id == cycle_id, LetterCode.code_hash == _hashed(cycle_id, person, signs))
        .with_for_update()
    ).scalar_one_or_none()
    entry = entry_of(cycle_id, person)
    if row is None or entry is None or row.state == "void":
        raise Invalid("letter_code_wrong", field="code")
    if row.state == "good":
        row.state = "used"
        note(entry, cycle_id=cycle_id, way="letter", now=now, seen=seen)
    return voter_of_entry(cycle_id, entry, "web")


@dataclass(frozen=True)
class BatchLine:
    """A batch as the page shows it."""

    batch: LetterBatch
    voided: int


def batches_of(cycle_id: int) -> list[BatchLine]:
    """Every batch, newest first. How many codes were used, nobody is shown before the close."""
    counted = db.session.execute(
        select(LetterCode.batch_id, func.count().label("number"))
        .where(LetterCode.cycle_id == cycle_id, LetterCode.state == "void")
        .group_by(LetterCode.batch_id)
    )
    voided = {row.batch_id: row.number for row in counted}
    rows = db.session.scalars(
        select(LetterBatch).where(LetterBatch.cycle_id == cycle_id).order_by(LetterBatch.number.desc())
    )
    return [BatchLine(batch, voided.get(batch.id, 0)) for batch in rows]


def _hashed(cycle_id: int, person: str, code: str) -> str:
    return keyed_hash("letter_code", f"{cycle_id}:{person}:{code}")
