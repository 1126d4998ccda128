"""Point 7, first part. Hostile ballots: none that is invalid is accepted, none that is valid is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import hypothesis
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pb.core.ballots import BALLOT_LENGTH, Ballot, ballot_bytes, commitment, parse_ballot
from pb.core.canonical import canonical_json
from pb.core.errors import Invalid
from pb.core.rulebook import BallotRules, starter
from pb.voting.opened import ballot_fault
from pb.voting.receipts import sign
from pb.voting.rounds import FrozenRound, OnBallot
from tests.trust.reporting import Reached, sized

LABEL = "terjola-2026"
UNITS = {1: "north", 2: "south"}
HOSTILE = [
    "",
    " ",
    "0",
    "00",
    "-1",
    "1 ",
    " 1",
    "01",
    "1.0",
    "١",
    "1\x00",
    "1\n",
    "'; --",
    "null",
    "ქ" * 300,
    "\ud83d",
    "1,2",
]
STARTER = replace(
    starter(9_000_000, list(UNITS.values()), act_number="1-1", act_date=date(2026, 1, 5)),
    unit_sums={"north": 3_000_000, "south": 4_000_000}, town_wide_tetri=2_000_000,
)  # fmt: skip


@st.composite
def rounds(draw: st.DrawFn) -> FrozenRound:
    projects = tuple(
        OnBallot(id=str(n), code=f"TE-2026-{n:04d}", title="-", cost_tetri=draw(st.integers(0, 4_000_000)),
                 unit=draw(st.sampled_from(["", "north", "south"])))
        for n in range(1, draw(st.integers(1, 12)) + 1)
    )  # fmt: skip
    scope = draw(st.sampled_from(["town", "own_unit"]))
    ballot = BallotRules(
        kind=draw(st.sampled_from(["approval", "knapsack"])), max_choices=draw(st.integers(1, 6)), scope=scope
    )
    return FrozenRound(1, 1, LABEL, projects, (), replace(STARTER, ballot=ballot), UNITS)


@st.composite
def ballots(draw: st.DrawFn) -> tuple[FrozenRound, str | None, list[str]]:
    """A round, what stands for the unit, and choices: most of them nearly right."""
    frozen = draw(rounds())
    ids = [project.id for project in frozen.projects]
    good = st.sampled_from(ids)
    any_one = st.one_of(good, good, good, st.sampled_from(HOSTILE), st.integers(0, 20).map(str))
    listed = (
        st.lists(good, unique=True, min_size=1, max_size=3)
        if draw(st.booleans())
        else st.lists(any_one, max_size=9)
    )
    unit = draw(st.sampled_from([None, "north", "south"]) if draw(st.booleans()) else st.just(
        "north" if frozen.by_unit else None))  # fmt: skip
    return frozen, unit, draw(listed)


def is_valid(frozen: FrozenRound, unit: str | None, choices: list[str]) -> bool:
    """The rules once more, as docs/verification.md says them ("A valid ballot")."""
    rules, book = frozen.rulebook.ballot, frozen.rulebook
    costs = {project.id: project.cost_tetri for project in frozen.projects}
    units = {project.id: project.unit for project in frozen.projects}
    if not 1 <= len(choices) <= rules.max_choices or len(set(choices)) < len(choices):
        return False
    if any(choice not in costs for choice in choices):
        return False
    if rules.scope == "town":
        budget = book.pot_tetri
        if unit is not None:
            return False
    else:
        if unit not in book.unit_sums:
            return False
        budget = book.unit_sums[unit] + book.town_wide_tetri
        if any(units[choice] not in ("", unit) for choice in choices):
            return False
    return rules.kind == "approval" or sum(costs[choice] for choice in choices) <= budget


def accepted(frozen: FrozenRound, unit: str | None, choices: list[str]) -> bool:
    """As casting asks: before anything is sealed."""
    try:
        frozen.check(choices, unit)
    except Invalid:
        return False
    return True


def counted(frozen: FrozenRound, unit: str | None, choices: list[str]) -> bool:
    """As the opening asks of a ballot that somebody sealed behind the application's back."""
    fields = {
        "choices": sorted(choices),
        "random": os.urandom(32).hex(),
        "round": LABEL,
        "unit": unit,
        "v": 1,
        "word": "",
    }
    try:
        data = canonical_json(fields).ljust(BALLOT_LENGTH)
    except UnicodeEncodeError:  # half a sign: no bytes say that
        return False
    try:
        ballot = parse_ballot(data)
    except Invalid:
        return False
    return ballot_fault(frozen, sign(LABEL, commitment(data).hex()), ballot) == ""


def test_choices_of_every_kind(sqlite_app: Flask, reached: Reached) -> None:
    numbers = {"valid": 0, "invalid": 0, "accepted wrongly": 0, "refused wrongly": 0}

    @hypothesis.settings(max_examples=sized(1000, 40_000), database=None, derandomize=True)
    @given(ballots())
    def hold(drawn: tuple[FrozenRound, str | None, list[str]]) -> None:
        wanted = is_valid(*drawn)
        numbers["valid" if wanted else "invalid"] += 1
        for found in (accepted(*drawn), counted(*drawn)):
            numbers["accepted wrongly"] += found and not wanted
            numbers["refused wrongly"] += wanted and not found
            assert found == wanted

    hold()
    reached("choices tried (valid, invalid)", got=(numbers["valid"], numbers["invalid"]))
    assert min(numbers["valid"], numbers["invalid"]) > sized(1000, 40_000) // 25, "both kinds must be tried"
    reached("invalid accepted, at casting or at the opening", must=0, got=numbers["accepted wrongly"])
    reached("valid refused", must=0, got=numbers["refused wrongly"])


GOOD = ballot_bytes(LABEL, None, ["1", "2"], bytes(range(32)))


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Bytes near those of a ballot."""
    data = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, 170))
        act = draw(st.sampled_from(["flip", "drop", "put"]))
        if act == "flip":
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif act == "drop":
            del data[place]
        else:
            data[place:place] = draw(
                st.sampled_from([b" ", b"0", b'"', b",", b"\\u0031", b'"v":1,', b"[]", b"\xff"])
            )
    return bytes(data) if draw(st.booleans()) else bytes(data[:BALLOT_LENGTH]).ljust(BALLOT_LENGTH)


def test_bytes_near_a_ballot(reached: Reached) -> None:
    """What is read as a ballot is written again as the very same bytes: no ballot has two forms."""
    numbers = {"tried": 0, "read": 0}

    @hypothesis.settings(max_examples=sized(500, 10_000), database=None, derandomize=True)
    @given(spoilt())
    def hold(data: bytes) -> None:
        numbers["tried"] += 1
        try:
            ballot = parse_ballot(data)
        except Invalid:
            return
        numbers["read"] += 1
        assert isinstance(ballot, Ballot)
        assert (
            ballot_bytes(ballot.round_id, ballot.unit, ballot.choices, ballot.random32, ballot.word) == data
        )

    hold()
    reached("spoilt bytes tried", got=numbers["tried"])
    reached("of them read as a ballot, each in its one form", got=numbers["read"])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_no_project(hostile: str) -> None:
    frozen = FrozenRound(1, 1, LABEL, (OnBallot("1", "TE-2026-0001", "-", 5),), (), STARTER, UNITS)
    assert not accepted(frozen, None, [hostile])
