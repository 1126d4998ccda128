"""The worked example of each rule: its sentences say what the engine did, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from pb.core.counting.registry import RULES
from pb.core.rulebook import CountingRules
from pb.core.rulebook_checks import COMPLETIONS
from pb.cycles import worked

LANGS = ("ka", "en")
#: Worked out on paper: what each rule funds of the example.
FUNDED = {
    "greedy": ["road", "sports"],
    "greedy-no-skip": ["road"],
    "greedy-per-cost": ["benches", "sports", "lighting", "wifi"],
    "price-per-vote": ["lighting", "sports", "benches"],
    "phragmen": ["benches", "lighting", "sports"],
}
SHARES = {
    "none": ["lighting", "sports"],
    "add1": ["lighting", "sports", "benches"],
    "add1u": ["lighting", "sports", "benches", "wifi"],
    "utilitarian": ["lighting", "sports", "benches", "wifi"],
    "comparison": ["lighting", "sports", "benches"],
}
CASES = [
    *[(CountingRules(rule=rule), funded) for rule, funded in FUNDED.items()],
    *[(CountingRules(rule="equal-shares", completion=name), funded) for name, funded in SHARES.items()],
]


def ids(case: object) -> str:
    return f"{case.rule}-{case.completion}" if isinstance(case, CountingRules) else ""


def test_every_rule_has_its_example() -> None:
    assert set(FUNDED) | {"equal-shares"} >= set(RULES)
    assert set(SHARES) == set(COMPLETIONS)


@pytest.mark.parametrize(("rules", "funded"), CASES, ids=ids)
@pytest.mark.parametrize("lang", LANGS)
def test_the_example_is_what_the_count_says(
    sqlite_app: Flask, rules: CountingRules, funded: list[str], lang: str
) -> None:
    data = worked.counted(replace(rules, minimum_votes=0))
    assert data["winners"] == funded
    with force_locale(lang):
        example = worked.worked(rules)
        names = [str(worked.NAMES[code]) for code in funded]
        assert ", ".join(names) in example.funded
        told = " ".join(example.steps)
        for name in names:
            assert name in told
        assert len(example.steps) >= len(funded)
        for text in (*example.steps, example.funded, worked.with_minimum(rules), *worked.by_units(rules)):
            assert not re.search(r"%\(|None", text)
            assert (re.search("[ა-ჰ]", text) is not None) is (lang == "ka")


def test_a_minimum_takes_what_is_below_it(sqlite_app: Flask) -> None:
    with force_locale("en"):
        text = worked.with_minimum(CountingRules(rule="greedy")).replace("\xa0", " ")
    assert "at least 5 votes" in text
    assert "Sports ground, Benches, Wi-Fi in the library" in text
    assert "Funded: Road, together 20,000 lari" in text


def test_the_villages_of_the_example_have_their_own_money(sqlite_app: Flask) -> None:
    with force_locale("en"):
        upper, lower = (text.replace("\xa0", " ") for text in worked.by_units(CountingRules(rule="greedy")))
    assert "21,000 lari" in upper
    assert "Funded: Road; left: 1,000 lari" in upper
    assert "9,000 lari" in lower
    assert "Funded: Wi-Fi in the library; left: 4,000 lari" in lower


def test_the_numbers_of_equal_shares_add_up(sqlite_app: Flask) -> None:
    """What supporters pay makes the cost: price times those who pay it in full covers no more than the cost."""
    for completion in COMPLETIONS:
        data = worked.counted(CountingRules(rule="equal-shares", completion=completion))
        spent = 0
        for step in data["steps"]:
            spent += step["cost"]
            assert step["spent"] == spent
            if step["by"] == "shares":
                full = step["supporters"] - step["paid_less"]
                paid = worked.tetri(step["price"]) * full
                assert paid <= step["cost"]
                if not step["paid_less"]:
                    assert step["cost"] - paid < full
        assert spent == data["total_cost"] <= worked.MONEY
