"""The starter rulebook: fit to be published, and worded in both languages for each thing on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.registry import rule_for
from pb.core.counting_terms import ballot_kind
from pb.core.rulebook import CountingRules, Rulebook, starter

UNITS = [f"unit-{number}" for number in range(19)]
ACT = {"act_number": "12", "act_date": date(2026, 3, 2)}
BOOK = starter(500_000_00, UNITS)


def test_only_the_councils_act_is_missing() -> None:
    missing = [("required", "act_number"), ("required", "act_date")]
    assert [(problem.code, problem.field) for problem in BOOK.problems(UNITS)] == missing
    assert starter(500_000_00, UNITS, **ACT).problems(UNITS) == ()
    assert starter(500_000_00, UNITS, split="equal_per_unit", **ACT).problems(UNITS) == ()


@given(st.integers(19_000_00, 10**12), st.integers(0, 19), st.sampled_from(["one_pot", "equal_per_unit"]))
def test_any_pot_and_any_number_of_units_give_a_fit_rulebook(pot: int, units: int, split: str) -> None:
    book = starter(pot, UNITS[:units], split=split, **ACT)
    assert book.problems(UNITS[:units]) == ()
    assert Rulebook.from_json(book.to_json()) == book


def test_equal_parts_are_whole_lari_but_for_the_first() -> None:
    book = starter(100_000_07, UNITS, split="equal_per_unit")
    sums = [book.unit_sums[unit] for unit in sorted(UNITS)]
    assert sum(sums) == 100_000_07
    assert [amount % 100 for amount in sums] == [7] + [0] * 18
    assert max(sums) - min(sums) < 200
    with pytest.raises(ValueError, match="by_height"):
        starter(100, UNITS, split="by_height")


def test_the_criteria_and_their_weights() -> None:
    weights = {criterion.id: criterion.weight_bp for criterion in BOOK.rubric.criteria}
    expected = {"need": 2500, "benefit": 2500, "feasibility": 2000, "inclusion": 1500, "sustainability": 1500}
    assert weights == expected


def test_the_gates() -> None:
    assert [check.id for check in BOOK.checklist] == [
        "municipal_competence", "land_title", "cost_cap", "one_year", "not_budgeted", "free_public_use",
        "no_private_gain",
    ]  # fmt: skip


def test_the_count_is_by_equal_shares_and_the_engine_has_it() -> None:
    """A Georgian town's default, which design/counting.md names; votes on it can be counted."""
    counting = BOOK.counting
    assert (counting.rule, counting.utility, counting.completion) == ("equal-shares", "cost", "add1")
    assert (counting.step_tetri, counting.minimum_votes, counting.leftover) == (100, 0, "keep")
    assert counting.ties == ("cost", "votes", "lot")
    rule_for(counting.rule, ballot_kind(BOOK.ballot))
    simple = replace(BOOK, counting=CountingRules(rule="greedy", minimum_votes=10))
    assert not [one for one in simple.problems(UNITS) if one.field and one.field.startswith("counting")]


def texts(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "ka" in value:
            yield value
        else:
            for item in value.values():
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_every_text_stands_in_both_languages_and_once_only() -> None:
    found = list(texts(BOOK.to_json()))
    assert len(found) == 11 + 7 * 3 + 5 * (2 + 6)
    for words in found:
        assert set(words) == {"ka", "en"}
        assert re.search("[ა-ჰ]", words["ka"])
        assert not re.search("[A-Za-z\u1c90-\u1cbf]", words["ka"])
        assert not re.search("[ა-ჰ]", words["en"])
        for text in words.values():
            assert text == text.strip()
            assert "  " not in text
    for language in ("ka", "en"):
        assert len({words[language] for words in found}) == len(found)


def test_a_correctable_gate_tells_the_author_what_to_do() -> None:
    for check in BOOK.checklist:
        assert ("შეგიძლიათ" in check.failing["ka"]) == check.correctable
        assert ("You may" in check.failing["en"]) == check.correctable
