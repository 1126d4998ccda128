"""The public lot: fixed bytes, the same for everybody, and nothing to try out before."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.errors import Invalid
from pb.core.lots import clean_seed, draw, list_fingerprint
from pb.core.ranks import order
from pb.core.rubrics import Rubric
from pb.core.tally import PanelProject, Tally
from tests.core.rubric_samples import criterion

SALT = "5f" * 16
ONE = Rubric((criterion("a", 10_000),))


def plain(data: object) -> str:
    return hashlib.sha256(json.dumps(data, separators=(",", ":")).encode()).hexdigest()


def test_the_bytes_as_described() -> None:
    listed = plain(["pb-lot-v1", SALT, [3, 7, 12]])
    assert list_fingerprint([12, 3, 7], SALT) == listed
    keys = {n: plain(["pb-lot-v1", listed, "7-12-19", str(n)]) for n in (3, 7, 12)}
    assert list(draw([12, 7, 3], SALT, "7-12-19")) == sorted(keys, key=keys.__getitem__)


@given(st.sets(st.integers(1, 400), min_size=2, max_size=9), st.integers(0, 10**9))
def test_a_draw_is_a_permutation_that_hangs_on_list_and_seed_alone(numbers: set[int], seed: int) -> None:
    found = draw(sorted(numbers), SALT, str(seed))
    assert sorted(found) == sorted(numbers)
    assert draw(sorted(numbers, reverse=True), SALT, str(seed)) == found


def test_every_place_is_as_likely() -> None:
    first = [draw([1, 2, 3], SALT, str(seed))[0] for seed in range(3000)]
    assert all(900 < first.count(number) < 1100 for number in (1, 2, 3))


@pytest.mark.parametrize("typed", ["7 12 19", " 7,12;19 ", "7–12-19.", "7  12  19"])
def test_the_same_number_typed_otherwise_is_the_same_seed(typed: str) -> None:
    assert clean_seed(typed) == "7-12-19"


@pytest.mark.parametrize("typed", ["", "  ", "-", "seven", "7x", "٧", "1" * 90])
def test_what_is_no_public_number(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_seed(typed)


def standings(*numbers: int):  # type: ignore[no-untyped-def]
    projects = [PanelProject(n, {0: {"a": 3}}) for n in numbers]
    return map(Tally(projects, ONE).standing, projects)


def test_a_lot_settles_only_ties_of_its_own_list() -> None:
    rows = order(standings(1, 2, 3), ONE, [[2, 1]])
    assert [(row.rank, row.project_id) for row in rows] == [(1, 1), (1, 2), (1, 3)]  # 3 was not in the list
    rows = order(standings(1, 2, 3), ONE, [[2, 1], [3, 1, 2]])
    assert [(row.rank, row.project_id, row.settled_by) for row in rows] == [
        (1, 3, "lot"),
        (2, 2, "lot"),
        (3, 1, "lot"),
    ]


def test_a_later_lot_leaves_the_earlier_one_alone() -> None:
    assert [row.project_id for row in order(standings(1, 2), ONE, [[2, 1], [1, 2]])] == [2, 1]
