"""Reading opinions, answers to notes, and cost cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pb.core.rulebook import Rulebook
from pb.core.workdays import TBILISI
from pb.db import db
from pb.ideas.models import Idea
from pb.projects.models import Project, ProjectIdea
from pb.review.models import EligibilityCheck
from pb.review.models_feasibility import CostAnswer, CostCard, NoteAnswer, Opinion, OpinionRequest

REPRESENTATIVE = "representative"


def departments(rules: Rulebook) -> list[str]:
    """Whom the office can ask: the departments of the checklist, then the mayor's representative in the unit."""
    named = dict.fromkeys(check.department for check in rules.checklist if check.department)
    return [*named, REPRESENTATIVE]


@dataclass(frozen=True)
class Asked:
    """A request with its answer, if there is one. ``late``: its last day has passed without one."""

    request: OpinionRequest
    opinion: Opinion | None
    late: bool


def _asked(query: Any, now: datetime) -> list[Asked]:
    today = now.astimezone(TBILISI).date()
    rows = db.session.execute(query).all()
    return [Asked(request, opinion, opinion is None and today > request.due) for request, opinion in rows]


def _requests() -> Any:
    return (
        select(OpinionRequest, Opinion)
        .outerjoin(Opinion, Opinion.request_id == OpinionRequest.id)
        .options(joinedload(OpinionRequest.idea))
    )


def opinions_on(idea_id: int, now: datetime) -> list[Asked]:
    """What was asked about an idea by ``now``, in the order of asking."""
    query = _requests().where(OpinionRequest.idea_id == idea_id, OpinionRequest.at <= now)
    return _asked(query.order_by(OpinionRequest.id), now)


def open_opinions(cycle_id: int, now: datetime, department: str = "") -> list[Asked]:
    """What waits for an answer in the cycle (from one department), what is due first on top."""
    query = (
        _requests()
        .join(Idea, Idea.id == OpinionRequest.idea_id)
        .where(Idea.cycle_id == cycle_id, Opinion.request_id.is_(None), OpinionRequest.at <= now)
        .order_by(OpinionRequest.due, OpinionRequest.id)
    )
    if department:
        query = query.where(OpinionRequest.department == department)
    return _asked(query, now)


def request_in_cycle(cycle_id: int, request_id: int) -> OpinionRequest | None:
    """A request of this cycle, by its id."""
    request = db.session.get(OpinionRequest, request_id)
    return request if request is not None and request.idea.cycle_id == cycle_id else None


def opinion_of(request_id: int) -> Opinion | None:
    """The answer to a request."""
    return db.session.get(Opinion, request_id)


def answers_to(check_ids: Collection[int], now: datetime) -> dict[tuple[int, str], NoteAnswer]:
    """The author's newest answers to the notes of checks, by (check, note)."""
    if not check_ids:
        return {}
    rows = db.session.scalars(
        select(NoteAnswer)
        .where(NoteAnswer.check_id.in_(check_ids), NoteAnswer.at <= now)
        .order_by(NoteAnswer.id)
    )
    return {(row.check_id, row.note): row for row in rows}


def notes_of(check: EligibilityCheck) -> dict[str, str]:
    """What the author has to answer one by one: notes on fields, and criteria not met ("check:<id>")."""
    found = {f"check:{line['check']}": line["note"] for line in check.lines if line["passed"] is False}
    return {**found, **check.notes}


@dataclass(frozen=True)
class Card:
    """A cost card with the author's answer. ``standing``: waiting, accepted, silence or refused."""

    card: CostCard
    answer: CostAnswer | None

    @property
    def standing(self) -> str:
        if self.answer is None:
            return "waiting"
        if not self.answer.accepts:
            return "refused"
        return "accepted" if self.answer.by is not None else "silence"


def cards_of(project_id: int, now: datetime) -> list[Card]:
    """The cards of a project by ``now``, newest first."""
    rows = db.session.execute(
        select(CostCard, CostAnswer)
        .outerjoin(CostAnswer, CostAnswer.card_id == CostCard.id)
        .where(CostCard.project_id == project_id, CostCard.at <= now)
        .order_by(CostCard.number.desc())
    )
    return [Card(card, answer) for card, answer in rows]


def newest_cards(cycle_id: int) -> dict[int, Card]:
    """The newest card of each project of the cycle, by project id."""
    rows = db.session.execute(
        select(CostCard, CostAnswer)
        .outerjoin(CostAnswer, CostAnswer.card_id == CostCard.id)
        .join(Project, Project.id == CostCard.project_id)
        .where(Project.cycle_id == cycle_id)
        .order_by(CostCard.number)
    )
    return {card.project_id: Card(card, answer) for card, answer in rows}


def unanswered_past(today: date) -> list[int]:
    """The ids of cards whose term is over without an answer, and that no newer card replaced."""
    newer = select(CostCard.project_id, CostCard.number).subquery()
    return list(
        db.session.scalars(
            select(CostCard.id)
            .outerjoin(CostAnswer, CostAnswer.card_id == CostCard.id)
            .where(
                CostAnswer.card_id.is_(None),
                CostCard.due < today,
                ~select(newer.c.number)
                .where(newer.c.project_id == CostCard.project_id, newer.c.number > CostCard.number)
                .exists(),
            )
            .order_by(CostCard.id)
        )
    )


def officials_on(cycle_id: int, members: Collection[int]) -> list[tuple[int, int]]:
    """(account, project) of those who gave an opinion on an idea of the project, or made a cost card of it."""
    opinions = (
        select(Opinion.given_by, ProjectIdea.project_id)
        .join(OpinionRequest, OpinionRequest.id == Opinion.request_id)
        .join(ProjectIdea, ProjectIdea.idea_id == OpinionRequest.idea_id)
        .join(Project, Project.id == ProjectIdea.project_id)
        .where(Project.cycle_id == cycle_id, Opinion.given_by.in_(members))
    )
    cards = (
        select(CostCard.made_by, CostCard.project_id)
        .join(Project, Project.id == CostCard.project_id)
        .where(Project.cycle_id == cycle_id, CostCard.made_by.in_(members))
    )
    return [(person, project) for query in (opinions, cards) for person, project in db.session.execute(query)]
