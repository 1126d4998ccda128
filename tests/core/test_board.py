"""Entries and heads of the board: their exact bytes, and what is refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.board import (
    FIELDS,
    Head,
    Kind,
    ballot_entry,
    code_print,
    day_of,
    entry_bytes,
    minute,
    parse_entry,
    read_head,
)
from pb.core.errors import Invalid

HEAD = Head("terjola-2026", 7, "ab" * 32, "2026-10-14")


def test_the_bytes_of_a_ballots_entry() -> None:
    sealed = bytes(range(64))
    assert ballot_entry("terjola-2026", "0f" * 32, sealed, "c2ln") == (
        b'{"commitment":"' + b"0f" * 32 + b'","kind":"ballot","round":"terjola-2026","sealed":"'
        + hashlib.sha256(sealed).hexdigest().encode() + b'","signature":"c2ln"}'
    )  # fmt: skip


def test_a_ballots_entry_has_no_place_for_a_time_or_a_person() -> None:
    assert FIELDS[Kind.BALLOT] == {"commitment", "sealed", "signature"}
    for extra in ("at", "slot", "unit", "channel", "choices"):
        with pytest.raises(ValueError, match="has the fields"):
            entry_bytes(Kind.BALLOT, "r", commitment="", sealed="", signature="", **{extra: ""})
    with pytest.raises(ValueError, match="has the fields"):
        entry_bytes(Kind.BALLOT, "r", commitment="")


def test_entries_are_read_back() -> None:
    for kind, fields in FIELDS.items():
        values = {name: f"„{name}“ 😀" for name in fields}
        data = entry_bytes(kind, "terjola-2026", **values)
        assert parse_entry(data) == {"kind": kind.value, "round": "terjola-2026", **values}
        assert b"\n" not in data  # a line of the file that is published


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"kind":"ballot"}',
        b'{"kind":"paused","round":"r","at":"x","reason":"y"}',  # not in order
        b'{"at":"x", "kind":"paused","reason":"y","round":"r"}',  # a blank
        b'{"at":"x","kind":"stolen","reason":"y","round":"r"}',
        b'{"at":"x","at":"x","kind":"paused","reason":"y","round":"r"}',
        b'{"at":1.5,"kind":"paused","reason":"y","round":"r"}',
        b'{"at":"x","kind":"paused","reason":"\\u0079","round":"r"}',
    ],
)  # fmt: skip
def test_other_bytes_are_no_entry(data: bytes) -> None:
    with pytest.raises(Invalid, match="bad_entry"):
        parse_entry(data)


def test_the_bytes_of_a_head() -> None:
    data = HEAD.signed_bytes()
    assert data == (
        b'{"day":"2026-10-14","kind":"pb-board-head-v1","root":"' + b"ab" * 32
        + b'","round":"terjola-2026","size":7}'
    )  # fmt: skip
    assert read_head(data) == HEAD


@given(st.binary(max_size=60))
def test_other_bytes_are_no_head(data: bytes) -> None:
    good = HEAD.signed_bytes()
    for spoilt in (data, good + data if data else b"", data + good if data else b""):
        with pytest.raises(Invalid, match="bad_head"):
            read_head(spoilt)


@pytest.mark.parametrize(
    "changed",
    [
        {"root": "AB" * 32},
        {"root": "ab"},
        {"root": 5},
        {"size": -1},
        {"size": "7"},
        {"size": None},
        {"size": True},
        {"day": 5},
    ],
)
def test_heads_of_other_shapes_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="bad_head"):
        read_head(replace(HEAD, **changed).signed_bytes())  # type: ignore[arg-type]


def test_times_are_coarse() -> None:
    moment = datetime(2026, 10, 14, 20, 31, 59, 999, tzinfo=UTC)
    assert minute(moment) == "2026-10-14T20:31Z"
    assert day_of(moment) == "2026-10-15"  # midnight in Tbilisi is 20:00 in UTC


def test_the_print_of_a_program() -> None:
    files = [("b.py", b"2"), ("a.py", b"1")]
    one, two = (hashlib.sha256(x).hexdigest() for x in (b"1", b"2"))
    lines = f'[["a.py","{one}"],["b.py","{two}"]]'
    assert code_print(files) == hashlib.sha256(lines.encode()).hexdigest()
    assert code_print(reversed(files)) == code_print(files)
    assert code_print([("a.py", b"2"), ("b.py", b"1")]) != code_print(files)
