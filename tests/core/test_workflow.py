"""The tables of transitions: texts of the domain tried as paths, and the shape of the whole graph."""

from __future__ import annotations

import pytest

from pb.core.errors import Closed
from pb.core.workflow import (
    IDEA_PUBLIC_STATES,
    IDEA_TRANSITIONS,
    PROJECT_TRANSITIONS,
    IdeaState,
    ProjectState,
    idea_acts,
    move_idea,
    move_project,
    project_acts,
)


@pytest.mark.parametrize(
    ("acts", "end"),
    [
        ("submit take_up admit invite", IdeaState.INVITED),
        ("submit take_up return resubmit take_up return resubmit take_up admit", IdeaState.ELIGIBLE),
        ("submit take_up return lapse", IdeaState.LAPSED),
        ("submit take_up refuse admit_on_objection merge", IdeaState.MERGED_INTO),
        ("submit take_up refuse confirm_refusal", IdeaState.INELIGIBLE_FINAL),
        ("submit mark_duplicate reopen_on_objection admit", IdeaState.ELIGIBLE),
        ("submit withdraw", IdeaState.WITHDRAWN),
    ],
)
def test_the_paths_of_an_idea(acts: str, end: IdeaState) -> None:
    state = IdeaState.DRAFT
    for act in acts.split():
        state = move_idea(state, act)
    assert state is end


@pytest.mark.parametrize(
    ("acts", "end"),
    [
        ("begin hand_in freeze decide place_on_ballot select begin_implementation finish", ProjectState.DONE),
        ("begin hand_in return hand_in freeze decide place_on_reserve", ProjectState.RESERVE),
        ("begin hand_in find_infeasible restore_on_objection freeze decide not_shortlist", "not_shortlisted"),
        ("begin hand_in freeze decide select abandon", ProjectState.ABANDONED),
        ("begin hand_in freeze decide place_on_ballot not_select", ProjectState.NOT_SELECTED),
        ("begin hand_in freeze decide not_shortlist reconsider place_on_ballot", ProjectState.ON_BALLOT),
        ("abandon", ProjectState.ABANDONED),
    ],
)
def test_the_paths_of_a_project(acts: str, end: str) -> None:
    state = ProjectState.INVITED
    for act in acts.split():
        state = move_project(state, act)
    assert state == end


def test_every_act_is_refused_from_every_state_the_table_does_not_name() -> None:
    for act, idea_move in IDEA_TRANSITIONS.items():
        for idea in IdeaState:
            if idea in idea_move.origins:
                assert move_idea(idea, act) is idea_move.target
                assert act in idea_acts(idea)
            else:
                with pytest.raises(Closed) as caught:
                    move_idea(idea, act)
                assert caught.value.params == {"state": idea.value, "act": act}
    for act, project_move in PROJECT_TRANSITIONS.items():
        for project in ProjectState:
            if project in project_move.origins:
                assert move_project(project, act) is project_move.target
                assert act in project_acts(project)
            else:
                with pytest.raises(Closed):
                    move_project(project, act)


def test_every_state_can_be_reached_and_the_last_ones_are_last() -> None:
    assert {IdeaState.DRAFT} | {m.target for m in IDEA_TRANSITIONS.values()} == set(IdeaState)
    assert {ProjectState.INVITED} | {m.target for m in PROJECT_TRANSITIONS.values()} == set(ProjectState)
    assert {state for state in IdeaState if not idea_acts(state)} == {
        IdeaState.INVITED, IdeaState.WITHDRAWN, IdeaState.INELIGIBLE_FINAL,
    }  # fmt: skip
    assert {state for state in ProjectState if not project_acts(state)} == {
        ProjectState.DONE, ProjectState.ABANDONED, ProjectState.WITHDRAWN,
    }  # fmt: skip


def test_nobody_withdraws_from_the_ballot_and_nothing_is_scored_twice() -> None:
    with pytest.raises(Closed):
        move_project(ProjectState.ON_BALLOT, "withdraw")
    with pytest.raises(Closed):
        move_project(ProjectState.DECIDED, "freeze")


def test_what_is_public() -> None:
    assert set(IdeaState) - IDEA_PUBLIC_STATES == {IdeaState.DRAFT, IdeaState.WITHDRAWN}


def test_an_act_that_does_not_exist_is_a_programming_error() -> None:
    for move in (move_idea, move_project):
        with pytest.raises(ValueError, match="dance"):
            move("withdrawn", "dance")
