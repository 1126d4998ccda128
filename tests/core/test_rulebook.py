"""The rulebook as data: strict reading, fingerprints, and every fault told at once."""

from __future__ import annotations

import copy
import dataclasses
import json
from datetime import date
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pb.core.canonical import canonical_json
from pb.core.errors import Invalid
from pb.core.phases import Phase
from pb.core.rulebook import (
    BallotRules,
    Category,
    Check,
    CountingRules,
    Rubric,
    Rulebook,
    Shortlist,
    frozen_at_phase,
    frozen_changes,
)
from tests.core.rubric_samples import RULEBOOK, UNITS, criterion, words


def test_the_sample_can_be_published() -> None:
    assert RULEBOOK.problems(UNITS) == ()


def test_json_there_and_back_keeps_the_fingerprint() -> None:
    text = json.dumps(RULEBOOK.to_json(), ensure_ascii=False)
    again = Rulebook.from_json(json.loads(text))
    assert again == RULEBOOK
    assert again.fingerprint() == RULEBOOK.fingerprint()
    assert len(RULEBOOK.fingerprint()) == 64


def test_any_change_changes_the_fingerprint() -> None:
    other = dataclasses.replace(RULEBOOK, objection_days=6)
    assert other.fingerprint() != RULEBOOK.fingerprint()


def paths(data: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every key of every object that a rulebook's JSON holds, save words and sums (whose keys are data)."""
    found: list[tuple[Any, ...]] = []
    if isinstance(data, dict) and "ka" not in data and "terjola" not in data:
        for key, value in data.items():
            found += [(*prefix, key), *paths(value, (*prefix, key))]
    elif isinstance(data, list):
        for index, value in enumerate(data):
            found += paths(value, (*prefix, index))
    return found


@pytest.mark.parametrize("path", paths(RULEBOOK.to_json()), ids=lambda path: ".".join(map(str, path)))
def test_a_missing_an_unknown_and_a_wrong_key_are_named(path: tuple[Any, ...]) -> None:
    for code, change in (("missing_key", None), ("unknown_key", "extra"), ("wrong_type", 1.5)):
        data = copy.deepcopy(RULEBOOK.to_json())
        parent: Any = data
        for step in path[:-1]:
            parent = parent[step]
        name = ".".join(map(str, path))
        if code == "missing_key":
            del parent[path[-1]]
        elif code == "unknown_key":
            parent["extra"] = change
            name = ".".join(map(str, (*path[:-1], "extra")))
        else:
            parent[path[-1]] = change
        with pytest.raises(Invalid) as caught:
            Rulebook.from_json(data)
        assert (caught.value.code, caught.value.field) == (code, name)


def test_truth_is_no_number_and_a_date_is_a_date() -> None:
    for key, value in (
        ("objection_days", True),
        ("act_date", "2 March"),
        ("votes_held", 1),
        ("channels", "web"),
    ):
        with pytest.raises(Invalid, match="wrong_type"):
            Rulebook.from_json({**RULEBOOK.to_json(), key: value})
    with pytest.raises(Invalid, match="wrong_type"):
        Rulebook.from_json([])
    assert Rulebook.from_json({**RULEBOOK.to_json(), "act_date": None}).act_date is None


#: Ten million lari and a tetri.
BIG: dict[str, Any] = {"unit_sums": {}, "town_wide_tetri": 10**9 + 1, "ballot": BallotRules()}


def broken(**changes: Any) -> set[tuple[str, str | None]]:
    book = dataclasses.replace(RULEBOOK, **changes)
    return {(problem.code, problem.field) for problem in book.problems(UNITS)}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"act_number": " "}, "required", "act_number"),
        ({"act_date": None}, "required", "act_date"),
        ({"min_age_idea": 13}, "out_of_range", "min_age_idea"),
        ({"min_age_vote": 22}, "out_of_range", "min_age_vote"),
        ({"who_may_hand_in": ()}, "required", "who_may_hand_in"),
        ({"who_may_hand_in": ("tourist",)}, "not_a_choice", "who_may_hand_in"),
        ({"max_ideas_per_author": 0}, "too_small", "max_ideas_per_author"),
        ({"pot_tetri": 50_000_01}, "sums_do_not_add_up", "unit_sums"),
        ({"unit_sums": {"terjola": 50_000_00}}, "unit_without_sum", "unit_sums.chkhari"),
        ({"unit_sums": {**RULEBOOK.unit_sums, "khoni": 0}}, "unknown_unit", "unit_sums.khoni"),
        ({"unit_sums": {"terjola": 50_000_01, "chkhari": -1}}, "too_small", "unit_sums.chkhari"),
        ({"unit_sums": {}, "town_wide_tetri": 50_000_00}, "own_unit_needs_unit_sums", "ballot.scope"),
        ({"cost_cap_tetri": 500_00}, "cap_not_above_floor", "cost_cap_tetri"),
        ({"cost_cap_tetri": 40_000_00}, "cap_above_every_sum", "cost_cap_tetri"),
        ({"categories": ()}, "required", "categories"),
        ({"categories": (Category("a", words("a")),) * 2}, "bad_or_repeated_id", "categories.1.id"),
        ({"categories": (Category("a", {"ka": "ა"}),)}, "missing_words", "categories.0.name"),
        (
            {"checklist": (Check("a", words("a"), words("a"), {"ka": "ა", "en": " "}, True),)},
            "missing_words",
            "checklist.0.ground",
        ),
        ({"rubric": Rubric(())}, "no_criteria", "rubric"),
        ({"rubric": Rubric((criterion("a", 9_999),))}, "weights_do_not_sum", "rubric"),
        ({"rubric": Rubric((criterion("a", 5_000),) * 2)}, "bad_or_repeated_id", "rubric.criteria.1.id"),
        (
            {"rubric": Rubric((dataclasses.replace(criterion("a", 10_000), levels=(words("a"),)),))},
            "wrong_number_of_levels",
            "rubric.criteria.0.levels",
        ),
        (
            {"rubric": Rubric((dataclasses.replace(criterion("a", 10_000), levels=({"ka": "ა"},) * 6),))},
            "missing_words",
            "rubric.criteria.0.levels.5",
        ),
        (
            {"rubric": Rubric((dataclasses.replace(criterion("a", 10_000), low=5),))},
            "empty_scale",
            "rubric.criteria.0.high",
        ),
        (
            {"rubric": Rubric((criterion("a", 10_000, minimum=501),))},
            "minimum_outside_scale",
            "rubric.criteria.0.minimum_mean_hundredths",
        ),
        ({"rubric": Rubric((criterion("a", 0),))}, "not_positive", "rubric.criteria.0.weight_bp"),
        ({"ballot": BallotRules(kind="points")}, "not_a_choice", "ballot.kind"),
        ({"ballot": BallotRules(max_choices=0, min_suggested=0)}, "too_small", "ballot.max_choices"),
        ({"ballot": BallotRules(max_choices=2)}, "out_of_range", "ballot.min_suggested"),
        ({"counting": CountingRules(rule="loudest")}, "not_a_choice", "counting.rule"),
        ({"counting": CountingRules(ties=("cost", "votes"))}, "ties_left_open", "counting.ties"),
        ({"counting": CountingRules(ties=("lot", "lot"))}, "repeated", "counting.ties"),
        ({**BIG, "counting": CountingRules()}, "step_too_small_for_sum", "counting.step_tetri"),
        ({"shortlist": Shortlist("best_n")}, "too_small", "shortlist.n"),
        ({"shortlist": Shortlist("money_times")}, "too_small", "shortlist.money_times_percent"),
        ({"shortlist": Shortlist(minimum_score=10_001)}, "out_of_range", "shortlist.minimum_score"),
        ({"channels": ("pigeon",)}, "not_a_choice", "channels"),
        ({"identification": ()}, "required", "identification"),
        ({"scores_public": "no"}, "not_a_choice", "scores_public"),
        ({"objection_days": 0}, "too_small", "objection_days"),
    ],
)
def test_each_fault_is_found(changes: dict[str, Any], code: str, field: str) -> None:
    assert (code, field) in broken(**changes)


def test_the_least_step_that_is_told_is_enough() -> None:
    codes = {code for code, _ in broken(**{**BIG, "counting": CountingRules(step_tetri=101)})}
    assert "step_too_small_for_sum" not in codes
    (told,) = [
        one
        for one in dataclasses.replace(RULEBOOK, **BIG, counting=CountingRules()).problems(UNITS)
        if one.code == "step_too_small_for_sum"
    ]
    assert told.params == {"least_tetri": 101}
    # A rule that raises nothing has no step that could be too small.
    for other in (CountingRules(rule="greedy"), CountingRules(completion="utilitarian")):
        assert "step_too_small_for_sum" not in {code for code, _ in broken(**BIG, counting=other)}


def test_all_faults_are_told_at_once() -> None:
    assert broken(act_number="", min_age_idea=5, objection_days=0) == {
        ("required", "act_number"),
        ("out_of_range", "min_age_idea"),
        ("too_small", "objection_days"),
    }


def test_without_a_vote_nothing_is_asked_about_voting() -> None:
    bare = {"identification": (), "ballot": BallotRules("points"), "min_age_vote": 0}
    assert broken(votes_held=False, **bare) == set()


def test_when_the_parts_freeze() -> None:
    assert frozen_at_phase("rubric") is frozen_at_phase("shortlist") is Phase.REVIEW
    assert frozen_at_phase("pot_tetri") is Phase.IDEAS
    with pytest.raises(ValueError, match="weather"):
        frozen_at_phase("weather")
    changed = dataclasses.replace(RULEBOOK, rubric=Rubric(()), act_date=date(2026, 4, 1))
    assert frozen_changes(RULEBOOK, changed, Phase.PREPARATION) == ()
    assert frozen_changes(RULEBOOK, changed, Phase.DEVELOPMENT) == ("act_date",)
    assert frozen_changes(RULEBOOK, changed, Phase.REVIEW) == ("act_date", "rubric")


def test_looking_up_a_part() -> None:
    assert RULEBOOK.category("roads").name["en"] == "roads"
    assert not RULEBOOK.check("own_power").correctable
    assert RULEBOOK.rubric.criterion("need").level(5)["en"] == "need 5"
    for wrong in (
        lambda: RULEBOOK.category("x"),
        lambda: RULEBOOK.check("x"),
        lambda: RULEBOOK.rubric.criterion("x"),
        lambda: RULEBOOK.rubric.criterion("need").level(6),
    ):
        with pytest.raises(Invalid):
            wrong()


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)


@given(values)
def test_canonical_json_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)
    assert json.loads(canonical_json(value)) == value


def test_canonical_json_takes_no_fractions_and_no_huge_numbers() -> None:
    for value, error in (
        (1.0, TypeError),
        ({"a": [0.5]}, TypeError),
        ({1: 2}, TypeError),
        (2**53, ValueError),
    ):
        with pytest.raises(error):
            canonical_json(value)
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")


def test_parts_that_came_later_leave_stored_rulebooks_as_they_are() -> None:
    """A rulebook stored before there was such a part keeps its bytes; one that uses it says so."""
    book = RULEBOOK
    stored = book.to_json()
    assert not {"read_by", "on_paper"} & stored["ballot"].keys()
    assert Rulebook.from_json(stored) == book
    used = dataclasses.replace(
        book, ballot=dataclasses.replace(book.ballot, read_by="observers", on_paper=True)
    )
    assert (used.to_json()["ballot"]["read_by"], used.to_json()["ballot"]["on_paper"]) == ("observers", True)
    assert Rulebook.from_json(used.to_json()) == used
    assert used.fingerprint() != book.fingerprint()
