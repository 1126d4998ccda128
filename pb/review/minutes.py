"""The minutes of a session, drawn up from what happened: this file alone says what they hold. While the session goes on
they are a draft; once fixed, the same document never changes.

Codes (functions, recusals, outcomes) stand as they are stored, moments as ISO 8601 in UTC: the page and the paper say
them in the reader's language. Recusals are named with their kind, never with their details.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pb.core.sessions import ABSTAINED, AGAINST, FOR
from pb.cycles.queries import Here
from pb.db import db
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_ranking, queries_seats
from pb.review import queries_session as queries
from pb.review.models import Decision, RankingSnapshot, ScoreSheet
from pb.review.models_minutes import Reconciled, SecondSheet
from pb.review.models_session import AgendaItem, Question, Sitting, Turn, TurnMember
from pb.review.queries_commission import name_of
from pb.review.queries_seats import FUNCTIONS

FORMAT = "pb-minutes-1"


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def draft(here: Here, sitting: Sitting, *, number: str = "", remarks: str = "") -> dict[str, Any]:
    """Plain data for canonical JSON. ``number``: in the register; ``remarks``: the secretary's own words."""
    cycle = here.the_cycle
    came = queries.attendance(sitting.id)
    seats = queries_seats.seats(cycle.id)
    names = {seat.account_id: name_of(seat.account) for seat in seats}
    names |= {row.account_id: name_of(row.account) for row in came}
    voting, there = queries.voting_members(cycle.id), {row.account_id for row in came}
    present = {
        row.account_id
        for row in came
        if sitting.opened_at is not None
        and row.came_at <= sitting.opened_at
        and (row.left_at is None or row.left_at >= sitting.opened_at)
    }
    found = {row.project_id: row for row in _decisions(sitting.id)}
    return {
        "format": FORMAT,
        "town": here.town.slug,
        "year": cycle.year,
        "session": sitting.number,
        "number": number,
        "place": sitting.place,
        "planned_at": _moment(sitting.planned_at),
        "opened_at": _moment(sitting.opened_at),
        "closed_at": _moment(sitting.closed_at),
        "chair": names.get(sitting.opened_by or 0, ""),
        "members": len(voting),
        "quorum": queries.quorum_of(cycle.id),
        "present": sum(member in present for member in voting),
        "attendance": [
            {
                "name": names[row.account_id],
                "function": row.function,
                "came_at": _moment(row.came_at),
                "left_at": _moment(row.left_at),
            }
            for row in sorted(came, key=lambda row: (FUNCTIONS.index(row.function), row.id))
        ],
        "absent": [
            {"name": names[seat.account_id], "function": seat.function}
            for seat in seats
            if seat.account_id in voting and seat.account_id not in there
        ],
        "ranking": _ranking(sitting.id, list(found.values())),
        "second_sheets": _second_sheets(sitting.id),
        "items": _items(sitting, names, found),
        "decisions": [_decision(row, project) for row, project in _with_projects(here, found)],
        "remarks": remarks,
    }


def _decisions(sitting_id: int) -> list[Decision]:
    """What was decided in the session, in its order; on each project the last one stands."""
    return list(
        db.session.scalars(select(Decision).where(Decision.sitting_id == sitting_id).order_by(Decision.id))
    )


def _with_projects(here: Here, found: dict[int, Decision]) -> list[tuple[Decision, Project]]:
    rows = db.session.scalars(select(Project).where(Project.id.in_(found)).order_by(Project.number))
    return [(found[project.id], project) for project in rows]


def _decision(row: Decision, project: Project) -> dict[str, Any]:
    return {
        "project": number_of(project),
        "title": project.title,
        "language": project.language,
        "outcome": row.outcome,
        "departs": row.departs,
        "reason": row.reason,
        "voted": row.question_id is not None,
    }


def _ranking(sitting_id: int, decisions: list[Decision]) -> dict[str, Any] | None:
    """The ranking on which the session closed the discussion, else the one that its decisions followed."""
    closed = db.session.scalars(
        select(Reconciled).where(Reconciled.sitting_id == sitting_id).order_by(Reconciled.snapshot_id)
    ).all()
    wanted = closed[-1].snapshot_id if closed else max((d.snapshot_id for d in decisions), default=None)
    snapshot = db.session.get(RankingSnapshot, wanted) if wanted is not None else None
    if snapshot is None:
        return None
    return {
        "snapshot": snapshot.number,
        "sha256": snapshot.fingerprint,
        "discussion_closed_at": _moment(closed[-1].at) if closed else None,
    }


def _second_sheets(sitting_id: int) -> list[dict[str, Any]]:
    """The second sheets that followed discussions of the session: project and reason, never whose."""
    rows = db.session.execute(
        select(SecondSheet.reason, Project)
        .join(ScoreSheet, ScoreSheet.id == SecondSheet.sheet_id)
        .join(Project, Project.id == ScoreSheet.project_id)
        .join(Turn, Turn.id == SecondSheet.turn_id)
        .where(Turn.sitting_id == sitting_id)
        .order_by(Project.number, SecondSheet.reason)
    )
    return [
        {"project": number_of(p), "title": p.title, "language": p.language, "reason": reason}
        for reason, p in rows
    ]


def _items(sitting: Sitting, names: dict[int, str], decided: dict[int, Decision]) -> list[dict[str, Any]]:
    items, turns = queries.agenda(sitting.id), queries.turns(sitting.id)
    members = queries.turn_members([turn.id for turn in turns])
    asked = queries.questions([turn.id for turn in turns])
    votes = queries.votes([question.id for question in asked])
    opinions = queries.opinions([item.id for item in items])
    by_item: dict[int, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_item[turn.item_id].append(turn)
    found = []
    for item in items:
        ids = {turn.id for turn in by_item[item.id]}
        found.append(
            {
                **_head(item),
                "turns": [_turn(turn, members.get(turn.id, {}), names) for turn in by_item[item.id]],
                "questions": [
                    _question(q, votes.get(q.id, {})) for q in asked if q.turn_id in ids and not q.withdrawn
                ],
                "decision": _outcome(decided.get(item.project_id or 0)),
                "opinions": [
                    {"name": names.get(member, ""), "words": row.words}
                    for member, row in sorted(opinions.get(item.id, {}).items())
                ],
            }
        )
    return found


def _head(item: AgendaItem) -> dict[str, Any]:
    project = item.project
    return {
        "position": item.position,
        "project": number_of(project) if project is not None else None,
        "title": project.title if project is not None else item.title,
        "language": project.language if project is not None else "ka",
    }


def _turn(turn: Turn, members: dict[int, TurnMember], names: dict[int, str]) -> dict[str, Any]:
    return {
        "began_at": _moment(turn.began_at),
        "ended_at": _moment(turn.ended_at),
        "in_room": sum(not row.recused for row in members.values()),
        "recused": [
            {
                "name": names.get(member, ""),
                "kind": row.kind,
                "left_at": _moment(row.left_at),
                "returned_at": _moment(row.returned_at),
            }
            for member, row in sorted(members.items())
            if row.recused
        ],
    }


def _question(question: Question, votes: dict[int, Any]) -> dict[str, Any]:
    given = [vote.choice for vote in votes.values()]
    return {
        "words": question.words,
        "effect": question.effect,
        "outcome": question.outcome,
        "reason": question.reason,
        "in_favour": given.count(FOR),
        "against": given.count(AGAINST),
        "abstained": given.count(ABSTAINED),
        "carried": question.carried,
        "by_casting_vote": question.by_casting_vote,
    }


def _outcome(row: Decision | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"outcome": row.outcome, "departs": row.departs, "reason": row.reason}


def is_public(here: Here, fixed_at: datetime, now: datetime) -> bool:
    """Whether minutes that were fixed at this moment are public: those of the decisions from their publication on,
    later ones with the final list. A decision that is taken anew after an objection stays sealed until then.
    """
    cycle_id = here.the_cycle.id
    published = queries_ranking.publication(cycle_id)
    if published is None or max(published.at, fixed_at) > now:
        return False
    return fixed_at <= published.at or queries_ranking.final_list(cycle_id, now) is not None
