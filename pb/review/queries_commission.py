"""Reading for the commission before its scores are opened: own sheets, declarations, who is recused, how many
sheets are in. Nothing here tells anybody another member's score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.core.errors import Missing
from pb.core.phases import Phase
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.models import Idea, IdeaAuthor
from pb.projects.models import Project, ProjectIdea
from pb.review import queries_scoring
from pb.review.models import ConflictDeclaration, EligibilityCheck, ScoreSheet
from pb.review.models_panel import Seat
from pb.review.panel_members import CHECKER, CLEAN, MENTOR, Panel, recused_from
from pb.review.queries_feasibility import officials_on
from pb.review.queries_seats import VOTING, members_and_substitutes
from pb.training.queries_mentors import mentors_in

GONE = (ProjectState.WITHDRAWN, ProjectState.ABANDONED)
ABOUT_TO_FREEZE = (ProjectState.HANDED_IN, ProjectState.DEVELOPING)


class Standing(StrEnum):
    """Where a member stands with a project."""

    DECLARE = "declare"
    SCORE = "score"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECUSED = "recused"


@dataclass(frozen=True)
class Duty:
    """A project on a member's list. ``kind``: why the member is recused, else empty."""

    project: Project
    standing: Standing
    kind: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """Own sheets: how many are due (recusals taken off) and how many are submitted."""

    due: int
    done: int


def cycle_of_project(project_id: int) -> int:
    """The cycle of a project. Raises Missing."""
    cycle_id = db.session.scalar(select(Project.cycle_id).where(Project.id == project_id))
    if cycle_id is None:
        raise Missing("no_such_project")
    return cycle_id


def project_as_it_is(project_id: int) -> Project:
    """A project read anew inside a command, without holding it. Raises Missing."""
    query = select(Project).where(Project.id == project_id).execution_options(populate_existing=True)
    project = db.session.execute(query).scalar_one_or_none()
    if project is None:
        raise Missing("no_such_project")
    return project


def scored_projects(here: Here) -> list[Project]:
    """The projects before the commission, by number: frozen ones, and in the review those whose text is about
    to be (the first act of a member freezes them, should the worker be late).
    """
    status = here.status
    reached = status is not None and status.phase is Phase.REVIEW
    rows = db.session.scalars(
        select(Project)
        .where(
            Project.cycle_id == here.the_cycle.id,
            Project.handed_in_revision_id.is_not(None),
            Project.state.not_in(GONE),
        )
        .options(
            joinedload(Project.unit),
            joinedload(Project.handed_in_revision),
            selectinload(Project.links).joinedload(ProjectIdea.idea).selectinload(Idea.authors),
        )
        .order_by(Project.number)
    )
    return [p for p in rows if p.frozen_at is not None or (reached and p.state in ABOUT_TO_FREEZE)]


def scored_project(here: Here, number: int) -> Project | None:
    """One of them by its number in the cycle."""
    return next((p for p in scored_projects(here) if p.number == number), None)


def member_accounts(here: Here) -> list[Account]:
    """Everybody who scores or scored, substitutes included, in the order of their seats."""
    rows = db.session.scalars(
        select(Seat)
        .where(Seat.cycle_id == here.the_cycle.id, Seat.function.in_((*VOTING, "substitute")))
        .options(joinedload(Seat.account))
        .order_by(Seat.function != "chair", Seat.function != "vice_chair", Seat.id)
    )
    return list(dict.fromkeys(seat.account for seat in rows))


def name_of(account: Account | None) -> str:
    """A member's name, which is public; empty when none is stored."""
    return unseal(account.name_sealed) if account else ""


def panel_of(here: Here) -> Panel:
    """Members, substitutes and recusals of the cycle."""
    cycle_id = here.the_cycle.id
    regular, waiting = members_and_substitutes(cycle_id)
    sheets = submitted(cycle_id)
    members = dict.fromkeys((*regular, *waiting, *sorted(m for ids in sheets.values() for m in ids)))
    rows = db.session.execute(
        select(Project.id, Project.unit_id, Project.category).where(Project.cycle_id == cycle_id)
    )
    pools = {project: (unit, category) for project, unit, category in rows}
    drawn = queries_scoring.assigned(cycle_id) if here.rules.scoring.members_per_project else None
    return Panel(regular, recused_from(_direct_conflicts(cycle_id, members), pools), waiting, sheets, drawn)


def _direct_conflicts(cycle_id: int, members: Collection[int]) -> dict[tuple[int, int], str]:
    """Declared conflicts, authors, mentors, and those who checked an idea of the project, by (member, project)."""
    found: dict[tuple[int, int], str] = {}
    in_cycle = select(Project.id).where(Project.cycle_id == cycle_id)
    authors = db.session.execute(
        select(IdeaAuthor.account_id, ProjectIdea.project_id)
        .join(ProjectIdea, ProjectIdea.idea_id == IdeaAuthor.idea_id)
        .where(ProjectIdea.project_id.in_(in_cycle), IdeaAuthor.account_id.in_(members))
    )
    for member, project in authors:
        if member is not None:
            found[member, project] = "author"
    for pair in mentors_in(cycle_id, members):
        found.setdefault(pair, MENTOR)
    declared = db.session.execute(
        select(ConflictDeclaration.member_id, ConflictDeclaration.project_id, ConflictDeclaration.kind)
        .where(ConflictDeclaration.project_id.in_(in_cycle), ConflictDeclaration.kind != CLEAN)
        .order_by(ConflictDeclaration.id)
    )
    for member, project, kind in declared:
        found.setdefault((member, project), kind)
        if kind in ("author", "family") and found[member, project] not in ("author", "family"):
            found[member, project] = kind  # the graver one, which takes the member out of the pool
    checks = db.session.execute(
        select(EligibilityCheck.officer_id, ProjectIdea.project_id)
        .join(ProjectIdea, ProjectIdea.idea_id == EligibilityCheck.idea_id)
        .where(ProjectIdea.project_id.in_(in_cycle), EligibilityCheck.officer_id.in_(members))
    )
    for member, project in (*checks, *officials_on(cycle_id, members)):
        found.setdefault((member, project), CHECKER)
    return found


def submitted(cycle_id: int) -> dict[int, set[int]]:
    """Whose sheets count, by project: members' ids only, never what the sheets say. A sheet that leaves a criterion out
    counts once that is accepted.
    """
    return _whose(
        cycle_id, ScoreSheet.state == "submitted", ScoreSheet.id.not_in(queries_scoring.waiting_ids())
    )


def handed_in(cycle_id: int) -> dict[int, set[int]]:
    """Whose sheets are in, by project, whether they count yet or not."""
    return _whose(cycle_id, ScoreSheet.state == "submitted")


def sheets_begun(cycle_id: int) -> bool:
    """Whether anybody has begun a sheet."""
    return bool(_whose(cycle_id))


def _whose(cycle_id: int, *conditions: ColumnElement[bool]) -> dict[int, set[int]]:
    rows = db.session.execute(
        select(ScoreSheet.project_id, ScoreSheet.member_id)
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(Project.cycle_id == cycle_id, *conditions)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for project, member in rows:
        found[project].add(member)
    return found


def clean_declaration(project_id: int, member_id: int) -> ConflictDeclaration | None:
    """The member's word that no conflict stands in the way (a later conflict shows as recusal)."""
    return db.session.scalars(
        select(ConflictDeclaration)
        .where(
            ConflictDeclaration.project_id == project_id,
            ConflictDeclaration.member_id == member_id,
            ConflictDeclaration.kind == CLEAN,
        )
        .order_by(ConflictDeclaration.id)
        .limit(1)
    ).first()


def last_declaration(project_id: int, member_id: int) -> ConflictDeclaration | None:
    """The member's newest word on the project."""
    return db.session.scalars(
        select(ConflictDeclaration)
        .where(ConflictDeclaration.project_id == project_id, ConflictDeclaration.member_id == member_id)
        .order_by(ConflictDeclaration.id.desc())
        .limit(1)
    ).first()


def own_sheet(project_id: int, member_id: int, *, lock: bool = False) -> ScoreSheet | None:
    """The member's own sheet on the project with its lines; ``lock`` inside a command."""
    query = (
        select(ScoreSheet)
        .where(ScoreSheet.project_id == project_id, ScoreSheet.member_id == member_id)
        .options(selectinload(ScoreSheet.lines))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one_or_none()


def own_sheets(cycle_id: int, member_id: int, *, lock: bool = False) -> dict[int, ScoreSheet]:
    """All of a member's own sheets in the cycle, by project id."""
    query = (
        select(ScoreSheet)
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(Project.cycle_id == cycle_id, ScoreSheet.member_id == member_id)
        .order_by(ScoreSheet.id)
    )
    if lock:
        query = query.with_for_update(of=ScoreSheet).execution_options(populate_existing=True)
    return {sheet.project_id: sheet for sheet in db.session.scalars(query)}


def duties(here: Here, member_id: int) -> list[Duty]:
    """A member's own list, by number; empty for who is no member."""
    cycle_id = here.the_cycle.id
    panel = panel_of(here)
    if member_id not in panel.everybody:
        return []
    sheets = own_sheets(cycle_id, member_id)
    clean = set(
        db.session.scalars(
            select(ConflictDeclaration.project_id).where(
                ConflictDeclaration.member_id == member_id, ConflictDeclaration.kind == CLEAN
            )
        )
    )
    rows = []
    for project in scored_projects(here):
        kind, sheet = panel.kind(member_id, project.id), sheets.get(project.id)
        if kind:
            rows.append(Duty(project, Standing.RECUSED, kind))
        elif member_id not in panel.active(project.id):
            continue
        elif sheet is not None and sheet.state == "submitted":
            rows.append(Duty(project, Standing.SUBMITTED, submitted_at=sheet.submitted_at))
        elif sheet is not None:
            rows.append(Duty(project, Standing.DRAFT))
        else:
            rows.append(Duty(project, Standing.SCORE if project.id in clean else Standing.DECLARE))
    return rows


def progress(here: Here, account_id: int) -> Progress:
    """How far a member is with the own sheets (for the desk and the staff board)."""
    rows = [duty for duty in duties(here, account_id) if duty.standing is not Standing.RECUSED]
    return Progress(len(rows), sum(duty.standing is Standing.SUBMITTED for duty in rows))


def next_duty(rows: list[Duty], after: int) -> Duty | None:
    """The next project (number) that waits for the member, going round at the end of the list."""
    open_ones = [d for d in rows if d.standing not in (Standing.SUBMITTED, Standing.RECUSED)]
    open_ones = [d for d in open_ones if d.project.number != after]
    return next((d for d in open_ones if d.project.number > after), open_ones[0] if open_ones else None)
