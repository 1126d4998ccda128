"""Reading sheets that leave criteria out, who was drawn to score what, and lots. Before the opening nothing here
tells a level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from pb.accounts.models import Account
from pb.core.lots import draw
from pb.core.scoring import SMALLEST_QUORUM
from pb.db import db
from pb.projects.models import Project
from pb.review.models import ScoreLine, ScoreSheet
from pb.review.models_scoring import AcceptedGap, Assignment, AssignmentRound, LotDrawn, LotEntry, TieLot


def waiting_ids() -> Select[int]:
    """The submitted sheets that leave a criterion out and are not accepted (as a subquery, of all cycles)."""
    return (
        select(ScoreSheet.id)
        .join(ScoreLine, ScoreLine.sheet_id == ScoreSheet.id)
        .outerjoin(AcceptedGap, AcceptedGap.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.state == "submitted", ScoreLine.cannot_judge, AcceptedGap.sheet_id.is_(None))
    )


def is_accepted(sheet_id: int) -> bool:
    """Whether the gaps of the sheet were accepted."""
    return db.session.get(AcceptedGap, sheet_id) is not None


@dataclass(frozen=True)
class Gap:
    """A submitted sheet that leaves criteria out: whose, on what, which criteria with which reasons, and the
    acceptance, if there is one.
    """

    sheet: ScoreSheet
    project: Project
    member: Account
    reasons: Mapping[str, str]
    accepted: AcceptedGap | None


def gaps(cycle_id: int) -> list[Gap]:
    """All of them in the cycle, by project, in the order of submission."""
    rows = db.session.execute(
        select(ScoreSheet, Project, Account, AcceptedGap)
        .join(Project, Project.id == ScoreSheet.project_id)
        .join(Account, Account.id == ScoreSheet.member_id)
        .outerjoin(AcceptedGap, AcceptedGap.sheet_id == ScoreSheet.id)
        .where(
            Project.cycle_id == cycle_id,
            ScoreSheet.state == "submitted",
            select(ScoreLine.id).where(ScoreLine.sheet_id == ScoreSheet.id, ScoreLine.cannot_judge).exists(),
        )
        .order_by(Project.number, ScoreSheet.submitted_at, ScoreSheet.id)
    ).all()
    reasons: dict[int, dict[str, str]] = defaultdict(dict)
    lines = select(ScoreLine.sheet_id, ScoreLine.criterion, ScoreLine.reason).where(
        ScoreLine.cannot_judge, ScoreLine.sheet_id.in_([sheet.id for sheet, *_ in rows])
    )
    for sheet_id, criterion, reason in db.session.execute(lines.order_by(ScoreLine.id)):
        reasons[sheet_id][criterion] = reason
    return [Gap(sheet, project, member, reasons[sheet.id], done) for sheet, project, member, done in rows]


def thin_criteria(cycle_id: int) -> dict[int, list[str]]:
    """By project id: the criteria that fewer than three of the counted sheets judge, though there are three sheets.

    Whether a criterion is left out is all that is read, never a level.
    """
    counted = (
        ScoreSheet.state == "submitted",
        Project.cycle_id == cycle_id,
        ScoreSheet.id.not_in(waiting_ids()),
    )
    numbers = db.session.execute(
        select(ScoreSheet.project_id, func.count())
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(*counted)
        .group_by(ScoreSheet.project_id)
    )
    sheets = {project_id: count for project_id, count in numbers}  # noqa: C416 - rows are no pairs to dict()
    rows = db.session.execute(
        select(ScoreSheet.project_id, ScoreLine.criterion, func.count())
        .join(ScoreSheet, ScoreSheet.id == ScoreLine.sheet_id)
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(*counted, ScoreLine.cannot_judge)
        .group_by(ScoreSheet.project_id, ScoreLine.criterion)
        .order_by(ScoreSheet.project_id, ScoreLine.criterion)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for project_id, criterion, left_out in rows:
        if sheets[project_id] >= SMALLEST_QUORUM > sheets[project_id] - left_out:
            found[project_id].append(criterion)
    return dict(found)


def newest_round(cycle_id: int) -> AssignmentRound | None:
    """The draw that stands."""
    return db.session.scalars(
        select(AssignmentRound)
        .where(AssignmentRound.cycle_id == cycle_id)
        .order_by(AssignmentRound.number.desc())
        .limit(1)
    ).first()


def assigned(cycle_id: int) -> dict[int, tuple[int, ...]]:
    """Who was drawn for what, by project id; empty without a draw."""
    newest = (
        select(func.max(AssignmentRound.id)).where(AssignmentRound.cycle_id == cycle_id).scalar_subquery()
    )
    rows = db.session.execute(
        select(Assignment.project_id, Assignment.member_id)
        .where(Assignment.round_id == newest)
        .order_by(Assignment.project_id, Assignment.member_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for project, member in rows:
        found[project] = (*found.get(project, ()), member)
    return found


@dataclass(frozen=True)
class Lot:
    """A lot with what was entered (newest of each person, in order) and, once two agree, the drawn order."""

    lot: TieLot
    entries: list[tuple[LotEntry, Account]]
    drawn: LotDrawn | None

    @property
    def order(self) -> tuple[int, ...]:
        """Project numbers as they were drawn; empty before."""
        return draw(self.lot.projects, self.lot.salt, self.drawn.seed) if self.drawn else ()


def lots(cycle_id: int) -> list[Lot]:
    """Every lot of the cycle, oldest first."""
    rows = db.session.execute(
        select(TieLot, LotDrawn)
        .outerjoin(LotDrawn, LotDrawn.lot_id == TieLot.id)
        .where(TieLot.cycle_id == cycle_id)
        .order_by(TieLot.number)
    ).all()
    entries: dict[int, dict[int, tuple[LotEntry, Account]]] = defaultdict(dict)
    made = (
        select(LotEntry, Account)
        .join(Account, Account.id == LotEntry.by)
        .where(LotEntry.lot_id.in_([lot.id for lot, _ in rows]))
        .order_by(LotEntry.id)
    )
    for entry, account in db.session.execute(made):
        entries[entry.lot_id][entry.by] = (entry, account)
    return [Lot(lot, list(entries[lot.id].values()), drawn) for lot, drawn in rows]


def lot_for_update(lot_id: int) -> TieLot | None:
    """A lot, locked and read again."""
    query = select(TieLot).where(TieLot.id == lot_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def drawn_lots(cycle_id: int) -> list[dict[str, Any]]:
    """The lots that were drawn, oldest first, as the ranking's document has them."""
    return [
        {
            "number": one.lot.number,
            "list": sorted(one.lot.projects),
            "salt": one.lot.salt,
            "list_sha256": one.lot.fingerprint,
            "source": one.lot.source,
            "source_on": one.lot.source_on.isoformat(),
            "seed": one.drawn.seed,
        }
        for one in lots(cycle_id)
        if one.drawn is not None
    ]


def sheet_for_update(sheet_id: int) -> ScoreSheet | None:
    """A sheet with its lines, locked and read again."""
    query = (
        select(ScoreSheet)
        .where(ScoreSheet.id == sheet_id)
        .options(joinedload(ScoreSheet.lines))
        .with_for_update(of=ScoreSheet)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(query).unique().scalar_one_or_none()
