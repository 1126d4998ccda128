"""What somebody follows in a contest, with how much is new: comments that are shown, and public acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from pb.audit.models import Event
from pb.db import db
from pb.ideas.models import Idea
from pb.ideas.queries import PUBLIC_STATES
from pb.ideas.then import shown_state as idea_state
from pb.projects.models import Project
from pb.projects.then import shown_state as project_state
from pb.talking.models import Comment, Follow


def follows_for_update(cycle_id: int, account_id: int) -> list[Follow]:
    """All that an account follows in a cycle, locked (inside a command)."""
    ideas = select(Idea.id).where(Idea.cycle_id == cycle_id)
    projects = select(Project.id).where(Project.cycle_id == cycle_id)
    query = (
        select(Follow)
        .where(
            Follow.account_id == account_id, or_(Follow.idea_id.in_(ideas), Follow.project_id.in_(projects))
        )
        .order_by(Follow.id)
        .with_for_update()
    )
    return list(db.session.scalars(query))


def followed(cycle_id: int, account_id: int, now: datetime) -> list[dict[str, Any]]:
    """{what, number, title, language, state, comments, acts} of each thing, what has news first; two queries."""
    rows = []
    for what, model, state, column in (
        ("idea", Idea, idea_state(), Comment.idea_id),
        ("project", Project, project_state(), Comment.project_id),
    ):
        mine: Any = Follow.idea_id if what == "idea" else Follow.project_id
        query = (
            select(
                model.id, model.number, model.title, model.language, state.label("state"),
                _new_comments(column, model.id, account_id, now).label("comments"),
                _new_acts(what, model.id, now).label("acts"),
            )
            .join(Follow, mine == model.id)
            .where(Follow.account_id == account_id, model.cycle_id == cycle_id)
        )  # fmt: skip
        query = query.where(state.in_(PUBLIC_STATES) if what == "idea" else state != "withdrawn")
        rows += [{"what": what, **row._mapping} for row in db.session.execute(query.order_by(model.number))]
    return sorted(rows, key=lambda row: (not (row["comments"] or row["acts"]), row["what"], row["number"]))


def _new_comments(column: Any, thing_id: Any, account_id: int, now: datetime) -> Any:
    counted: Select[Any] = select(func.count()).where(
        column == thing_id, Comment.state == "shown", Comment.account_id != account_id,
        Comment.posted_at > Follow.seen_at, Comment.posted_at <= now,
    )  # fmt: skip
    return counted.correlate_except(Comment).scalar_subquery()


def _new_acts(what: str, thing_id: Any, now: datetime) -> Any:
    counted: Select[Any] = select(func.count()).where(
        Event.subject == what, Event.subject_id == thing_id, Event.is_public, Event.at > Follow.seen_at,
        Event.at <= now,
    )  # fmt: skip
    return counted.correlate_except(Event).scalar_subquery()
