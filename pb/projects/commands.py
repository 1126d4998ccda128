"""Acts on projects: save a text, hand in, freeze, move on. Each is one transaction with its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pb.core.errors import Invalid, Problems
from pb.core.phases import ORDER, Phase, Status
from pb.core.workflow import ProjectState, move_project
from pb.cycles.queries import here_by_id, here_of
from pb.db import command
from pb.ideas.content import clean_text
from pb.policy import Action, Actor, authorise
from pb.projects import events, merging, queries, text
from pb.projects.budget import checked_budget
from pb.projects.commands_drafts import forget_draft
from pb.projects.page_parts import hurdles_of
from pb.projects.records import add_revision, newest, note, number_of, show_text, tell_authors
from pb.projects.then import refuse_before_later_acts

# Acts whose outcome is sealed until the commission's decisions are published.
SEALED_ACTS = frozenset({"decide", "reconsider"})
# What authors hear of by text message: where the commission placed the project, and the result.
TOLD: Mapping[str, str] = {
    "place_on_ballot": "project_on_ballot",
    "place_on_reserve": "project_on_reserve",
    "not_shortlist": "project_not_shortlisted",
    "select": "project_selected",
    "not_select": "project_not_selected",
}


SHOWN_PRINT = 12  # so many digits of the fingerprint stand in the text message


@command
def save_revision(
    *,
    project_id: int,
    actor: Actor,
    now: datetime,
    fields: Mapping[str, Any] | None = None,
    timeline: Sequence[Mapping[str, str]] | None = None,
    budget: Sequence[Mapping[str, Any]] | None = None,
    base: int | None = None,
    draft: tuple[int, int] | None = None,
) -> int:
    """Keep a new text of a project when something changed; gives the number of the newest revision.

    Only the parts that are given change: some ``fields`` (text.PAGES), the ``timeline`` [{month, step}], the
    ``budget`` (lines without sums, which are computed). ``base`` is the number of the revision that the writer saw:
    a part that only another one changed since then stays as the other left it; one that both changed is refused,
    Problems("changed_meanwhile", field). ``draft``: (id, version) of the writer's unsaved text that this one
    replaces. An invited
    project begins; one that was handed in is reopened, and what was handed in counts until it is handed in again.
    Writes ProjectRevised, and ProjectReopened. Raises Refused, Closed, Problems.
    """
    project = queries.project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    refuse_before_later_acts(project, now)
    authorise(actor, Action.DEVELOP_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    old = newest(project)
    typed = merging.parts_of(
        text.checked_fields(fields or {}),
        None if timeline is None else text.checked_timeline(timeline),
        None if budget is None else checked_budget(budget),
    )
    seen = old if base in (None, old.number) else queries.revision_by_number(project.id, base or 0)
    new = merging.merged(merging.saved_parts(seen), merging.saved_parts(old), typed)
    if draft is not None:
        forget_draft(project.id, draft[0], actor, version=draft[1])
    if merging.unchanged(old, new):
        return old.number
    was = ProjectState(project.state)
    if was is not ProjectState.DEVELOPING:
        act = "begin" if was is ProjectState.INVITED else "return"
        project.state = move_project(was, act).value
    if was is ProjectState.HANDED_IN:
        note(events.ProjectReopened(number=number_of(project)), project, actor, now)
    row = add_revision(project, *merging.documents(old, new), number=old.number + 1, by=actor, now=now)
    note(events.ProjectRevised(revision=row.number, fingerprint=row.fingerprint), project, actor, now)
    return row.number


@command
def hand_in_project(*, project_id: int, actor: Actor, now: datetime, base: int | None = None) -> None:
    """Declare the newest text final; it may still be changed and handed in again until development ends.

    ``base``: the number of the revision that the author read (changed_meanwhile when it is not the newest).
    Checks that nothing is missing, the rulebook's cost cap and floor, and what later features ask for
    (page_parts.HURDLES). Handing in the same text twice is one act. Writes ProjectHandedIn, and tells the authors.
    Raises Refused, Closed, Problems(<part>_missing, over_cap, under_floor).
    """
    project = queries.project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    refuse_before_later_acts(project, now)
    authorise(actor, Action.DEVELOP_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    row = newest(project)
    if project.state == ProjectState.HANDED_IN and project.handed_in_revision_id == row.id:
        return
    if base is not None and base != row.number:
        raise Invalid("changed_meanwhile")
    problems = text.missing_parts(
        row.fields,
        row.timeline,
        row.budget,
        cap=here.rules.cost_cap_tetri,
        floor=here.rules.cost_floor_tetri,
    )
    settle = [hurdle.problem for hurdle in hurdles_of(here, project, now)]
    if problems or settle:
        raise Problems([*problems, *settle])
    project.state = move_project(project.state, "hand_in").value
    project.handed_in_revision, project.handed_in_at = row, now
    show_text(project, row)
    note(
        events.ProjectHandedIn(
            number=number_of(project),
            revision=row.number,
            cost_tetri=row.cost_tetri,
            fingerprint=row.fingerprint,
        ),
        project,
        actor,
        now,
    )
    short = row.fingerprint[:SHOWN_PRINT]
    tell_authors(project, "project_handed_in", here=here, now=now, revision=row.number, print=short)


@command
def withdraw_project(*, project_id: int, actor: Actor, now: datetime, reason: str = "") -> None:
    """Take a project back before it is frozen: it is public no more and takes no further part. Twice is one act.

    ``reason``: for officials, may be empty. Writes ProjectWithdrawn. Raises Refused, Closed,
    Invalid("too_long", field="reason").
    """
    project = queries.project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    authorise(actor, Action.SEE_OWN, town_id=here.town.id, thing=project)
    if project.state == ProjectState.WITHDRAWN:
        return
    refuse_before_later_acts(project, now)
    authorise(actor, Action.WITHDRAW_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    reason = clean_text(reason)
    if len(reason) > text.REASON_LIMIT:
        raise Invalid("too_long", field="reason", limit=text.REASON_LIMIT)
    project.state = move_project(project.state, "withdraw").value
    project.withdrawal_reason = reason or None
    project.version += 1
    note(events.ProjectWithdrawn(number=number_of(project)), project, actor, now)


@command
def freeze_projects(*, cycle_id: int, now: datetime) -> int:
    """Fix the texts once development is over; gives the number of projects frozen. Nothing to do: 0.

    Handed-in projects become frozen at the revision that was handed in; a project that was reopened and not
    handed in again freezes at what was handed in last. Projects never handed in are abandoned. Changes
    nothing before the review, nor while the cycle is paused or halted. Writes ProjectFrozen,
    ProjectNotHandedIn.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    if not _development_is_over(here.status):
        return 0
    frozen = 0
    for project in queries.unfrozen_for_update(cycle_id):
        counts = project.handed_in_revision
        if counts is None:
            project.state = move_project(project.state, "abandon").value
            note(events.ProjectNotHandedIn(number=number_of(project)), project, None, now)
            continue
        if project.state == ProjectState.DEVELOPING:
            project.state = move_project(project.state, "hand_in").value
        project.state = move_project(project.state, "freeze").value
        project.revision, project.frozen_at = counts, now
        show_text(project, counts)
        note(
            events.ProjectFrozen(
                number=number_of(project), revision=counts.number, fingerprint=counts.fingerprint
            ),
            project,
            None,
            now,
        )
        frozen += 1
    return frozen


def _development_is_over(status: Status | None) -> bool:
    return (
        status is not None
        and not (status.paused or status.halted)
        and ORDER.index(status.phase) >= ORDER.index(Phase.REVIEW)
    )


def freeze_due(*, now: datetime) -> int:
    """Freeze the projects of every cycle whose development is over; for the worker. Writes nothing when
    none is.
    """
    due = [c.id for c in queries.cycles_with_unfrozen() if _development_is_over(here_of(c, now).status)]
    return sum(freeze_projects(cycle_id=cycle_id, now=now) for cycle_id in due)


@command
def settle_cost(*, project_id: int, cost_tetri: int, actor: Actor | None, now: datetime) -> None:
    """What the project costs from now on, once the author has accepted the office's estimate; its text stays.

    The calling command has decided and asked the policy; it joins this transaction. Writes ProjectCostSettled.
    Raises Missing.
    """
    project = queries.project_for_update(project_id)
    before, project.cost_tetri = project.cost_tetri, cost_tetri
    project.version += 1
    said = events.ProjectCostSettled(number=number_of(project), before_tetri=before, cost_tetri=cost_tetri)
    note(said, project, actor, now)


@command
def set_outcome(*, project_id: int, act: str, actor: Actor | None, now: datetime, reason: str = "") -> str:
    """Move a project by an act of core.workflow (decide, place_on_ballot, select, finish …); gives the new
    state.

    The calling command has decided and asked the policy; it joins this transaction. Writes ProjectMoved,
    which is public except for the acts whose outcome is sealed (ProjectMovedSealed). Raises Missing,
    Closed("not_from_this_state"), ValueError for an act that does not exist.
    """
    project = queries.project_for_update(project_id)
    project.state = move_project(project.state, act).value
    project.version += 1
    kind = events.ProjectMovedSealed if act in SEALED_ACTS else events.ProjectMoved
    note(kind(number=number_of(project), act=act, state=project.state, reason=reason), project, actor, now)
    if act in TOLD:
        tell_authors(project, TOLD[act], here=here_by_id(project.cycle_id, now=now), now=now)
    return project.state
