"""For chair and secretary: how many sheets are in, counted by submission alone, and the declared conflicts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from pb.cycles.queries import Here
from pb.db import db
from pb.projects.models import Project
from pb.review import queries_commission as queries
from pb.review.models import ConflictDeclaration
from pb.review.panel_members import CLEAN


@dataclass(frozen=True)
class OfProject:
    """A project: sheets that count, sheets its quorum needs, members who may score it."""

    project: Project
    submitted: int
    needed: int
    members: int


@dataclass(frozen=True)
class OfMember:
    """A member: own sheets submitted, and how many are due after recusals."""

    name: str
    submitted: int
    due: int


@dataclass(frozen=True)
class SheetsIn:
    """The state of a commission's duty. ``missing``: sheets of members not recused that are not in, with those
    that are in and leave a criterion out which nobody accepted (``waiting``).
    """

    projects: list[OfProject]
    members: list[OfMember]
    missing: int
    waiting: int = 0

    @property
    def lacking(self) -> list[OfProject]:
        """The projects below their quorum."""
        return [row for row in self.projects if row.submitted < row.needed]


@dataclass(frozen=True)
class Conflict:
    """A declared conflict as the chair reads it, with its details."""

    project: Project
    member: str
    kind: str
    details: str
    hints: list[str]
    recorded: bool  # by who presides, not by the member


def conflicts(here: Here) -> list[Conflict]:
    """The declared conflicts of the cycle, and hints that a member explained away, by project, in order."""
    names = {account.id: queries.name_of(account) for account in queries.member_accounts(here)}
    rows = db.session.execute(
        select(Project, ConflictDeclaration)
        .join(ConflictDeclaration, ConflictDeclaration.project_id == Project.id)
        .where(
            Project.cycle_id == here.the_cycle.id,
            or_(ConflictDeclaration.kind != CLEAN, ConflictDeclaration.details != ""),
        )
        .order_by(Project.number, ConflictDeclaration.id)
    )
    return [
        Conflict(
            p, names.get(row.member_id, ""), row.kind, row.details, row.hints or [],
            row.recorded_by is not None,
        )
        for p, row in rows
    ]  # fmt: skip


def sheets_in(here: Here) -> SheetsIn:
    """Counts for chair and secretary, projects by number, members in the order of appointment."""
    panel, sheets = queries.panel_of(here), queries.submitted(here.the_cycle.id)
    handed_in = queries.handed_in(here.the_cycle.id)
    projects = queries.scored_projects(here)
    names = {account.id: queries.name_of(account) for account in queries.member_accounts(here)}
    rows = [
        OfProject(p, len(sheets.get(p.id, ())), panel.quorum(p.id), len(panel.active(p.id))) for p in projects
    ]
    members = []
    may_score = {p.id: panel.active(p.id) for p in projects}
    for member in panel.everybody:
        due = [p.id for p in projects if member in may_score[p.id]]
        if not due and member not in panel.members:
            continue  # a substitute who waits
        done = sum(member in handed_in.get(project, ()) for project in due)
        members.append(OfMember(names.get(member, ""), done, len(due)))
    waiting = sum(len(ids - sheets.get(project, set())) for project, ids in handed_in.items())
    return SheetsIn(rows, members, sum(m.due - m.submitted for m in members) + waiting, waiting)
