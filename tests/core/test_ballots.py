"""Ballots: what may be chosen, their bytes, and codes that survive being copied by hand."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.ballots import (
    ALPHABET,
    BALLOT_LENGTH,
    Ballot,
    ballot_bytes,
    check_choices,
    code_matches,
    commitment,
    draw_order,
    parse_ballot,
    read_tracking_code,
    slot,
    tracking_code,
)
from pb.core.errors import Invalid
from pb.core.rulebook import BallotRules

COSTS = {"p1": 100, "p2": 200, "p3": 300, "p4": 400}
RANDOM = bytes(range(32))
commitments = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(
    ("choices", "kind", "code"),
    [
        ([], "approval", "empty_ballot"),
        (["p1", "p1"], "approval", "duplicate_choice"),
        (["p9"], "approval", "unknown_project"),
        (["p4"], "approval", "unknown_project"),  # of another unit
        (["p1", "p2", "p3"], "approval", "too_many_choices"),
        (["p2", "p3"], "knapsack", "over_budget"),
    ],
)
def test_what_may_not_be_chosen(choices: list[str], kind: str, code: str) -> None:
    rules = BallotRules(kind, max_choices=2, min_suggested=2)
    with pytest.raises(Invalid) as caught:
        check_choices(choices, rules=rules, costs=COSTS, budget=400, eligible={"p1", "p2", "p3"})
    assert caught.value.code == code


def test_what_may_be_chosen() -> None:
    approval, knapsack = BallotRules("approval", 2, 2), BallotRules("knapsack", 4, 0)
    check_choices(["p3", "p4"], rules=approval, costs=COSTS, budget=0)
    check_choices(["p1"], rules=approval, costs=COSTS, budget=0)  # fewer than suggested
    check_choices(["p1", "p3"], rules=knapsack, costs=COSTS, budget=400)


@given(st.lists(st.sampled_from(sorted(COSTS)), max_size=5), st.integers(1, 4), st.integers(0, 1000))
def test_knapsack_is_refused_exactly_when_a_rule_is_broken(
    choices: list[str], most: int, budget: int
) -> None:
    fits = 0 < len(choices) == len(set(choices)) <= most and sum(COSTS[c] for c in choices) <= budget
    try:
        check_choices(choices, rules=BallotRules("knapsack", most, 0), costs=COSTS, budget=budget)
    except Invalid:
        assert not fits
    else:
        assert fits


def test_the_bytes_of_a_ballot_by_hand() -> None:
    made = ballot_bytes("TJ-2026", None, ["p2", "p1"], RANDOM, "მზე")
    plain = '{"choices":["p1","p2"],"random":"RANDOM","round":"TJ-2026","unit":null,"v":1,"word":"მზე"}'
    plain = plain.replace("RANDOM", RANDOM.hex())
    assert made == plain.encode().ljust(1024)
    assert commitment(made) == hashlib.sha256(b"pb-ballot-v1" + made).digest()


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(
    names,
    st.none() | names,
    st.lists(names, max_size=8, unique=True),
    st.binary(min_size=32, max_size=32),
    st.text(st.sampled_from('აბგ "\\xyz'), max_size=40),
)
def test_a_ballot_there_and_back(
    round_id: str, unit: str | None, choices: list[str], random32: bytes, word: str
) -> None:
    made = ballot_bytes(round_id, unit, choices, random32, word)
    assert len(made) == BALLOT_LENGTH
    assert made == ballot_bytes(round_id, unit, choices[::-1], random32, word)
    assert parse_ballot(made) == Ballot(round_id, unit, tuple(sorted(choices)), random32, word.strip())


def test_ten_long_ids_and_a_long_word_fit() -> None:
    ids = [f"{number:08d}-89ab-4cde-8f01-23456789abcd" for number in range(10)]
    assert len(ballot_bytes("0" * 36, "zeda-simoneti", ids, RANDOM, "ჰ" * 40)) == BALLOT_LENGTH


def test_what_is_refused() -> None:
    for arguments, code in (
        (("r", None, ["p" * 600, "q" * 600], RANDOM), "ballot_too_long"),
        (("r", None, ["p"], RANDOM, "ა" * 41), "word_too_long"),
        (("r", None, ["p"], RANDOM, "a\nb"), "bad_word"),
        (("r", None, ["p", "p"], RANDOM), "duplicate_choice"),
    ):
        with pytest.raises(Invalid) as caught:
            ballot_bytes(*arguments)
        assert caught.value.code == code
    with pytest.raises(ValueError, match="random"):
        ballot_bytes("r", None, ["p"], b"short")


GOOD = ballot_bytes("r", "u", ["p1", "p2"], RANDOM, "w")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff" * BALLOT_LENGTH,
        b"[" * BALLOT_LENGTH,
        GOOD + b" ",
        GOOD[:-1],
        b" " + GOOD[:-1],
        GOOD.replace(b'["p1","p2"]', b'["p2","p1"]'),
        GOOD.replace(b'["p1","p2"]', b'["p1","p1"]'),
        GOOD.replace(b'["p1","p2"]', b'["p1", 2  ]'),
        GOOD.replace(b'"v":1', b'"v":2'),
        GOOD.replace(b'"unit":"u"', b'"unit":{} '),
        GOOD.replace(b'"word":"w"}', b'"word":"w","x":1}').ljust(BALLOT_LENGTH)[:BALLOT_LENGTH],
        json.dumps(json.loads(GOOD)).encode().ljust(BALLOT_LENGTH),
    ],
)
def test_only_the_one_form_is_a_ballot(data: bytes) -> None:
    with pytest.raises(Invalid, match="bad_ballot"):
        parse_ballot(data)


@given(st.binary(max_size=200))
def test_rubbish_is_no_ballot(data: bytes) -> None:
    with pytest.raises(Invalid, match="bad_ballot"):
        parse_ballot(data.ljust(BALLOT_LENGTH))


def test_a_code_by_hand() -> None:
    assert tracking_code(bytes(32)) == "0000-0000-0000-0000-00"
    assert tracking_code(b"\xff" * 32).startswith("ZZZZ-ZZZZ-ZZZZ-ZZZZ-")


@given(commitments)
def test_a_code_can_be_typed_in_many_ways(data: bytes) -> None:
    code = tracking_code(data)
    loose = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for typed in (code, loose, code.replace("-", ""), f" {code.replace('1', 'I')}\n", code.replace("-", "–")):
        assert read_tracking_code(typed) == code
    assert code_matches(code, data)


@given(commitments, st.integers(0, 17))
def test_any_one_wrong_sign_is_noticed(data: bytes, position: int) -> None:
    code = tracking_code(data).replace("-", "")
    for sign in ALPHABET:
        if sign != code[position]:
            with pytest.raises(Invalid):
                read_tracking_code(code[:position] + sign + code[position + 1 :])


@given(commitments)
def test_any_two_swapped_neighbours_are_noticed(data: bytes) -> None:
    code = tracking_code(data).replace("-", "")
    for at, (left, right) in enumerate(itertools.pairwise(code)):
        if left != right:
            with pytest.raises(Invalid):
                read_tracking_code(code[:at] + right + left + code[at + 2 :])


@pytest.mark.parametrize("text", ["", "0" * 17, "0" * 19, "U" + "0" * 17, "ა" * 18, "0000-0000-0000-0000-0!"])
def test_no_code(text: str) -> None:
    with pytest.raises(Invalid, match="bad_tracking_code"):
        read_tracking_code(text)


def test_a_slot_by_hand() -> None:
    key = b"k" * 32
    message = b"\0\0\0\x0apb-slot-v1\0\0\0\x02r1\0\0\0\x03abc"
    assert slot(key, "r1", "abc") == slot(key, "r1", b"abc")
    assert slot(key, "r1", "abc") == hmac.new(key, message, hashlib.sha256).hexdigest()
    assert len({slot(key, "r1", "abc"), slot(key, "r1a", "bc"), slot(b"l" * 32, "r1", "abc")}) == 3
    with pytest.raises(ValueError, match="32 bytes"):
        slot(b"short", "r1", "abc")


@given(st.lists(names, unique=True, max_size=8), st.binary(max_size=32))
def test_the_drawn_order_is_stable_and_complete(ids: list[str], seed: bytes) -> None:
    drawn = draw_order(seed, ids)
    assert sorted(drawn) == sorted(ids)
    assert drawn == draw_order(seed, reversed(ids))
    for gone in ids[:2]:  # a project that leaves does not shuffle the others
        assert draw_order(seed, [p for p in ids if p != gone]) == [p for p in drawn if p != gone]


def test_every_place_is_about_as_likely() -> None:
    ids = ["a", "b", "c", "d"]
    first = [draw_order(f"slot {number}", ids)[0] for number in range(2000)]
    for project in ids:
        assert 420 < first.count(project) < 580
