"""In whose hands a thing was: no moment is missing, none is told twice, whatever happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pb.core.handovers import AUTHOR, COMMISSION, HOLDERS, NOBODY, OFFICE, VOTERS, Step, stretches
from pb.core.workflow import IdeaState, ProjectState

THEN = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def steps(*told: tuple[str, str]) -> list[Step]:
    return [Step(THEN + timedelta(days=n), subject, state, n) for n, (subject, state) in enumerate(told)]


def test_every_state_has_a_holder() -> None:
    assert set(HOLDERS["idea"]) == {state.value for state in IdeaState} - {"draft"}
    assert set(HOLDERS["project"]) == {state.value for state in ProjectState}


def test_the_way_of_an_idea_that_goes_to_the_vote() -> None:
    way = stretches(
        steps(
            ("idea", "submitted"),
            ("idea", "in_check"),
            ("idea", "returned"),
            ("idea", ""),
            ("idea", "submitted"),
            ("idea", "eligible"),
            ("idea", "invited"),
            ("project", "invited"),
            ("project", "handed_in"),
            ("project", "frozen"),
            ("project", "on_ballot"),
            ("project", "not_selected"),
        )
    )
    assert [stretch.holder for stretch in way] == [
        OFFICE, AUTHOR, OFFICE, AUTHOR, OFFICE, COMMISSION, VOTERS, NOBODY,
    ]  # fmt: skip
    assert way[1].acts == (2, 3)
    assert way[-1].until is None


def test_after_the_project_has_begun_its_states_alone_speak() -> None:
    way = stretches(
        steps(("idea", "submitted"), ("project", "invited"), ("idea", "merged_into"), ("idea", ""))
    )
    assert [stretch.holder for stretch in way] == [OFFICE, AUTHOR]


TOLD = st.lists(
    st.one_of(
        st.tuples(st.just("idea"), st.sampled_from(["", *HOLDERS["idea"]])),
        st.tuples(st.just("project"), st.sampled_from(["", *HOLDERS["project"]])),
    ),
    max_size=20,
)


@given(TOLD)
def test_no_moment_is_missing_and_no_act_is_lost(told: list[tuple[str, str]]) -> None:
    way = stretches(steps(*told))
    assert [act for stretch in way for act in stretch.acts] == list(range(len(told)))
    for before, after in pairwise(way):
        assert before.until == after.since
        assert before.holder != after.holder
    assert all(stretch.until is not None for stretch in way[:-1])
    assert not way or (way[0].since == THEN and way[-1].until is None)
