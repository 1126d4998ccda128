"""The states of ideas and projects; this file alone says which act leads from which state to which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from pb.core.errors import Closed


class IdeaState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_CHECK = "in_check"
    RETURNED = "returned"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    INVITED = "invited"
    MERGED_INTO = "merged_into"
    DUPLICATE_OF = "duplicate_of"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    INELIGIBLE_FINAL = "ineligible_final"


class ProjectState(StrEnum):
    INVITED = "invited"
    DEVELOPING = "developing"
    HANDED_IN = "handed_in"
    FROZEN = "frozen"
    DECIDED = "decided"
    ON_BALLOT = "on_ballot"
    RESERVE = "reserve"
    NOT_SHORTLISTED = "not_shortlisted"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    IMPLEMENTING = "implementing"
    DONE = "done"
    ABANDONED = "abandoned"
    WITHDRAWN = "withdrawn"


class IdeaMove(NamedTuple):
    """From which states an act is possible, and where it leads."""

    origins: frozenset[IdeaState]
    target: IdeaState


class ProjectMove(NamedTuple):
    """From which states an act is possible, and where it leads."""

    origins: frozenset[ProjectState]
    target: ProjectState


# An idea may be returned to its author twice, a project once; whoever returns counts.
MAX_IDEA_RETURNS = 2
MAX_PROJECT_RETURNS = 1


def _idea(target: IdeaState, *origins: IdeaState) -> IdeaMove:
    return IdeaMove(frozenset(origins), target)


def _project(target: ProjectState, *origins: ProjectState) -> ProjectMove:
    return ProjectMove(frozenset(origins), target)


_I = IdeaState
IDEA_TRANSITIONS: Mapping[str, IdeaMove] = {
    "submit": _idea(_I.SUBMITTED, _I.DRAFT),
    "resubmit": _idea(_I.SUBMITTED, _I.RETURNED),
    "take_up": _idea(_I.IN_CHECK, _I.SUBMITTED),
    "return": _idea(_I.RETURNED, _I.IN_CHECK),
    "lapse": _idea(_I.LAPSED, _I.RETURNED),
    "admit": _idea(_I.ELIGIBLE, _I.IN_CHECK),
    "refuse": _idea(_I.INELIGIBLE, _I.IN_CHECK),
    # After an objection another person examines anew; without one the term runs out and the refusal stands.
    "admit_on_objection": _idea(_I.ELIGIBLE, _I.INELIGIBLE),
    "confirm_refusal": _idea(_I.INELIGIBLE_FINAL, _I.INELIGIBLE),
    "let_refusal_stand": _idea(_I.INELIGIBLE_FINAL, _I.INELIGIBLE),
    "reopen_on_objection": _idea(_I.IN_CHECK, _I.RETURNED, _I.LAPSED, _I.DUPLICATE_OF),
    "merge": _idea(_I.MERGED_INTO, _I.SUBMITTED, _I.IN_CHECK, _I.RETURNED, _I.ELIGIBLE),
    # Out of the joint idea again: checked anew, unless it had been admitted before.
    "split_off": _idea(_I.SUBMITTED, _I.MERGED_INTO),
    "split_off_admitted": _idea(_I.ELIGIBLE, _I.MERGED_INTO),
    "mark_duplicate": _idea(_I.DUPLICATE_OF, _I.SUBMITTED, _I.IN_CHECK, _I.RETURNED),
    "invite": _idea(_I.INVITED, _I.ELIGIBLE),
    "withdraw": _idea(_I.WITHDRAWN, _I.DRAFT, _I.SUBMITTED, _I.IN_CHECK, _I.RETURNED, _I.ELIGIBLE),
}

# What anybody may read: everything that was handed in, but not what its author took back.
IDEA_PUBLIC_STATES: frozenset[IdeaState] = frozenset(IdeaState) - {_I.DRAFT, _I.WITHDRAWN}

_P = ProjectState
PROJECT_TRANSITIONS: Mapping[str, ProjectMove] = {
    "begin": _project(_P.DEVELOPING, _P.INVITED),
    "hand_in": _project(_P.HANDED_IN, _P.DEVELOPING),
    "return": _project(_P.DEVELOPING, _P.HANDED_IN),
    "freeze": _project(_P.FROZEN, _P.HANDED_IN),
    "find_infeasible": _project(_P.NOT_SHORTLISTED, _P.HANDED_IN),
    "restore_on_objection": _project(_P.HANDED_IN, _P.NOT_SHORTLISTED),
    "decide": _project(_P.DECIDED, _P.FROZEN),
    # An upheld objection to the preliminary list sends a project back to the table, to be placed again.
    "reconsider": _project(_P.DECIDED, _P.ON_BALLOT, _P.RESERVE, _P.NOT_SHORTLISTED),
    "place_on_ballot": _project(_P.ON_BALLOT, _P.DECIDED, _P.RESERVE),
    "place_on_reserve": _project(_P.RESERVE, _P.DECIDED),
    "not_shortlist": _project(_P.NOT_SHORTLISTED, _P.DECIDED),
    # Straight from decided where the town holds no vote; from the reserve, or unselected, when a winner falls
    # away.
    "select": _project(_P.SELECTED, _P.ON_BALLOT, _P.DECIDED, _P.RESERVE, _P.NOT_SELECTED),
    "not_select": _project(_P.NOT_SELECTED, _P.ON_BALLOT, _P.DECIDED, _P.RESERVE),
    "begin_implementation": _project(_P.IMPLEMENTING, _P.SELECTED),
    "finish": _project(_P.DONE, _P.IMPLEMENTING),
    # Never handed in, or given up after it was selected; the reason stands beside it.
    "abandon": _project(_P.ABANDONED, _P.INVITED, _P.DEVELOPING, _P.SELECTED, _P.IMPLEMENTING),
    # Not from the ballot: what citizens may be choosing right now is not taken from under them.
    "withdraw": _project(
        _P.WITHDRAWN, _P.INVITED, _P.DEVELOPING, _P.HANDED_IN, _P.FROZEN, _P.DECIDED, _P.RESERVE
    ),
}


def move_idea(state: IdeaState | str, act: str) -> IdeaState:
    """The state after ``act``. Raises Closed("not_from_this_state"); ValueError for an act or state that does
    not exist.
    """
    state = IdeaState(state)
    if act not in IDEA_TRANSITIONS:
        raise ValueError(f"no act on ideas is called {act!r}")
    move = IDEA_TRANSITIONS[act]
    if state not in move.origins:
        raise Closed("not_from_this_state", state=state.value, act=act)
    return move.target


def move_project(state: ProjectState | str, act: str) -> ProjectState:
    """The state after ``act``. Raises Closed("not_from_this_state"); ValueError for an act or state that does
    not exist.
    """
    state = ProjectState(state)
    if act not in PROJECT_TRANSITIONS:
        raise ValueError(f"no act on projects is called {act!r}")
    move = PROJECT_TRANSITIONS[act]
    if state not in move.origins:
        raise Closed("not_from_this_state", state=state.value, act=act)
    return move.target


def idea_acts(state: IdeaState | str) -> tuple[str, ...]:
    """The acts that are possible in this state, in the table's order (who may do them, policy says)."""
    return tuple(act for act, move in IDEA_TRANSITIONS.items() if IdeaState(state) in move.origins)


def project_acts(state: ProjectState | str) -> tuple[str, ...]:
    """The acts that are possible in this state, in the table's order (who may do them, policy says)."""
    return tuple(act for act, move in PROJECT_TRANSITIONS.items() if ProjectState(state) in move.origins)
