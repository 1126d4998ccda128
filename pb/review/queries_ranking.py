"""Reading what is sealed until the chair opens it: counted sheets, the ranking, decisions, what is public.
Only commands of the opening, and pages behind it, call this.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pb.core.panel import PanelSheet
from pb.cycles.queries import Here
from pb.db import db
from pb.projects.models import Project
from pb.review import queries_commission, queries_scoring
from pb.review.letters import letters_of
from pb.review.models import (
    Decision,
    DecisionsPublished,
    FinalList,
    RankingSnapshot,
    ScoreLine,
    ScoreSheet,
    ScoresOpened,
)
from pb.review.models_minutes import SecondSheet
from pb.review.panel_members import Panel
from pb.review.queries_feasibility import newest_cards
from pb.review.ranking_document import CountedSheet, RankedProject, letters_stable


def opened(cycle_id: int) -> ScoresOpened | None:
    """The opening of the cycle's scores, if it has happened."""
    return db.session.get(ScoresOpened, cycle_id)


def is_open(cycle_id: int) -> bool:
    """Whether the chair has opened the scores."""
    return opened(cycle_id) is not None


def publication(cycle_id: int) -> DecisionsPublished | None:
    """The publication of the decisions, if it has happened."""
    return db.session.get(DecisionsPublished, cycle_id)


def is_published(cycle_id: int, now: datetime) -> bool:
    """Whether the decisions are public at ``now`` (a rehearsal clock may be turned back)."""
    row = publication(cycle_id)
    return row is not None and row.at <= now


def confirmation(cycle_id: int) -> FinalList | None:
    """The act by which the list became final, if it has happened."""
    return db.session.get(FinalList, cycle_id)


def final_list(cycle_id: int, now: datetime) -> FinalList | None:
    """The same as it stood at ``now``."""
    row = confirmation(cycle_id)
    return row if row is not None and row.at <= now else None


def public_decisions(cycle_id: int, now: datetime) -> dict[int, Decision]:
    """What is public of the decisions at ``now``: one that was taken anew comes out with the final list alone."""
    return decisions(cycle_id, redone=final_list(cycle_id, now) is not None)


@dataclass(frozen=True)
class OpenSheet:
    """A counted sheet, opened. ``reasons`` are public by criterion; private notes are never loaded here.

    ``why_second``: why the member handed in a second sheet, whose values these are; empty for a first one.
    """

    member_id: int
    letter: str
    values: Mapping[str, int]
    reasons: Mapping[str, str]
    seconds: int | None
    why_second: str = ""


def counted_sheets(
    cycle_id: int, project_id: int | None = None, *, stable: bool = False, first: bool = False
) -> dict[int, list[OpenSheet]]:
    """All counted sheets by project id (or those of one project), in the order of their letters. Void ones do not
    count, nor do those whose gaps nobody accepted. A second sheet counts instead of the first one, but for those who
    ask for the ``first``. ``stable``: a member has one letter on all projects (ranking_document.letters_stable).
    """
    rows, lines = _rows(cycle_id, project_id)
    members: dict[int, list[int]] = defaultdict(list)
    for sheet in rows:
        members[sheet.project_id].append(sheet.member_id)
    if stable:
        everybody = set().union(*members.values()) if project_id is None else _who_scored(cycle_id)
        one = letters_of(f"cycle {cycle_id}", everybody)
        letters = dict.fromkeys(members, one)
    else:
        letters = {project: letters_of(project, ids) for project, ids in members.items()}
    found: dict[int, list[OpenSheet]] = defaultdict(list)
    seconds = {} if first else second_sheets(cycle_id)
    for sheet in rows:
        if sheet.state == "submitted":
            opened = _open(sheet, letters[sheet.project_id][sheet.member_id], lines[sheet.id])
            if (second := seconds.get(sheet.id)) is not None:
                opened = replace(
                    opened, values=second.levels, reasons=second.reasons, why_second=second.reason
                )
            found[sheet.project_id].append(opened)
    return {
        project: sorted(sheets, key=lambda s: (len(s.letter), s.letter)) for project, sheets in found.items()
    }


def _who_scored(cycle_id: int) -> set[int]:
    rows = db.session.scalars(
        select(ScoreSheet.member_id)
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(Project.cycle_id == cycle_id, ScoreSheet.state != "draft")
        .distinct()
    )
    return set(rows)


def second_sheets(cycle_id: int) -> dict[int, SecondSheet]:
    """The second sheets of the cycle, by the id of the first one."""
    rows = db.session.scalars(
        select(SecondSheet)
        .join(ScoreSheet, ScoreSheet.id == SecondSheet.sheet_id)
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(Project.cycle_id == cycle_id)
        .order_by(SecondSheet.sheet_id)
    )
    return {row.sheet_id: row for row in rows}


def _rows(
    cycle_id: int, project_id: int | None
) -> tuple[Sequence[Any], Mapping[int, list[tuple[str, int | None, str]]]]:
    """Sheets as plain rows, and their lines (criterion, level, reason) by sheet: two statements however many there are,
    and no objects, of which a large commission would have tens of thousands.
    """
    conditions = [
        Project.cycle_id == cycle_id,
        ScoreSheet.state != "draft",
        ScoreSheet.id.not_in(queries_scoring.waiting_ids()),
    ]
    if project_id is not None:
        conditions.append(ScoreSheet.project_id == project_id)
    sheets = db.session.execute(
        select(
            ScoreSheet.id, ScoreSheet.project_id, ScoreSheet.member_id, ScoreSheet.state, ScoreSheet.started_at,
            ScoreSheet.submitted_at,
        )
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(*conditions)
        .order_by(ScoreSheet.id)
    ).all()  # fmt: skip
    lines: dict[int, list[tuple[str, int | None, str]]] = defaultdict(list)
    query = (
        select(ScoreLine.sheet_id, ScoreLine.criterion, ScoreLine.value, ScoreLine.reason)
        .join(ScoreSheet, ScoreSheet.id == ScoreLine.sheet_id)
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(*conditions)
        .order_by(ScoreLine.id)
    )
    for sheet_id, criterion, value, reason in db.session.execute(query):
        lines[sheet_id].append((criterion, value, reason))
    return sheets, lines


def _open(sheet: Any, letter: str, lines: Sequence[tuple[str, int | None, str]]) -> OpenSheet:
    seconds = None
    if sheet.submitted_at is not None:
        seconds = max(0, int((sheet.submitted_at - sheet.started_at).total_seconds()))
    return OpenSheet(
        sheet.member_id,
        letter,
        {criterion: value for criterion, value, _ in lines if value is not None},
        {criterion: reason for criterion, _, reason in lines if reason},
        seconds,
    )


def ranked_projects(
    projects: list[Project],
    panel: Panel,
    sheets: Mapping[int, list[OpenSheet]],
    running: Mapping[int, int],
) -> list[RankedProject]:
    """What the ranking is computed from. ``running``: tetri a year, by project id."""
    found = []
    for project in projects:
        text = project.handed_in_revision
        assert text is not None
        found.append(
            RankedProject(
                number=project.number,
                title=project.title,
                unit=project.unit.slug if project.unit else None,
                cost_tetri=project.cost_tetri,
                revision=text.number,
                fingerprint=text.fingerprint,
                members=len(panel.active(project.id)),
                quorum=panel.quorum(project.id),
                sheets=[CountedSheet(s.letter, s.values, s.member_id) for s in sheets.get(project.id, [])],
                running_cost_tetri=running.get(project.id, 0),
            )
        )
    return found


def running_costs(cycle_id: int) -> dict[int, int]:
    """What each project costs a year by its newest card, by project id."""
    return {project: found.card.running_tetri for project, found in newest_cards(cycle_id).items()}


def ranked_of(
    here: Here, projects: list[Project], sheets: Mapping[int, list[OpenSheet]] | None = None
) -> list[RankedProject]:
    """The same, read as it stands now; ``sheets``: when they were read already."""
    cycle_id = here.the_cycle.id
    if sheets is None:
        sheets = counted_sheets(cycle_id, stable=letters_stable(here.rules))
    return ranked_projects(
        projects,
        queries_commission.panel_of(here),
        sheets,
        running_costs(cycle_id),
    )


def panel_sheets(projects: list[Project], sheets: Mapping[int, list[OpenSheet]]) -> list[PanelSheet]:
    """The same sheets for the flags: projects by number, members by account id."""
    return [
        PanelSheet(project.number, sheet.member_id, sheet.values, sheet.seconds)
        for project in projects
        for sheet in sheets.get(project.id, [])
    ]


def newest_snapshot(cycle_id: int) -> RankingSnapshot | None:
    """The ranking that stands."""
    return db.session.scalars(
        select(RankingSnapshot)
        .where(RankingSnapshot.cycle_id == cycle_id)
        .order_by(RankingSnapshot.number.desc())
        .limit(1)
    ).first()


def snapshots(cycle_id: int) -> list[RankingSnapshot]:
    """Every ranking that was computed, oldest first."""
    return list(
        db.session.scalars(
            select(RankingSnapshot)
            .where(RankingSnapshot.cycle_id == cycle_id)
            .order_by(RankingSnapshot.number)
        )
    )


def document_of(snapshot: RankingSnapshot) -> dict[str, Any]:
    """The stored document of a ranking (pb.review.ranking_document.build)."""
    data: dict[str, Any] = json.loads(snapshot.document)
    return data


def entries_of(snapshot: RankingSnapshot) -> dict[int, dict[str, Any]]:
    """The document's projects by number, in the order of their ranks."""
    return {entry["number"]: entry for entry in document_of(snapshot)["projects"]}


def decisions(cycle_id: int, *, redone: bool = True) -> dict[int, Decision]:
    """The newest decision on each project, by project id; without ``redone`` those of the preliminary list."""
    newest = (
        select(func.max(Decision.id))
        .join(Project, Project.id == Decision.project_id)
        .where(Project.cycle_id == cycle_id)
        .group_by(Decision.project_id)
    )
    if not redone:
        newest = newest.where(Decision.objection_id.is_(None))
    rows = db.session.scalars(select(Decision).where(Decision.id.in_(newest)).order_by(Decision.id))
    return {row.project_id: row for row in rows}


def below_quorum(here: Here) -> frozenset[int]:
    """Numbers of the projects that the newest ranking left out because their quorum is missing."""
    snapshot = newest_snapshot(here.the_cycle.id)
    return frozenset(document_of(snapshot)["below_quorum"]) if snapshot else frozenset()
