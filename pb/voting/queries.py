"""Reading the box: receipts, turnout, opened ballots. Nothing here reads people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from pb.core.ballots import ALPHABET, code_matches
from pb.cycles.models import Cycle
from pb.db import db
from pb.places.models import Unit
from pb.voting.models import BoxBallot, InboxBallot, OpenedBallot, VotingSlot
from pb.voting.queries_board import number_of
from pb.voting.receipts import Receipt
from pb.voting.rounds import round_of

SHOWN_FROM = 20  # votes: smaller numbers are not shown before the close
SHOWN_STEP = 10


class Whereabouts(StrEnum):
    """Where a ballot is that a tracking code names."""

    WAITING = "waiting"  # accepted, not yet on the board
    ON_BOARD = "on_board"


@dataclass(frozen=True)
class Found:
    """A receipt that a tracking code names, and the number of its entry on the board once it is there."""

    receipt: Receipt
    number: int | None

    @property
    def place(self) -> Whereabouts:
        return Whereabouts.WAITING if self.number is None else Whereabouts.ON_BOARD


def slot_is_used(round_id: int, slot: str) -> bool:
    """Whether the one vote of this slot was used, on whatever channel."""
    return (
        db.session.scalar(
            select(VotingSlot.state).where(
                VotingSlot.round_id == round_id,
                VotingSlot.value == slot,
                VotingSlot.state.in_(("cast", "issued")),
            )
        )
        is not None
    )


def channel_used(round_id: int, slot: str) -> str | None:
    """By which channel the one vote of this slot was used; None where it was not."""
    return db.session.scalar(
        select(VotingSlot.channel).where(
            VotingSlot.round_id == round_id,
            VotingSlot.value == slot,
            VotingSlot.state.in_(("cast", "issued")),
        )
    )


def find_receipt(cycle_id: int, code: str) -> Found | None:
    """The receipt of a normalised tracking code, or None where nobody ever got it."""
    row = round_of(cycle_id)
    if row is None:
        return None
    beginning = _beginning(code)
    for model in (InboxBallot, BoxBallot):
        rows = db.session.execute(
            select(model.commitment, model.signature).where(
                model.round_id == row.id,
                model.commitment >= beginning,
                model.commitment < beginning + "g",  # after every hexadecimal digit
            )
        )
        for commitment, signature in rows:
            if code_matches(code, bytes.fromhex(commitment)):
                number = number_of(row.id, commitment) if model is BoxBallot else None
                return Found(Receipt(row.label, commitment, signature), number)
    return None


def _beginning(code: str) -> str:
    """The first 80 bits of the commitment, in hex, that a tracking code spells."""
    number = 0
    for sign in code.replace("-", "")[:16]:
        number = number * 32 + ALPHABET.index(sign)
    return f"{number:020x}"


@dataclass(frozen=True)
class UnitTurnout:
    """Votes of one unit. ``votes`` is None where the number is too small to be shown before the close."""

    unit: Unit
    voters: int
    votes: int | None


@dataclass(frozen=True)
class Turnout:
    """Votes so far: rounded down to tens before the close (``exact`` False), to the vote after it."""

    units: tuple[UnitTurnout, ...]
    voters: int
    votes: int | None
    exact: bool


def turnout(cycle_id: int, unit_sizes: dict[str, int]) -> Turnout | None:
    """How many voted, by unit in the town's order, on whatever channel; None before the round was prepared.

    A ballot of paper counts from its issue on.

    ``unit_sizes``: voters on the roll by unit slug (pb.voting.queries_people.roll_in_force). Before the close
    a unit is shown from SHOWN_FROM votes on, in steps of SHOWN_STEP, and where just one would be hidden, the
    next smallest is hidden too, so that nobody finds it by subtraction.
    """
    row = round_of(cycle_id)
    if row is None:
        return None
    votes = db.session.execute(
        select(VotingSlot.unit_id, func.count().label("number"))
        .where(VotingSlot.round_id == row.id, VotingSlot.state.in_(("cast", "issued")))
        .group_by(VotingSlot.unit_id)
    )
    counted: dict[int, int] = {unit.unit_id: unit.number for unit in votes}
    units = list(
        db.session.scalars(
            select(Unit)
            .join(Cycle, Cycle.town_id == Unit.town_id)
            .where(Cycle.id == cycle_id, Unit.slug.in_(unit_sizes))
            .order_by(Unit.position)
        )
    )
    exact = row.closed_at is not None
    counts = {unit.id: counted.get(unit.id, 0) for unit in units}
    shown: dict[int, int | None] = dict(counts) if exact else suppressed(counts)
    total = sum(counted.values())
    return Turnout(
        tuple(UnitTurnout(unit, unit_sizes[unit.slug], shown[unit.id]) for unit in units),
        sum(unit_sizes.values()),
        total if exact else _step(total),
        exact,
    )


def _step(number: int) -> int | None:
    return number - number % SHOWN_STEP if number >= SHOWN_FROM else None


def suppressed(counts: dict[int, int]) -> dict[int, int | None]:
    """Counts as they may be shown before the close; None is hidden."""
    shown = {key: _step(number) for key, number in counts.items()}
    hidden = [key for key, number in shown.items() if number is None]
    visible = [key for key, number in shown.items() if number is not None]
    if len(hidden) == 1 and visible:
        shown[min(visible, key=lambda key: (counts[key], key))] = None
    return shown


def slots_used(cycle_id: int) -> dict[tuple[str, str], int]:
    """Slots by (channel, state): ("web", "cast") are the ballots on the web."""
    row = round_of(cycle_id)
    if row is None:
        return {}
    rows = db.session.execute(
        select(VotingSlot.channel, VotingSlot.state, func.count())
        .where(VotingSlot.round_id == row.id)
        .group_by(VotingSlot.channel, VotingSlot.state)
    )
    return {(channel, state): number for channel, state, number in rows}


@dataclass(frozen=True)
class OpenedChoices:
    """One opened ballot as the count takes it. ``fault`` is "" for a valid ballot; others are not counted."""

    position: int
    commitment: str
    ballot: bytes
    choices: tuple[str, ...]
    unit_slug: str
    fault: str


def opened_choices(cycle_id: int) -> Iterator[OpenedChoices]:
    """Every ballot after the opening, in the published (shuffled) order; nothing before it."""
    row = round_of(cycle_id)
    if row is None or row.opened_at is None:
        return
    rows = db.session.execute(
        select(
            OpenedBallot.position,
            OpenedBallot.commitment,
            OpenedBallot.ballot,
            OpenedBallot.choices,
            OpenedBallot.unit_slug,
            OpenedBallot.fault,
        )
        .where(OpenedBallot.round_id == row.id)
        .order_by(OpenedBallot.position)
    )
    for position, commitment, ballot, choices, unit_slug, fault in rows.yield_per(2000):
        yield OpenedChoices(position, commitment, ballot, tuple(choices), unit_slug, fault)


def box_size(round_id: int) -> tuple[int, int]:
    """(ballots waiting in the inbox, ballots in the box)."""
    waiting, boxed = (
        db.session.scalar(select(func.count()).select_from(model).where(model.round_id == round_id)) or 0
        for model in (InboxBallot, BoxBallot)
    )
    return waiting, boxed
